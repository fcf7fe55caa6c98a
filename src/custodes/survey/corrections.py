"""What changed from one edition to the next: every figure as published and as corrected, and every claim it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from custodes.survey.answers import HeldAnswers, Row
from custodes.survey.editions import Edition
from custodes.survey.figures import Definition, Figure
from custodes.survey.folder import Survey
from custodes.survey.verdicts import Judged, Verdict, judge


@dataclass(frozen=True, slots=True)
class Affected:
    """A figure that two editions give differently."""

    before: Figure
    after: Figure


@dataclass(frozen=True, slots=True)
class Correction:
    """From one edition to another. `claims`: those whose verdict is no longer what it was. `rows`: what was recorded
    between the two cuts for a question that an affected figure hangs on, as a correction or a withdrawal.
    """

    before: Edition
    after: Edition
    figures: tuple[Affected, ...]
    claims: tuple[tuple[Judged, Judged], ...]
    rows: tuple[Row, ...]

    @property
    def corrects(self) -> bool:
        """Whether the later edition says that it corrects this one; else it stands beside it."""
        return self.after.corrects == self.before.id


def corrections(survey: Survey) -> list[Correction]:
    """From each edition to the one it corrects, or else to the one before it."""
    editions = list(survey.editions.values())
    found = []
    for place, edition in enumerate(editions):
        before = survey.editions.get(edition.corrects) or (editions[place - 1] if place else None)
        if before is not None and before is not edition:
            found.append(correction(survey, before, edition))
    return found


def correction(survey: Survey, before: Edition, after: Edition) -> Correction:
    """What differs between two editions."""
    shared = [item for item in survey.figures.values() if printed(item, before) and printed(item, after)]
    pairs = [(survey.figure(item, before.cut), survey.figure(item, after.cut)) for item in shared]
    affected = tuple(Affected(*pair) for pair in pairs if _told(pair[0]) != _told(pair[1]))
    claims = []
    for claim in survey.claims.values():
        then, now = judge(claim, survey, before.cut), judge(claim, survey, after.cut)
        if then.verdict != now.verdict and now.verdict is not Verdict.SUPPORTED:
            claims.append((then, now))
    questions = {name for item in affected for name in item.after.definition.questions()}
    return Correction(before, after, affected, tuple(claims), _rows(survey, questions, (before.cut, after.cut)))


def printed(definition: Definition, edition: Edition) -> bool:
    """Whether an edition has a figure."""
    return not edition.figures or definition.id in edition.figures


def _told(figure: Figure) -> tuple[object, ...]:
    return (figure.numerator, figure.denominator, figure.silence_unknown, figure.silence_no)


def _rows(survey: Survey, questions: set[str], cuts: tuple[date, date]) -> tuple[Row, ...]:
    """Rows that took something back between two cuts."""
    if not isinstance(survey.answers, HeldAnswers):
        return ()
    between: Sequence[Row] = [row for row in survey.answers.rows if cuts[0] < row.recorded_at <= cuts[1]]
    return tuple(row for row in between if row.question in questions and row.held.state in ("corrected", "withdrawn"))
