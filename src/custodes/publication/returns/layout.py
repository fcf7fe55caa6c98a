"""Where everything stands in a return workbook. Writer and reader share it, so that a moved cell is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from openpyxl.utils import get_column_letter

from custodes.survey.questionnaire import Question, Questionnaire, Section
from custodes.survey.values import State, Type

COVER, STAMP, LISTS = "Return", "stamp", "lists"
#: Rows of the stamp: key to cell in column B.
STAMP_KEYS = ("format", "questionnaire", "version", "wave", "body", "structure")
FORMAT = "custodes return 1"
AS_AT, ROLE = "B11", "B12"
HEADS = ("id", "Question", "Cwestiwn", "Last time / Y tro diwethaf", "State / Cyflwr", "Answer / Ateb")
LEAD_HEAD, NOTE_HEAD = "Lead body / Corff arweiniol", "Note / Nodyn"
ALL_HEADS = (*HEADS, LEAD_HEAD, NOTE_HEAD)
STATE_COLUMN, ANSWER_COLUMN, LEAD_COLUMN, NOTE_COLUMN = 5, 6, 7, 8
HEAD_ROW, FIRST_ROW = 2, 3
#: A section that repeats is a table: its ids in row 2, its questions in row 3, a part in each row from 4.
PART_HEAD, PART_FIRST_ROW, PARTS = "part / rhan", 4, 20

#: State to the words offered for it. "Answered" is not offered: an answer says it.
STATE_WORDS: Mapping[State | str, str] = {
    State.NONE: "none / dim",
    State.NOT_KNOWN: "not known / ddim yn hysbys",
    State.REFUSED: "refused / gwrthodwyd",
    "lead": "lead body answers / corff arweiniol yn ateb",
}
YES_NO: Mapping[str, str] = {"yes": "yes / ie", "no": "no / na"}


@dataclass(frozen=True, slots=True)
class Place:
    """A question's row in the sheet of its section, or its column where the section repeats."""

    question: Question
    sheet: str
    row: int
    column: int

    @property
    def id_cell(self) -> str:
        """The cell that holds the question's id."""
        return f"{get_column_letter(self.column)}{HEAD_ROW}" if self.question.repeats else f"A{self.row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One section's sheet."""

    name: str
    section: Section
    places: tuple[Place, ...]


def sheets(questionnaire: Questionnaire, wave: str) -> list[Sheet]:
    """The sheets of a questionnaire, one for each section that a wave puts, in its order."""
    taken = {COVER.casefold(), STAMP, LISTS}
    found = []
    for section in questionnaire.sections:
        if section.waves and wave not in section.waves:
            continue
        name = _sheet_name(section.id, taken)
        questions = [questionnaire.questions[question] for question in section.questions]
        places = tuple(_places(name, questions))
        found.append(Sheet(name, section, places))
    return found


def _places(sheet: str, questions: list[Question]) -> Iterator[Place]:
    for number, question in enumerate(questions):
        if question.repeats:
            yield Place(question, sheet, PART_FIRST_ROW, number + 2)
        else:
            yield Place(question, sheet, FIRST_ROW + number, ANSWER_COLUMN)


def _sheet_name(section: str, taken: set[str]) -> str:
    """A name that every spreadsheet program takes, and that no other sheet has."""
    name = re.sub(r"[\\/*?:\[\]']", "-", section)[:28] or "section"
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name} {number}"
    taken.add(found.casefold())
    return found


def structure(questionnaire: Questionnaire, wave: str) -> str:
    """A short hash of all that the reader relies on: ids, types, options and where they stand."""
    told = [f"{FORMAT}|{questionnaire.id}|{questionnaire.version}"]
    for sheet in sheets(questionnaire, wave):
        for place in sheet.places:
            question = place.question
            options = ",".join(sorted(question.options))
            told.append(f"{sheet.name}|{place.row}|{place.column}|{question.id}|{question.type}|{options}")
    return sha256("\n".join(told).encode()).hexdigest()[:16]


def option_words(question: Question) -> list[str]:
    """What the drop-down of a question offers; empty where it has none."""
    if question.type is Type.YES_NO:
        return list(YES_NO.values())
    if question.type is Type.CHOICE:
        return [_option(option, texts) for option, texts in question.option_texts.items()]
    return []


def _option(option: str, texts: Mapping[str, str]) -> str:
    words = [texts[language] for language in ("en", "cy") if language in texts]
    return " / ".join(words) or option


def option_of(question: Question, told: str) -> str | None:
    """The value behind what was chosen or typed: the words offered, one language of them, or the id. None: none."""
    word = " ".join(told.casefold().split())
    known = (
        YES_NO
        if question.type is Type.YES_NO
        else dict(zip(question.option_texts, option_words(question), strict=True))
    )
    for value, offered in known.items():
        names = {value, offered, *offered.split(" / ")}
        if word in {" ".join(name.casefold().split()) for name in names}:
            return value
    return None


def state_of(told: str) -> State | str | None:
    """The state behind what was chosen or typed, in either language; None if it is none that is offered."""
    word = " ".join(told.casefold().split())
    for state, offered in STATE_WORDS.items():
        if word in {str(state), offered, *offered.split(" / ")}:
            return state
    return State.ANSWERED if word in ("answered", "atebwyd") else None
