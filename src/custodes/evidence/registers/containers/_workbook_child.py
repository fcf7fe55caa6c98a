"""Runs alone in a process of its own, so that a hostile workbook can cost no more than that process.

    python -I _workbook_child.py FILE MEMORY_BYTES OUTPUT_BYTES whole|rows

Writes JSON lines to standard output: `{"sheet": name, "merged": [[r0, c0, r1, c1], ...]}`, then one array per
record (strings, numbers, true/false, {"d": date}) or a number for so many empty records, `{"cut": true}` if the
output limit was reached, and `{"end": true}` last. On failure `{"error": word}`. `rows`: an XLSX row by row, for a
sheet that is too large to be held whole; it knows no merged cells. Imports nothing of this program.
"""

from __future__ import annotations

import datetime
import json
import sys
from typing import Any


def _cell(value: Any) -> Any:
    if isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return {"d": value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"d": str(value)}
    return "" if value is None else str(value)


class _Full(Exception):
    """The output limit is reached."""


def _write(item: Any, left: list[int]) -> None:
    line = json.dumps(item, ensure_ascii=True, separators=(",", ":"))
    left[0] -= len(line) + 1
    if left[0] < 0:
        raise _Full
    sys.stdout.write(line + "\n")


def _sheets(path: str, left: list[int]) -> None:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    for meta in book.sheets_metadata:
        if "chart" in str(meta.typ).lower() or "macro" in str(meta.typ).lower() or "vba" in str(meta.typ).lower():
            continue
        try:
            sheet = book.get_sheet_by_name(meta.name)
        except Exception:
            _write({"sheet": meta.name, "unreadable": True}, left)
            continue
        merged = [[*start, *end] for start, end in (getattr(sheet, "merged_cell_ranges", None) or [])][:50_000]
        _write({"sheet": meta.name, "merged": merged}, left)
        above, before = sheet.start or (0, 0)
        for _ in range(above):
            _write([], left)
        for row in sheet.iter_rows():
            cells = [_cell(value) for value in row]
            while cells and cells[-1] == "":
                cells.pop()
            _write([""] * before + cells if cells else [], left)


def _rows(path: str, left: list[int]) -> None:
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        _write({"sheet": sheet.title, "merged": []}, left)
        sheet.reset_dimensions()  # a stray cell far away would pad every row to its column
        empty = 0
        for row in sheet.iter_rows(values_only=True):
            cells = [_cell(value) for value in row]
            while cells and cells[-1] == "":
                cells.pop()
            if not cells:
                empty += 1
                continue
            if empty:
                _write(empty, left)
            empty = 0
            _write(cells, left)


def main(path: str, memory: int, output: int, how: str) -> None:
    """Read the workbook at `path` within `memory` bytes, writing at most `output` bytes."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass
    left = [output]
    try:
        (_rows if how == "rows" else _sheets)(path, left)
        end: dict[str, Any] = {"end": True}
    except _Full:
        end = {"cut": True}
    except MemoryError:
        end = {"error": "memory"}
    except Exception as error:
        end = {"error": "password" if "assword" in type(error).__name__ else "damaged"}
    sys.stdout.write(json.dumps(end) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
