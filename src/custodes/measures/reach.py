"""Expressions over a device in three values. `unknown` carries the facts that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custodes.measures.subject import Asked, Firms, Subject
from custodes.model.days import begun, known_on
from custodes.model.rules import (
    AllOf,
    Answer,
    AnyOf,
    AssembledIn,
    AtSite,
    Bought,
    By,
    Companies,
    CompanyList,
    Edition,
    Expression,
    ForPurpose,
    InSystem,
    Not,
    OfClass,
    RuleBook,
    Told,
)

MAKER, MAKE = "who actually made it", "make and model"
OWNER, PARTS = "who owns its maker on that day", "which parts are inside: nobody looked"


@dataclass(frozen=True, slots=True)
class Found:
    """An answer, the facts that are missing for a better one, and what it rests on."""

    answer: Answer
    missing: tuple[str, ...] = ()
    because: tuple[str, ...] = ()


YES, NO = Found(Answer.YES), Found(Answer.NO)


def unknown(*missing: str) -> Found:
    """Cannot tell, because these facts are missing."""
    return Found(Answer.UNKNOWN, missing)


class Reach:
    """Answers expressions of one rule book, for one day."""

    def __init__(self, book: RuleBook, firms: Firms, asked: Asked) -> None:
        self._book, self._firms, self._asked = book, firms, asked
        self._members: dict[str, tuple[frozenset[str], str]] = {}
        self._in: dict[tuple[str, Companies], Found] = {}

    def ask(self, expression: Expression, subject: Subject) -> Found:
        """Whether `expression` holds of `subject`."""
        return _READ[type(expression)](self, expression, subject)

    def all_of(self, expression: AllOf, subject: Subject) -> Found:
        """No as soon as one part says no; unknown if one is."""
        found = [self.ask(part, subject) for part in expression.parts]
        if any(one.answer is Answer.NO for one in found):
            return NO
        because = tuple(text for one in found for text in one.because)
        missing = tuple(dict.fromkeys(text for one in found for text in one.missing if one.answer is Answer.UNKNOWN))
        if PARTS in missing:  # whatever else is open, this stands or falls with what is inside
            missing = (PARTS,)
        return Found(Answer.UNKNOWN if missing else Answer.YES, missing, because)

    def any_of(self, expression: AnyOf, subject: Subject) -> Found:
        """Yes as soon as one part says yes; unknown if one is."""
        found = [self.ask(part, subject) for part in expression.parts]
        for one in found:
            if one.answer is Answer.YES:
                return one
        missing = tuple(dict.fromkeys(text for one in found for text in one.missing if one.answer is Answer.UNKNOWN))
        because = tuple(text for one in found for text in one.because if one.answer is Answer.UNKNOWN)
        if len(found) > 1:  # nobody looks inside every unit: each paper says so, and the other ways were asked
            missing = tuple(text for text in missing if text != PARTS)
        return Found(Answer.UNKNOWN, missing, because) if missing else NO

    def contrary(self, expression: Not, subject: Subject) -> Found:
        """The contrary; what is unknown stays so."""
        found = self.ask(expression.part, subject)
        if found.answer is Answer.UNKNOWN:
            return found
        return NO if found.answer is Answer.YES else YES

    def by(self, expression: By, subject: Subject) -> Found:
        """A company in a role: the firm of the label, the actual maker, its owners, the maker of a part."""
        companies = expression.companies
        if expression.role == "branded":
            if subject.label_firm is None:
                return unknown(MAKE) if not subject.label_known else unknown("whose name the label is")
            return self.within(subject.label_firm, companies)
        if expression.role == "part_from":
            return self._part(subject, companies)
        if subject.maker is None:
            return self._unsettled(subject, companies)
        if expression.role == "owned_by":
            if not (subject.owners or subject.maybe_owners):
                return unknown(OWNER)
            return self._above(subject.owners, subject.maybe_owners, lambda owner: self.within(owner, companies))
        return self.within(subject.maker, companies)

    def _above(self, sure: Sequence[str], maybe: Sequence[str], ask: Callable[[str], Found]) -> Found:
        """What is asked of any of the owners; one that may not have held on the day leaves it open."""
        held = [ask(owner) for owner in sure]
        yes = next((one for one in held if one.answer is Answer.YES), None)
        if yes is not None:
            return yes
        missing = [text for one in held if one.answer is Answer.UNKNOWN for text in one.missing]
        if any(ask(owner).answer is not Answer.NO for owner in maybe):
            missing.append(OWNER)
        return unknown(*dict.fromkeys(missing)) if missing else NO

    def _unsettled(self, subject: Subject, companies: Companies) -> Found:
        """The maker is not established: nothing is said either way, unless no company could be meant at all."""
        only_lists = companies.lists and not (companies.suppliers or companies.countries or companies.laws)
        if only_lists and all(not self.members(key)[0] and not self._book.lists[key].unread for key in companies.lists):
            return NO
        return unknown(MAKER if subject.label_known else MAKE)

    def _part(self, subject: Subject, companies: Companies) -> Found:
        """Only what was seen in this very unit counts; what its model is known to hold is a question."""
        if subject.part_of_unit:
            return self.within(subject.part_of_unit, companies)
        if subject.part_seen and self.within(subject.part_seen, companies).answer is Answer.YES:
            return unknown("whether this very unit holds the part seen in its model")
        return unknown(PARTS)

    def within(self, firm: str, companies: Companies) -> Found:
        """Whether a company is one of `companies` on the day."""
        key = (firm, companies)
        found = self._in.get(key)
        if found is None:
            found = self._in[key] = self._within(firm, companies)
        return found

    def _name(self, firm: str) -> str:
        return self._firms.name.get(firm, firm)

    def _within(self, firm: str, companies: Companies) -> Found:
        direct = self._named(firm, companies)
        if direct.answer is Answer.YES or not companies.affiliates:
            return direct
        above = self._above(
            self._firms.owners.get(firm, ()),
            self._firms.maybe.get(firm, ()),
            lambda owner: self._owning(owner, companies),
        )
        return above if above.answer is Answer.YES or direct.answer is Answer.NO else direct

    def _owning(self, owner: str, companies: Companies) -> Found:
        found = self._named(owner, companies)
        if found.answer is Answer.YES:
            return Found(Answer.YES, (), (f"owned by {self._name(owner)}", *found.because))
        return found

    def _named(self, firm: str, companies: Companies) -> Found:
        if firm in companies.suppliers:
            return Found(Answer.YES, (), (f"it names {self._name(firm)}",))
        missing: list[str] = []
        for key in companies.lists:
            members, edition = self.members(key)
            if firm in members:
                told = f"{self._name(firm)} is on the list “{self._book.lists[key].name}”, edition of {edition}"
                return Found(Answer.YES, (), (told,))
            if self._book.lists[key].unread:
                missing.append(f"who is on the list: {self._book.lists[key].name}")
        country = self._firms.country.get(firm, "")
        if country and country in companies.countries:
            return Found(Answer.YES, (), (f"{self._name(firm)} has its seat in {country}",))
        if companies.countries and not country:
            missing.append(f"the country of the seat of {self._name(firm)}")
        for law in companies.laws:
            found = self._under(firm, country, law)
            if found.answer is Answer.YES:
                return found
            missing += found.missing
        return unknown(*missing) if missing else NO

    def _under(self, firm: str, country: str, law: str) -> Found:
        row = self._book.laws[law]
        if country in row.countries:
            return Found(Answer.YES, (), (f"{self._name(firm)} is a company of {country}, under the {row.name}",))
        if not country:
            return unknown(f"the country of the seat of {self._name(firm)}")
        owners = (*self._firms.owners.get(firm, ()), *self._firms.maybe.get(firm, ()))
        if any(self._firms.country.get(owner, "") in row.countries for owner in owners):
            return unknown(f"whether the {row.name} reaches a company elsewhere that is owned from there")
        return NO

    def members(self, key: str) -> tuple[frozenset[str], str]:
        """The members of a list on the day, as known, and the day of the edition in force."""
        if key not in self._members:
            self._members[key] = members_on(self._book.lists[key], self._asked.day, self._asked.known)
        return self._members[key]

    def of_class(self, expression: OfClass, subject: Subject) -> Found:
        """The class of the product."""
        if not subject.classes:
            return unknown("what kind of equipment it is")
        wanted: set[str] = set()
        for name in expression.classes:
            wanted |= self._book.classes.get(name, frozenset((name,)))
        return YES if subject.classes & wanted else NO

    def assembled(self, expression: AssembledIn, subject: Subject) -> Found:
        """Where it was put together: a label or a document, else not known."""
        if not subject.assembled_in:
            return unknown("where it was put together")
        return YES if subject.assembled_in in expression.countries else NO

    def at_site(self, expression: AtSite, subject: Subject) -> Found:
        """The owner's own word on whether the site is sensitive."""
        if subject.sensitive is None:
            return unknown("whether the site is sensitive")
        return YES if subject.sensitive is expression.sensitive else NO

    def for_purpose(self, expression: ForPurpose, subject: Subject) -> Found:
        """What the equipment is used for."""
        if subject.purposes is None:
            return unknown("what it is used for")
        return YES if subject.purposes & expression.purposes else NO

    def in_system(self, expression: InSystem, subject: Subject) -> Found:
        """The kind of system it belongs to."""
        if not subject.system:
            return unknown("which system it belongs to")
        return YES if subject.system in expression.kinds else NO

    def told(self, expression: Told, subject: Subject) -> Found:
        """A fact that only the configuration can tell."""
        for name, value in subject.facts:
            if name == expression.name:
                return YES if value == expression.value else NO
        return unknown(self._book.facts.get(expression.name, expression.name))

    def bought(self, expression: Bought, subject: Subject) -> Found:
        """The day of purchase."""
        if not subject.bought:
            return unknown("when it was bought")
        after = begun(expression.since, subject.bought) if expression.since else Answer.YES
        before = begun(expression.until, subject.bought) if expression.until else Answer.NO
        if Answer.UNKNOWN in (after, before):
            return unknown("the exact day on which it was bought")
        return YES if after is Answer.YES and before is Answer.NO else NO


def editions_on(row: CompanyList, day: str, known: str) -> Iterator[Edition]:
    """The editions of a list that had begun on `day` and were not withdrawn, as known on `known`, oldest first."""
    for one in row.editions:
        withdrawn = one.withdrawn and one.withdrawn <= day and known_on(one.withdrawn_recorded, known)
        if one.day <= day and known_on(one.recorded, known) and not withdrawn:
            yield one


def members_on(row: CompanyList, day: str, known: str) -> tuple[frozenset[str], str]:
    """The members of a list on `day`, as known on `known`, and the day of the edition in force ("" if none)."""
    members: frozenset[str] = frozenset()
    edition = ""
    for one in editions_on(row, day, known):
        members = one.members if one.complete else (members | one.members) - one.dropped
        edition = one.day
    return members, edition


_READ: Mapping[type, Callable[[Any, Any, Subject], Found]] = {
    AllOf: Reach.all_of,
    AnyOf: Reach.any_of,
    Not: Reach.contrary,
    By: Reach.by,
    OfClass: Reach.of_class,
    AssembledIn: Reach.assembled,
    AtSite: Reach.at_site,
    ForPurpose: Reach.for_purpose,
    InSystem: Reach.in_system,
    Told: Reach.told,
    Bought: Reach.bought,
}
