"""Workbooks: XLSX, XLSM, XLSB, XLS and ODS, parsed by calamine in a limited process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import DateCell, NumberCell, Record, Table, Unreadable, number_text
from custodes.evidence.registers.containers import _archive
from custodes.evidence.registers.containers._errors import Places, errors
from custodes.evidence.registers.credentials import scrub
from custodes.evidence.registers.text import printable
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

ORDER = 10
_CHILD = Path(__file__).with_name("_workbook_child.py")
_MEMORY = 640 * 1024 * 1024
_SPOOL = 192 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(head: bytes, name: str) -> float:
    """By content: a ZIP or an old binary workbook, whatever the name."""
    if head.startswith(_OLE):
        return 0.9 if not name.lower().endswith((".doc", ".ppt", ".msg", ".msi")) else 0.5
    if head.startswith(b"PK\x03\x04"):
        return 1.0 if b"xl/" in head or b"opendocument" in head or b"[Content_Types]" in head else 0.8
    return 0.0


def read(path: Path, limits: Limits, budget: Budget) -> list[Table]:
    """One table per sheet. Raises BadInput for a bomb, a password or damage."""
    with path.open("rb") as handle:
        ole = handle.read(8) == _OLE
    kind = "xls"
    if not ole:
        kind = _kind(path, _archive.check(path, limits, budget))
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the tables that read from it
    in_time = _convert(path, spool, budget)
    sheets, ending = _index(spool)
    if kind == "xlsx" and not ending and not any(sheet.end > sheet.start for sheet in sheets):
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - a stray cell far away, perhaps: once more, row by row
        in_time = _convert(path, spool, budget, "rows")
        sheets, ending = _index(spool)
    _judge(path, sheets, ending, in_time)
    tables = []
    wrong = errors(path) if kind == "xlsx" else {}
    for sheet in sheets:
        sheet.errors = wrong.get(sheet.name, {})
        table = Table(kind, _records(spool, sheet, limits), sheet=sheet.name, merged_rows=sheet.headings())
        if sheet is sheets[-1] and "end" not in ending:
            table.gaps.append("the workbook was not read to its end: it needs more time or space than allowed")
        tables.append(table)
    _tell_damage(tables, sheets)
    return tables


def _tell_damage(tables: list[Table], sheets: list[_Sheet]) -> None:
    """Every reading of the file names the sheets that could not be read."""
    for sheet in sheets:
        if sheet.unreadable:
            name = printable(scrub(sheet.name)[0], 40)
            for table in tables:
                table.gaps.append(f'the sheet "{name}" is damaged and could not be read')


def _kind(path: Path, names: list[str]) -> str:
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return "ods"
    raise BadInput(
        "this is an archive, but no workbook",
        where=path.name,
        remedy="unpack it and give the folder or the files in it",
    )


def _convert(path: Path, spool: IO[bytes], budget: Budget, how: str = "whole") -> bool:
    """Run the child. True if it ended by itself within the time left."""
    command = [sys.executable, "-I", str(_CHILD), str(path.resolve()), str(_MEMORY), str(_SPOOL), how]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=spool, stderr=subprocess.DEVNULL)
    try:
        child.wait(timeout=max(1.0, budget.left * 0.6))
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


@dataclass(slots=True)
class _Sheet:
    name: str
    start: int
    end: int = 0
    unreadable: bool = False
    merged: list[list[int]] = field(default_factory=list)
    errors: Places = field(default_factory=dict)

    def headings(self) -> frozenset[int]:
        """Record numbers of rows whose cells are merged over three columns or more."""
        return frozenset(r0 + 1 for r0, c0, r1, c1 in self.merged if r0 == r1 and c1 - c0 >= 2)

    def down(self) -> dict[int, list[tuple[int, int]]]:
        """Row index -> (column, row index of the cell that was merged downwards over it)."""
        found: dict[int, list[tuple[int, int]]] = {}
        for r0, c0, r1, _ in self.merged:
            for row in range(r0 + 1, min(r1, r0 + 5_000) + 1):
                found.setdefault(row, []).append((c0, r0))
        return found


def _index(spool: IO[bytes]) -> tuple[list[_Sheet], dict[str, Any]]:
    """Where each sheet lies in the spool, and the child's last word (empty if it died)."""
    spool.seek(0)
    sheets: list[_Sheet] = []
    ending: dict[str, Any] = {}
    place = 0
    for line in spool:
        if line.startswith(b"{") and line.endswith(b"\n"):
            item = json.loads(line)
            if sheets and not sheets[-1].end:
                sheets[-1].end = place
            if "sheet" in item:
                sheets.append(_Sheet(item["sheet"], place + len(line), 0, "unreadable" in item, item.get("merged", [])))
            else:
                ending = item
        if line.endswith(b"\n"):
            place += len(line)
    if sheets and not sheets[-1].end:
        sheets[-1].end = place
    return sheets, ending


def _judge(path: Path, sheets: list[_Sheet], ending: dict[str, Any], in_time: bool) -> None:
    error = ending.get("error", "")
    if error == "password":
        raise BadInput(
            "the workbook is protected by a password", where=path.name, remedy="save a copy without password"
        )
    rows = any(sheet.end > sheet.start for sheet in sheets)
    damaged = any(sheet.unreadable for sheet in sheets)
    if rows or (not error and ending and not damaged):
        return
    if not in_time or error == "memory" or not ending:
        raise BadInput(
            "the workbook needs more time or memory than allowed",
            where=path.name,
            remedy="save the sheet you need as CSV and read that",
        )
    raise BadInput(
        "the workbook is damaged",
        where=path.name,
        why="no sheet in it can be read",
        remedy="open it in a spreadsheet program and save it again, or ask for the file once more",
    )


def _lines(spool: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    """The lines between two places; several readers may take turns on one spool."""
    place, rest = start, b""
    while place < end:
        spool.seek(place)
        chunk = spool.read(min(1 << 20, end - place))
        if not chunk:
            break
        place += len(chunk)
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        yield from lines
    if rest:
        yield rest


def _records(spool: IO[bytes], sheet: _Sheet, limits: Limits) -> Iterator[Record]:
    down = sheet.down()
    anchors = {place for places in down.values() for place in places}
    held: dict[tuple[int, int], str] = {}
    wrong: dict[int, list[tuple[int, str]]] = {}
    for (row, column), shown in sheet.errors.items():
        wrong.setdefault(row, []).append((column, shown))
    index = -1
    for line in _lines(spool, sheet.start, sheet.end):
        index += 1
        record = json.loads(line) if line != b"[]" else []
        if isinstance(record, int):  # so many empty ones
            index += record - 1
            continue
        cells = [_text(cell) for cell in record]
        if len(cells) > limits.max_columns:
            yield index + 1, Unreadable(f"more than {limits.max_columns} columns")
            continue
        for column, shown in wrong.get(index, ()):
            _fill(cells, column, shown)
        if anchors:
            held.update({(c, index): cell for c, cell in enumerate(cells) if (c, index) in anchors})
            for column, above in down.get(index, ()):
                _fill(cells, column, held.get((column, above), ""))
        yield index + 1, cells


def _fill(cells: list[str], column: int, value: str) -> None:
    """Text merged downwards counts for each row; numbers do not, so that no quantity is counted twice."""
    if not value or isinstance(value, NumberCell | DateCell) or value.isdigit():
        return
    if not any(cells):
        return
    cells.extend([""] * (column + 1 - len(cells)))
    if not cells[column]:
        cells[column] = value


def _text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return number_text(cell)
    return DateCell(cell["d"])
