"""What somebody claims of a device's traffic, and what a capture or log has to say to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custodes.model.assessment import Because


class Claim(StrEnum):
    """What is claimed."""

    NO_INTERNET = "no_internet"  # it sends nothing to the internet
    ONLY_COUNTRIES = "only_countries"  # servers it sends to stand in these countries
    NOT_COUNTRIES = "not_countries"  # none of them stands in these
    ONLY_OPERATORS = "only_operators"  # they are of these operators
    NOT_OPERATORS = "not_operators"  # none is of these
    ONLY_NAMES = "only_names"  # they are called by names in these domains
    NO_VIDEO_OUT = "no_video_out"  # it sends no video to the internet
    NO_UPDATES = "no_updates"  # it asks for no firmware
    NO_CLEAR_CREDENTIALS = "no_clear_credentials"  # no credentials pass in the clear
    OWN_RESOLVER = "own_resolver"  # it asks the resolver of its network alone
    MUD = "mud"  # a Manufacturer Usage Description (RFC 8520)


#: Kinds that name something: countries, operators, domains, a file.
WITH_VALUES = frozenset(
    (
        Claim.ONLY_COUNTRIES,
        Claim.NOT_COUNTRIES,
        Claim.ONLY_OPERATORS,
        Claim.NOT_OPERATORS,
        Claim.ONLY_NAMES,
        Claim.MUD,
    )
)


class Verdict(StrEnum):
    """What a capture has to say to a claim. "Not contradicted" holds for the hours that were seen, no others."""

    CONTRADICTED = "contradicted"
    NOT_CONTRADICTED = "not contradicted"
    NOT_TESTABLE = "not testable from this vantage"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a device's own list of what it may talk to. Empty fields match everything.

    `names` and `networks`: of the other end; `ports`: first and last of the other end's; `own_ports`: of the device's;
    `local`: any machine of the site's networks; `controller`: a class that only the site knows the machines of;
    `unread`: it has a condition that is not read here, so whether it matches is not known.
    """

    accept: bool
    names: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    proto: int | None = None
    ports: tuple[int, int] | None = None
    own_ports: tuple[int, int] | None = None
    local: bool = False
    controller: str = ""
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim as somebody made it. `device`: link address, address, label, or * for all; `entries`: of MUD alone."""

    id: str
    device: str
    kind: Claim
    values: tuple[str, ...] = ()
    said_by: str = ""
    source: str = ""
    date: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a capture has to say to a claim, and why. `hours`: how long was listened."""

    claim: Claimed
    verdict: Verdict
    because: tuple[Because, ...]
    hours: float
    capture: str = ""
    mac: str = ""
    ips: tuple[str, ...] = ()
