"""Signed notes and checkpoints as C2SP specifies them (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

Reading is strict: a byte that could be another without changing what is said would be a byte that nobody guards.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from custodes.publication.proof.keys import Signer, Verifier

_NAME = re.compile(r"[^\s+]+")
_DASH = "— "
_MOST_SIGNATURES = 16


class BadNote(ValueError):
    """A note or checkpoint that is not written as it is specified; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, the first four bytes of its id, and the signature."""

    name: str
    key_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text (it ends with a new line) and the signatures under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def signed_by(self, key: Verifier) -> bool:
        """Whether it has one signature by this key, and that is a true one."""
        mine = [one for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id)]
        return len(mine) == 1 and key.verify(mine[0].raw, self.text.encode())


def write_note(text: str, signers: Sequence[Signer]) -> str:
    """A note with a line for each signer; without any, the text and the blank line that ends it."""
    lines = [f"{_DASH}{one.name} {_encoded(one.key_id + one.sign(text.encode()))}\n" for one in signers]
    return f"{text}\n{''.join(lines)}"


def read_note(data: bytes) -> Note:
    """A note from its bytes. Raises BadNote."""
    try:
        told = data.decode()
    except UnicodeDecodeError:
        raise BadNote("it is not UTF-8") from None
    if any(ord(sign) < 0x20 and sign != "\n" for sign in told):
        raise BadNote("it has control characters")
    text, blank, rest = told.rpartition("\n\n")
    if not blank:
        raise BadNote("there is no blank line under its text")
    if rest and not rest.endswith("\n"):
        raise BadNote("its last line does not end")
    lines = rest.split("\n")[:-1]
    if len(lines) > _MOST_SIGNATURES:
        raise BadNote(f"it has more than {_MOST_SIGNATURES} signatures")
    return Note(text + "\n", tuple(map(_signature, lines)))


def _signature(line: str) -> Signature:
    name, _, code = line.removeprefix(_DASH).partition(" ")
    raw = _decoded(code)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or raw is None or len(raw) < 5:
        raise BadNote(f"'{line[:40]}' is no signature line")
    return Signature(name, raw[:4], raw[4:])


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: whose, how many entries, the root over them; `files`: the hash of the list of all files."""

    origin: str
    size: int
    root: bytes
    files: str = ""

    def text(self) -> str:
        """The body of its note. The hash of the list of files is an extension line, so that it is signed as well."""
        lines = [
            self.origin,
            str(self.size),
            _encoded(self.root),
            *([f"files sha256:{self.files}"] if self.files else []),
        ]
        return "".join(f"{line}\n" for line in lines)


_FILES = re.compile(r"files sha256:([0-9a-f]{64})")


def read_checkpoint(text: str) -> Checkpoint:
    """A checkpoint from the text of a note. Raises BadNote."""
    lines = text.split("\n")[:-1]
    if len(lines) < 3 or not all(lines):
        raise BadNote("a checkpoint has an origin, a size and a root, each on a line")
    origin, size, code = lines[:3]
    root = _decoded(code)
    if not size.isascii() or not size.isdigit() or (size != "0" and size.startswith("0")) or len(size) > 18:
        raise BadNote(f"'{size[:30]}' is no size")
    if root is None or len(root) != 32:
        raise BadNote(f"'{code[:50]}' is no root")
    found = [match[1] for line in lines[3:] if (match := _FILES.fullmatch(line))]
    if len(found) != len(lines) - 3 or len(found) > 1:
        raise BadNote(f"'{lines[-1][:50]}' is no line that a checkpoint of ours has")
    return Checkpoint(origin, int(size), root, found[0] if found else "")


def valid_name(name: str) -> bool:
    """Whether a text may name a key or a log: no space, no plus sign."""
    return bool(_NAME.fullmatch(name)) and name.isprintable() and len(name) <= 200


def _encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decoded(code: str) -> bytes | None:
    """Base64 that is written in the one right way; None for any other."""
    try:
        raw = base64.b64decode(code, validate=True)
    except ValueError:
        return None
    return raw if _encoded(raw) == code else None
