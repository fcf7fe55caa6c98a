"""Answers as they were recorded: one row for each body, question, part and day on which something became known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Protocol

from custodes.model.errors import did_you_mean
from custodes.survey.asked import Body, Wave, csv_rows
from custodes.survey.faults import Faults
from custodes.survey.questionnaire import Question
from custodes.survey.values import VALUED, State, Value, none_value, read_date, read_value

COLUMNS = ("body", "question", "part", "value", "state", "valid_at", "recorded_at", "source")
#: How the source of a row begins that was made up.
SYNTHETIC_SOURCE = "synthetic"
_STATES = {str(state): state for state in State}


@dataclass(frozen=True, slots=True)
class Held:
    """What holds for one part of a question: its state, and its value where a value stands.

    `led`: another body answers for this one, which counts once where things and not bodies are counted.
    """

    state: State
    value: Value | None = None
    led: bool = False


#: What holds for a question put to one body: part to what holds. Outside repeating sections the part is "".
Cell = Mapping[str, Held]


NO_ROW: Cell = {}


@dataclass(frozen=True, slots=True)
class Column:
    """What holds for one question, for bodies in order: `codes[i]` is the place in `cells` of body i's cell.

    Equal cells have one code; code 0 is no row.
    """

    codes: Sequence[int]
    cells: Sequence[Cell]

    @classmethod
    def of(cls, cells: Iterable[Cell]) -> Column:
        """A column from the cells themselves."""
        known: dict[tuple[tuple[str, Held], ...], int] = {(): 0}
        table: list[Cell] = [NO_ROW]
        codes = []
        for cell in cells:
            key = tuple(sorted(cell.items(), key=lambda item: item[0]))
            code = known.setdefault(key, len(table))
            if code == len(table):
                table.append(cell)
            codes.append(code)
        return cls(codes, table)


def alike(cell: Cell) -> Cell:
    """A cell without what changes no figure: which of the states that leave an answer open it is in."""
    return {part: replace(held, state=_ALIKE.get(held.state, held.state)) for part, held in cell.items()}


_ALIKE = {
    State.NONE: State.ANSWERED,
    State.CORRECTED: State.ANSWERED,
    State.REFUSED: State.NOT_KNOWN,
    State.WITHDRAWN: State.NOT_KNOWN,
    State.RETURN_MISSING: State.NOT_KNOWN,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One recorded row. `lead`: the body whose answer holds ("see force X"); `wave`: empty means any."""

    body: str
    question: str
    part: str
    held: Held
    valid_at: str
    recorded_at: date
    source: str
    wave: str
    lead: str
    line: int


class Answers(Protocol):
    """Answers by question, wherever they are kept."""

    def column(self, question: str, wave: str, cut: date | None, bodies: Sequence[str]) -> Column:
        """What holds for a question with what was recorded up to `cut` (None: everything), for bodies in order."""

    def returned(self, wave: str, cut: date | None) -> frozenset[str]:
        """Bodies with a return: some row that holds says more than that the return is missing."""

    def latest(self) -> date | None:
        """The last day on which anything was recorded."""

    def synthetic(self) -> bool:
        """Whether the source of some row says that it is synthetic."""


def led_by(held: Held | None) -> Held:
    """What holds for a body that points to a lead body: what that one says itself; not answered if it says nothing."""
    return Held(State.NOT_ANSWERED) if held is None else replace(held, led=True)


class HeldAnswers:
    """Answers in memory."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = sorted(rows, key=lambda row: (row.recorded_at, row.line))
        self._by_question: dict[str, list[Row]] = {}
        for row in self.rows:
            self._by_question.setdefault(row.question, []).append(row)

    def cells(self, question: str, wave: str, cut: date | None) -> dict[str, dict[str, Held]]:
        """Body to what holds for a question; a body that points to a lead body has what holds for that one."""
        found: dict[str, dict[str, Row]] = {}
        for row in self._by_question.get(question, ()):
            if (cut is None or row.recorded_at <= cut) and row.wave in ("", wave):
                found.setdefault(row.body, {})[row.part] = row
        return {
            body: {part: self._followed(row, found) for part, row in parts.items()} for body, parts in found.items()
        }

    def column(self, question: str, wave: str, cut: date | None, bodies: Sequence[str]) -> Column:
        """As of the protocol."""
        found = self.cells(question, wave, cut)
        return Column.of(found.get(body, NO_ROW) for body in bodies)

    def line_of(self, question: str, wave: str, body: str, part: str) -> int:
        """The line of the row that holds; 0 if there is none."""
        lines = [
            row.line
            for row in self._by_question.get(question, ())
            if row.body == body and row.part == part and row.wave in ("", wave)
        ]
        return lines[-1] if lines else 0

    @staticmethod
    def _followed(row: Row, found: Mapping[str, Mapping[str, Row]]) -> Held:
        if not row.lead:
            return row.held
        led = found.get(row.lead, {}).get(row.part)
        return led_by(None if led is None or led.lead else led.held)

    def returned(self, wave: str, cut: date | None) -> frozenset[str]:
        """As of the protocol: by the rows that hold on that day."""
        states: dict[tuple[str, str, str], State] = {}
        for row in self.rows:
            if (cut is None or row.recorded_at <= cut) and row.wave in ("", wave):
                states[row.body, row.question, row.part] = row.held.state
        return frozenset(body for (body, _, _), state in states.items() if state is not State.RETURN_MISSING)

    def latest(self) -> date | None:
        """As of the protocol."""
        return self.rows[-1].recorded_at if self.rows else None

    def synthetic(self) -> bool:
        """As of the protocol."""
        return any(row.source.startswith(SYNTHETIC_SOURCE) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the rows of answers must fit into."""

    bodies: Mapping[str, Body]
    questions: Mapping[str, Question]
    waves: Mapping[str, Wave]


def read_answers(path: Path, frame: Frame, faults: Faults) -> HeldAnswers:
    """The answers of a CSV file; a row with a fault is left out."""
    found: list[Row] = []
    seen: dict[tuple[str, str, str, date, str], Row] = {}
    for line, cells in csv_rows(path, COLUMNS, faults):
        row = read_row(cells, line, path.name, frame, faults)
        if row is None:
            continue
        key = (row.body, row.question, row.part, row.recorded_at, row.wave)
        held = seen.setdefault(key, row)
        if held is not row and (held.held, held.lead) != (row.held, row.lead):
            faults.add(path.name, line, f"says another thing than line {held.line}, recorded on the same day")
            continue
        found.append(row)
    check_leads(found, path.name, faults)
    return HeldAnswers(found)


def read_row(cells: Mapping[str, str], line: int, file: str, frame: Frame, faults: Faults) -> Row | None:
    """One row; None, and every fault it has, if it cannot stand."""
    told = {key: cell.strip() for key, cell in cells.items()}
    wrong = list(_unknown(told, frame))
    question = frame.questions.get(told["question"])
    state = _STATES.get(told["state"])
    if state is None:
        hint = did_you_mean(told["state"], _STATES)
        wrong.append(f"no state '{told['state'][:40]}'{'; ' + hint if hint else ''}")
    days = {}
    for column in ("valid_at", "recorded_at"):
        try:
            days[column] = read_date(told[column]) if told[column] or column == "recorded_at" else None
        except ValueError as error:
            wrong.append(f"{column}: {error}")
    held = None
    if state is not None and question is not None:
        try:
            held = read_held(question, state, told["value"], led=bool(told.get("lead")))
        except ValueError as error:
            wrong.append(str(error))
        if told["part"] and not question.repeats:
            wrong.append(f"'{question.id}' is asked once: it has no part '{told['part'][:40]}'")
    for reason in wrong:
        faults.add(file, line, reason)
    recorded = days.get("recorded_at")
    if wrong or held is None or recorded is None:
        return None
    extra = (told.get("wave", ""), told.get("lead", ""))
    return Row(
        told["body"], told["question"], told["part"], held, told["valid_at"], recorded, told["source"], *extra, line
    )


def _unknown(told: Mapping[str, str], frame: Frame) -> Iterable[str]:
    """What a row names that is in no other file."""
    known = {"body": frame.bodies, "question": frame.questions, "wave": frame.waves, "lead": frame.bodies}
    for column, words in known.items():
        word = told.get(column, "")
        if word not in words and (word or column in ("body", "question")):
            hint = did_you_mean(word, words, 0.75) if word and len(words) < 5000 else ""
            name = "body" if column == "lead" else column
            yield f"no {name} '{word[:60]}'{'; ' + hint if hint else ''}" if word else f"no {name} is given"


def read_held(question: Question, state: State, text: str, *, led: bool = False) -> Held:
    """State and value of an answer. Raises ValueError where the two disagree or the value is not of its type."""
    if state is State.NONE:
        if text not in ("", "0"):
            raise ValueError(f"state `none` goes with the value 0 or none at all, not '{text[:40]}'")
        return Held(state, none_value(question.type))
    if state in VALUED:
        if not text and not led:
            raise ValueError(f"state `{state}` wants a value")
        return Held(state, read_value(question.type, text, question.options) if text else None)
    if text:
        raise ValueError(f"state `{state}` goes with no value, and there is '{text[:40]}'")
    return Held(state)


def check_leads(rows: Iterable[Row], file: str, faults: Faults) -> None:
    """A lead body answers itself: a pointer to a pointer, or to itself, is a fault. Rows that hold are looked at."""
    last: dict[tuple[str, str, str, str], Row] = {}
    for row in sorted(rows, key=lambda row: (row.recorded_at, row.line)):
        last[row.body, row.question, row.part, row.wave] = row
    led = {(row.body, row.question) for row in last.values() if row.lead}
    for row in last.values():
        if row.lead and (row.lead == row.body or (row.lead, row.question) in led):
            faults.add(file, row.line, f"points to '{row.lead[:60]}', which answers by pointing on")
