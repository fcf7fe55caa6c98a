"""From a survey to its return workbooks, and from a workbook that came back to rows of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from custodes.model.names import file_word
from custodes.model.questions import Refusal
from custodes.publication.returns.read import Return
from custodes.publication.returns.write import Packing, write_return
from custodes.publication.text import file_marking
from custodes.survey.answers import Held
from custodes.survey.asked import Wave
from custodes.survey.folder import Survey
from custodes.survey.record import clashing
from custodes.survey.situation import ALONE


def pack(
    survey: Survey, wave: Wave, bodies: Sequence[str], out: Path, marking: str, progress: Callable[[str], None]
) -> list[Path]:
    """A workbook for each body that a wave invites, or for `bodies` among them."""
    invited = [body for body in survey.bodies.values() if wave.invites(body) and (not bodies or body.id in bodies)]
    packing = Packing(survey.questionnaire, wave, survey.bodies, _last(survey, wave), marking)
    written = []
    for body in invited:
        name = f"return_{file_word(body.id)}{file_marking(marking)}.xlsx"
        written.append(write_return(packing, body, out / name))
        progress(f"{len(written)} of {len(invited)} workbooks written")
    return written


def _last(survey: Survey, wave: Wave) -> dict[str, dict[str, Held]]:
    """What held in the wave before: question to body to answer. Empty for the first wave."""
    before = [other for other in survey.waves.values() if other.opened < wave.opened]
    if not before:
        return {}
    asked = survey.asking(before[-1], None)
    found: dict[str, dict[str, Held]] = {}
    for name, question in survey.questionnaire.questions.items():
        if not question.repeats:
            found[name] = {body: cell[ALONE] for body, cell in asked.cells(name).items()}
    return found


def rows_of(found: Return, recorded: date, waves: bool) -> Iterator[dict[str, str]]:
    """A workbook's answers as rows of answers.csv. `waves`: whether the folder has several, so that each row says."""
    for told in found.answers:
        remark = f": {told.note}" if told.note else ""
        yield {
            "body": found.body,
            "question": told.question,
            "part": told.part,
            "value": told.value,
            "state": str(told.state),
            "valid_at": found.as_at,
            "recorded_at": recorded.isoformat(),
            "source": f"{found.file} sha256 {found.digest} cell {told.cell}{remark}",
            "wave": found.wave if waves else "",
            "lead": told.lead,
        }


def clashes(found: Return, answers: Path, recorded: date) -> list[Refusal]:
    """Answers that say another thing than a row recorded on the same day: which of them holds nobody could tell."""
    day = recorded.isoformat()
    other = {(row["question"], row["part"]) for row in clashing(answers, rows_of(found, recorded, waves=True))}
    why = f"was recorded on {day}: give a later --recorded-at"
    return [
        Refusal("answers.csv", told.cell, f"another answer to '{told.question}' {why}")
        for told in found.answers
        if (told.question, told.part) in other
    ]
