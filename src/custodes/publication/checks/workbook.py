"""The self-assessment as a workbook: what only a person can say, one line for each body or system; and read back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from custodes.model.checks import Attests, Result, Says, Way
from custodes.model.errors import BadInput
from custodes.publication import words as w
from custodes.publication.answerable import (
    GUIDE,
    KEEP_COLUMNS,
    NO_NAMES,
    NO_PASSWORDS,
    Layout,
    write_guide,
    write_sheet,
)
from custodes.publication.fixedzip import save
from custodes.publication.records import cell_text, read_back
from custodes.publication.tables.sheets import stamp_marking
from custodes.publication.text import clean

SHEET = "Self-assessment"
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
_LAYOUT = Layout(
    _ASKED, _ANSWERED, "Answer", tuple(Attests), "Choose one of the answers, or leave the cell empty.", "E2"
)
_HEADS = _LAYOUT.heads
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
    _guide(book.create_sheet(GUIDE), len(asked), marking, as_at)
    write_sheet(book.create_sheet(SHEET), _LAYOUT, [_row(one) for one in asked])
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
        NO_PASSWORDS,
        NO_NAMES,
        KEEP_COLUMNS,
    )
    write_guide(sheet, told)


def _row(one: Result) -> tuple[str, ...]:
    check = one.check
    term = {"edition": " Say which edition.", "day": " Say until which day."}.get(check.term, "")
    so_far = "" if one.says is Says.NOT_ANSWERED else one.text
    return (check.id, one.body, one.system, one.name, check.asks + term, check.reference, so_far)


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
