"""Counts a figure: bodies in like situations together, exact, with bounds over every completion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from custodes.model.rules import Answer
from custodes.survey.answers import Answers, Cell, Column, Held, alike
from custodes.survey.asked import Body, Wave
from custodes.survey.completions import Completions, Pair, relevant
from custodes.survey.figures import INVITED, RETURNED, Bounds, Definition, Figure
from custodes.survey.questionnaire import Question
from custodes.survey.rules import Fixed, Found, Perhaps, Rule
from custodes.survey.situation import ALONE, Situation
from custodes.survey.values import OPEN, State

COLUMNS_HELD = 32
_ALWAYS = Fixed(Answer.YES)


class Asking:
    """One wave as it stands with what was recorded up to `cut` (None: everything): who was asked, who returned."""

    def __init__(
        self,
        wave: Wave,
        bodies: Iterable[Body],
        questions: Mapping[str, Question],
        answers: Answers,
        cut: date | None,
    ) -> None:
        self.wave = wave
        self.bodies = tuple(body for body in bodies if wave.invites(body))
        self.names = tuple(body.id for body in self.bodies)
        self.returned = answers.returned(wave.id, cut) & frozenset(self.names)
        self.has_returned = tuple(name in self.returned for name in self.names)
        self.questions = questions
        self._answers = answers
        self._cut = cut
        self.column = lru_cache(maxsize=COLUMNS_HELD)(self._column)
        self.merged = lru_cache(maxsize=COLUMNS_HELD)(self._merged)

    def _column(self, question: str) -> Column:
        """What holds for a question, for the invited bodies in order."""
        return self._answers.column(question, self.wave.id, self._cut, self.names)

    def cells(self, question: str) -> dict[str, Cell]:
        """Body to what holds for a question; bodies without a row are left out."""
        column = self.column(question)
        return {body: column.cells[code] for body, code in zip(self.names, column.codes, strict=True) if code}

    def _merged(self, question: str) -> Sequence[int]:
        """Code of a column's cell to the code it shares with cells that no figure tells apart."""
        cells = self.column(question).cells
        first: dict[tuple[tuple[str, Held], ...], int] = {}
        return [first.setdefault(tuple(alike(cell).items()), code) for code, cell in enumerate(cells)]


@dataclass(frozen=True, slots=True)
class _Group:
    """Bodies in one situation. `own`: code of their cells for the figure's own question, to bodies."""

    situation: Situation
    own: Mapping[int, int]

    @property
    def many(self) -> int:
        return sum(self.own.values())


def count(definition: Definition, asked: Asking) -> Figure:
    """What a figure comes to."""
    if definition.kind == "returns":
        return _returns(definition, asked)
    groups = list(_Grouping(definition, asked).groups())
    states = _states(definition.question, groups, asked.column(definition.question))
    return (_total if definition.kind == "total" else _share)(definition, asked, groups, states)


def surely(definition: Definition, asked: Asking) -> tuple[str, ...]:
    """The bodies behind a figure: those that returned, or that are surely in the numerator of a share."""
    if definition.kind == "returns":
        return tuple(name for name, has in zip(asked.names, asked.has_returned, strict=True) if has)
    grouping = _Grouping(definition, asked)
    inside: dict[tuple[Any, ...], bool] = {}
    found = []
    for name, key in zip(asked.names, grouping.keys(), strict=True):
        if key not in inside:
            inside[key] = _surely_counted(definition, grouping.situation(key))
        if inside[key]:
            found.append(name)
    return tuple(found)


def settled(definition: Definition, asked: Asking) -> dict[str, Fraction | None]:
    """Body to what it surely adds to a figure: 1 or 0, or its part of a total. None: its answers do not settle it."""
    if definition.kind == "returns":
        return dict(zip(asked.names, map(Fraction, asked.has_returned), strict=True))
    grouping = _Grouping(definition, asked)
    known: dict[tuple[Any, ...], Fraction | None] = {}
    found: dict[str, Fraction | None] = {}
    numerator, within = _rules(definition)
    completions = Completions(numerator, within, grouping.questions)
    for name, key in zip(asked.names, grouping.keys(), strict=True):
        if key not in known:
            situation = grouping.situation(key)
            if definition.kind == "total":
                known[key] = _settled_total(situation, definition.question)
            else:
                pairs = _pairs(situation, numerator, within, completions)
                known[key] = Fraction(next(iter(pairs))[0]) if len(pairs) == 1 else None
        found[name] = known[key]
    return found


class Standing(StrEnum):
    """What one body is for a share of bodies, or for the returns. A closed list."""

    COUNTED = "counted"
    NOT_COUNTED = "not_counted"
    OUTSIDE = "outside"
    OPEN = "open"
    NO_RETURN = "no_return"


def standing(definition: Definition, asked: Asking) -> dict[str, Standing]:
    """Body to what it is for a share: as many are counted as its numerator says. Totals have no standing: empty."""
    if definition.kind == "returns":
        words = {True: Standing.COUNTED, False: Standing.NO_RETURN}
        return {name: words[has] for name, has in zip(asked.names, asked.has_returned, strict=True)}
    if definition.kind == "total":
        return {}
    grouping = _Grouping(definition, asked)
    numerator, within = _rules(definition)
    completions = Completions(numerator, within, grouping.questions)
    known: dict[tuple[Any, ...], Standing] = {}
    found = {}
    for name, key in zip(asked.names, grouping.keys(), strict=True):
        if key not in known:
            situation = grouping.situation(key)
            if _surely_counted(definition, situation):
                known[key] = Standing.COUNTED
            else:
                pairs = _pairs(situation, numerator, within, completions)
                known[key] = _STANDS.get(pairs, Standing.OPEN if key[0] else Standing.NO_RETURN)
        found[name] = known[key]
    return found


_STANDS = {
    frozenset(((False, True),)): Standing.NOT_COUNTED,
    frozenset(((False, False),)): Standing.OUTSIDE,
}


def _settled_total(situation: Situation, question: str) -> Fraction | None:
    found = _found(situation, question)
    if any(value is None or isinstance(value, Perhaps) for value in found):
        return None
    return sum((value for value in found if isinstance(value, Fraction)), Fraction(0))


class _Grouping:
    """The invited bodies by their cells for the questions that a figure hangs on."""

    def __init__(self, definition: Definition, asked: Asking) -> None:
        self._names = relevant(definition.questions(), asked.questions)
        self.questions = {name: asked.questions[name] for name in self._names}
        self._repeats = any(question.repeats for question in self.questions.values())
        self._asked = asked
        self._own = self._names.index(definition.question)
        self._columns = [asked.column(name) for name in self._names]

    def keys(self) -> Iterator[tuple[Any, ...]]:
        """For each body in order: whether it returned, and the codes of its cells."""
        return zip(self._asked.has_returned, *(column.codes for column in self._columns), strict=True)

    def groups(self) -> Iterator[_Group]:
        """Bodies together, as far as figures differ by them; the code for the figure's own question is kept apart."""
        merged = [self._asked.merged(name) for name in self._names]
        found: dict[tuple[Any, ...], dict[int, int]] = {}
        for (returned, *codes), many in Counter(self.keys()).items():
            key = (returned, *(table[code] for table, code in zip(merged, codes, strict=True)))
            own = found.setdefault(key, {})
            code = codes[self._own]
            own[code] = own.get(code, 0) + many
        for key, own in found.items():
            yield _Group(self.situation(key), own)

    def situation(self, key: tuple[Any, ...]) -> Situation:
        """The situation of a key."""
        returned, *codes = key
        cells = {
            name: column.cells[code]
            for name, column, code in zip(self._names, self._columns, codes, strict=True)
            if code
        }
        return Situation(self.questions, cells, returned, self._repeats)


def _states(question: str, groups: Iterable[_Group], own: Column) -> dict[str, int]:
    """State to bodies. Where there is no row the situation tells it; where there are parts, all rows together do."""
    found = dict.fromkeys(map(str, State), 0)
    for group in groups:
        situation = group.situation
        for code, many in group.own.items():
            if not code:
                found[situation.state(question)] += many
            elif not situation.questions[question].repeats:
                found[own.cells[code][ALONE].state] += many
            else:
                recorded = replace(situation, cells={**situation.cells, question: own.cells[code]})
                found[recorded.state(question)] += many
    return {state: many for state, many in found.items() if many}


def _own_reading(definition: Definition, asked: Asking) -> str:
    return asked.questions[definition.question].silence


def _returns(definition: Definition, asked: Asking) -> Figure:
    returned, invited = Fraction(len(asked.returned)), Fraction(len(asked.bodies))
    share = (returned, invited) if invited else None
    bounds = Bounds(returned, returned, share, share)
    states = {"returned": len(asked.returned), "return_missing": len(asked.bodies) - len(asked.returned)}
    return _figure(definition, asked, returned, invited, states, (bounds, bounds), "unknown")


def _figure(
    definition: Definition,
    asked: Asking,
    numerator: Fraction,
    denominator: Fraction | None,
    states: Mapping[str, int],
    bounds: tuple[Bounds, Bounds],
    reading: str,
) -> Figure:
    sizes = (len(asked.bodies), len(asked.returned))
    return Figure(definition, asked.wave.id, *sizes, numerator, denominator, states, *bounds, reading)


def _share(definition: Definition, asked: Asking, groups: list[_Group], states: Mapping[str, int]) -> Figure:
    numerator, within = _rules(definition)
    inside = [group for group in groups if _surely_inside(definition, group.situation)]
    counted = [group for group in inside if group.situation.holds(numerator) is Answer.YES]
    bounds = _share_bounds(numerator, within, groups)
    return _figure(
        definition,
        asked,
        Fraction(sum(group.many for group in counted)),
        Fraction(sum(group.many for group in inside)),
        states,
        bounds,
        _own_reading(definition, asked),
    )


def _share_bounds(numerator: Rule, within: Rule, groups: Sequence[_Group]) -> tuple[Bounds, Bounds]:
    """Bounds under both readings of silence; the second is worked out only where somebody was silent."""
    if not groups:
        return share_bounds(()), share_bounds(())
    completions = Completions(numerator, within, groups[0].situation.questions)
    unknown, no = [], []
    for group in groups:
        pairs = silent = _pairs(group.situation, numerator, within, completions)
        if State.NOT_ANSWERED in group.situation.states:
            silent = _pairs(replace(group.situation, silent_is_no=True), numerator, within, completions)
        unknown.append((group.many, pairs))
        no.append((group.many, silent))
    return share_bounds(unknown), share_bounds(no)


def _pairs(situation: Situation, numerator: Rule, within: Rule, completions: Completions) -> frozenset[Pair]:
    if OPEN.isdisjoint(situation.states):
        inside = situation.holds(within) is Answer.YES
        return frozenset(((inside and situation.holds(numerator) is Answer.YES, inside),))
    return completions.pairs(situation)


def _rules(definition: Definition) -> tuple[Rule, Rule]:
    """Numerator and denominator of a share as rules. The completed denominator of "returned" is all invited."""
    within = _ALWAYS if isinstance(definition.denominator, str) else definition.denominator
    return definition.numerator or _ALWAYS, within


def _surely_inside(definition: Definition, situation: Situation) -> bool:
    if definition.denominator == INVITED:
        return True
    if definition.denominator == RETURNED:
        return situation.returned
    return situation.holds(_rules(definition)[1]) is Answer.YES


def _surely_counted(definition: Definition, situation: Situation) -> bool:
    if definition.kind == "total":
        return any(isinstance(value, Fraction) and value > 0 for value in _found(situation, definition.question))
    return _surely_inside(definition, situation) and situation.holds(_rules(definition)[0]) is Answer.YES


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

    cap: Fraction | None
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(0)
    unknown: int = 0

    def add(self, found: Sequence[Found], many: int) -> None:
        """Add the answers of one body, as often as there are bodies in its situation."""
        least = most = Fraction(0)
        for value in found:
            if isinstance(value, Fraction):
                least, most = (value, value) if len(found) == 1 else (least + value, most + value)
            elif isinstance(value, Perhaps) and isinstance(value.value, Fraction):
                least, most = least + min(value.value, Fraction(0)), most + max(value.value, Fraction(0))
        if None in found:
            self.unknown += many
            most = max(most, self.cap or Fraction(0))
        self.least += least * many
        self.most += most * many


def _total(definition: Definition, asked: Asking, groups: list[_Group], states: Mapping[str, int]) -> Figure:
    parts = _sums(definition.question, groups, definition.cap_per_body)
    wholes = _sums(definition.of, groups, None) if definition.of else (None, None)
    bounds = [_total_bounds(*sums, definition.cap_per_body) for sums in zip(parts, wholes, strict=True)]
    return _figure(
        definition,
        asked,
        parts[0].least,
        None if wholes[0] is None else wholes[0].least,
        states,
        (bounds[0], bounds[1]),
        _own_reading(definition, asked),
    )


def _sums(question: str, groups: Iterable[_Group], cap: Fraction | None) -> tuple[_Sum, _Sum]:
    """The total under both readings of silence."""
    unknown, no = _Sum(cap), _Sum(cap)
    for group in groups:
        found = _found(group.situation, question)
        unknown.add(found, group.many)
        if State.NOT_ANSWERED in group.situation.states:
            found = _found(replace(group.situation, silent_is_no=True), question)
        no.add(found, group.many)
    return unknown, no


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
