"""JSON: an array of objects, an object that holds one (also a hardware bill of materials), or JSON lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import Record, Table, Unreadable
from custodes.evidence.registers.containers import _json_scan as scan
from custodes.evidence.registers.containers._encoding import detect
from custodes.evidence.registers.containers._flatten import flatten
from custodes.evidence.registers.credentials import is_credential_header
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

ORDER = 20
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:\"|\})|\[\s*(?:[\[\{\"\]\d-]|true|false|null|$))")
_INNER = 4  # how deep a list of rows may lie in an enclosing object
_SHAPES = frozenset(("pairs", "lines"))


def sniff(head: bytes, name: str) -> float:
    """JSON by its first signs; a name that ends so helps."""
    named = name.lower().endswith((".json", ".jsonl", ".ndjson"))
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    if _START.match(head):
        return 0.95
    return 0.6 if named and head.strip()[:1] in (b"{", b"[") else 0.0


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where the rows lie: `lines`, or the array at `place` under the key `name`; or the object itself."""

    kind: str
    place: int = 0
    name: str = ""
    count: int = 0


def read(path: Path, limits: Limits, budget: Budget) -> list[Table]:
    """One table, its headings the union of all dotted keys. Raises BadInput."""
    encoding = detect(path)
    text = path.read_text(encoding=encoding.codec, errors="replace")
    bounds = scan.Bounds(limits.max_depth)
    error: BadInput | None = None
    try:
        found, marks = _find(text, bounds)
    except scan.TooDeep:
        error = _too_deep(path, limits)
    if error:
        raise error
    table = Table(
        "jsonl" if found.kind == "lines" else "json", iter(()), encoding=encoding.shown, marks=marks
    )
    if encoding.bad:
        table.gaps.append(f"{encoding.bad} characters do not fit {encoding.shown}")
    heads: dict[str, int] = {}
    counted = 0
    for _, item in _items(text, found, bounds, table):
        if isinstance(item, Unreadable):
            continue
        counted += 1
        for key in flatten(item, limits.max_columns):
            if len(heads) < limits.max_columns:
                heads.setdefault(key, len(heads))
        if budget.spent_out:
            break
    if not counted:
        raise _no_rows(path)
    if len(heads) >= limits.max_columns:
        table.gaps.append(f"only the first {limits.max_columns} different keys were read")
    table.heads = [_head(key) for key in heads]
    gaps = list(table.gaps)
    table.records = _records(text, found, bounds, table, heads, gaps)
    return [table]


def _head(path: str) -> str:
    """A dotted heading; if any step of it names a credential, the whole of it must read so."""
    steps = path.split(".")
    return f"{path} (credential)" if any(is_credential_header(step) for step in steps) else path


def _too_deep(path: Path, limits: Limits) -> BadInput:
    return BadInput(
        "the file is nested too deep to be a register",
        where=path.name,
        why=f"more than {limits.max_depth} levels of brackets",
        remedy="export a flat list of devices",
    )


def _no_rows(path: Path) -> BadInput:
    return BadInput(
        "no list of devices was found in this JSON file",
        where=path.name,
        why="a register is a list of objects, one for each device",
        remedy="export as a list, or as one object a line",
    )


def _find(text: str, bounds: scan.Bounds) -> tuple[_Rows, frozenset[str]]:
    start = scan.skip(text, 1 if text.startswith("\ufeff") else 0)
    if text[start : start + 1] == "[":
        return _Rows("array", start), frozenset()
    try:
        end = scan.extent(text, start, bounds)
        several = text[scan.skip(text, end) : scan.skip(text, end) + 1] == "{"
    except scan.Cut:
        several = False
    if several:
        return _Rows("lines", start), frozenset()
    marks: set[str] = set()
    best = _largest(text, start, bounds, marks, 0, "")
    return (best if best.count else _Rows("object", start)), frozenset(marks)


def _largest(text: str, place: int, bounds: scan.Bounds, marks: set[str], depth: int, path: str) -> _Rows:
    """The array with most objects in an object, and the short texts of its top level as marks."""
    best = _Rows("array")
    try:
        for key, at in scan.members(text, place, bounds):
            sign = text[at : at + 1]
            if sign == "[":
                best = max(best, _counted(text, at, bounds, key), key=lambda one: one.count)
            elif sign == "{" and depth < _INNER:
                best = max(best, _largest(text, at, bounds, marks, depth + 1, key), key=lambda one: one.count)
            elif sign == '"' and depth == 0 and len(marks) < 50:
                value = text[at + 1 : at + 40].split('"', 1)[0]
                marks.add(f"{key}={value}"[:80])
    except scan.Cut:
        pass
    return best


def _counted(text: str, place: int, bounds: scan.Bounds, name: str) -> _Rows:
    count = 0
    try:
        for start, _ in scan.elements(text, place, bounds):
            count += text[start] == "{"
    except scan.Cut:
        pass
    return _Rows("array", place, name, count)


def _items(text: str, rows: _Rows, bounds: scan.Bounds, table: Table) -> Iterator[tuple[int, Any]]:
    """(row from 1, an object or Unreadable) for each row."""
    if rows.kind == "lines":
        yield from _line_items(text, bounds)
        return
    spans = (
        iter([(rows.place, len(text.rstrip()))])
        if rows.kind == "object"
        else scan.elements(text, rows.place, bounds)
    )
    row = 0
    while True:
        row += 1
        gap = ""
        span = None
        try:
            span = next(spans, None)
        except scan.Cut:
            gap = f"the file is cut off or damaged after row {row - 1}: the rest was not read"
        except scan.TooDeep:
            gap = f"row {row} is nested too deep: it and the rows after it were not read"
        if gap:
            if gap not in table.gaps:
                table.gaps.append(gap)
            return
        if span is None:
            return
        yield row, _one(text, span[0], span[1], bounds)


def _one(text: str, start: int, end: int, bounds: scan.Bounds) -> Any:
    try:
        value = scan.decode(text, start, end, bounds)
    except (scan.Cut, scan.TooBig):
        return Unreadable("not valid JSON, or far too large for one device")
    return value if isinstance(value, dict) else Unreadable("not an object, so no device")


def _line_items(text: str, bounds: scan.Bounds) -> Iterator[tuple[int, Any]]:
    place, row = 0, 0
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        row += 1
        start = scan.skip(text, place)
        if start < end:
            yield row, _line(text, start, end, bounds)
        place = end + 1


def _line(text: str, start: int, end: int, bounds: scan.Bounds) -> Any:
    stop = end
    while stop > start and text[stop - 1] in " \t\r":
        stop -= 1
    try:
        if scan.extent(text, start, bounds) != stop:
            return Unreadable("not valid JSON")
    except scan.Cut:
        return Unreadable("not valid JSON")
    except scan.TooDeep:
        return Unreadable("nested too deep")
    return _one(text, start, stop, bounds)


def _records(
    text: str, rows: _Rows, bounds: scan.Bounds, table: Table, heads: dict[str, int], gaps: list[str]
) -> Iterator[Record]:
    width = len(heads)
    for row, item in _items(text, rows, bounds, table):
        if isinstance(item, Unreadable):
            yield row, item
            continue
        cells = [""] * width
        for key, value in flatten(item, width or 1).items():
            if key in heads:
                cells[heads[key]] = value
        yield row, cells
