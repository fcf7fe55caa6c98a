"""What changed inside a file: lines of a text, strings of a program. Passwords and keys are left out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

from custodes.evidence.firmware.facts.kinds import is_text, sections
from custodes.evidence.firmware.hiding import hidden, without_blocks
from custodes.evidence.firmware.packing import plain
from custodes.model.firmware import Entry

_STRING = re.compile(rb"[\x20-\x7e]{6,}")
_MOST = 200
_LONG = 200
#: Of a long line, so much is looked through for what is to be hidden.
_LOOKED = 4_096
#: Longer texts are compared as sets of lines.
_LINES = 4_000


def of_change(old: Entry, new: Entry) -> dict[str, Any]:
    """What differs between two states of a file."""
    before, after = plain(old.data), plain(new.data)
    told: dict[str, Any] = {"from": _mark(old), "to": _mark(new)}
    if is_text(before) and is_text(after):
        told["lines"] = _lines(before, after)
    else:
        had, has = _strings(before), _strings(after)
        fresh, gone = [text for text in has if text not in had], [text for text in had if text not in has]
        told["strings_added"], told["strings_removed"] = (
            _cut(text.decode("ascii") for text in texts) for texts in (fresh, gone)
        )
        told["strings"] = {"added": len(fresh), "removed": len(gone)}
        if not new.volume and before[:4] == after[:4] == b"\x7fELF":  # the program that the device is, not one of many
            told["sections"] = _sections(before, after)
    return told


def _sections(before: bytes, after: bytes) -> dict[str, list[str]]:
    """Named parts of a program that are new, gone, or hold other bytes: a rebuild differs in its notes alone."""
    had, has = _parts(before), _parts(after)
    found = {
        "added": [name for name in has if name not in had],
        "removed": [name for name in had if name not in has],
        "changed": [name for name in has if name in had and had[name] != has[name]],
    }
    return {change: names[:_MOST] for change, names in found.items()}


def _parts(data: bytes) -> dict[str, memoryview]:
    """The sections of a program by name; none where they claim more bytes than there are, as only a forgery does."""
    told = [(name, at, size) for name, at, size in sections(data) if name.isprintable() and 0 < len(name) <= _LONG]
    whole = memoryview(data)
    return {name: whole[at : at + size] for name, at, size in told} if sum(row[2] for row in told) <= len(data) else {}


def of_one(entry: Entry) -> dict[str, Any]:
    """What a file that is new or gone is; the beginning of a short text."""
    told: dict[str, Any] = _mark(entry)
    data = plain(entry.data)
    if 0 < len(data) <= 65_536 and is_text(data):
        told["lines"] = _cut(without_blocks(data.decode("utf-8", "replace")).splitlines())[:40]
    return told


def _mark(entry: Entry) -> dict[str, Any]:
    told: dict[str, Any] = {"size": entry.size, "sha256": entry.sha256}
    if entry.offset is not None:
        told["offset"] = entry.offset
    if entry.inside:
        told["inside"] = list(entry.inside)
    return told


def _strings(data: bytes) -> dict[bytes, None]:
    """Printable strings, each once, in their order."""
    return dict.fromkeys(_STRING.findall(data))


def _cut(texts: Iterable[str]) -> list[str]:
    found: list[str] = []
    for text in texts:
        if len(found) == _MOST:
            return found
        found.append(_told(text))
    return found


def _told(text: str) -> str:
    return hidden(text[:_LOOKED])[:_LONG]


def _lines(before: bytes, after: bytes) -> list[str]:
    """Lines that are gone (-) and new (+)."""
    old, new = (without_blocks(data.decode("utf-8", "replace")).splitlines() for data in (before, after))
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if len(old) + len(new) > _LINES:
        return _apart(old, new)
    told = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]  # without the two lines of names
    changed = [line for line in told if line[:1] in ("-", "+")]
    if not changed and before != after:
        return ["only the ends of lines differ"]
    return [line[0] + _told(line[1:]) for line in changed[:_MOST]]


def _apart(old: Sequence[str], new: Sequence[str]) -> list[str]:
    had, has = dict.fromkeys(old), dict.fromkeys(new)
    gone = [f"-{_told(line)}" for line in had if line not in has]
    fresh = [f"+{_told(line)}" for line in has if line not in had]
    return [*gone[: _MOST // 2], *fresh[: _MOST // 2]] or ["only the order of lines differs"]
