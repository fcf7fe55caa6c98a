"""One body's cells for the questions a figure hangs on: their states, what is surely so, and what may be so.

Bodies whose cells are alike make one situation, worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from custodes.model.rules import Answer
from custodes.survey import rules
from custodes.survey.answers import Cell, Held
from custodes.survey.questionnaire import Question
from custodes.survey.rules import OUT, Found, Perhaps, Rule, evaluate
from custodes.survey.values import State, Value, none_value

#: A part of a repeating section that nobody named.
ALONE = ""


@dataclass(frozen=True)
class Situation:
    """The cells of one body. `cells`: question to its cell, left out where there is no row.

    `repeats`: whether any of the questions stands in a repeating section. `silent_is_no`: whether a question left
    unanswered inside a return means no.
    """

    questions: Mapping[str, Question]
    cells: Mapping[str, Cell]
    returned: bool
    repeats: bool
    silent_is_no: bool = False

    @cached_property
    def parts(self) -> Mapping[str, tuple[str, ...]]:
        """Repeating section to the parts that any of its questions names; one without a name if there is none."""
        found: dict[str, dict[str, None]] = {}
        for question in self.questions.values():
            if question.repeats:
                named = found.setdefault(question.section, {})
                named.update(dict.fromkeys(part for part in self.cells.get(question.id, {}) if part))
        return {section: tuple(named) or (ALONE,) for section, named in found.items()}

    def parts_of(self, question: str) -> tuple[str, ...]:
        """The parts that a question was put for."""
        asked = self.questions[question]
        return self.parts[asked.section] if asked.repeats else (ALONE,)

    def held(self, question: str, part: str) -> Held | None:
        """The recorded row that holds, if there is one."""
        cell = self.cells.get(question)
        if cell is None:
            return None
        return cell.get(part if self.questions[question].repeats else ALONE)

    @cached_property
    def now(self) -> World:
        """The answers as they are known now."""
        return World(self)

    def holds(self, rule: Rule) -> Answer:
        """A rule in three values, with what is known now."""
        return self.now.holds(rule)

    def parts_for(self, questions: Iterable[str]) -> tuple[str, ...]:
        """The parts that a rule over these questions is asked for: of the repeating section it names, if any."""
        if not self.repeats:
            return (ALONE,)
        repeating = [name for name in questions if self.questions[name].repeats]
        return tuple(dict.fromkeys(part for name in repeating for part in self.parts_of(name))) or (ALONE,)

    @cached_property
    def states(self) -> frozenset[State]:
        """The states that occur in it."""
        return frozenset(self.now.state(name, part) for name in self.questions for part in self.parts_of(name))

    def state(self, question: str) -> State:
        """The state of a question; of one with parts, the surest among them."""
        states = {self.now.state(question, part) for part in self.parts_of(question)}
        return min(states, key=_SUREST.index)


_SUREST = (
    State.CORRECTED,
    State.ANSWERED,
    State.NONE,
    State.NOT_KNOWN,
    State.REFUSED,
    State.WITHDRAWN,
    State.NOT_ANSWERED,
    State.RETURN_MISSING,
    State.ROUTED_OUT,
)


#: A question and the part it was put for.
Place = tuple[str, str]


class World:
    """A situation with some of its open answers filled in: with none of them, what is known now.

    `wanted`: open places that were met with no answer filled in, those that others hang on first.
    """

    def __init__(self, situation: Situation, filled: Mapping[Place, Value] | None = None) -> None:
        self._of = situation
        self._filled = filled
        self._found: dict[Place, Found] = {}
        self._routes: dict[Place, Answer] = {}
        self.wanted: list[Place] = []

    def holds(self, rule: Rule) -> Answer:
        """A rule in three values; over a repeating section, whether any part meets it."""
        best = Answer.NO
        for part in self._of.parts_for(rules.questions_of(rule) if self._of.repeats else ()):
            found = self._of_part(rule, part)
            if found is Answer.YES:
                return found
            if found is Answer.UNKNOWN:
                best = found
        return best

    def _of_part(self, rule: Rule, part: str) -> Answer:
        def look_up(question: str) -> Found:
            return self.find(question, part)

        return evaluate(rule, look_up, completing=self._filled is not None)

    def find(self, question: str, part: str) -> Found:
        """The answer to a question, of one part where the section repeats."""
        place = (question, part if self._of.questions[question].repeats else ALONE)
        if place not in self._found:
            self._found[place] = self._work_out(*place)
        return self._found[place]

    def route(self, question: str, part: str) -> Answer:
        """Whether the question was to be put. From outside a repeating section: whether any of its parts meets it."""
        place = (question, part)
        if place not in self._routes:
            when = self._of.questions[question].when
            if when is None:
                self._routes[place] = Answer.YES
            else:
                self._routes[place] = self.holds(when) if part == ALONE else self._of_part(when, part)
        return self._routes[place]

    def state(self, question: str, part: str) -> State:
        """The state of a question: as recorded; without a row, by the return and the routing."""
        held = self._of.held(question, part)
        if held is not None:
            return held.state
        if not self._of.returned:
            return State.RETURN_MISSING
        return State.ROUTED_OUT if self.route(question, part) is Answer.NO else State.NOT_ANSWERED

    def _work_out(self, question: str, part: str) -> Found:
        state = self._of.now.state(question, part)  # a filled-in answer changes what is routed, not what was recorded
        route = self.route(question, part)
        if state is State.ROUTED_OUT or route is Answer.NO:
            return OUT
        value = self._value(question, part, state)
        if value is None:
            self.wanted.append((question, part))
            return None
        return value if route is Answer.YES else Perhaps(value)

    def _value(self, question: str, part: str, state: State) -> Value | None:
        held = self._of.held(question, part)
        if held is not None and held.value is not None:
            return held.value
        if state is State.NOT_ANSWERED and self._of.silent_is_no:
            return none_value(self._of.questions[question].type)
        return None if self._filled is None else self._filled.get((question, part))
