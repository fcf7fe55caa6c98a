"""The self-assessment as a workbook: what only a person can say, one line for each body or system; and read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from custodes.model.checks import Attests, Result, Says, Way
from custodes.model.errors import BadInput
from custodes.publication import words as w
from custodes.publication.fixedzip import save
from custodes.publication.records import cell_text, read_back
from custodes.publication.tables.sheets import set_text, shorten_chars, stamp_marking
from custodes.publication.text import clean

SHEET, _GUIDE = "Self-assessment", "Read this first"
_ASKED = (
    ("check", 10),
    ("body", 14),
    ("system", 16),
    ("of", 26),
    ("question", 56),
    ("what is behind it", 40),
    ("said so far", 40),
)
_ANSWERED = (
    ("answer", 16),
    ("answered by (role)", 22),
    ("date", 14),
    ("shown by", 30),
    ("edition or day", 16),
    ("remark", 40),
)
_HEADS = tuple(head for head, _ in (*_ASKED, *_ANSWERED))
#: Columns that come back, by the keys of an attestation.
_KEYS = {
    "check": "check",
    "body": "body",
    "system": "system",
    "answer": "answer",
    "answered by (role)": "by",
    "date": "date",
    "shown by": "evidence",
    "edition or day": "term",
    "remark": "note",
}


def write_self_assessment(results: Sequence[Result], path: Path, *, marking: str, as_at: date) -> int:
    """Write the workbook; gives how many lines it asks. What applies to nobody is not asked."""
    asked = _asked(results)
    book = Workbook()
    book.remove(book.worksheets[0])
    _guide(book.create_sheet(_GUIDE), len(asked), marking, as_at)
    _questions(book.create_sheet(SHEET), asked)
    for sheet in book.worksheets:
        stamp_marking(sheet, marking)
    save(book, path, as_at)
    return len(asked)


def _asked(results: Sequence[Result]) -> list[Result]:
    """What only a person can say. What stands beside configured bodies or systems, and is none of them, is not asked:
    an answer without a body or system would come back as one about all."""
    parts = {(one.check.id, one.body) for one in results if one.system}
    return [
        one
        for one in results
        if one.check.way in (Way.ATTESTED, Way.BOTH)
        and one.says is not Says.NOT_APPLICABLE
        and (one.system or ((one.body or not one.name) and (one.check.id, one.body) not in parts))
    ]


def _guide(sheet: Any, lines: int, marking: str, as_at: date) -> None:
    told = (
        ("Marking", clean(marking) or "none was chosen"),
        ("On", w.day(as_at)),
        ("What this is", f"{w.count(lines, 'question')} that records and network cannot answer."),
        ("What to do", f"Open the sheet “{SHEET}”. Choose an answer, write your role and the day."),
        ("Answers", f"{', '.join(Attests)}. A line left empty counts as not answered, never as no."),
        ("Shown by", "Name the paper that shows it: title, version, day. Without one it is a word alone."),
        ("Edition or day", "Where the question asks for one: the edition of the standard, or the day until it holds."),
        ("Passwords", "Never write a password here. None is asked for."),
        ("Your name", "Write your role, not your name."),
        ("Please keep", "Do not add, remove or rename columns. Filter as you like."),
    )
    for row, (head, text) in enumerate(told, 1):
        set_text(sheet.cell(row, 1), head)
        set_text(sheet.cell(row, 2), shorten_chars(text))
        sheet.cell(row, 1).font = Font(bold=True)
        for cell in sheet[row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90


def _questions(sheet: Any, asked: Sequence[Result]) -> None:
    for column, (head, wide) in enumerate((*_ASKED, *_ANSWERED), 1):
        cell = sheet.cell(1, column, head)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(column)].width = wide
    thin = Side(style="thin")
    edge = Border(left=thin, right=thin, top=thin, bottom=thin)
    for row, one in enumerate(asked, 2):
        check = one.check
        term = {"edition": " Say which edition.", "day": " Say until which day."}.get(check.term, "")
        so_far = "" if one.says is Says.NOT_ANSWERED else one.text
        told = (check.id, one.body, one.system, one.name, check.asks + term, check.reference, so_far)
        for column, text in enumerate(told, 1):
            cell = sheet.cell(row, column)
            set_text(cell, shorten_chars(clean(text)))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        for column in range(len(_ASKED) + 1, len(_HEADS) + 1):
            cell = sheet.cell(row, column)
            cell.number_format, cell.border = "@", edge
            cell.protection = Protection(locked=False)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    _finish(sheet, len(asked) + 1)


def _finish(sheet: Any, last: int) -> None:
    answer = get_column_letter(len(_ASKED) + 1)
    choice = DataValidation("list", formula1=f'"{",".join(Attests)}"', allow_blank=True, showErrorMessage=True)
    choice.errorTitle, choice.error = "Answer", "Choose one of the answers, or leave the cell empty."
    choice.add(f"{answer}2:{answer}{max(last, 2)}")
    sheet.add_data_validation(choice)
    sheet.freeze_panes = "E2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_HEADS))}{max(last, 2)}"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    guard = sheet.protection
    guard.sheet = True
    guard.formatColumns = guard.formatRows = guard.sort = guard.autoFilter = False


def read_self_assessment(path: Path) -> list[tuple[str, dict[str, str]]]:
    """The lines that were answered, as the keys of an attestation, each with its place. Raises BadInput where a column
    was changed or there is no such workbook."""
    remedy = "copy the answers into a fresh workbook (`custodes checks PATH --ask FILE.xlsx`)"
    sheets = read_back(path, "the self-assessment cannot be opened", remedy, (SHEET,))
    rows = sheets.get(SHEET, [])
    heads = [clean(cell_text(head)) for head in rows[0]] if rows else []
    if tuple(heads[: len(_HEADS)]) != _HEADS or any(heads[len(_HEADS) :]):
        changed = next((head for head, wanted in zip(heads, _HEADS, strict=False) if head != wanted), "")
        why = f"the heading {changed[:40]!r} was changed" if changed else "columns are missing or were added"
        raise BadInput("this is no self-assessment of custodes", where=path.name, why=why, remedy=remedy)
    found = []
    for number, row in enumerate(rows[1:], 2):
        told = {head: clean(cell_text(value)) for head, value in zip(_HEADS, row, strict=False)}
        if any(told.get(head) for head, _ in _ANSWERED):
            line = {key: told.get(head, "") for head, key in _KEYS.items()}
            found.append((f"{path.name} row {number}", {key: text for key, text in line.items() if text}))
    return found
