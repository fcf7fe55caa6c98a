"""The user's own table back, every cell where it was, with the answers in new columns on the right.

Values of credential columns are blanked and passwords inside other cells are taken out, in comments and
document properties too: an annotated copy travels further than the original did.
"""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from custodes.model.assessment import Assessment, Device, FileAccount
from custodes.model.errors import BadInput
from custodes.model.registers import RawTable
from custodes.publication import words as w
from custodes.publication.fixedzip import save
from custodes.publication.records import cell_text, kind_of
from custodes.publication.secrets import BlankCells, MayHold, Scrub, Secrets, blank_nothing, scrub_nothing
from custodes.publication.tables.rows import Cell, what_settles
from custodes.publication.tables.sheets import about, set_text, shorten_chars, stamp_marking
from custodes.publication.text import clean, clean_lines, shorten

_MAX_EXPANDED = 256 * 1024 * 1024
_MAX_COLUMNS = 16_384
_MAX_ROWS = 1_048_576
_MAX_TITLE = 28  # Excel allows 31; a number may follow
_ABOUT = "About this copy"
_PARTS = {
    "charts/chart": "charts",
    "media/": "pictures",
    "pivotTables/pivot": "pivot tables with a password column",
    "slicers/": "slicers",
    "threadedComments/": "replies to comments",
}


@dataclass(frozen=True, slots=True)
class _Added:
    """What is added: headings, and for each (sheet, row) of the file its cells."""

    heads: tuple[str, ...]
    cells: dict[tuple[str, int], tuple[str, ...]]

    def sheets(self) -> dict[str, list[int]]:
        """The rows that were read, by sheet."""
        found: dict[str, list[int]] = defaultdict(list)
        for sheet, row in self.cells:
            found[sheet].append(row)
        return found


def annotate(
    source: Path,
    out: Path,
    assessment: Assessment,
    tables: Callable[[], Sequence[RawTable]],
    *,
    marking: str,
    blank_cells: BlankCells = blank_nothing,
    scrub: Scrub = scrub_nothing,
    may_hold: MayHold | None = None,
    file: str | None = None,
) -> Path:
    """Writes `out` (XLSX): the table of `source` with its cells untouched and the answers on the right.

    `file` is the name under which the assessment knows `source` (its file name unless told). `tables` gives the
    records as their reader counted them; it is asked for everything but a workbook that can be written back.
    `may_hold` tells quickly in which of many texts `scrub` might find anything.
    """
    name = file or source.name
    accounts = [account for account in assessment.files if account.file == name]
    added = _added(assessment, name)
    kind = kind_of(source)
    original = _open(source, kind) if kind in ("xlsx", "xlsm") else None
    kept = original is not None
    raw = () if original else tables()
    frozen = _freeze_formulas(source, original) if original else 0
    book = original or _from_records(raw)
    if not kept:
        added = _placed(added, book, raw)
    slipping = not kept and not any(table.headed for table in raw)
    secrets = Secrets(blank_cells, scrub, [c for a in accounts for c in a.credentials.columns], may_hold)
    headers = {sheet.title: _header_row(sheet, _rows_of(book, sheet, added), accounts) for sheet in book.worksheets}
    for sheet in book.worksheets:
        rows = _rows_of(book, sheet, added)
        secrets.find(sheet, headers[sheet.title], read=bool(rows), shifting=slipping)
    for sheet in book.worksheets:
        secrets.remove(sheet)
    secrets.clean_properties(book)
    for sheet in book.worksheets:
        if _rows_of(book, sheet, added):
            _add_columns(sheet, headers[sheet.title], added)
        _mark(sheet, marking)
    lost = _not_carried(source, book) if kept else []
    _about_sheet(book, assessment, marking, _Kept(kept, tuple(lost), frozen))
    return save(book, out, assessment.as_at)


def _placed(added: _Added, book: Workbook, raw: Sequence[RawTable]) -> _Added:
    """The answers at the sheets and rows where `_from_records` put the records."""
    places = {table.sheet: (sheet.title, table.headed) for table, sheet in zip(raw, book.worksheets, strict=True)}
    cells = {}
    for (name, row), values in added.cells.items():
        title, headed = places.get(name, (name, False))
        cells[title, row + headed] = values
    return _Added(added.heads, cells)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What came through of the original: its cells as they were, what was lost, how many formulas stand still."""

    cells: bool
    lost: tuple[str, ...]
    formulas: int


def _freeze_formulas(source: Path, book: Workbook) -> int:
    """Puts the last result in the place of every formula, the formula itself where there is none, as plain text.

    A copy that travels must not run anything: a formula may fetch an address or start a program.
    """
    live: list[tuple[Any, Any]] = [
        (sheet, cell) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if _is_live(cell)
    ]
    if not live:
        return 0
    results = _results(source)
    for sheet, cell in live:
        shown = results[sheet.title][cell.coordinate].value if sheet.title in results else None
        formula = cell_text(getattr(cell.value, "text", None) or cell.value)
        if shown is None:
            set_text(cell, shorten_chars(clean_lines(formula)))
            continue
        shape = cell.number_format
        if isinstance(shown, str):
            set_text(cell, shown)
        else:
            cell.value, cell.number_format = shown, shape
    return len(live)


def _is_live(cell: Any) -> bool:
    return getattr(cell, "data_type", "") == "f"


def _results(source: Path) -> Any:
    """The workbook with the results that its own program kept beside each formula."""
    try:
        with source.open("rb") as stream:
            return {sheet.title: sheet for sheet in load_workbook(stream, data_only=True).worksheets}
    except Exception:  # as in _open: whatever cannot be read again has no result
        return {}


def _rows_of(book: Workbook, sheet: Any, added: _Added) -> list[int]:
    """The rows of `sheet` that were read; a file without sheet names has them on the first."""
    rows = added.sheets()
    return rows.get(sheet.title) or (rows.get("", []) if sheet is book.worksheets[0] else [])


def _added(assessment: Assessment, name: str) -> _Added:
    by_row: dict[tuple[str, int], list[Device]] = defaultdict(list)
    for device in assessment.devices:
        for source in device.sources:
            if source.file == name:
                by_row[source.sheet, source.row].append(device)
    readings = any(device.origin for device in assessment.devices)
    rules = any(device.measures for device in assessment.devices)
    makers = _columns(assessment, readings=readings, rules=rules)
    cells = {
        key: tuple(_joined(make(device) for device in devices) for _, make in makers) for key, devices in by_row.items()
    }
    for skipped in assessment.skipped:
        if skipped.file == name and (skipped.sheet, skipped.row) not in cells:
            reason = f"no device: {clean(skipped.reason)}"
            cells[skipped.sheet, skipped.row] = (reason, *("" for _ in makers[1:]))
    return _Added(tuple(head for head, _ in makers), cells)


def _columns(assessment: Assessment, *, readings: bool, rules: bool) -> list[tuple[str, Callable[[Device], str]]]:
    words = assessment.words
    columns: list[tuple[str, Callable[[Device], str]]] = [
        (
            "Made by",
            lambda d: w.maker_name(d.attribution) or f"not known because {w.why_not(d.attribution, words)}",
        ),
        ("How sure", lambda d: w.HOW_SURE[d.attribution.maker_status]),
        ("Because", lambda d: "; ".join(w.because_lines(d.attribution))),
        ("Label on it", lambda d: w.labelled(d.attribution, words)),
        ("Owner of the maker", lambda d: w.owner_chain(d.attribution) or w.owner_text(d.attribution)),
    ]
    if readings:
        for key, name in w.READINGS.items():
            columns.append((f"Reading: {name}", _reading_of(key)))
    if rules:
        columns.append(("Rules", lambda d: "; ".join(w.rule_line(m, words) for m in d.measures)))
    columns.append(("Findings", lambda d: "; ".join(clean(f.text) for f in d.findings)))
    columns.append(("What would settle it", what_settles))
    return columns


def _reading_of(key: str) -> Callable[[Device], str]:
    return lambda device: w.reading(str(device.origin.get(key, "")))


def _joined(values: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(value for value in values if value))


def _open(source: Path, kind: str) -> Workbook | None:
    """The workbook to write back cell by cell; None when only its text can be had."""
    try:
        with zipfile.ZipFile(source) as archive:
            expanded = sum(item.file_size for item in archive.infolist())
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInput("the workbook cannot be opened", where=source.name, why=str(error)) from error
    if expanded > _MAX_EXPANDED:
        raise BadInput("the workbook unpacks to more than 256 MiB", where=source.name, remedy="split it")
    try:
        with source.open("rb") as stream:
            book = load_workbook(stream, keep_vba=kind == "xlsm", rich_text=True)
    except Exception:  # openpyxl raises anything on workbooks it does not know; the text is still readable
        return None
    for link in getattr(book, "_external_links", ()):  # copies of other workbooks' cells
        if getattr(link, "externalBook", None) is not None:
            link.externalBook.sheetDataSet = None
    return book


def _from_records(tables: Sequence[RawTable]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, table in enumerate(tables, 1):
        if len(table.records) > _MAX_ROWS:
            raise BadInput(
                f"a sheet holds {_MAX_ROWS:,} rows at most, and the register has more",
                remedy="split the register, or leave out --annotate",
            )
        name = re.sub(r"[\\*?:/\[\]]", " ", clean(table.sheet))[:_MAX_TITLE].strip()
        sheet = book.create_sheet(name or ("Records" if number == 1 else f"Records {number}"))
        for row, record in enumerate(table.records, 1):
            for column, value in enumerate(record, 1):
                if value:
                    set_text(sheet.cell(row, column), shorten_chars(clean_lines(value)))
    return book


def _header_row(sheet: Any, rows: Sequence[int], accounts: Sequence[FileAccount]) -> int | None:
    """The row of the headings: the one above the data that holds most of the headings that were read."""
    known = {clean(header) for account in accounts for header, _ in account.mapped}
    known |= {clean(header) for account in accounts for header in (*account.unmapped, *account.credentials.columns)}
    if not rows:
        return None
    first = min(rows)
    told = {account.header_row for account in accounts if account.header_row}
    best, best_score = None, 0.0
    for row in range(max(1, first - 30), first):
        texts = [clean(cell.value) for cell in sheet[row] if cell.value is not None]
        score = sum(text in known for text in texts) + (0.5 if row in told else 0.0)
        if score >= best_score and score > 0:
            best, best_score = row, score
    if best is None and not known and first > 1:
        return first - 1
    return best


def _add_columns(sheet: Any, header: int | None, added: _Added) -> None:
    key = sheet.title if sheet.title in added.sheets() else ""
    start = _last_column(sheet) + 1
    if start + len(added.heads) > _MAX_COLUMNS:
        raise BadInput("the sheet has no room for more columns", where=f"sheet {sheet.title}")
    if header:
        for offset, head in enumerate(added.heads):
            cell = sheet.cell(header, start + offset)
            set_text(cell, head)
            cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for (name, row), values in added.cells.items():
        if name != key:
            continue
        for offset, value in enumerate(values):
            if value:
                set_text(sheet.cell(row, start + offset), shorten_chars(clean(value)))
    for offset, head in enumerate(added.heads):
        letter = get_column_letter(start + offset)
        sheet.column_dimensions[letter].width = 50 if head in ("Because", "Findings", "Rules") else 26


def _last_column(sheet: Any) -> int:
    last = 0
    for row in sheet.iter_rows():
        for cell in reversed(row):
            if cell.value is not None:
                last = max(last, cell.column)
                break
    return max([last, *(int(area.max_col) for area in sheet.merged_cells.ranges)])


def _mark(sheet: Any, marking: str) -> None:
    mark = clean(marking)
    if not mark:
        return
    shown = shorten(mark, 200).replace("&", "&&")
    for part in (sheet.oddHeader, sheet.oddFooter):
        text = part.center.text
        part.center.text = shown if not text else f"{shown}\n{text}"


def _not_carried(source: Path, book: Workbook) -> list[str]:
    """What the original holds that a copy written cell by cell cannot keep, in plain words."""
    with zipfile.ZipFile(source) as archive:
        names = archive.namelist()
    sheets: list[Any] = list(book.worksheets)
    kept = {
        "charts/chart": sum(len(sheet._charts) for sheet in [*sheets, *book.chartsheets]),
        "media/": sum(len(sheet._images) for sheet in sheets),
        "pivotTables/pivot": sum(len(sheet._pivots) for sheet in sheets),
    }
    found = []
    for part, word in _PARTS.items():
        held = sum(name.startswith(f"xl/{part}") for name in names)
        if held > kept.get(part, 0):
            found.append(word)
    return found


def _about_sheet(book: Workbook, assessment: Assessment, marking: str, kept: _Kept) -> None:
    title, number = _ABOUT, 2
    while title in book.sheetnames:
        title, number = f"{_ABOUT} {number}", number + 1
    sheet: Any = book.create_sheet(title)
    stamp_marking(sheet, marking)
    told: list[list[Cell]] = [
        ["about", "this copy"],
        ["what it is", "Your own table with columns added on the right. Nothing else was changed or moved."],
        ["passwords", "Values of password columns were blanked, and passwords inside other cells taken out."],
    ]
    if not kept.cells:
        told.append(["cells", "Every cell of the original stands here as text, exactly as it was written."])
    if kept.formulas:
        told.append(
            [
                "formulas",
                f"{kept.formulas} stand here as their last result, or as text: a copy that travels runs nothing.",
            ]
        )
    if kept.lost:
        told.append(["not carried over", f"{', '.join(kept.lost)}. They are still in your original."])
    told.append(["marking", marking or "none was chosen"])
    told += [line for line in about(assessment) if line[0] != "marking"]
    for row in told:
        sheet.append([clean(value) if isinstance(value, str) else value for value in row])
        for cell in sheet[sheet.max_row]:
            cell.alignment = copy(Alignment(wrap_text=True, vertical="top"))
            if isinstance(cell.value, str):
                set_text(cell, cell.value)
    sheet["A1"].font = sheet["B1"].font = Font(bold=True)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 80
