"""What may be so: every completion of one body's open answers, reduced to what a figure can tell apart.

A completion gives each open answer a value of its type and follows routing again. Types with endless values are
tried at the values that rules and other answers can tell apart: those compared with, and what lies between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from datetime import date, timedelta
from fractions import Fraction

from custodes.model.errors import CustodesError
from custodes.model.rules import Answer
from custodes.survey import rules
from custodes.survey.questionnaire import Question
from custodes.survey.rules import Fixed, Rule
from custodes.survey.situation import Place, Situation, World
from custodes.survey.values import NUMERIC, OPEN, Type, Value, none_value

#: Whether a body is in the numerator, and in the denominator; it is in the first only where it is in the second.
Pair = tuple[bool, bool]
EVERY_PAIR = frozenset(((False, False), (False, True), (True, True)))
MOST_STEPS = 60_000


def relevant(wanted: Iterable[str], questions: Mapping[str, Question]) -> tuple[str, ...]:
    """Questions, and all those their routing hangs on, in the order of the questionnaire."""
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            when = questions[name].when
            waiting += rules.questions_of(when) if when is not None else ()
    return tuple(name for name in questions if name in found)


class Completions:
    """The pairs that a numerator and a denominator can come to. Built once a figure, asked once a situation."""

    def __init__(self, numerator: Rule, denominator: Rule, questions: Mapping[str, Question]) -> None:
        self._rules = (numerator, denominator)
        self._questions = questions
        every = [numerator, denominator, *(question.when for question in questions.values() if question.when)]
        self._linked = _linked(every, questions)

    def pairs(self, situation: Situation) -> frozenset[Pair]:
        """Every pair that some completion comes to."""
        search = _Search(situation, self._rules, self._tried)
        try:
            search.run()
        except RecursionError:
            raise search.too_many() from None
        return frozenset(search.found)

    def _tried(self, question: str, situation: Situation) -> tuple[Value, ...]:
        """The values that open answers to a question are tried at."""
        names, told = self._linked[question]
        if len(names) == 1 and self._questions[question].type in (Type.YES_NO, Type.CHOICE):
            return _tried(self._questions[question], told, 1)
        marks, open_places = set(told), 0
        if situation.silent_is_no:  # a silent answer beside it counts as this
            marks.add(none_value(self._questions[question].type))
        for name in names:
            for part in situation.parts_of(name):
                held = situation.held(name, part)
                if held is not None and held.value is not None:
                    marks.add(held.value)
                open_places += situation.now.state(name, part) in OPEN
        return _tried(self._questions[question], marks, open_places)


class _Search:
    """Depth first, filling in only what is still wanted to tell; ends early when there is nothing more to find."""

    def __init__(
        self, situation: Situation, both: tuple[Rule, Rule], tried: Callable[[str, Situation], tuple[Value, ...]]
    ) -> None:
        self._situation = situation
        self._numerator, self._denominator = both
        self._tried = tried
        self._steps = 0
        always_inside = self._denominator == Fixed(Answer.YES)
        self._reachable = EVERY_PAIR - ({(False, False)} if always_inside else set())
        self.found: set[Pair] = set()

    def too_many(self) -> CustodesError:
        """That there is no end to it, and what may help."""
        first = next(iter(self._situation.questions))
        return CustodesError(
            "too many combinations of open answers to try them all",
            why=f"a rule hangs on very many answers that are not known, such as those to '{first}'",
            remedy="count a total instead, name fewer questions in one rule, or find out some of these answers",
        )

    def run(self, filled: Mapping[Place, Value] | None = None) -> None:
        """Every pair from what is filled in so far."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise self.too_many()
        filled = filled or {}
        world = World(self._situation, filled)
        inside = world.holds(self._denominator)
        if inside is Answer.NO:
            self.found.add((False, False))
            return
        counted = world.holds(self._numerator)
        if inside is Answer.YES and counted is not Answer.UNKNOWN:
            self.found.add((counted is Answer.YES, True))
            return
        place = world.wanted[0]
        for value in self._tried(place[0], self._situation):
            self.run({**filled, place: value})
            if self.found == self._reachable:
                return


def _linked(
    every: Iterable[Rule], questions: Mapping[str, Question]
) -> Mapping[str, tuple[list[str], frozenset[Value]]]:
    """Question to those that rules compare it with and itself, and to the literals any of these is compared with."""
    group = {name: name for name in questions}

    def head(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    told: dict[str, set[Value]] = {name: set() for name in questions}
    for rule in every:
        for comparison in rules.comparisons(rule):
            if isinstance(comparison, rules.OneOf):
                told[comparison.left.question].update(literal.value for literal in comparison.values)
                continue
            sides = (comparison.left, comparison.right)
            names = [side.question for side in sides if isinstance(side, rules.Ref)]
            told[names[0]].update(side.value for side in sides if isinstance(side, rules.Literal))
            if len(names) == 2:
                group[head(names[0])] = head(names[1])
    groups: dict[str, list[str]] = {}
    for name in questions:
        groups.setdefault(head(name), []).append(name)
    found: dict[str, tuple[list[str], frozenset[Value]]] = {}
    for names in groups.values():
        literals = frozenset[Value]().union(*(told[name] for name in names))
        found.update({name: (names, literals) for name in names})
    return found


def _tried(question: Question, marks: Set[Value], open_places: int) -> tuple[Value, ...]:
    """Values of a question's type, such that any order and equality with `marks` and each other can come about."""
    if question.type is Type.YES_NO:
        return ("yes", "no")
    if question.type is Type.CHOICE:
        return tuple(sorted(question.options))
    if question.type is Type.TEXT:
        words = sorted(mark for mark in marks if isinstance(mark, str))
        return (*words, *(f"\0another {number}" for number in range(max(open_places, 1))))
    steps = max(open_places, 1)
    if question.type in NUMERIC:
        numbers = [mark for mark in marks if isinstance(mark, Fraction)]
        counts = _counts(numbers, steps)
        # A number may be compared with a count: it must be able to equal each count tried, and to lie between two.
        return counts if question.type is Type.COUNT else _numbers({*numbers, *counts}, steps)
    return _days([mark for mark in marks if isinstance(mark, date)], steps)


def _counts(marks: Iterable[Fraction], steps: int) -> tuple[Fraction, ...]:
    found = set(range(steps))
    for mark in marks:
        whole = mark.numerator // mark.denominator
        found.update(whole + step for step in range(-steps, steps + 2))
    return tuple(Fraction(number) for number in sorted(found) if number >= 0)


def _numbers(marks: Iterable[Fraction], steps: int) -> tuple[Value, ...]:
    ordered = sorted(set(marks)) or [Fraction(0)]
    found: list[Value] = [ordered[0] - step for step in range(steps, 0, -1)]
    for low, high in zip(ordered, [*ordered[1:], ordered[-1] + steps + 1], strict=True):
        found += [low + (high - low) * step / (steps + 1) for step in range(steps + 1)]
    return tuple(found)


def _days(marks: Iterable[date], steps: int) -> tuple[Value, ...]:
    found = set()
    for mark in list(marks) or [date(2000, 1, 1)]:
        for step in range(-steps, steps + 1):
            number = mark.toordinal() + step
            if 1 <= number <= date.max.toordinal():
                found.add(date.min + timedelta(days=number - 1))
    return tuple(sorted(found))
