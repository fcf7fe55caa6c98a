"""devices.csv, devices.xlsx and devices.parquet. A cell that looks like a formula is text, and stays text.

`table`: what `device_rows` gives, for who writes several of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from custodes.model.assessment import Assessment
from custodes.publication import words as w
from custodes.publication.fixedzip import save
from custodes.publication.tables.rows import COLUMNS, Cell, FlatTable, device_rows
from custodes.publication.text import clean, looks_live, no_formula, shorten
from custodes.publication.totals import all_findings, totals

_MAX_ROWS = 1_000_000  # an XLSX sheet ends at 1,048,576
_MAX_CELL = 32_000  # an XLSX cell ends at 32,767
_WIDE = {
    "because",
    "findings",
    "rules",
    "maker_in_words",
    "label_in_words",
    "what_would_settle_it",
    "read_in",
}
_ARROW = {"text": pa.string(), "count": pa.int64(), "number": pa.float64(), "flag": pa.bool_()}


def write_csv(path: Path, assessment: Assessment, table: FlatTable | None = None) -> Path:
    """Writes devices.csv: UTF-8 with a byte-order mark, so that Excel opens it right; no live formula."""
    columns, rows = table or device_rows(assessment)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return path


def _csv_cell(value: Cell) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return no_formula(value) if isinstance(value, str) else ("" if value is None else str(value))


def write_parquet(path: Path, assessment: Assessment, table: FlatTable | None = None) -> Path:
    """Writes devices.parquet with typed columns; marking, date and versions in its metadata."""
    columns, rows = table or device_rows(assessment)
    series = list(zip(*rows, strict=True)) or [()] * len(columns)
    schema = pa.schema(
        [pa.field(name, _ARROW[COLUMNS[name]]) for name in columns],
        metadata={
            "title": clean(assessment.title),
            "marking": clean(assessment.marking),
            "as_at": assessment.as_at.isoformat(),
            "reference_data": f"{assessment.pack_version} of {assessment.pack_date.isoformat()}",
            "program": assessment.program_version,
        },
    )
    arrays = [pa.array(values, type=field.type) for values, field in zip(series, schema, strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")
    return path


def write_xlsx(path: Path, assessment: Assessment, table: FlatTable | None = None) -> Path:
    """Writes devices.xlsx: devices, findings, and a sheet about the file; the same bytes every time."""
    columns, rows = table or device_rows(assessment)
    book = Workbook(write_only=True)
    for part, start in enumerate(range(0, max(len(rows), 1), _MAX_ROWS), 1):
        title = "Devices" if part == 1 else f"Devices {part}"
        _sheet(book, title, columns, rows[start : start + _MAX_ROWS], assessment.marking)
    findings = [
        [f.id, f.kind, f.severity, clean(f.text), f.device, clean(f.next_step)] for f in all_findings(assessment)
    ]
    heads = ["finding", "kind", "severity", "text", "device", "next_step"]
    _sheet(book, "Findings", heads, findings, assessment.marking)
    _sheet(book, "About", ["about", "this file"], about(assessment), assessment.marking)
    return save(book, path, assessment.as_at)


def about(assessment: Assessment) -> list[list[Cell]]:
    """The lines of the About sheet: marking, dates, versions, what is counted."""
    sums = totals(assessment)
    made_up = "These devices are invented, for training and tests." if assessment.synthetic else "no"
    return [
        ["marking", assessment.marking or "none was chosen"],
        ["title", assessment.title],
        ["on", w.day(assessment.as_at)],
        ["reference data", f"{assessment.pack_version} of {w.day(assessment.pack_date)}"],
        ["program", f"custodes {assessment.program_version}"],
        ["invented example", made_up],
        ["live devices", sums.live],
        ["not live, counted apart", sums.not_live],
        ["actual maker established", sums.makers.established],
        ["actual maker probable, check", sums.makers.probable],
        ["actual maker not known", sums.makers.unknown],
        ["counting", "A row may stand for several pieces of equipment: sum quantity where live is TRUE."],
        ["words", "established, or probably and to be checked, or not known with the reason beside it."],
    ]


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], mark: str) -> None:
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    stamp_marking(sheet, mark)
    rows = list(rows)
    for number, head in enumerate(heads, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 60 if head in _WIDE or head in ("text", "this file") else 18
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    sheet.append([_heading(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value) for value in row])


def stamp_marking(sheet: Any, marking: str) -> None:
    """Puts the marking in the middle of the printed header and footer of `sheet`."""
    mark = shorten(clean(marking), 200).replace("&", "&&")
    for part in (sheet.oddHeader, sheet.oddFooter):
        part.center.text = mark or None
    sheet.oddFooter.right.text = "&P / &N"


def _heading(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _xlsx_cell(sheet: Any, value: Cell) -> Any:
    if not isinstance(value, str):
        return value
    text = shorten_chars(clean(value))
    if not looks_live(text):
        return text
    cell = WriteOnlyCell(sheet)
    set_text(cell, text)
    return cell


def shorten_chars(text: str) -> str:
    """`text` within what one XLSX cell holds."""
    return text if len(text) <= _MAX_CELL else text[:_MAX_CELL] + " … (cut; the data files have all of it)"


def set_text(cell: Any, text: str) -> None:
    """Puts `text` into `cell` as text that no spreadsheet runs, even when somebody edits the cell later."""
    cell.value = text
    if looks_live(text):
        cell.data_type = "s"
        cell.quotePrefix = True
