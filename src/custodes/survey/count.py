"""Counts a figure: bodies in like situations together, exact, with bounds over every completion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from custodes.model.rules import Answer
from custodes.survey.answers import Answers, Cell
from custodes.survey.asked import Body, Wave
from custodes.survey.completions import Completions, Pair, relevant
from custodes.survey.figures import INVITED, RETURNED, Bounds, Definition, Figure
from custodes.survey.questionnaire import Question
from custodes.survey.rules import Fixed, Found, Perhaps, Rule
from custodes.survey.situation import Situation
from custodes.survey.values import State

_ALWAYS = Fixed(Answer.YES)
_NO_ROW: Cell = {}


@dataclass(frozen=True, slots=True)
class Asking:
    """One wave as it stands with what was recorded up to `cut` (None: everything)."""

    wave: Wave
    bodies: tuple[Body, ...]
    returned: frozenset[str]
    questions: Mapping[str, Question]
    answers: Answers
    cut: date | None


def asking(
    wave: Wave, bodies: Iterable[Body], questions: Mapping[str, Question], answers: Answers, cut: date | None
) -> Asking:
    """The invited bodies of a wave and their returns."""
    invited = tuple(body for body in bodies if wave.invites(body))
    names = {body.id for body in invited}
    return Asking(wave, invited, answers.returned(wave.id, cut) & names, questions, answers, cut)


@dataclass(frozen=True, slots=True)
class _Group:
    """Bodies in one situation."""

    situation: Situation
    bodies: tuple[str, ...]

    @property
    def many(self) -> int:
        return len(self.bodies)


def count(definition: Definition, asked: Asking) -> Figure:
    """What a figure comes to."""
    if definition.kind == "returns":
        return _returns(definition, asked)
    groups = list(_groups(definition, asked))
    return (_total if definition.kind == "total" else _share)(definition, asked, groups)


def _groups(definition: Definition, asked: Asking) -> Iterator[_Group]:
    """The invited bodies by their cells for the questions that the figure hangs on."""
    names = relevant(definition.questions(), asked.questions)
    questions = {name: asked.questions[name] for name in names}
    columns = [asked.answers.cells(name, asked.wave.id, asked.cut) for name in names]
    found: dict[tuple[object, ...], list[str]] = {}
    cells: dict[tuple[object, ...], dict[str, Cell]] = {}
    for body in asked.bodies:
        row = [column.get(body.id, _NO_ROW) for column in columns]
        key = (body.id in asked.returned, *(tuple(cell.items()) for cell in row))
        if key not in found:
            found[key] = []
            cells[key] = {name: cell for name, cell in zip(names, row, strict=True) if cell}
        found[key].append(body.id)
    for key, bodies in found.items():
        yield _Group(Situation(questions, cells[key], bool(key[0])), tuple(bodies))


def _states(question: str, groups: Iterable[_Group]) -> dict[str, int]:
    found = dict.fromkeys(map(str, State), 0)
    for group in groups:
        found[group.situation.state(question)] += group.many
    return {state: many for state, many in found.items() if many}


def _own_reading(definition: Definition, asked: Asking) -> str:
    return asked.questions[definition.question].silence


def _returns(definition: Definition, asked: Asking) -> Figure:
    returned, invited = Fraction(len(asked.returned)), Fraction(len(asked.bodies))
    share = (returned, invited) if invited else None
    bounds = Bounds(returned, returned, share, share)
    states = {"returned": len(asked.returned), "return_missing": len(asked.bodies) - len(asked.returned)}
    surely = tuple(body.id for body in asked.bodies if body.id in asked.returned)
    return _figure(definition, asked, returned, invited, states, (bounds, bounds), "unknown", surely)


def _figure(
    definition: Definition,
    asked: Asking,
    numerator: Fraction,
    denominator: Fraction | None,
    states: Mapping[str, int],
    bounds: tuple[Bounds, Bounds],
    reading: str,
    surely: tuple[str, ...] = (),
) -> Figure:
    sizes = (len(asked.bodies), len(asked.returned))
    return Figure(definition, asked.wave.id, *sizes, numerator, denominator, states, *bounds, reading, surely)


def _share(definition: Definition, asked: Asking, groups: list[_Group]) -> Figure:
    numerator = definition.numerator or _ALWAYS
    within: Rule = _ALWAYS if isinstance(definition.denominator, str) else definition.denominator
    inside = [group for group in groups if _surely_inside(definition, within, group)]
    counted = [group for group in inside if group.situation.holds(numerator) is Answer.YES]
    completions = Completions(numerator, within, groups[0].situation.questions) if groups else None
    bounds = []
    for silent_is_no in (False, True):
        pairs = [
            (group.many, completions.pairs(replace(group.situation, silent_is_no=silent_is_no)))
            for group in groups
            if completions is not None
        ]
        bounds.append(share_bounds(pairs))
    return _figure(
        definition,
        asked,
        Fraction(sum(group.many for group in counted)),
        Fraction(sum(group.many for group in inside)),
        _states(definition.question, groups),
        (bounds[0], bounds[1]),
        _own_reading(definition, asked),
        tuple(sorted(body for group in counted for body in group.bodies)),
    )


def _surely_inside(definition: Definition, within: Rule, group: _Group) -> bool:
    if definition.denominator == INVITED:
        return True
    if definition.denominator == RETURNED:
        return group.situation.returned
    return group.situation.holds(within) is Answer.YES


def share_bounds(pairs: Iterable[tuple[int, frozenset[Pair]]]) -> Bounds:
    """Bounds from what each body can come to: how many bodies, and their possible (counted, inside).

    A count is least where each body is counted only if it must be, greatest where each is if it can be. A share is
    least where bodies that need not be counted stand in the denominator all the same, and greatest where those
    that cannot be counted stay out of it.
    """
    forced = possible = may_be_outside_only = must_be_inside_only = 0
    for many, found in pairs:
        can = (True, True) in found
        forced += many if found == {(True, True)} else 0
        possible += many if can else 0
        may_be_outside_only += many if (False, True) in found else 0
        must_be_inside_only += many if found == {(False, True)} else 0
    least_of, most_of = forced + may_be_outside_only, possible + must_be_inside_only
    if not most_of and not least_of:
        return Bounds(Fraction(0), Fraction(0), None, None)
    # Where the least denominator is empty, one body that can be counted fills it: all of one is the only share left.
    lower = (Fraction(forced), Fraction(least_of)) if least_of else (Fraction(1), Fraction(1))
    upper = (Fraction(possible), Fraction(most_of)) if most_of else (Fraction(0), Fraction(1))
    return Bounds(Fraction(forced), Fraction(possible), lower, upper)


@dataclass(slots=True)
class _Sum:
    """A total over one question: what is surely there, what is there if it was asked for, bodies not known."""

    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)
    unknown: int = 0


def _total(definition: Definition, asked: Asking, groups: list[_Group]) -> Figure:
    sums = {}
    for silent_is_no in (False, True):
        again = [replace(group, situation=replace(group.situation, silent_is_no=silent_is_no)) for group in groups]
        parts = _sum(definition.question, again, definition.cap_per_body)
        sums[silent_is_no] = (parts, _sum(definition.of, again, None) if definition.of else None)
    bounds = [_total_bounds(*sums[silent], definition.cap_per_body) for silent in (False, True)]
    parts, wholes = sums[False]
    return _figure(
        definition,
        asked,
        parts.least,
        None if wholes is None else wholes.least,
        _states(definition.question, groups),
        (bounds[0], bounds[1]),
        _own_reading(definition, asked),
    )


def _sum(question: str, groups: Iterable[_Group], cap: Fraction | None) -> _Sum:
    result = _Sum()
    for group in groups:
        found = _found(group.situation, question)
        least = most = sum((value for value in found if isinstance(value, Fraction)), Fraction(0))
        for value in found:
            if isinstance(value, Perhaps) and isinstance(value.value, Fraction):
                least += min(value.value, Fraction(0))
                most += max(value.value, Fraction(0))
        result.least += least * group.many
        if any(value is None for value in found):
            result.unknown += group.many
            most = max(most, cap or Fraction(0))
        result.most += most * group.many
    return result


def _found(situation: Situation, question: str) -> list[Found]:
    """The answers of every part, but those that a lead body gives for others: they are counted with that one."""
    parts = [(part, situation.held(question, part)) for part in situation.parts_of(question)]
    return [situation.now.find(question, part) for part, held in parts if held is None or not held.led]


def _total_bounds(parts: _Sum, wholes: _Sum | None, cap: Fraction | None) -> Bounds:
    """No upper bound without a cap, unless nothing is unknown; no share where the whole is not known."""
    upper = parts.most if not parts.unknown or cap is not None else None
    if wholes is None or wholes.unknown or wholes.least != wholes.most or not wholes.least:
        return Bounds(parts.least, upper, None, None)
    return Bounds(parts.least, upper, (parts.least, wholes.least), None if upper is None else (upper, wholes.least))
