"""Objects in JSON as scanners write them: one a line, in one array, printed over many lines; damage loses itself only.

Texts and lists are taken out of them with limits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from custodes.evidence.scans.files import ScanFile
from custodes.model.errors import BadInput
from custodes.model.scans import Heard, Host

#: A line longer than this is no host.
LONGEST_LINE = 8 * 1024 * 1024
#: Values of one list that are looked at, and answers of one host.
MOST_OF_A_LIST, MOST_ANSWERS = 200, 5_000
_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n\ufeff]*")
_BETWEEN = re.compile(r"[ \t\r\n,\ufeff]*")


def first_object(head: bytes) -> Mapping[str, Any]:
    """The first object of a file, of one that goes on beyond the head as much as stands there; empty if none does."""
    text = head.decode("utf-8", "replace")
    start = _BLANK.match(text)
    place = start.end() if start else 0
    if text.startswith("[", place):
        place = _end_of(_BETWEEN, text, place + 1)
    if not text.startswith("{", place):
        return {}
    try:
        found, _ = _DECODER.raw_decode(text, place)
    except (ValueError, RecursionError):
        found = _begun(text, place, 3)
    return found if isinstance(found, dict) else {}


def _end_of(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place


def _begun(text: str, place: int, depth: int) -> Any:
    """A value of which the text holds the beginning: its members that are whole, and of the last one what is there."""
    opening = text[place : place + 1]
    if opening != "{" or not depth:
        return [] if opening == "[" else ""
    found: dict[str, Any] = {}
    while True:
        place = _end_of(_BETWEEN, text, place + 1 if not found else place)
        try:
            key, place = _DECODER.raw_decode(text, place)
            place = _end_of(re.compile(r"\s*:\s*"), text, place)
        except (ValueError, RecursionError):
            return found
        if not isinstance(key, str):
            return found
        try:
            found[key], place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            found[key] = _begun(text, place, depth - 1)
            return found


def objects(file: ScanFile) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Ordinal and object of each; a text says why one cannot be read. Raises BadInput if there is none at all."""
    with file.open() as stream:
        start = stream.read(4096).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if not _one_a_line(start):
        yield from _printed(file.text(), file.name)
        return
    with file.open() as stream:
        for row, line in enumerate(_lines(stream), 1):
            try:
                found = json.loads(line.decode("utf-8-sig", "replace")) if len(line) <= LONGEST_LINE else None
            except (ValueError, RecursionError):
                found = None
            yield row, found if isinstance(found, dict) else "this line is no object"


def _one_a_line(start: str) -> bool:
    """Whether a file has an object a line: not one array, and no object that goes on in the next line."""
    line, ended, _ = start.partition("\n")
    return not start.startswith("[") and not (ended and line.rstrip() == "{")


def _lines(stream: Iterable[bytes]) -> Iterator[bytes]:
    return (line for line in stream if line.strip())


def _printed(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """The objects of an array, or one after another; a damaged one is said and the next is sought."""
    place = _end_of(_BLANK, text, 0)
    place += text.startswith("[", place)
    row, again = 0, None
    while True:
        place = _end_of(_BETWEEN, text, place)
        if place >= len(text) or text[place] == "]":
            return
        row += 1
        again = again or _opening(text, place)
        try:
            found, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            following = again.search(text, place + 1)
            if row == 1 and following is None:
                raise BadInput("this scan cannot be read", where=name, why="its first object is damaged") from None
            yield row, "the file is damaged here" if following else "the file breaks off or is damaged here"
            if following is None:
                return
            place = following.end() - 1
            continue
        yield row, found if isinstance(found, dict) else "this is no object"


def _opening(text: str, place: int) -> re.Pattern[str]:
    """How an object of this file begins: where the first does at the start of a line, so do the others, with the same
    indent; else each follows the end of another and begins with the same key."""
    line = text.rfind("\n", 0, place) + 1
    before = text[line:place]
    if line and not before.strip(" \t,"):
        return re.compile(r"\n[ \t,]{0,8}\{" if "," in before else rf"\n{re.escape(before)}\{{")
    key = re.match(r'\{\s*("[^"\\]{0,100}")', text[place : place + 200])
    return re.compile(r"\}[\s,]*\{" + (rf"(?=\s*{re.escape(key[1])})" if key else ""))


def hosts(file: ScanFile, read: Callable[[Mapping[str, Any], int], Host]) -> Iterator[Host]:
    """The host in each object."""
    for row, found in objects(file):
        yield Host(row, refused=found) if isinstance(found, str) else read(found, row)


def text_of(value: object) -> str:
    """A value as text; empty for what is no text and no number."""
    if isinstance(value, str):  # half of a pair of surrogates is no text
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def at(told: object, *keys: str) -> Any:
    """A value inside mappings; None where one of the keys is missing."""
    for key in keys:
        told = told.get(key) if isinstance(told, dict) else None
    return told


def listed(value: object, most: int = MOST_OF_A_LIST) -> list[Any]:
    """The values of a list, at most so many; one value as a list of one."""
    return value[:most] if isinstance(value, list) else [] if value is None else [value]


def left_out(value: object) -> str:
    """What is said of answers of one host beyond those that are looked at; empty where there are none."""
    more = len(value) - MOST_ANSWERS if isinstance(value, list) else 0
    return f"{more:,} answers beyond the first {MOST_ANSWERS:,} were not looked at" if more > 0 else ""


def heard(protocol: str, value: object, port: str) -> Iterator[Heard]:
    """Each text of a value as an answer."""
    for item in listed(value):
        text = text_of(item)
        if text.strip():
            yield Heard(protocol, text, port=port)
