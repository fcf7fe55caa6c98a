"""`custodes drone count --survey`: what a list of fleets says of each body, as answers to a question of a survey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from custodes.cli.output import note
from custodes.cli.surveying import pick
from custodes.estate.fleet_bodies import BodyCount, Wanted
from custodes.model.errors import BadUsage
from custodes.survey.asked import Body
from custodes.survey.faults import Faults, SurveyRefused
from custodes.survey.folder import ANSWERS, read_frame
from custodes.survey.questionnaire import Question
from custodes.survey.record import append, clashing
from custodes.survey.values import NUMERIC, State

#: The two parts of an answer that is no single number: what is surely so, and what may be.
SURE, DOUBTFUL = "surely", "in doubt"
MOST_TOLD = 6


@dataclass(frozen=True, slots=True)
class Into:
    """Where the answers go. `wave`: empty where the survey has one."""

    survey: Path
    question: str
    wave: str
    recorded: date
    wanted: Wanted


def main(counts: Iterable[BodyCount], into: Into) -> None:
    """Add the answers to the survey's folder: all of them or none."""
    faults = Faults()
    asked = read_frame(into.survey, faults)
    if asked is None or faults.found:
        raise SurveyRefused(faults.sorted())
    frame = asked[1]
    if not into.question:
        raise BadUsage("no question is named", where="--question", remedy="name the one that these are answers to")
    question = frame.questions[pick(into.question, frame.questions, "question")]
    if question.type not in NUMERIC:
        raise BadUsage(f"'{question.id}' asks for no number", where="--question", remedy="name one that does")
    if len(frame.waves) > 1 and not into.wave:
        raise BadUsage("the survey has several waves", where="--wave", remedy=f"one of: {', '.join(frame.waves)}")
    wave = pick(into.wave, frame.waves, "wave") if len(frame.waves) > 1 else ""
    known = {word: body.id for body in frame.bodies.values() for word in _words(body)}
    rows, strangers, flat = [], [], 0
    for told in counts:
        key = known.get(_plain(told.body))
        if key is None:
            strangers.append(told.body or "a row that names no body")
            continue
        answers = list(_answers(told, question))
        flat += any(state is State.NOT_KNOWN and not part for part, state, _ in answers)
        rows += [_row(key, part, state, value, told, into, wave) for part, state, value in answers]
    _add(into, rows)
    for name in strangers[:MOST_TOLD]:
        note(f"left out: {name[:60]} is no body of {into.survey.name}")
    if len(strangers) > MOST_TOLD:
        note(f"and {len(strangers) - MOST_TOLD:,} more bodies left out")
    if flat:
        note(
            f"{flat:,} answers are no single number and stand as not known, their least with them: asked in a "
            "section with `repeat`, the question would keep it"
        )


def _words(body: Body) -> set[str]:
    return {_plain(body.id), _plain(body.name)}


def _plain(text: str) -> str:
    """A name without capitals, marks and how \"and\" is written."""
    folded = text.casefold().replace("&", " and ")
    return " ".join("".join(char if char.isalnum() else " " for char in folded).split())


def _answers(told: BodyCount, question: Question) -> Iterator[tuple[str, State, str]]:
    """Part, state and value. Of a range a question with parts keeps the least as surely so, and the rest open."""
    settled = told.none or told.lower == told.upper
    if told.refused:
        first = (State.REFUSED, "")
    elif told.none:
        first = (State.NONE, "0")
    else:
        least = settled or (question.repeats and told.lower > 0)
        first = (State.ANSWERED, str(told.lower)) if least else (State.NOT_KNOWN, "")
    yield (SURE if question.repeats else "", *first)
    if question.repeats and not told.refused:
        # Also where nothing is in doubt: an earlier answer may have left the part open.
        yield (DOUBTFUL, State.NONE, "0") if settled else (DOUBTFUL, State.NOT_KNOWN, "")


def _row(body: str, part: str, state: State, value: str, told: BodyCount, into: Into, wave: str) -> Mapping[str, str]:
    file = told.rows[0][0]
    places = ", ".join(str(row) for _, row in told.rows)
    remark = f": {'; '.join(told.why)}" if told.why else ""
    return {
        "body": body,
        "question": into.question,
        "part": part,
        "value": value,
        "state": str(state),
        "valid_at": "",
        "recorded_at": into.recorded.isoformat(),
        "source": f"{Path(file).name} row {places}{remark}",
        "wave": wave,
    }


def _add(into: Into, rows: list[Mapping[str, str]]) -> None:
    path = into.survey / ANSWERS
    other = clashing(path, rows)
    if other:
        row = other[0]
        more = f", and to {len(other) - 1:,} more" if len(other) > 1 else ""
        raise BadUsage(
            f"{row['body']}: another answer to '{row['question']}' was recorded on {row['recorded_at']}{more}",
            where=str(path),
            remedy="give a later --recorded-at: of several answers the latest holds",
        )
    added = append(path, rows)
    note(f"{added:,} answers added to {path}, {len(rows) - added:,} stood there already")
