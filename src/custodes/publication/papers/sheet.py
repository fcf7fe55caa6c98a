"""A paper as a workbook: a sheet for the fields, one for each table; blanks have a frame. The same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from custodes.model.papers import Cell, Column, Entry, Kind, Paper, Section
from custodes.publication.fixedzip import save
from custodes.publication.papers.said import cell_text, heading
from custodes.publication.tables.sheets import set_text, shorten_chars, stamp_marking
from custodes.publication.text import clean

FORM, REF = "Form", "ref"
FACE = "Calibri"
ABOUT = "about/"
_THIN = Side(style="thin")
_FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TOP = Alignment(wrap_text=True, vertical="top")
_FORM_WIDTHS = (34, 84, 40, 26)
#: Kinds of paper; how many signs stand beside each other on A4, and half as many more on A3.
_A4, _A3, _FITS = 9, 8, 200
_LINE_POINTS, _MOST_POINTS = 15, 400
_MOST_TITLE = 28
_WEAK = ("and", "or", "of", "the", "a", "for", "to", "in", "on", "with", "what", "not", "its", "their", "by")
_BAD = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def write_sheet(path: Path, paper: Paper) -> Path:
    """Writes the workbook. In every table the last column, `ref`, says which line it is: keep it to read it back."""
    book = Workbook()
    book.remove(book.worksheets[0])
    titles = sheet_titles(paper)
    _form(book.create_sheet(FORM), paper, titles)
    for section in paper.sections:
        if section.columns:
            _table(book.create_sheet(titles[section.id]), section)
    for sheet in book.worksheets:
        _page(sheet)
        stamp_marking(sheet, paper.marking)
    return save(book, path, paper.on, stored=True)


def _page(sheet: Any) -> None:
    wide = sum(one.width for one in sheet.column_dimensions.values())
    sheet.page_setup.paperSize = _A4 if wide <= _FITS else _A3
    sheet.page_setup.orientation = "landscape" if sheet.title != FORM else "portrait"
    sheet.page_setup.fitToWidth = max(1, -(-int(wide) // (_FITS * 3 // 2)))
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def about_ref(paper: Paper) -> str:
    """By which a workbook that comes back tells what it was filled in for."""
    return f"{ABOUT}{paper.form}/{clean(paper.body)}"


def sheet_titles(paper: Paper) -> dict[str, str]:
    """Section id to the title of its sheet: within 31 signs, each once."""
    taken = {FORM.casefold()}
    titles = {}
    for section in paper.sections:
        if not section.columns:
            continue
        whole = _short((clean(section.title) or section.id).translate(_BAD).split()) or section.id[:_MOST_TITLE]
        title, number = whole, 2
        while title.casefold() in taken:
            title, number = f"{whole} {number}", number + 1
        taken.add(title.casefold())
        titles[section.id] = title
    return titles


def _short(words: list[str]) -> str:
    """As many whole words as a sheet's title holds, with room for a number."""
    while len(" ".join(words)) > _MOST_TITLE and len(words) > 1:
        words = words[:-1]
    while len(words) > 1 and words[-1].rstrip(",").casefold() in _WEAK:
        words = words[:-1]
    return " ".join(words)[:_MOST_TITLE].strip(" ',;")


def _form(sheet: Any, paper: Paper, titles: dict[str, str]) -> None:
    rows = _Rows(sheet)
    rows.add([clean(paper.title)], bold=True, size=14)
    rows.add(["", clean(paper.about)])
    for label, text in heading(paper):
        rows.add([label, text])
    rows.add(["", "", "", about_ref(paper)])
    for section in paper.sections:
        rows.gap()
        if section.title:
            rows.add([clean(section.title)], bold=True)
        for text in section.text:
            rows.add(["", clean(text)])
        for entry in section.entries:
            rows.entry(section.id, entry)
        if section.columns:
            lines = f"{len(section.lines)} lines" if section.lines else clean(section.empty) or "no line"
            rows.add(["", f"on the sheet “{titles[section.id]}”: {lines}"])
    rows.gap()
    rows.add(["Signed"], bold=True)
    for entry in paper.signs:
        rows.entry("signs", entry)
    for letter, wide in zip("ABCD", _FORM_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = wide


class _Rows:
    """Writes rows one under the other."""

    def __init__(self, sheet: Any) -> None:
        self._sheet, self._row = sheet, 0

    def gap(self) -> None:
        """Leaves one row empty."""
        self._row += 1

    def add(self, texts: Sequence[str], *, bold: bool = False, size: int = 11) -> None:
        """One row of texts from the first column on."""
        self._row += 1
        for column, text in enumerate(texts, 1):
            cell = self._sheet.cell(self._row, column)
            if text:
                set_text(cell, shorten_chars(text))
            cell.font = Font(name=FACE, bold=bold or (column == 1 and len(texts) > 1), size=size)
            cell.alignment = Alignment(wrap_text=not (bold and len(texts) == 1), vertical="top")
        if len(texts) > 1:
            self.fit(texts)

    def fit(self, texts: Sequence[str]) -> None:
        """Makes the row as high as its longest text needs: not every program does it by itself."""
        pairs = zip(texts, _FORM_WIDTHS, strict=False)
        _height(self._sheet, self._row, max(-(-len(text) // wide) for text, wide in pairs))

    def entry(self, section: str, entry: Entry) -> None:
        """One field: label, value or blank, note, and its ref."""
        self.add([clean(entry.label), "", clean(entry.note), f"{section}/{entry.id}"])
        _value(self._sheet.cell(self._row, 2), entry.cell)
        self._sheet.cell(self._row, 2).alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        self.fit([clean(entry.label), cell_text(entry.cell), clean(entry.note)])


def _table(sheet: Any, section: Section) -> None:
    heads = [*(clean(column.label) for column in section.columns), REF]
    for number, head in enumerate(heads, 1):
        cell = sheet.cell(1, number)
        set_text(cell, head)
        cell.font, cell.alignment = Font(name=FACE, bold=True), _TOP
        wide = 12 if number > len(section.columns) else _width(section.columns[number - 1])
        sheet.column_dimensions[get_column_letter(number)].width = wide
    _height(sheet, 1, max(-(-len(clean(column.label)) // (_width(column) - 4)) for column in section.columns))
    for row, line in enumerate(section.lines, 2):
        for number, one in enumerate(line.cells, 1):
            _value(sheet.cell(row, number), one)
        set_text(sheet.cell(row, len(heads)), line.key)
        _height(sheet, row, max(_needs(column, one) for column, one in zip(section.columns, line.cells, strict=True)))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{max(2, len(section.lines) + 1)}"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"


def _width(column: Column) -> int:
    return 44 if column.wide else 18


def _needs(column: Column, cell: Cell) -> int:
    """How many lines a value takes in its column."""
    return -(-len(cell_text(cell)) // (_width(column) - 2)) or 1


def _height(sheet: Any, row: int, lines: int) -> None:
    if lines > 1:
        sheet.row_dimensions[row].height = min(_LINE_POINTS * lines, _MOST_POINTS)


def _value(target: Any, cell: Cell) -> None:
    target.alignment = _TOP
    if cell.kind in (Kind.TO_FILL, Kind.PERSON):
        target.border, target.number_format = _FRAME, "@"
    if cell.kind is Kind.TO_FILL:
        return
    if isinstance(cell.value, int) and not cell.why:
        target.value = cell.value
        return
    text = shorten_chars(cell_text(cell))
    if text:
        set_text(target, text)
