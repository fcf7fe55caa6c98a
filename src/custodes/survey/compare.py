"""Change of a figure between two waves: of the whole set as an interval, on the matched panel exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from custodes.model.errors import BadUsage
from custodes.survey.asked import Wave
from custodes.survey.count import settled
from custodes.survey.figures import Definition, Figure
from custodes.survey.folder import Survey


@dataclass(frozen=True, slots=True)
class Attrition:
    """Bodies by what became of them between two waves.

    `merged`: bodies of the second wave that are the successor of bodies of the first, and those.
    """

    invited_both: int
    returned_both: int
    only_first: int
    only_second: int
    neither: int
    joined: tuple[str, ...]
    left: tuple[str, ...]
    merged: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure in two waves.

    `lower`, `upper`: of the change over the whole set, at the question's own reading; None: no bound. `panel`: bodies
    invited in both whose answer settles the figure in both; `panel_first`, `panel_second`: what it comes to on
    them; `moves`: of a share, counted then and now to bodies. `doubt`: how far the questions may be compared.
    """

    first: Figure
    second: Figure
    lower: Fraction | None
    upper: Fraction | None
    panel: int
    panel_first: Fraction
    panel_second: Fraction
    moves: Mapping[tuple[bool, bool], int]
    attrition: Attrition
    doubt: str

    @property
    def change(self) -> Fraction:
        """On the matched panel."""
        return self.panel_second - self.panel_first


def compare(definition: Definition, survey: Survey, waves: tuple[Wave, Wave], cut: date | None = None) -> Change:
    """The change from one wave to a later one. Raises BadUsage where the question cannot be compared."""
    earlier, later = waves
    if earlier.opened >= later.opened:
        raise BadUsage(
            f"wave '{later.id}' did not open after wave '{earlier.id}'", remedy="give the earlier wave first"
        )
    for wave in waves:
        _check_asked(definition, survey, wave)
    first, second = (survey.figure(definition, cut, wave.id) for wave in waves)
    values = [settled(definition, survey.asking(wave, cut)) for wave in waves]
    panel = [body for body, value in values[0].items() if value is not None and values[1].get(body) is not None]
    pairs = [(values[0][body] or Fraction(0), values[1][body] or Fraction(0)) for body in panel]
    moves = Counter((bool(then), bool(now)) for then, now in pairs)
    lower, upper = _difference(first, second)
    return Change(
        first,
        second,
        lower,
        upper,
        len(panel),
        sum((then for then, _ in pairs), Fraction(0)),
        sum((now for _, now in pairs), Fraction(0)),
        moves if definition.kind != "total" else {},
        _attrition(survey, waves, cut),
        _doubt(definition, survey),
    )


def _check_asked(definition: Definition, survey: Survey, wave: Wave) -> None:
    """A question that another instrument put is no question of this wave."""
    for section in survey.questionnaire.sections:
        named = definition.questions() & set(section.questions)
        if named and section.waves and wave.id not in section.waves:
            raise BadUsage(f"'{min(named)}' cannot be compared: it was not asked in wave '{wave.id}'")
    asked = survey.older.get(wave.id, survey.questionnaire).questions
    for name in sorted(definition.questions() - set(asked)):
        raise BadUsage(f"'{name}' cannot be compared: it was not asked in wave '{wave.id}'")


def _difference(first: Figure, second: Figure) -> tuple[Fraction | None, Fraction | None]:
    """[L2 - U1, U2 - L1]."""
    before, after = first.own, second.own
    lower = after.lower - before.upper if after.lower is not None and before.upper is not None else None
    upper = after.upper - before.lower if after.upper is not None and before.lower is not None else None
    return lower, upper


def _doubt(definition: Definition, survey: Survey) -> str:
    """The least comparability among the questions of a figure, in words; empty if all are the same."""
    questions = survey.questions
    for word in ("not_comparable", "rescaled", "reworded"):
        named = sorted(name for name in definition.questions() if questions[name].comparability == word)
        if word == "not_comparable" and named:
            raise BadUsage(f"'{named[0]}' cannot be compared with the wave before: no change is given")
        if named:
            return f"{word} since the wave before: {', '.join(named)}"
    return ""


def _attrition(survey: Survey, waves: tuple[Wave, Wave], cut: date | None) -> Attrition:
    first, second = (survey.asking(wave, cut) for wave in waves)
    both = set(first.names) & set(second.names)
    merged = {
        body.id: tuple(name for name in body.follows if name in first.names)
        for body in second.bodies
        if body.follows and body.id not in first.names
    }
    gone = {name for names in merged.values() for name in names}
    return Attrition(
        len(both),
        len(both & first.returned & second.returned),
        len((both & first.returned) - second.returned),
        len((both & second.returned) - first.returned),
        len(both - first.returned - second.returned),
        tuple(name for name in second.names if name not in both and name not in merged),
        tuple(name for name in first.names if name not in both and name not in gone),
        merged,
    )
