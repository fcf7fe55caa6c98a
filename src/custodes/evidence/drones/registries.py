"""Registers of serial numbers as others keep them: the FAA's declarations (SQLite), tables in CSV of any authority.

A table's columns are found by what their headings say; a row that gives no serial number is counted and said.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from custodes.knowledge.text import plain
from custodes.model.drones import Declaration
from custodes.model.errors import BadInput

#: Headings of each column, folded, as registers write them.
HEADINGS = {
    "first": (
        "first", "serial", "serial number", "serial no", "uas serial", "uas serial number", "drone serial number",
        "aircraft serial number", "manufacturer serial number", "serial number start", "serial start", "range start",
        "remote id serial number", "remote id", "uas id", "msn",
    ),
    "last": ("last", "serial number end", "serial end", "range end"),
    "status": ("status", "declaration status", "registration status"),
    "reference": (
        "reference", "rid tracking", "rid tracking number", "tracking number", "registration", "registration mark",
        "flyer id", "declaration",
    ),
    "make": ("make", "manufacturer", "maker", "manufacturer name", "uas manufacturer", "brand"),
    "model": ("model", "model name", "uas model", "aircraft model", "type", "aircraft type"),
}  # fmt: skip
_SQLITE = b"SQLite format 3\x00"
_TABLES = (("exact_serials", "serial_number", "NULL"), ("serial_ranges", "serial_start", "serial_end"))
LONGEST = 64


def read_registry(path: Path) -> Iterator[Declaration | str]:
    """Every declaration of a register; a text says why a row gives none. Raises BadInput if the file is no register."""
    try:
        with path.open("rb") as stream:
            head = stream.read(len(_SQLITE))
    except OSError as error:
        raise BadInput("the register cannot be read", where=str(path), why=error.strerror or "") from None
    yield from _database(path) if head == _SQLITE else _table(path)


def _database(path: Path) -> Iterator[Declaration | str]:
    """The public copy of the FAA's declarations: one table of serial numbers, one of ranges."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as base:
            for table, first, last in _TABLES:
                columns = f"{first}, {last}, status, rid_tracking, make, model"
                query = f"SELECT {columns} FROM {table} WHERE NOT deleted ORDER BY 1, 2, 4"  # noqa: S608 - names of ours
                for row in base.execute(query):
                    yield _declaration(["" if cell is None else str(cell) for cell in row], "a row")
    except sqlite3.DatabaseError as error:
        raise BadInput(
            "this database is no register of declarations",
            where=path.name,
            why=str(error)[:120],
            remedy="the tables `exact_serials` and `serial_ranges` are looked for",
        ) from None


def _table(path: Path) -> Iterator[Declaration | str]:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    sample = text[:4096]
    sign = max(",;\t|", key=sample.count)
    reader = csv.reader(io.StringIO(text), delimiter=sign)
    try:
        header = next(reader, [])
        places = columns_of(header)
        if "first" not in places:
            raise BadInput(
                "this table has no column of serial numbers",
                where=f"{path.name} line 1",
                why=f"its columns: {', '.join(header)[:200]}",
                remedy=f"name one of them: {', '.join(HEADINGS['first'][:4])}",
            )
        for line, cells in enumerate(reader, 2):
            if any(cell.strip() for cell in cells):
                told = [cells[places[key]] if key in places and places[key] < len(cells) else "" for key in HEADINGS]
                yield _declaration(told, f"line {line}")
    except csv.Error as error:
        raise BadInput("this table cannot be read", where=path.name, why=str(error)[:120]) from None


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Each column that is known by its heading, with its place; the more exact heading wins."""
    folded = [plain(cell) for cell in header]
    found = {}
    for key, names in HEADINGS.items():
        place = next((folded.index(name) for name in names if name in folded), None)
        if place is not None:
            found[key] = place
    return found


def _declaration(cells: Sequence[str], where: str) -> Declaration | str:
    first, last, status, reference, make, model = (" ".join(cell.split()) for cell in cells)
    first, last = first.upper(), last.upper()
    if not first or len(first) > LONGEST or len(last) > LONGEST:
        return f"{where}: no serial number"
    return Declaration(first, "" if last == first else last, status.lower(), reference, make, model)
