"""The log of a publication: one JSON object a line, only ever added to, so that an earlier log is a beginning of it.

The first line names the log. Then, for each edition in the order of their days: the rows recorded since the edition
before, the figures counted from all rows so far, and the edition itself. Nothing in it depends on a clock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from custodes.publication.proof.tree import Tree

LOG, ROW, WITHHELD, FIGURE, EDITION = "log", "row", "withheld", "figure", "edition"
SOURCE, DEVICE, FINDING, CHECK = "source", "device", "finding", "check"


def line(kind: str, content: Mapping[str, Any]) -> bytes:
    """One entry: its kind first, then its content in the order given, nothing that could be written otherwise."""
    return json.dumps({"entry": kind, **content}, ensure_ascii=False, separators=(",", ":")).encode()


def is_kind(entry: bytes, kind: str) -> bool:
    """Whether an entry is of a kind, without reading the whole of it."""
    return entry.startswith(b'{"entry":"%s"' % kind.encode())


@dataclass(slots=True)
class Log:
    """A log as it is written. `places`: what a later page wants to point at, to the index of its entry."""

    entries: list[bytes] = field(default_factory=list)
    places: dict[tuple[str, ...], int] = field(default_factory=dict)

    @classmethod
    def begun(cls, origin: str, subject: Mapping[str, Any]) -> Log:
        """A log with its first line."""
        found = cls()
        found.add(LOG, {"origin": origin, **subject})
        return found

    @property
    def size(self) -> int:
        """How many entries it has."""
        return len(self.entries)

    def add(self, kind: str, content: Mapping[str, Any], *place: str) -> int:
        """Add an entry; returns its index."""
        self.entries.append(line(kind, content))
        if place:
            self.places[kind, *place] = self.size - 1
        return self.size - 1

    def tree(self) -> Tree:
        """The tree over its entries."""
        return Tree.over(self.entries)


def joined(entries: Iterable[bytes]) -> bytes:
    """The log as a file."""
    return b"".join(entry + b"\n" for entry in entries)


def parted(data: bytes) -> list[bytes] | None:
    """The entries of a log file; None if its last line does not end."""
    if not data.endswith(b"\n"):
        return None
    return data[:-1].split(b"\n")
