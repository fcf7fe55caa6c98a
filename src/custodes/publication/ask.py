"""Questions that go out as workbooks, one for each addressee, and come back as answers with their place."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from custodes.model.errors import BadInput
from custodes.model.questions import Answer, Question, Refusal
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
from custodes.publication.tables.sheets import set_text, stamp_marking
from custodes.publication.text import clean, shorten

STATES = ("could not find out", "not held", "refused")
_SHEET, _INDEX = "Questions", "Question ids"
_KINDS = {
    "landlord": "landlord",
    "installer": "installer",
    "contract": "contract holder",
    "site": "site team",
}
_ASKED = (
    ("question", 14),
    ("site", 22),
    ("device or group", 32),
    ("place", 26),
    ("what is missing", 32),
    ("what to do", 44),
    ("devices this settles", 12),
)
_ANSWERED = (
    ("state", 20),
    ("make", 18),
    ("model", 20),
    ("serial", 20),
    ("MAC", 20),
    ("firmware", 16),
    ("answered by (role)", 20),
    ("date", 14),
    ("remark", 40),
)
_LAYOUT = Layout(_ASKED, _ANSWERED, "State", STATES, "Choose one of the states, or leave the cell empty.", "B2")
_HEADS = _LAYOUT.heads
_FIELDS = ("state", "make", "model", "serial", "mac", "firmware", "answered_by", "date", "remark")
_IDENTIFIERS = ("make", "model", "serial", "mac", "firmware")


class AnswersRefused(BadInput):
    """A returned workbook whose structure was changed. `refusals` names every place."""

    def __init__(self, file: str, refusals: Sequence[Refusal]) -> None:
        first = refusals[0]
        more = f" (and {len(refusals) - 1} more)" if len(refusals) > 1 else ""
        super().__init__(
            f"{first.why}{more}",
            where=f"{file}, sheet {first.sheet}, cell {first.cell}",
            remedy="correct these cells, or copy the answers into a fresh questions file",
        )
        self.refusals = tuple(refusals)


def write_questions(questions: Sequence[Question], out_dir: Path, *, marking: str, as_at: date) -> list[Path]:
    """Writes one workbook for each addressee into `out_dir`; the marking stands in name, sheets and pages."""
    by_addressee: dict[tuple[str, str], list[Question]] = defaultdict(list)
    for question in questions:
        by_addressee[question.addressee_kind, question.addressee].append(question)
    taken: set[str] = set()
    written = []
    for (kind, addressee), asked in sorted(by_addressee.items()):
        name = _file_name(marking, kind, addressee, taken)
        written.append(save(_workbook(kind, addressee, asked, marking, as_at), out_dir / name, as_at))
    return written


def _file_name(marking: str, kind: str, addressee: str, taken: set[str]) -> str:
    parts = [_slug(marking).upper(), "questions", _slug(kind), _slug(addressee) or _short_hash(addressee)]
    name = "_".join(filter(None, parts))
    if name in taken:
        name += f"_{_short_hash(addressee)}"
    taken.add(name)
    return name + ".xlsx"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", clean(text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-")


def _short_hash(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _workbook(kind: str, addressee: str, asked: Sequence[Question], marking: str, as_at: date) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    ordered = _ordered(asked)
    _guide(book.create_sheet(GUIDE), kind, addressee, ordered, marking, as_at)
    write_sheet(book.create_sheet(_SHEET), _LAYOUT, [_row(question) for question in ordered])
    index: Any = book.create_sheet(_INDEX)
    index.append(["question"])
    for row, question in enumerate(ordered, 2):
        set_text(index.cell(row, 1), clean(question.id))
    index.protection.sheet = True
    for sheet in book.worksheets:
        stamp_marking(sheet, marking)
    return book


def _ordered(asked: Sequence[Question]) -> list[Question]:
    """By site, the site that settles most first; within a site the question that settles most first."""
    weight: dict[str, int] = defaultdict(int)
    for question in asked:
        weight[question.site] += question.settles
    return sorted(asked, key=lambda q: (-weight[q.site], q.site, -q.settles, q.id))


def _guide(sheet: Any, kind: str, addressee: str, asked: Sequence[Question], marking: str, as_at: date) -> None:
    devices = sum(question.settles for question in asked)
    lines = (
        ("Marking", clean(marking) or "none was chosen"),
        ("For", f"{clean(addressee) or 'whoever looks after these sites'} ({_KINDS.get(kind, clean(kind))})"),
        ("On", w.day(as_at)),
        (
            "What this is",
            f"{w.count(len(asked), 'question')} about {w.count(devices, 'device')} not settled yet.",
        ),
        ("What to do", f"Open the sheet “{_SHEET}”. The first lines settle most: answer those first."),
        (
            "Photographs",
            "A photograph of the label is the best answer. Type what it says; send the picture along.",
        ),
        (
            "Not able to answer?",
            "Choose a state: could not find out, not held, or refused. That is an answer too.",
        ),
        ("Leave empty", "A line left empty counts as not answered, never as none."),
        NO_PASSWORDS,
        NO_NAMES,
        KEEP_COLUMNS,
    )
    write_guide(sheet, lines)


def _row(question: Question) -> tuple[str | int, ...]:
    told = (question.id, question.site, question.subject, question.place, question.missing, question.todo)
    return (*told, question.settles)


def read_answers(path: Path, *, known: Collection[str] | None = None) -> list[Answer]:
    """The answers of a returned workbook; a line left empty is not among them.

    `known` are the question ids that may be answered; without them, those the workbook was sent out with.
    Raises `AnswersRefused` naming every changed cell, `BadInput` when there is no such workbook.
    """
    answers, refusals = check_answers(path, known=known)
    if refusals:
        raise AnswersRefused(path.name, refusals)
    return answers


def check_answers(path: Path, *, known: Collection[str] | None = None) -> tuple[list[Answer], list[Refusal]]:
    """As `read_answers`, but hands back what could be read and every refusal side by side."""
    remedy = "ask for it again as XLSX, or save it again from a spreadsheet program"
    sheets = read_back(path, "the returned workbook cannot be opened", remedy, (_SHEET, _INDEX))
    if _SHEET not in sheets:
        return [], [Refusal(_SHEET, "A1", f"the sheet “{_SHEET}” is missing or was renamed")]
    rows = sheets[_SHEET]
    refusals = list(_changed_heads(rows[0] if rows else []))
    if refusals:
        return [], refusals
    if known is None:
        known = {cell_text(row[0]) for row in sheets.get(_INDEX, [])[1:] if row}
    answers: list[Answer] = []
    seen: dict[str, int] = {}
    for number, row in enumerate(rows[1:], 2):
        answer = _answer(path.name, number, row)
        wrong = list(_wrong(answer, number, known, seen))
        refusals += wrong
        if answer.question and not wrong:
            seen[answer.question] = number
            if any(getattr(answer, field) for field in _FIELDS):
                answers.append(answer)
    return answers, refusals


def _changed_heads(heads: Sequence[object]) -> Iterable[Refusal]:
    found = [clean(cell_text(head)) for head in heads]
    for column in range(max(len(_HEADS), len(found))):
        wanted = _HEADS[column] if column < len(_HEADS) else ""
        told = found[column] if column < len(found) else ""
        if told == wanted:
            continue
        where = f"{get_column_letter(column + 1)}1"
        if wanted:
            yield Refusal(_SHEET, where, f"the heading should be “{wanted}” and is “{shorten(told, 40)}”")
        else:
            yield Refusal(_SHEET, where, f"the column “{shorten(told, 40)}” was added")


def _answer(file: str, number: int, row: Sequence[Any]) -> Answer:
    cells = [*row, *("" for _ in range(len(_HEADS) - len(row)))]
    values = dict(zip(_FIELDS, cells[len(_ASKED) :], strict=False))
    texts: dict[str, Any] = {field: clean(cell_text(value)) for field, value in values.items()}
    damaged = tuple(f for f in _IDENTIFIERS if texts[f] and not isinstance(values[f], str))
    return Answer(clean(cell_text(cells[0])), **texts, damaged=damaged, file=file, sheet=_SHEET, row=number)


def _wrong(answer: Answer, number: int, known: Collection[str], seen: dict[str, int]) -> Iterable[Refusal]:
    filled = any(getattr(answer, field) for field in _FIELDS)
    if not answer.question:
        if filled:
            yield Refusal(_SHEET, f"A{number}", "the question id is missing beside an answer")
        return
    if answer.question not in known:
        yield Refusal(_SHEET, f"A{number}", f"the question id “{shorten(answer.question, 40)}” was never asked")
    if answer.question in seen:
        yield Refusal(
            _SHEET,
            f"A{number}",
            f"the question stands here a second time, first in row {seen[answer.question]}",
        )
    if answer.state and answer.state not in STATES:
        cell = f"{get_column_letter(len(_ASKED) + 1)}{number}"
        yield Refusal(_SHEET, cell, f"“{shorten(answer.state, 40)}” is none of the states: {', '.join(STATES)}")
