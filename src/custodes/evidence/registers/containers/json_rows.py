"""JSON: an array of objects, an object that holds some (also a hardware bill of materials), or JSON lines."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import Record, Table, Unreadable
from custodes.evidence.registers.containers import _json_lists as lists
from custodes.evidence.registers.containers import _json_scan as scan
from custodes.evidence.registers.containers import _json_tables as tables
from custodes.evidence.registers.containers._encoding import detect
from custodes.evidence.registers.containers._flatten import flatten, heading
from custodes.evidence.registers.credentials import scrub
from custodes.evidence.registers.text import printable
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

ORDER = 20
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:\"|\})|\[\s*(?:[\[\{\"\]\d-]|true|false|null|$))")
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


def read(path: Path, limits: Limits, budget: Budget) -> list[Table]:
    """One table a list of devices, its headings the union of all dotted keys. Raises BadInput."""
    encoding = detect(path)
    text = path.read_text(encoding=encoding.codec, errors="replace")
    bounds = scan.Bounds(limits.max_depth)
    found = None
    with contextlib.suppress(scan.TooDeep):
        found = lists.find(text, bounds)
    if found is None:
        raise _too_deep(path, limits)
    tables = []
    for rows in found.rows:
        kind = "jsonl" if rows.kind == "lines" else "json"
        sheet = rows.path if len(found.rows) > 1 else ""
        table = Table(kind, iter(()), sheet=sheet, encoding=encoding.shown, marks=found.marks)
        source = _Source(text, rows, bounds, table, limits)
        if source.look(budget):
            table.heads = None if rows.bare else [heading(key) for key in source.heads]
            table.records = source.records()
            tables.append(table)
    if not tables:
        raise _no_rows(path)
    if encoding.bad:
        tables[0].gaps.append(f"{encoding.bad} characters do not fit {encoding.shown}")
    tables[0].gaps += [
        f"the list “{printable(scrub(path)[0], 60)}” was not read: nothing in it tells a make or an identifier"
        for path in found.unread
    ]
    return tables


class _Source:
    """The rows of a document: once to learn the headings, then (those not kept) once more to hand them on."""

    def __init__(self, text: str, rows: lists.Rows, bounds: scan.Bounds, table: Table, limits: Limits) -> None:
        self._text, self._rows, self._bounds, self._table, self._limits = text, rows, bounds, table, limits
        self.heads: dict[str, int] = {}
        self._kept: list[Record] = []
        self._resume: tuple[int, int] | None = None
        self._groups: set[str] = set()  # keys of lists inside rows

    def look(self, budget: Budget) -> int:
        """Learn the headings; the number of objects seen."""
        counted = chars = 0
        until = budget.left * (1 - _FIRST_PASS)
        begun = (0, -1)  # the first row of the element at hand, and its place
        for row, place, item in self._items(1, None):
            if place != begun[1]:
                begun = (row, place)
                if self._resume is None and chars > _KEPT:
                    self._resume = begun
            if isinstance(item, dict):
                counted += 1
                flat = flatten(item, self._limits.max_columns)
                self._learn(flat)
                cells: list[str] | Unreadable = self._cells(flat)
                chars += 50 + sum(map(len, flat.values()))
            elif isinstance(item, list):
                counted += 1
                cells, chars = item, chars + 50 + sum(map(len, item))
            else:
                cells, chars = item, chars + 50
            if self._resume is None:
                self._kept.append((row, cells))
            if row % 512 == 0 and (budget.left < until or row > self._limits.max_rows):
                self._resume = self._resume or begun
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
        last = self._kept[-1][0] if self._kept else 0
        yield from self._kept
        self._kept = []
        if self._resume is None:
            return
        for row, _, item in self._items(*self._resume):
            if row > last:
                flat = flatten(item, self._limits.max_columns) if isinstance(item, dict) else None
                yield row, item if flat is None else self._cells(flat)

    def _items(self, row: int, place: int | None) -> Iterator[tuple[int, int, Any]]:
        """(row from 1, the place of its element, an object or Unreadable) from `place` on (None: from the first)."""
        if self._rows.kind == "lines":
            for number, at, item in _line_items(self._text, self._bounds, row, place or 0):
                for one in self._unfolded(item, "site"):
                    yield number, at, one
        elif self._rows.kind == "object":
            yield 1, 0, _one(self._text, self._rows.place, len(self._text.rstrip()), self._bounds)
        else:
            yield from self._listed(row, place)

    def _unfolded(self, item: Any, group: str) -> list[Any]:
        return lists.unfold(item, self._groups, group) if isinstance(item, dict) else [item]

    def _listed(self, row: int, place: int | None) -> Iterator[tuple[int, int, Any]]:
        walks = {"members": self._members, "arrays": self._arrays}
        walk = walks.get(self._rows.kind, self._elements)(place)
        group = lists.one_of(self._rows.path.rpartition(".")[2])
        row, last, gap = row - 1, place, ""
        while not gap:
            element = None
            try:
                element = next(walk, None)
            except scan.Cut:
                gap = f"the file is cut off or damaged after row {row}: the rest was not read"
            except scan.TooDeep:
                gap = f"row {row + 1} is nested too deep: it and the rows after it were not read"
            if element is None:
                break
            last, item = element
            for one in self._unfolded(item, group):
                row += 1
                yield row, last, one
        if gap:
            self._table.note(gap)
        elif not self._rows.path:
            self._rest(last)

    def _rest(self, last: int | None) -> None:
        """Names what stands behind a list that is the whole document."""
        if self._rows.kind != "array" or last is None:
            return
        with contextlib.suppress(scan.Cut, scan.TooDeep):
            end = scan.skip(self._text, scan.extent(self._text, last, self._bounds))
            if self._text[end + 1 :].strip():
                self._table.note("something stands behind the end of the list: it was not read")

    def _elements(self, place: int | None) -> Iterator[tuple[int, Any]]:
        one_by_one = self._rows.kind == "sequence"
        at = scan.skip(self._text, self._rows.place + (not one_by_one)) if place is None else place
        for start, end in (tables.sequence if one_by_one else scan.elements)(self._text, at, self._bounds):
            yield start, _one(self._text, start, end, self._bounds, self._rows)

    def _arrays(self, place: int | None) -> Iterator[tuple[int, Any]]:
        """The objects of several lists, one behind the other."""
        for at, _ in tables.sequence(self._text, self._rows.place, self._bounds):
            for start, end in scan.elements(self._text, scan.skip(self._text, at + 1), self._bounds):
                if place is None or start >= place:
                    yield start, _one(self._text, start, end, self._bounds)

    def _members(self, place: int | None) -> Iterator[tuple[int, Any]]:
        """Devices kept by key; the key is the device's id unless it has one."""
        for key, start in scan.members(self._text, self._rows.place, self._bounds):
            if place is None or start >= place:
                item = _one(self._text, start, scan.extent(self._text, start, self._bounds), self._bounds)
                yield start, {"id": key, **item} if isinstance(item, dict) else item


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


def _one(text: str, start: int, end: int, bounds: scan.Bounds, rows: lists.Rows | None = None) -> Any:
    try:
        value = scan.decode(text, start, end, bounds)
    except (scan.Cut, scan.TooBig):
        return Unreadable("not valid JSON, or far too large for one device")
    if rows is not None and isinstance(value, list) and (rows.heads or rows.bare):
        return tables.row(rows.heads, value) if rows.heads else tables.texts(value)
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
