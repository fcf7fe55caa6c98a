"""Which firms a survey names, and which rules describe their equipment on the day of its newest edition."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from custodes.knowledge.compile import Knowledge
from custodes.knowledge.naming import named
from custodes.knowledge.rows import Supplier
from custodes.measures.answer import Rules, next_action
from custodes.measures.firms import firms_on, kind_of_body
from custodes.measures.subject import Asked, Subject
from custodes.model.rules import Answer, Force, Rule, force_words
from custodes.publication.edition.content import Release


@dataclass(frozen=True, slots=True)
class Reached:
    """A rule that describes equipment of a firm. `force` in words, on the kind of body that was asked; `hangs_on`: what
    else must be known before it can be said that it describes a device.
    """

    rule: Rule
    force: str
    action: str
    by: str
    hangs_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A firm as the survey names it. `row`: the one firm of the reference data of that name, if there is one."""

    name: str
    row: Supplier | None
    rules: tuple[Reached, ...]


@dataclass(frozen=True, slots=True)
class Reaching:
    """Every firm that the figures name, in the order of names."""

    suppliers: tuple[Named, ...]
    day: str

    def rules(self) -> dict[str, tuple[Reached, tuple[str, ...]]]:
        """Rule to how it stands and the firms whose equipment it describes."""
        found: dict[str, tuple[Reached, tuple[str, ...]]] = {}
        for one in self.suppliers:
            for reached in one.rules:
                held = found.get(reached.rule.id)
                found[reached.rule.id] = (reached, (*(held[1] if held else ()), one.name))
        return dict(sorted(found.items()))


def reaching(found: Release, knowledge: Knowledge) -> Reaching:
    """The firms of a release, with the rules of the reference data as they stood on the day of its last edition."""
    names = sorted({name for told in found.last.figures for name in told.figure.definition.names}, key=str.casefold)
    day = found.last.edition.cut
    kind = kind_of_body(found.plan.body_kind, knowledge.pack.rulebook)
    asked = Asked(day.isoformat(), day.isoformat(), kind, "")
    rules = Rules(knowledge.pack.rulebook, firms_on(day, knowledge), asked)
    return Reaching(tuple(_named(name, knowledge, rules) for name in names), day.isoformat())


def _named(name: str, knowledge: Knowledge, rules: Rules) -> Named:
    _, ids = named(name, knowledge)
    if len(ids) != 1:
        return Named(name, None, ())
    row = knowledge.pack.suppliers[next(iter(ids))]
    firms = firms_on(date.fromisoformat(rules.asked.day), knowledge)
    owners, maybe = firms.owners.get(row.id, ()), firms.maybe.get(row.id, ())
    book = rules.book
    kinds = {frozenset((one,)) for one in (book.default_class, *book.class_of_system.values()) if one}
    purposes = frozenset(one for found in book.purposes_of_system.values() for one in found)
    subjects = [
        Subject(maker=row.id, owners=owners, maybe_owners=maybe, classes=one, sensitive=True, purposes=purposes)
        for one in sorted(kinds, key=sorted)
    ]
    return Named(name, row, tuple(_reached(subjects, rules)))


def _reached(subjects: list[Subject], rules: Rules) -> Iterator[Reached]:
    """The rules that surely describe one of some devices and have a force on the bodies asked.

    Devices are taken at a sensitive site and for every purpose; what of this a rule hangs on is said beside it.
    """
    for key, rule in sorted(rules.book.rules.items()):
        if rule.weak or rule.about != "device":
            continue
        subject = next((one for one in subjects if rules.describes(key, one).answer is Answer.YES), None)
        body = rules.force_of(key)
        if subject is None or body.force is Force.NONE:
            continue
        bare = rules.describes(key, dataclasses.replace(subject, sensitive=None, purposes=None))
        version = next(state.version for state in rules.states if state.rule is rule)
        action, by = next_action(version, rules.asked.day, rules.book) if version is not None else ("", "")
        force = force_words(body.force, body.addressed) if rules.asked.kind else ""
        yield Reached(rule, force, action, by, bare.missing)
