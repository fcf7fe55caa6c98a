"""Rules as records: expressions over a device, versions in two times, and the force on a body.

A day is text in ISO form of any precision ("2023", "2023-02", "2023-02-09"); empty means not known or open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Answer(StrEnum):
    """Of three values: `unknown` always names the fact that is missing."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Force(StrEnum):
    """What a rule is for the body at hand. Nothing outside this list is ever said of a body."""

    BINDS = "binds"
    INSTRUCTS = "instructs others"
    FUNDING = "funding condition"
    CONTRACT = "contract term"
    ADVICE = "advice"
    UNDERTAKING = "undertaking"
    LISTED = "listed without duty"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    NONE = "none found"


#: What a force means for the body at hand, in plain words.
FORCE_WORDS: Mapping[str, str] = {
    Force.BINDS: "binds this body",
    Force.INSTRUCTS: "instructs others, does not bind this body",
    Force.FUNDING: "condition of federal award money",
    Force.CONTRACT: "term of the contract",
    Force.ADVICE: "advice",
    Force.UNDERTAKING: "undertaking",
    Force.LISTED: "listed, no duty for this body",
    Force.PROPOSED: "proposed, binds nobody yet",
    Force.WITHDRAWN: "withdrawn",
    Force.NONE: "no force on this body was found",
}


def force_words(force: str, addressed: bool) -> str:
    """The force of a rule on the body at hand in plain words; a text that is no force stays as it is."""
    if force == Force.INSTRUCTS and addressed:
        return "instructs this body: an instruction, not a law"
    return FORCE_WORDS.get(force, force)


#: Forces by which a rule asks something of the body itself.
ON_THE_BODY = frozenset((Force.BINDS, Force.FUNDING, Force.CONTRACT))


def asks_the_body(force: str, addressed: bool) -> bool:
    """Whether a rule asks something of the body at hand: by law, by money, by contract, by instruction to it."""
    return force in ON_THE_BODY or (addressed and force == Force.INSTRUCTS)


@dataclass(frozen=True, slots=True)
class Companies:
    """A set of companies: by id, by list, by the law they are under, by the country of their seat.

    `affiliates`: companies that one of them owns, on the day asked about, count too.
    """

    suppliers: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    countries: frozenset[str] = frozenset()
    affiliates: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of `parts`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of `parts`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of `part`; what is unknown stays unknown."""

    part: Expression


@dataclass(frozen=True, slots=True)
class By:
    """Whether a company that stands in `role` to the device is one of `companies`.

    `role`: made_by (actual maker) | owned_by (an owner of it on that day) | branded (the label's own firm) |
    part_from (maker of a part inside).
    """

    role: str
    companies: Companies


@dataclass(frozen=True, slots=True)
class AssembledIn:
    """Whether the device was put together in one of `countries` (documents only)."""

    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfClass:
    """Whether the device belongs to one of the product classes."""

    classes: frozenset[str]


@dataclass(frozen=True, slots=True)
class AtSite:
    """Whether the device stands at a site that its owner calls sensitive (or does not)."""

    sensitive: bool


@dataclass(frozen=True, slots=True)
class ForPurpose:
    """Whether the device serves one of the purposes."""

    purposes: frozenset[str]


@dataclass(frozen=True, slots=True)
class InSystem:
    """Whether the device belongs to a system of one of the kinds."""

    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Told:
    """Whether the estate's configuration gives the fact `name` the value `value`."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Bought:
    """Whether the device was bought from `since` on and before `until`."""

    since: str
    until: str


Expression = AllOf | AnyOf | Not | By | AssembledIn | OfClass | AtSite | ForPurpose | InSystem | Told | Bought


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule forbids, asks or promises (a word of the vocabulary), and by when, if it says so."""

    do: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A way out of a rule, until a day if it has one. `claim`: it counts only if the body claims it by its id."""

    id: str
    text: str
    when: Expression | None = None
    until: str = ""
    recorded: str = ""
    claim: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a rule speaks to. `places`: jurisdictions, the rule's own unless told."""

    bodies: frozenset[str]
    force: Force
    places: tuple[str, ...] = ()
    addressed: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """A rule from one day on. `recorded`: the day on which this was known; empty: always."""

    since: str
    recorded: str
    label: str
    when: Expression | None
    actions: tuple[Action, ...]
    exemptions: tuple[Exemption, ...]
    reached: tuple[Reached, ...]
    elsewhere: Force
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """The day on which a rule ended or was withdrawn, and when that was known."""

    day: str
    recorded: str
    withdrawn: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A measure or a negative fact. `about`: `device` (it describes equipment) or `body` (it names no maker).

    `weak`: its source is weak, so it never says more than "cannot tell".
    """

    id: str
    name: str
    jurisdiction: str
    authority: str
    kind: str
    about: str
    announced: str
    versions: tuple[Version, ...]
    endings: tuple[Ending, ...]
    weak: bool
    source: str
    certainty: str
    date: str
    binds: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A list as it stood from `day` on. `complete`: these are all its members; else changes to the one before."""

    day: str
    recorded: str
    members: frozenset[str]
    dropped: frozenset[str] = frozenset()
    complete: bool = False
    withdrawn: str = ""
    withdrawn_recorded: str = ""
    others: tuple[str, ...] = ()  # members that are no supplier of the reference data


@dataclass(frozen=True, slots=True)
class CompanyList:
    """A dated list of companies. `unread`: its members are not in the reference data, so nobody is off it."""

    id: str
    name: str
    editions: tuple[Edition, ...]
    unread: bool
    source: str


@dataclass(frozen=True, slots=True)
class Law:
    """A law that companies of some countries are under."""

    id: str
    name: str
    countries: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class BodyKind:
    """A kind of body: what it is called, where it is unless told, and the wider kinds it belongs to."""

    id: str
    name: str
    place: str
    broader: frozenset[str]
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Everything needed to ask which rule reaches a device, on a day, as it was known on a day."""

    rules: Mapping[str, Rule]
    lists: Mapping[str, CompanyList]
    laws: Mapping[str, Law]
    bodies: Mapping[str, BodyKind]
    body_aliases: Mapping[str, str]
    classes: Mapping[str, frozenset[str]]  # product class -> narrower classes of devices
    class_of_type: Mapping[str, str]  # device type -> class of device
    class_of_system: Mapping[str, str]  # kind of system -> class of device
    class_of_role: Mapping[str, str]  # role of the label's firm -> class of device
    default_class: str  # of a device of which nothing else is known: the registers are of cameras
    purposes_of_system: Mapping[str, frozenset[str]]
    actions: Mapping[str, str]  # word -> plain phrase
    facts: Mapping[str, str]  # fact that a rule asks for -> plain phrase
    class_names: Mapping[str, str] = field(default_factory=dict)  # class of device -> what people call several of them
