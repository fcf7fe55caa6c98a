"""What an edition is a function of, and the one hash that names it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path

from custodes import __version__

#: Folders of this room whose files decide what a page, a paper or a table looks like.
_TEMPLATES = ("site", "annual", "assurance", "report")
_KINDS = (".j2", ".css", ".typ", ".yaml")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The five things that make an edition what it is. `rests_on`: file of the survey to its hash."""

    edition: str
    cut: str
    code: str
    knowledge: str
    redaction: str
    templates: str
    rests_on: Mapping[str, str]

    def record(self) -> dict[str, object]:
        """As it is printed and hashed."""
        return {
            "edition": self.edition,
            "cut": self.cut,
            "code": self.code,
            "knowledge": self.knowledge,
            "redaction": self.redaction,
            "templates": self.templates,
            "rests_on": dict(sorted(self.rests_on.items())),
        }

    def digest(self) -> str:
        """The hash of the edition: SHA-256 over its record with sorted keys and no blanks."""
        told = json.dumps(self.record(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return sha256(told.encode()).hexdigest()


def code_version() -> str:
    """The program that renders an edition."""
    return f"custodes {__version__}"


@cache
def templates_version() -> str:
    """One hash over all templates: another look is another edition."""
    room = Path(str(resources.files("custodes.publication")))
    digest = sha256()
    for folder in _TEMPLATES:
        for path in sorted((room / folder).rglob("*")):
            if path.suffix in _KINDS:
                digest.update(f"{path.relative_to(room).as_posix()}\0".encode())
                digest.update(sha256(path.read_bytes()).digest())
    return f"sha256:{digest.hexdigest()}"
