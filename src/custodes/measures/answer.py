"""Every rule of a book asked of one device and one body: does it reach it, what does it ask, with what force."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from custodes.measures.reach import Found, Reach, unknown
from custodes.measures.subject import Asked, Firms, Subject
from custodes.model.days import begun, known_on
from custodes.model.rules import (
    Action,
    AllOf,
    Answer,
    AnyOf,
    Bought,
    Ending,
    Expression,
    Force,
    Not,
    Rule,
    RuleBook,
    Told,
    Version,
)

NOT_IN_FORCE = "not in force on that day"
BODY_KIND, BODY_PLACE = "which kind of body this is", "where the body is"
#: Of a rule with one of these on the body, a device about which nothing is known is not spoken of.
SILENT = frozenset((Force.NONE, Force.WITHDRAWN, Force.LISTED, Force.PROPOSED))


@dataclass(frozen=True, slots=True)
class OnBody:
    """The force of a rule on a body. `addressed`: it speaks to this kind of body. `missing`: what would tell."""

    force: Force
    addressed: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleAnswer:
    """One rule on one device: the answer, the action it is about, by when, and what is missing to say more."""

    id: str
    name: str
    force: Force
    addressed: bool
    reaches: Answer
    action: str
    by: str
    version: str
    missing: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    doing: str = ""  # the action in plain words


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule as it stands on a day. `sure`: No before it began, or after it ended; Unknown inside a bare period."""

    rule: Rule
    version: Version | None
    sure: Answer
    withdrawn: Ending | None = None


def on_day(rule: Rule, day: str, known: str = "") -> InForce:
    """The version of a rule in force on `day`, as it was known on `known` (empty: all that is known now)."""
    for ending in rule.endings:
        over = begun(ending.day, day)
        if known_on(ending.recorded, known) and over is not Answer.NO:
            sure = Answer.NO if over is Answer.YES else Answer.UNKNOWN
            return InForce(rule, _version(rule, day, known)[0], sure, ending if ending.withdrawn else None)
    return InForce(rule, *_version(rule, day, known))


def _version(rule: Rule, day: str, known: str) -> tuple[Version | None, Answer]:
    held, sure = None, Answer.NO
    for version in rule.versions:
        start = begun(version.since, day)
        if known_on(version.recorded, known) and start is not Answer.NO:
            held, sure = version, Answer.YES if sure is Answer.YES else start
    return held, sure


class Rules:
    """All rules of a book, for one day and one body."""

    def __init__(self, book: RuleBook, firms: Firms, asked: Asked) -> None:
        self.book, self.asked = book, asked
        self._reach = Reach(book, firms, asked)
        self._states = {key: on_day(rule, asked.day, asked.known) for key, rule in book.rules.items()}
        self._asking = [
            (state, state.version, on_body(state.version, state.rule, asked, book))
            for state in self.states
            if state.version is not None and state.sure is not Answer.NO and state.rule.about == "device"
        ]
        self._memory: dict[Subject, tuple[RuleAnswer, ...]] = {}
        parts = [part for _, version, _ in self._asking for part in _parts(version)]
        self._facts = {part.name for part in parts if isinstance(part, Told)}
        self._dated = any(isinstance(part, Bought) for part in parts)

    @property
    def states(self) -> Iterable[InForce]:
        """Every rule as it stands on the day."""
        return self._states.values()

    def of(self, subject: Subject) -> tuple[RuleAnswer, ...]:
        """The rules that reach a device, and those of which that cannot be told and it matters to this body.

        A rule that has no force on the body reaches none of its devices, whatever it says of them.
        """
        asked = self._relevant(subject)
        found = self._memory.get(asked)
        if found is None:
            found = self._memory[asked] = tuple(self._worth_saying(asked))
        return found

    @property
    def questions(self) -> int:
        """How many different devices were asked about so far."""
        return len(self._memory)

    def _relevant(self, subject: Subject) -> Subject:
        """The device without the facts that no rule asks for, so that more devices are the same question."""
        facts = tuple(fact for fact in subject.facts if fact[0] in self._facts)
        bought = subject.bought if self._dated else ""
        if facts == subject.facts and bought == subject.bought:
            return subject
        return dataclasses.replace(subject, facts=facts, bought=bought)

    def _worth_saying(self, subject: Subject) -> Iterator[RuleAnswer]:
        for state, version, body in self._asking:
            if body.force is Force.NONE and not body.missing:
                continue
            found = self._ask(state, version, subject)
            if found.answer is Answer.NO:
                continue
            if found.answer is Answer.UNKNOWN and (body.force in SILENT or body.missing):
                continue
            yield self._answer(state.rule, version, body, found)

    def one(self, rule: str, subject: Subject) -> RuleAnswer:
        """One rule, whatever the answer: also that it is not in force on the day."""
        state = self._states[rule]
        if state.version is None or state.sure is Answer.NO:
            told = "withdrawn by that day" if state.withdrawn else NOT_IN_FORCE
            force = Force.WITHDRAWN if state.withdrawn else Force.NONE
            version = state.version or state.rule.versions[0]
            return self._answer(state.rule, version, OnBody(force), Found(Answer.NO, (), (told,)))
        body = on_body(state.version, state.rule, self.asked, self.book)
        found = self._ask(state, state.version, subject)
        if body.force is Force.NONE and not body.missing:
            why = (*found.because, "it does not speak to this kind of body")
            found = Found(Answer.NO, (), why)
        return self._answer(state.rule, state.version, body, found)

    def describes(self, rule: str, subject: Subject) -> Found:
        """Whether a rule speaks of a device, whatever its force on the body; No with a reason if not in force."""
        state = self._states[rule]
        if state.version is None or state.sure is Answer.NO:
            return Found(Answer.NO, (), (NOT_IN_FORCE,))
        return self._ask(state, state.version, subject)

    def force_of(self, rule: str) -> OnBody:
        """The force of a rule on the body asked about, on the day."""
        state = self._states[rule]
        if state.version is None or state.sure is Answer.NO:
            return OnBody(Force.WITHDRAWN if state.withdrawn else Force.NONE)
        return on_body(state.version, state.rule, self.asked, self.book)

    def _ask(self, state: InForce, version: Version, subject: Subject) -> Found:
        if version.when is None:
            return Found(Answer.NO)
        found = self._reach.ask(version.when, subject)
        if found.answer is Answer.NO:
            return found
        found = self._excepted(state.rule, version, subject, found)
        if found.answer is Answer.NO:
            return found
        if found.answer is Answer.YES and state.sure is Answer.UNKNOWN:
            return unknown("the day on which the rule began or ended")
        if found.answer is Answer.YES and state.rule.weak:
            return unknown("a better source for the rule")
        return found

    def _excepted(self, rule: Rule, version: Version, subject: Subject, found: Found) -> Found:
        """What is left of an answer when the exceptions of a version are asked."""
        for item in version.exemptions:
            over = begun(item.until, self.asked.day) if item.until else Answer.NO
            if not known_on(item.recorded, self.asked.known) or over is Answer.YES:
                continue
            if item.claim and f"{rule.id}/{item.id}" not in subject.claimed:
                continue
            out = self._reach.ask(item.when, subject) if item.when is not None else Found(Answer.YES)
            if out.answer is Answer.YES and over is Answer.NO:
                return Found(Answer.NO, (), (f"exception: {item.text}",))
            if out.answer is Answer.YES:
                found = unknown(*found.missing, f"the day on which an exception ends: {item.text}")
            elif out.answer is Answer.UNKNOWN:
                found = unknown(*found.missing, *out.missing)
        return found

    def _answer(self, rule: Rule, version: Version, body: OnBody, found: Found) -> RuleAnswer:
        reaches, missing = found.answer, found.missing
        if body.missing and reaches is not Answer.NO:
            reaches, missing = Answer.UNKNOWN, (*missing, *body.missing)
        action, by = _next(version.actions, self.asked.day)
        label = version.label if known_on(version.recorded, self.asked.known) else ""
        return RuleAnswer(
            rule.id,
            rule.name,
            body.force,
            body.addressed,
            reaches,
            action,
            by,
            label,
            tuple(dict.fromkeys(missing)),
            found.because,
            in_words(version, self.book),
        )


def _parts(version: Version) -> Iterator[Expression]:
    """Every part of the expressions of a version and of its exceptions."""
    stack = [item for item in (version.when, *(one.when for one in version.exemptions)) if item is not None]
    while stack:
        part = stack.pop()
        yield part
        if isinstance(part, AllOf | AnyOf):
            stack += part.parts
        elif isinstance(part, Not):
            stack.append(part.part)


def asks_when_bought(book: RuleBook) -> bool:
    """Whether any rule of a book asks for the day of purchase."""
    versions = (version for rule in book.rules.values() for version in rule.versions)
    return any(isinstance(part, Bought) for version in versions for part in _parts(version))


def in_words(version: Version, book: RuleBook) -> str:
    """What a version is about, in plain words."""
    return ", ".join(dict.fromkeys(book.actions[action.do] for action in version.actions))


def on_body(version: Version, rule: Rule, asked: Asked, book: RuleBook) -> OnBody:
    """The force of a version on the body at hand."""
    if not asked.kind:
        addressed = version.reached[0].force if version.reached else version.elsewhere
        return OnBody(addressed, False, (BODY_KIND,)) if version.reached else OnBody(version.elsewhere)
    kind = book.bodies[asked.kind]
    kinds = kind.broader | {kind.id}
    place = asked.place or kind.place
    for one in version.reached:
        if not one.bodies & kinds:
            continue
        inside = _inside(place, one.places or (rule.jurisdiction,))
        if inside is Answer.YES:
            return OnBody(one.force, one.addressed)
        if inside is Answer.UNKNOWN:
            return OnBody(one.force, one.addressed, (BODY_PLACE,))
    return OnBody(version.elsewhere)


def _inside(place: str, wanted: Iterable[str]) -> Answer:
    """Whether a place lies in one of `wanted`: "UK-Scotland" lies in "UK"; "UK" may or may not lie in "UK-Scotland"."""
    answer = Answer.NO
    for whole in wanted:
        if not whole or place == whole or place.startswith(f"{whole}-"):
            return Answer.YES
        if not place or whole.startswith(f"{place}-"):
            answer = Answer.UNKNOWN
    return answer


def _next(actions: tuple[Action, ...], day: str) -> tuple[str, str]:
    """The actions in one text, and the next day by which one is due: the last one past if none is to come."""
    days = sorted(action.by for action in actions if action.by)
    coming = [by for by in days if begun(by, day) is not Answer.YES]
    return ", ".join(dict.fromkeys(action.do for action in actions)), (coming or days[-1:] or [""])[0]


def next_action(version: Version, day: str, book: RuleBook) -> tuple[str, str]:
    """What a version is about in plain words, and the next day by which something of it is due."""
    return in_words(version, book), _next(version.actions, day)[1]


def body_rules(rules: Rules) -> list[tuple[Rule, OnBody]]:
    """The rules that speak to the body itself and name no maker, on the day."""
    found = []
    for state in rules.states:
        if state.rule.about != "body" or state.sure is Answer.NO or state.version is None:
            continue
        body = on_body(state.version, state.rule, rules.asked, rules.book)
        if body.addressed and not body.missing:
            found.append((state.rule, body))
    return found
