"""Patterns without the repeats at their ends: they hold for the same texts, and a scan hears each match once.

A scanner that reports every end of a match reports one for each sign that a repeat at the end could take. What is
optional at the end of a pattern, or repeats there, decides nothing about whether the pattern holds anywhere in a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

#: Changes whenever other patterns come out: what was compiled of them and kept is then compiled anew.
EDITION = "tails-1"
_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]")
_ESCAPE = re.compile(r"\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|[0-9a-fA-F]{2})|.)", re.DOTALL)
_REPEAT = re.compile(r"(?:[?*+]|\{(\d+)(?:,\d*)?\})\??")
_OPENING = re.compile(r"\((?:\?(?:P?<\w+>|[a-zA-Z-]*:))?")


class _Item(NamedTuple):
    """An atom and the repeat behind it."""

    atom: str
    repeat: str


def without_tail(pattern: str) -> str:
    """A pattern that holds for exactly the texts that the given one holds for, with less at its end."""
    found = "|".join(_shortened(branch) for branch in _branches(pattern))
    return found if all(_branches(found)) else pattern  # nothing is left of one that holds for every text


def _branches(pattern: str) -> list[str]:
    """What stands between the bars that are in no bracket."""
    found = [""]
    for atom in _atoms(pattern):
        if atom == "|":
            found.append("")
        else:
            found[-1] += atom
    return found


def _atoms(pattern: str) -> Iterator[str]:
    """Signs, escapes, classes and whole groups, one after another; repeats are atoms of their own here."""
    place = 0
    while place < len(pattern):
        end = _end(pattern, place)
        yield pattern[place:end]
        place = end


def _end(pattern: str, place: int) -> int:
    for form in (_CLASS, _ESCAPE) if pattern[place] in "[\\" else ():
        match = form.match(pattern, place)
        if match is not None:
            return match.end()
    if pattern[place] != "(":
        return place + 1
    place += 1
    while place < len(pattern) and pattern[place] != ")":
        place = _end(pattern, place)
    return place + 1


def _items(branch: str) -> list[_Item]:
    found: list[_Item] = []
    place = 0
    while place < len(branch):
        end = _end(branch, place)
        repeat = _REPEAT.match(branch, end)
        found.append(_Item(branch[place:end], repeat.group() if repeat else ""))
        place = repeat.end() if repeat else end
    return found


def _shortened(branch: str) -> str:
    items = _items(branch)
    while items:
        atom, repeat = items.pop()
        least = _least(repeat)
        if least == 0:
            continue
        if least == 1:
            atom = _inside(atom)
        items.append(_Item(atom, f"{{{least}}}" if least > 1 else ""))
        break
    return "".join(f"{atom}{repeat}" for atom, repeat in items)


def _least(repeat: str) -> int:
    """How often an atom stands at least."""
    if not repeat:
        return 1
    number = _REPEAT.match(repeat)
    return int(number[1]) if number and number[1] else int(repeat[0] == "+")


def _inside(atom: str) -> str:
    """A group with less at its end; other atoms as they are."""
    opening = _OPENING.match(atom)
    if opening is None or not atom.endswith(")") or (atom[1:2] == "?" and opening.end() == 1):
        return atom
    return f"{opening.group()}{without_tail(atom[opening.end() : -1])})"
