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
from custodes.evidence.registers.containers._flatten import flatten, heading
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

ORDER = 20
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:\"|\})|\[\s*(?:[\[\{\"\]\d-]|true|false|null|$))")
_INNER = 4  # how deep a list of rows may lie in an enclosing object
_ENOUGH = 1_000  # objects after which a list is surely the one
_KEPT = 24_000_000  # characters of rows kept from the first pass
_FIRST_PASS = 0.45  # share of the time that finding headings may take


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
    """Where the rows lie: `lines`, or the `array` at `place`; or the `object` at `place` itself."""

    kind: str
    place: int = 0
    count: int = 0


def read(path: Path, limits: Limits, budget: Budget) -> list[Table]:
    """One table, its headings the union of all dotted keys. Raises BadInput."""
    encoding = detect(path)
    text = path.read_text(encoding=encoding.codec, errors="replace")
    bounds = scan.Bounds(limits.max_depth)
    deep = False
    found, marks = _Rows("array"), frozenset[str]()
    try:
        found, marks = _find(text, bounds)
    except scan.TooDeep:
        deep = True
    if deep:
        raise _too_deep(path, limits)
    kind = "jsonl" if found.kind == "lines" else "json"
    table = Table(kind, iter(()), encoding=encoding.shown, marks=marks)
    if encoding.bad:
        table.gaps.append(f"{encoding.bad} characters do not fit {encoding.shown}")
    source = _Source(text, found, bounds, table, limits)
    if not source.look(budget):
        raise _no_rows(path)
    table.heads = [heading(key) for key in source.heads]
    table.records = source.records()
    return [table]


class _Source:
    """The rows of a document: once to learn the headings, then (those not kept) once more to hand them on."""

    def __init__(self, text: str, rows: _Rows, bounds: scan.Bounds, table: Table, limits: Limits) -> None:
        self._text, self._rows, self._bounds, self._table, self._limits = text, rows, bounds, table, limits
        self.heads: dict[str, int] = {}
        self._kept: list[Record] = []
        self._resume: tuple[int, int] | None = None

    def look(self, budget: Budget) -> int:
        """Learn the headings; the number of objects seen."""
        counted = chars = 0
        until = budget.left * (1 - _FIRST_PASS)
        for row, place, item in self._items(1, None):
            if self._resume is None and chars > _KEPT:
                self._resume = (row, place)
            if isinstance(item, dict):
                counted += 1
                flat = flatten(item, self._limits.max_columns)
                self._learn(flat)
                cells: list[str] | Unreadable = self._cells(flat)
                chars += 50 + sum(map(len, flat.values()))
            else:
                cells, chars = item, chars + 50
            if self._resume is None:
                self._kept.append((row, cells))
            if row % 512 == 0 and (budget.left < until or row > self._limits.max_rows):
                self._resume = self._resume or (row + 1, place)
                self._table.gaps.append(f"headings were only looked for up to row {row}")
                break
        if len(self.heads) >= self._limits.max_columns:
            self._table.gaps.append(f"only the first {self._limits.max_columns} different keys were read")
        return counted

    def _learn(self, flat: dict[str, str]) -> None:
        for key in flat:
            if key not in self.heads and len(self.heads) < self._limits.max_columns:
                self.heads[key] = len(self.heads)

    def _cells(self, flat: dict[str, str]) -> list[str]:
        cells = [""] * len(self.heads)
        for key, value in flat.items():
            place = self.heads.get(key)
            if place is not None:
                cells[place] = value
        return cells

    def records(self) -> Iterator[Record]:
        """Every row under the headings learnt."""
        yield from self._kept
        self._kept = []
        if self._resume is None:
            return
        last = self._resume[0] - 1
        for row, _, item in self._items(*self._resume):
            if row > last:
                yield (
                    row,
                    self._cells(flatten(item, self._limits.max_columns)) if isinstance(item, dict) else item,
                )

    def _items(self, row: int, place: int | None) -> Iterator[tuple[int, int, Any]]:
        """(row from 1, its place, an object or Unreadable) from `place` on (None: from the first)."""
        if self._rows.kind == "lines":
            yield from _line_items(self._text, self._bounds, row, place or 0)
            return
        if self._rows.kind == "object":
            yield 1, 0, _one(self._text, self._rows.place, len(self._text.rstrip()), self._bounds)
            return
        at = scan.skip(self._text, self._rows.place + 1) if place is None else place
        spans = scan.elements(self._text, at, self._bounds)
        row -= 1
        while True:
            gap = ""
            span = None
            try:
                span = next(spans, None)
            except scan.Cut:
                gap = f"the file is cut off or damaged after row {row}: the rest was not read"
            except scan.TooDeep:
                gap = f"row {row + 1} is nested too deep: it and the rows after it were not read"
            if gap:
                self._table.note(gap)
            if span is None:
                return
            row += 1
            yield row, span[0], _one(self._text, span[0], span[1], self._bounds)


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
    best = _largest(text, start, bounds, marks, 0)
    return (best if best.count else _Rows("object", start)), frozenset(marks)


def _largest(text: str, place: int, bounds: scan.Bounds, marks: set[str], depth: int) -> _Rows:
    """The array with most objects in an object, and the short texts of its top level as marks."""
    best = _Rows("array")
    try:
        for key, at in scan.members(text, place, bounds):
            sign = text[at : at + 1]
            if sign == "[":
                best = max(best, _counted(text, at, bounds), key=lambda one: one.count)
            elif sign == "{" and depth < _INNER:
                best = max(best, _largest(text, at, bounds, marks, depth + 1), key=lambda one: one.count)
            elif sign == '"' and depth == 0 and len(marks) < 50:
                marks.add(f"{key}={text[at + 1 : at + 40].split(chr(34), 1)[0]}"[:80])
            if best.count >= _ENOUGH:
                break
    except scan.Cut:
        pass
    return best


def _counted(text: str, place: int, bounds: scan.Bounds) -> _Rows:
    count = 0
    try:
        for seen, (start, _) in enumerate(scan.elements(text, scan.skip(text, place + 1), bounds)):
            count += text[start] == "{"
            if count >= _ENOUGH or seen > 10 * _ENOUGH:
                break
    except scan.Cut:
        pass
    return _Rows("array", place, count)


def _one(text: str, start: int, end: int, bounds: scan.Bounds) -> Any:
    try:
        value = scan.decode(text, start, end, bounds)
    except (scan.Cut, scan.TooBig):
        return Unreadable("not valid JSON, or far too large for one device")
    return value if isinstance(value, dict) else Unreadable("not an object, so no device")


def _line_items(text: str, bounds: scan.Bounds, row: int, place: int) -> Iterator[tuple[int, int, Any]]:
    row -= 1
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        row += 1
        start = scan.skip(text, place)
        if start < end:
            yield row, place, _line(text, start, end, bounds)
        place = end + 1


def _line(text: str, start: int, end: int, bounds: scan.Bounds) -> Any:
    if end - start < bounds.chars and text.count("{", start, end) + text.count("[", start, end) <= bounds.depth:
        return _one(text, start, end, bounds)
    try:
        if scan.extent(text, start, bounds) < len(text[start:end].rstrip()) + start:
            return Unreadable("not valid JSON")
    except scan.Cut:
        return Unreadable("not valid JSON")
    except scan.TooDeep:
        return Unreadable("nested too deep")
    return _one(text, start, end, bounds)
