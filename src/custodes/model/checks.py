"""What an estate is looked through for: the check, what a person attests, what came out. It never says "compliant"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from custodes.model.vocab import Certainty


class Way(StrEnum):
    """How a check can be answered."""

    AUTOMATIC = "automatic"  # by the records and the network
    ATTESTED = "attested"  # only by a person
    BOTH = "both"  # the program can find a shortfall; that there is none a person says
    NOT_TESTABLE = "not-testable"  # neither from outside nor by anybody of the body


class Of(StrEnum):
    """What one answer speaks of."""

    ESTATE = "estate"
    BODY = "body"
    SYSTEM = "system"


class Attests(StrEnum):
    """What a person answers."""

    YES = "yes"
    PART = "in part"
    NO = "no"
    NOT_APPLICABLE = "does not apply"
    NOT_KNOWN = "not known"


class Says(StrEnum):
    """What came out of a check. None of them is a seal: nothing seen is not nothing there."""

    NONE_SEEN = "none-seen"  # looked, and no shortfall seen
    SHORTFALL = "shortfall"
    NOT_KNOWN = "not-known"  # something is missing that would tell
    ATTESTED = "attested"
    IN_PART = "attested-in-part"
    ATTESTED_NOT = "attested-not"
    NOT_ANSWERED = "not-answered"
    NOT_TESTABLE = "not-testable"
    NOT_APPLICABLE = "does-not-apply"


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the pack. `kinds`: classes of equipment, none for all; `regard`: id of the rule under which regard must
    be had to it; `term`: edition or day, where an attestation says one; `editions`: edition to the month it ends."""

    id: str
    area: str
    asks: str
    way: Way
    of: Of
    reference: str
    source: str
    certainty: Certainty
    kinds: frozenset[str] = frozenset()
    test: str = ""
    fields: tuple[str, ...] = ()
    ports: Mapping[str, str] = field(default_factory=dict)
    formats: frozenset[str] = frozenset()
    fact: str = ""
    regard: str = ""
    term: str = ""
    editions: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a person attested. `by`: a role, not a name; `on`: the day (ISO); `term`: the edition, or the day until
    which it holds; `body`, `system`: configured ids, empty for all; `place`: where it stands, for messages."""

    check: str
    answer: Attests
    by: str
    on: str
    evidence: str = ""
    term: str = ""
    note: str = ""
    body: str = ""
    system: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test found among devices. `looked`: how many it could look at; `short`: ids of those that fall short;
    `unknown`: of those of which it cannot be told; `because`: sentences; `missing`: what no file tells, where the test
    could not look at all."""

    looked: int = 0
    short: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one check for one body or system. `name`: of the body or system, empty for the whole estate;
    `attested`: what counts of the attestations; `earlier`: those that a later one stands before."""

    check: Check
    says: Says
    body: str = ""
    system: str = ""
    name: str = ""
    text: str = ""
    outcome: Outcome = Outcome()
    attested: Attestation | None = None
    earlier: tuple[Attestation, ...] = ()
