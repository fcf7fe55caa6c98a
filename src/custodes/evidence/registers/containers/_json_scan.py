"""Walking JSON text one value at a time, so that no hostile document is ever held whole as objects."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]|"', re.DOTALL)
_FLAT = re.compile(
    r'\{[^{}\[\]"]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^{}\[\]"]*+)*+\}|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL
)
_SCALAR = re.compile(r"[^\s,\[\]{}:\"]+")
_DECODER = json.JSONDecoder()


class Cut(Exception):
    """The text ends inside a value, or is no JSON at this place."""


class TooDeep(Exception):
    """A value is nested deeper than the limit."""


class TooBig(Exception):
    """One single value is larger than the limit."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How deep and how large (characters) one value may be."""

    depth: int
    chars: int = 8_000_000


def skip(text: str, place: int) -> int:
    """The next place that is no white space."""
    match = _SPACE.match(text, place)
    return match.end() if match else place


def extent(text: str, place: int, bounds: Bounds) -> int:
    """Where the value that starts at `place` ends. Raises Cut or TooDeep."""
    if text[place : place + 1] not in ("{", "[", '"'):
        match = _SCALAR.match(text, place)
        if not match:
            raise Cut
        return match.end()
    flat = _FLAT.match(text, place)
    if flat:
        return flat.end()
    depth = 0
    for token in _TOKEN.finditer(text, place):
        first = text[token.start()]
        if first in "[{":
            depth += 1
            if depth > bounds.depth:
                raise TooDeep
        elif first in "]}":
            depth -= 1
        elif token.end() - token.start() == 1:
            raise Cut
        if depth == 0:
            return token.end()
    raise Cut


def decode(text: str, place: int, end: int, bounds: Bounds) -> object:
    """The value between two places. Raises Cut or TooBig."""
    if end - place > bounds.chars:
        raise TooBig
    failed = False
    value: object = None
    try:
        piece = text[place:end]
        value, stop = _DECODER.raw_decode(piece)
        failed = bool(piece[stop:].strip())
    except (ValueError, RecursionError):
        failed = True
    if failed:
        raise Cut
    return value


def elements(text: str, place: int, bounds: Bounds) -> Iterator[tuple[int, int]]:
    """(start, end) of each element of an array; `place` is that of its first. Raises Cut."""
    if text[place : place + 1] == "]":
        return
    while True:
        end = extent(text, place, bounds)
        yield place, end
        place = skip(text, end)
        sign = text[place : place + 1]
        if sign == "]":
            return
        if sign != ",":
            raise Cut
        place = skip(text, place + 1)


def members(text: str, place: int, bounds: Bounds) -> Iterator[tuple[str, int]]:
    """(key, place of its value) of each member of the object that opens at `place`.

    The end of a value is found only when the next member is asked for. Raises Cut.
    """
    place = skip(text, place + 1)
    while text[place : place + 1] == '"':
        end = extent(text, place, bounds)
        key = decode(text, place, end, bounds)
        place = skip(text, end)
        if text[place : place + 1] != ":":
            raise Cut
        place = skip(text, place + 1)
        yield str(key), place
        place = skip(text, extent(text, place, bounds))
        if text[place : place + 1] == ",":
            place = skip(text, place + 1)
    if text[place : place + 1] != "}":
        raise Cut
