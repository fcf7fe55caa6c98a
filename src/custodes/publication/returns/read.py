"""Reads a return workbook back: rows of answers, or every cell that cannot be read and why."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from custodes.model.errors import BadInput
from custodes.model.questions import Refusal
from custodes.publication.records import cell_text, read_back
from custodes.publication.returns import layout
from custodes.publication.returns.layout import Place, Sheet
from custodes.publication.text import clean, shorten
from custodes.survey.answers import Frame, read_held
from custodes.survey.questionnaire import Question, Questionnaire
from custodes.survey.values import VALUED, State, Type

MAX_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Told:
    """One answer as it stands in a workbook."""

    question: str
    part: str
    state: State
    value: str
    lead: str
    note: str
    cell: str


@dataclass(slots=True)
class Return:
    """What a workbook says. With a refusal nothing of it is to be taken."""

    file: str
    digest: str
    body: str = ""
    wave: str = ""
    as_at: str = ""
    answers: list[Told] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def read_return(path: Path, questionnaire: Questionnaire, frame: Frame) -> Return:
    """The answers of one workbook. Raises BadInput if it is no workbook at all."""
    if path.stat().st_size > MAX_BYTES:
        raise BadInput("the return is too large to be one", where=path.name)
    remedy = "ask for it again as XLSX, or save it again from a spreadsheet program"
    pages = read_back(path, "the return cannot be opened", remedy)
    found = Return(path.name, sha256(path.read_bytes()).hexdigest()[:12])
    for page, cell in _formulas(path):
        found.refusals.append(Refusal(page, cell, "a formula stands here: type the answer itself"))
    reader = _Reader(pages, questionnaire, frame, found)
    if reader.stamp():
        for sheet in layout.sheets(questionnaire, found.wave):
            reader.sheet(sheet)
    return found


def _formulas(path: Path) -> Iterator[tuple[str, str]]:
    """Cells that hold a formula: what such a cell shows may not be in the file."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
        for page in book.worksheets:
            for row in page.iter_rows(max_row=2000, max_col=64):
                yield from ((page.title, cell.coordinate) for cell in row if cell.data_type == "f")
        book.close()
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return  # not XLSX (an ODS, say): what the other reader gives is what there is


@dataclass(slots=True)
class _Reader:
    pages: Mapping[str, Sequence[Sequence[Any]]]
    questionnaire: Questionnaire
    frame: Frame
    found: Return

    def _refuse(self, sheet: str, cell: str, why: str) -> None:
        self.found.refusals.append(Refusal(sheet, cell, why))

    def _at(self, sheet: str, row: int, column: int) -> Any:
        rows = self.pages.get(sheet, ())
        cells = rows[row - 1] if row <= len(rows) else ()
        return cells[column - 1] if column <= len(cells) else ""

    def _text(self, sheet: str, row: int, column: int) -> str:
        return clean(cell_text(self._at(sheet, row, column))).strip()

    def stamp(self) -> bool:
        """Read who it is from and what it was asked with; False if that does not fit this survey."""
        told = {key: self._text(layout.STAMP, row, 2) for row, key in enumerate(layout.STAMP_KEYS, 1)}
        expected = {
            "format": layout.FORMAT,
            "questionnaire": self.questionnaire.id,
            "version": self.questionnaire.version,
            "structure": layout.structure(self.questionnaire, told["wave"]),
        }
        for row, key in enumerate(layout.STAMP_KEYS, 1):
            known: Mapping[str, Any] | None = {"wave": self.frame.waves, "body": self.frame.bodies}.get(key)
            if known is not None and told[key] not in known:
                self._refuse(layout.STAMP, f"B{row}", f"no {key} “{shorten(told[key], 40)}” in this survey")
            elif known is None and told[key] != expected[key]:
                why = f"the {key} is “{shorten(told[key], 40)}”; this survey has “{expected[key]}”"
                self._refuse(layout.STAMP, f"B{row}", why)
        if any(refusal.sheet == layout.STAMP for refusal in self.found.refusals):
            return False
        self.found.body, self.found.wave = told["body"], told["wave"]
        if not self.frame.waves[told["wave"]].invites(self.frame.bodies[told["body"]]):
            self._refuse(layout.STAMP, "B5", f"“{told['body']}” was not asked in wave “{told['wave']}”")
        self._as_at()
        return True

    def _as_at(self) -> None:
        value = self._at(layout.COVER, int(layout.AS_AT[1:]), 2)
        text = clean(cell_text(value)).strip()
        day = value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None
        if day is None and text:
            try:
                day = date.fromisoformat(text)
            except ValueError:
                self._refuse(layout.COVER, layout.AS_AT, f"“{shorten(text, 30)}” is no day: write YYYY-MM-DD")
        self.found.as_at = day.isoformat() if day is not None else ""

    def sheet(self, sheet: Sheet) -> None:
        """One section. A sheet whose ids do not stand where they stood is not read at all."""
        if sheet.name not in self.pages:
            self._refuse(sheet.name, "A1", "the sheet is missing or was renamed")
            return
        moved = list(self._moved(sheet))
        for cell, why in moved:
            self._refuse(sheet.name, cell, why)
        if not moved:
            if sheet.section.repeat:
                self._beyond(sheet)
            for place in sheet.places:
                (self._part_answers if place.question.repeats else self._answer)(place)

    def _moved(self, sheet: Sheet) -> Iterator[tuple[str, str]]:
        """Cells of the frame that are not what was sent out."""
        wanted = {(place.row, 1): place.question.id for place in sheet.places if not place.question.repeats}
        if sheet.section.repeat:
            wanted = {(layout.HEAD_ROW, place.column): place.question.id for place in sheet.places}
            wanted[layout.HEAD_ROW, 1] = layout.PART_HEAD
        else:
            wanted |= {(layout.HEAD_ROW, column): head for column, head in enumerate(layout.ALL_HEADS, 1)}
        for (row, column), text in sorted(wanted.items()):
            found = self._text(sheet.name, row, column)
            if found != text:
                told = f"“{shorten(found, 40)}” stands" if found else "nothing stands"
                yield f"{get_column_letter(column)}{row}", f"{told} where “{text}” stood: was something moved?"

    def _answer(self, place: Place) -> None:
        """A question that is put once."""
        sheet, row = place.sheet, place.row
        told = self._text(sheet, row, layout.STATE_COLUMN)
        value = self._at(sheet, row, layout.ANSWER_COLUMN)
        lead = self._text(sheet, row, layout.LEAD_COLUMN)
        note = self._text(sheet, row, layout.NOTE_COLUMN)
        cell = f"{get_column_letter(layout.ANSWER_COLUMN)}{row}"
        if not told and not lead and cell_text(value) == "":
            return
        state = layout.state_of(told) if told else ("lead" if lead and cell_text(value) == "" else State.ANSWERED)
        if state is None:
            offered = ", ".join(layout.STATE_WORDS.values())
            why = f"“{shorten(told, 40)}” is none of the states: {offered}"
            self._refuse(sheet, f"{get_column_letter(layout.STATE_COLUMN)}{row}", why)
        elif state == "lead" or lead:
            self._lead(place, lead, value, note)
        else:
            self._held(place, State(state), value, "", note, cell)

    def _lead(self, place: Place, lead: str, value: Any, note: str) -> None:
        cell = f"{get_column_letter(layout.LEAD_COLUMN)}{place.row}"
        if lead not in self.frame.bodies or lead == self.found.body:
            why = f"“{shorten(lead, 40)}” is no other body of this survey" if lead else "which body answers for you?"
            self._refuse(place.sheet, cell, why)
        elif cell_text(value) != "":
            answer = f"{get_column_letter(layout.ANSWER_COLUMN)}{place.row}"
            self._refuse(place.sheet, answer, "an answer stands beside a lead body: one of the two is wanted")
        else:
            self.found.answers.append(Told(place.question.id, "", State.ANSWERED, "", lead, note, cell))

    def _beyond(self, sheet: Sheet) -> None:
        """What stands below the rows of a table would be lost: it is refused; so is a part that stands twice."""
        last = layout.PART_FIRST_ROW + layout.PARTS - 1
        for row in range(last + 1, len(self.pages[sheet.name]) + 1):
            for column in range(1, len(sheet.places) + 2):
                if self._text(sheet.name, row, column):
                    cell = f"{get_column_letter(column)}{row}"
                    self._refuse(sheet.name, cell, f"the table ends in row {last}: send the rest in a second workbook")
        seen: dict[str, int] = {}
        for row in range(layout.PART_FIRST_ROW, last + 1):
            if any(self._text(sheet.name, row, place.column) for place in sheet.places):
                part = self._part(sheet.name, row)
                if part in seen:
                    why = f"part “{shorten(part, 40)}” stands already in row {seen[part]}: give each a name of its own"
                    self._refuse(sheet.name, f"A{row}", why)
                seen.setdefault(part, row)

    def _part(self, sheet: str, row: int) -> str:
        return self._text(sheet, row, 1) or str(row - layout.PART_FIRST_ROW + 1)

    def _part_answers(self, place: Place) -> None:
        """A question of a repeating section, a part a row. A row without a name is numbered."""
        for row in range(layout.PART_FIRST_ROW, layout.PART_FIRST_ROW + layout.PARTS):
            value = self._at(place.sheet, row, place.column)
            text = clean(cell_text(value)).strip()
            if not text:
                continue
            part = self._part(place.sheet, row)
            cell = f"{get_column_letter(place.column)}{row}"
            state = layout.state_of(text[1:-1]) if text[:1] == "(" and text[-1:] == ")" else None
            if isinstance(state, State) and state is not State.ANSWERED:
                self._held(place, state, "", part, "", cell)
            else:
                self._held(place, State.ANSWERED, value, part, "", cell)

    def _held(self, place: Place, state: State, value: Any, part: str, note: str, cell: str) -> None:
        try:
            text = _value(place.question, value) if state in VALUED else clean(cell_text(value)).strip()
            read_held(place.question, state, text)
        except ValueError as error:
            self._refuse(place.sheet, cell, str(error))
            return
        self.found.answers.append(Told(place.question.id, part, state, text, "", note, cell))


def _value(question: Question, value: Any) -> str:
    """The value of a cell as answers hold it. Raises ValueError."""
    text = clean(cell_text(value)).strip()
    if isinstance(value, date) and question.type is not Type.DATE:
        raise ValueError(f"a date stands here ({text}) where the answer is of type {question.type}: was it pasted?")
    if question.type is Type.DATE and isinstance(value, datetime):
        return value.date().isoformat()
    if question.type in (Type.YES_NO, Type.CHOICE) and text:
        if isinstance(value, bool):
            return "yes" if value else "no"
        found = layout.option_of(question, text)
        if found is None:
            raise ValueError(f"“{shorten(text, 40)}” is none of: {', '.join(layout.option_words(question))}")
        return found
    return text
