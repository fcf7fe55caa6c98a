"""Writes the return workbook of one body: every section a sheet, drop-downs, last time's answer beside, stamped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from custodes.publication.fixedzip import save
from custodes.publication.returns import layout
from custodes.publication.returns.layout import Place, Sheet
from custodes.publication.tables.sheets import set_text, stamp_marking
from custodes.publication.text import clean
from custodes.survey.answers import Held
from custodes.survey.asked import Body, Wave
from custodes.survey.questionnaire import Questionnaire
from custodes.survey.sentences import STATE_NAMES
from custodes.survey.values import VALUED, Type, shown

_COVER_WIDTHS = (60, 60)
_WIDTHS = (24, 52, 52, 22, 26, 30, 26, 36)
_LINE = Side(style="thin", color="808080")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_BOLD = Font(name="Calibri", size=11, bold=True)
_WRAP = Alignment(wrap_text=True, vertical="top")
_GUIDE = (
    (
        "Answer each question in the column “Answer”. Choose from the list where there is one.",
        "Atebwch bob cwestiwn yn y golofn “Ateb”. Dewiswch o'r rhestr lle mae un.",
    ),
    (
        "If there is none, if it is not known, if you refuse, or if a lead body answers for you, say so in the column "
        "“State”. An empty line means: not answered.",
        "Os nad oes dim, os nad yw'n hysbys, os ydych yn gwrthod, neu os yw corff arweiniol yn ateb ar eich rhan, "
        "dywedwch hynny yn y golofn “Cyflwr”. Mae llinell wag yn golygu: heb ei ateb.",
    ),
    (
        "Do not move, add or delete rows, columns or sheets: the workbook would not be read.",
        "Peidiwch â symud, ychwanegu na dileu rhesi, colofnau na thaflenni: ni fyddai modd darllen y llyfr gwaith.",
    ),
)


@dataclass(frozen=True, slots=True)
class Packing:
    """What return workbooks are made of. `last`: question to body to what held in the wave before."""

    questionnaire: Questionnaire
    wave: Wave
    bodies: Mapping[str, Body]
    last: Mapping[str, Mapping[str, Held]]
    marking: str


def write_return(packing: Packing, body: Body, path: Path) -> Path:
    """One body's workbook; the same bytes every time."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _cover(book.create_sheet(layout.COVER), packing, body)
    lists = _Lists(book)
    for sheet in layout.sheets(packing.questionnaire, packing.wave.id):
        page: Any = book.create_sheet(sheet.name)
        if sheet.section.repeat:
            _table(page, sheet, lists)
        else:
            _questions(page, sheet, packing, body, lists)
        page.protection.sheet = True
    lists.finish()
    _stamp(book.create_sheet(layout.STAMP), packing, body)
    for page in book.worksheets:
        stamp_marking(page, packing.marking)
        _print_wide(page)
    return save(book, path, packing.wave.opened)


def _print_wide(page: Any) -> None:
    """Landscape, every column on one page, the head on each."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.print_title_rows = f"1:{layout.HEAD_ROW}" if page.title != layout.COVER else None


def _grow(page: Any, row: int, texts: Iterable[tuple[str, float]]) -> None:
    """Give a row the height its texts need at the widths of their columns: programs do not all do it themselves."""
    lines = max(sum(max(1, -(-len(part) // int(width))) for part in text.split("\n")) for text, width in texts)
    page.row_dimensions[row].height = 15.0 * max(lines, 1) + 3


def _cover(page: Any, packing: Packing, body: Body) -> None:
    title = packing.questionnaire.title
    for letter, width in zip("AB", _COVER_WIDTHS, strict=True):
        page.column_dimensions[letter].width = width
    _put(page, "A1", title.get("en", packing.questionnaire.id), bold=True)
    _put(page, "A2", title.get("cy", ""), bold=True)
    if packing.questionnaire.about:
        _put(page, "A3", packing.questionnaire.about)
    row = 4
    for english, welsh in _GUIDE:
        _put(page, f"A{row}", english)
        _put(page, f"B{row}", welsh)
        _grow(page, row, ((english, _COVER_WIDTHS[0]), (welsh, _COVER_WIDTHS[1])))
        row += 1
    facts = (
        ("Body / Corff", f"{body.name} ({body.id})"),
        ("Wave / Ton", packing.wave.id),
        ("Version / Fersiwn", f"{packing.questionnaire.id} {packing.questionnaire.version}"),
    )
    for number, (name, told) in enumerate(facts, 8):
        _put(page, f"A{number}", name, bold=True)
        _put(page, f"B{number}", told)
    for cell, name in (
        (layout.AS_AT, "As at (date) / Fel ar (dyddiad)"),
        (layout.ROLE, "Completed by (role) / Cwblhawyd gan (rôl)"),
    ):
        _put(page, f"A{cell[1:]}", name, bold=True)
        _open(page[cell])
    page[layout.AS_AT].number_format = "yyyy-mm-dd"
    page.protection.sheet = True


def _put(page: Any, cell: str, text: str, *, bold: bool = False) -> None:
    set_text(page[cell], clean(text))
    page[cell].alignment = _WRAP
    if bold:
        page[cell].font = _BOLD


def _open(cell: Any) -> None:
    """A cell that is to be filled in."""
    cell.border = _BOX
    cell.protection = Protection(locked=False)
    cell.alignment = _WRAP


def _questions(page: Any, sheet: Sheet, packing: Packing, body: Body, lists: _Lists) -> None:
    _heading(page, sheet)
    for column, (head, width) in enumerate(zip(layout.ALL_HEADS, _WIDTHS, strict=True), 1):
        _put(page, f"{get_column_letter(column)}{layout.HEAD_ROW}", head, bold=True)
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = f"C{layout.FIRST_ROW}"
    states = lists.named("states", list(layout.STATE_WORDS.values()))
    leads = lists.named("bodies", [other for other in packing.bodies if other != body.id])
    for place in sheet.places:
        question = place.question
        texts = (
            question.id,
            _with_hint(question.text.get("en", ""), question.hint.get("en", "")),
            _with_hint(question.text.get("cy", ""), question.hint.get("cy", "")),
            _last(packing, question.id, body),
        )
        for letter, text in zip("ABCD", texts, strict=True):
            _put(page, f"{letter}{place.row}", text)
        _grow(page, place.row, zip(texts, _WIDTHS, strict=False))
        for column in (layout.STATE_COLUMN, layout.ANSWER_COLUMN, layout.LEAD_COLUMN, layout.NOTE_COLUMN):
            _open(page.cell(place.row, column))
        states.add(page.cell(place.row, layout.STATE_COLUMN), page)
        leads.add(page.cell(place.row, layout.LEAD_COLUMN), page)
        _answer_cell(page.cell(place.row, layout.ANSWER_COLUMN), place, page, lists)


def _with_hint(text: str, hint: str) -> str:
    return f"{text}\n({hint})" if hint else text


def _table(page: Any, sheet: Sheet, lists: _Lists) -> None:
    """A section that repeats: a part in each row. States stand in brackets where the answer would."""
    _heading(page, sheet)
    words = ", ".join(f"({words})" for state, words in layout.STATE_WORDS.items() if state != "lead")
    _put(page, "C1", f"One row for each {sheet.section.repeat}. Instead of an answer: {words}.")
    _put(page, f"A{layout.HEAD_ROW}", layout.PART_HEAD, bold=True)
    page.column_dimensions["A"].width = 20
    page.freeze_panes = f"B{layout.PART_FIRST_ROW}"
    told: list[str] = []
    for place in sheet.places:
        letter = get_column_letter(place.column)
        question = place.question
        page.column_dimensions[letter].width = 28
        _put(page, f"{letter}{layout.HEAD_ROW}", question.id, bold=True)
        told.append("\n".join(filter(None, (question.text.get("en"), question.text.get("cy")))))
        _put(page, f"{letter}{layout.HEAD_ROW + 1}", told[-1])
        for row in range(layout.PART_FIRST_ROW, layout.PART_FIRST_ROW + layout.PARTS):
            _open(page.cell(row, place.column))
            _answer_cell(page.cell(row, place.column), place, page, lists, strict=False)
    _grow(page, layout.HEAD_ROW + 1, ((text, 28) for text in told))
    for row in range(layout.PART_FIRST_ROW, layout.PART_FIRST_ROW + layout.PARTS):
        _open(page.cell(row, 1))


def _heading(page: Any, sheet: Sheet) -> None:
    _put(page, "A1", sheet.section.id)
    title = sheet.section.title
    _put(page, "B1", " / ".join(filter(None, (title.get("en"), title.get("cy")))), bold=True)


def _last(packing: Packing, question: str, body: Body) -> str:
    held = packing.last.get(question, {}).get(body.id)
    if held is None:
        return ""
    return shown(held.value) if held.state in VALUED and held.value is not None else STATE_NAMES[held.state]


def _answer_cell(cell: Any, place: Place, page: Any, lists: _Lists, *, strict: bool = True) -> None:
    """A drop-down, or a check of the type, on an answer; not `strict`: other words are let through."""
    kind = place.question.type
    if kind is Type.DATE:
        cell.number_format = "yyyy-mm-dd"
    words = layout.option_words(place.question)
    if words:
        lists.named(place.question.id, words, strict=strict).add(cell, page)
    elif kind is Type.COUNT and strict:
        lists.whole().add(cell, page)


class _Choice:
    """One rule of a sheet's cells; a rule of its own for each sheet that uses it."""

    def __init__(self, **rule: Any) -> None:
        self._rule = rule
        self._pages: dict[str, DataValidation] = {}

    def add(self, cell: Any, page: Any) -> None:
        """Hold the rule over a cell."""
        if page.title not in self._pages:
            self._pages[page.title] = DataValidation(**self._rule, allow_blank=True, showErrorMessage=True)
            page.add_data_validation(self._pages[page.title])
        self._pages[page.title].add(cell)


class _Lists:
    """Drop-downs, their words on a hidden sheet: words too many for a rule go there, so all do."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._words: dict[str, list[str]] = {}
        self._choices: dict[tuple[str, bool], _Choice] = {}

    def named(self, name: str, words: list[str], *, strict: bool = True) -> _Choice:
        """The drop-down of a name."""
        if (name, strict) not in self._choices:
            self._words.setdefault(name, words)
            letter = get_column_letter(list(self._words).index(name) + 1)
            cells = f"{layout.LISTS}!${letter}$1:${letter}${max(len(words), 1)}"
            style = "stop" if strict else "information"
            self._choices[name, strict] = _Choice(type="list", formula1=cells, errorStyle=style)
        return self._choices[name, strict]

    def whole(self) -> _Choice:
        """The check that a count is a whole number."""
        rule = {"type": "whole", "operator": "greaterThanOrEqual", "formula1": "0"}
        return self._choices.setdefault(("#count", True), _Choice(**rule, error="A whole number / Rhif cyfan"))

    def finish(self) -> None:
        """Write the words, once all are known."""
        page: Any = self._book.create_sheet(layout.LISTS)
        for column, words in enumerate(self._words.values(), 1):
            for row, word in enumerate(words, 1):
                set_text(page.cell(row, column), clean(word))
        page.sheet_state = "hidden"
        page.protection.sheet = True


def _stamp(page: Any, packing: Packing, body: Body) -> None:
    questionnaire = packing.questionnaire
    told = {
        "format": layout.FORMAT,
        "questionnaire": questionnaire.id,
        "version": questionnaire.version,
        "wave": packing.wave.id,
        "body": body.id,
        "structure": layout.structure(questionnaire, packing.wave.id),
    }
    for row, key in enumerate(layout.STAMP_KEYS, 1):
        set_text(page.cell(row, 1), key)
        set_text(page.cell(row, 2), clean(told[key]))
    page.sheet_state = "hidden"
    page.protection.sheet = True
