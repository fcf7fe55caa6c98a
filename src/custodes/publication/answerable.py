"""Workbooks that go out with questions and come back with answers: a guide, and a sheet whose left columns are asked
and locked, whose right ones are answered. What each workbook asks is its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.styles import Alignment, Border, Font, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from custodes.publication.tables.sheets import set_text, shorten_chars
from custodes.publication.text import clean

GUIDE = "Read this first"
#: What every guide ends with.
NO_PASSWORDS = ("Passwords", "Never write a password here. None is asked for.")
NO_NAMES = ("Your name", "Write your role, not your name.")
KEEP_COLUMNS = ("Please keep", "Do not add, remove or rename columns. Filter as you like.")

#: A heading and the width of its column.
Column = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a sheet. `choices`: what the first answered column may say, named `choice` in the message;
    `frozen`: the cell up to which it stands still."""

    asked: Sequence[Column]
    answered: Sequence[Column]
    choice: str
    choices: Sequence[str]
    message: str
    frozen: str

    @property
    def heads(self) -> tuple[str, ...]:
        """All headings."""
        return tuple(head for head, _ in (*self.asked, *self.answered))


def write_guide(sheet: Any, lines: Iterable[tuple[str, str]]) -> None:
    """A sheet of headings and what there is to say under each."""
    for row, (head, text) in enumerate(lines, 1):
        set_text(sheet.cell(row, 1), head)
        set_text(sheet.cell(row, 2), shorten_chars(text))
        sheet.cell(row, 1).font = Font(bold=True)
        for cell in sheet[row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90


def write_sheet(sheet: Any, layout: Layout, rows: Sequence[Sequence[str | int]]) -> None:
    """A sheet of questions. `rows`: what stands in the asked columns; numbers stay numbers."""
    for column, (head, wide) in enumerate((*layout.asked, *layout.answered), 1):
        cell = sheet.cell(1, column, head)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = wide
    thin = Side(style="thin")
    edge = Border(left=thin, right=thin, top=thin, bottom=thin)
    for row, told in enumerate(rows, 2):
        for column, text in enumerate(told, 1):
            _asked_cell(sheet.cell(row, column), text)
        for column in range(len(layout.asked) + 1, len(layout.heads) + 1):
            cell = sheet.cell(row, column)
            cell.number_format, cell.border = "@", edge
            cell.protection = Protection(locked=False)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    _finish(sheet, layout, max(len(rows) + 1, 2))


def _asked_cell(cell: Any, told: str | int) -> None:
    if isinstance(told, int):
        cell.value, cell.alignment = told, Alignment(vertical="top")
        return
    set_text(cell, shorten_chars(clean(told)))
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _finish(sheet: Any, layout: Layout, last: int) -> None:
    column = get_column_letter(len(layout.asked) + 1)
    choice = DataValidation("list", formula1=f'"{",".join(layout.choices)}"', allow_blank=True, showErrorMessage=True)
    choice.errorTitle, choice.error = layout.choice, layout.message
    choice.add(f"{column}2:{column}{last}")
    sheet.add_data_validation(choice)
    sheet.freeze_panes = layout.frozen
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(layout.heads))}{last}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    guard = sheet.protection
    guard.sheet = True
    guard.formatColumns = guard.formatRows = guard.sort = guard.autoFilter = False
