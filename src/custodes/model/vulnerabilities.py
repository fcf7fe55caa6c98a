"""Faults that are known in the firmware of devices: who published what of which product, and in which versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Order(StrEnum):
    """How two versions stand to each other. `unknown`: what is told of them does not decide it."""

    BEFORE = "before"
    SAME = "same"
    AFTER = "after"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit of a range. `sign`: < <= > >= =; `version`: as it was published."""

    sign: str
    version: str


#: Bounds that all hold; no bound: every version.
Range = tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """Products in which a fault is. `products`: names or patterns as published ("IPC-HX3XXX"), none for all of the
    vendor's; `ranges`: any of them holds, none where no version is told; `fixed`: the same of versions without it;
    `partly`: whether only some of these products have it; `note`: what was wrong with the record, and how it was
    read."""

    vendor: str
    products: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    fixed: tuple[Range, ...] = ()
    note: str = ""
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Exploited:
    """An entry in a catalogue of faults that are used by attackers: since when it stands there, till when to act.
    `edition`: the day of the catalogue."""

    since: str
    due: str = ""
    ransomware: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Advisory:
    """A fault in what one source says of it. `id`: its CVE; `published`: the day of that source; `component`: whether
    the product is a part inside devices of others."""

    id: str
    what: str
    affected: tuple[Affected, ...]
    source: str
    published: str = ""
    component: bool = False
    exploited: Exploited | None = None
    likelihood: float | None = None  # of being used within thirty days, 0 to 1, where a table of them was given
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a file of advisories held. `dated`: the day it speaks of; `problems`: what of it could not be read."""

    name: str
    kind: str
    dated: str = ""
    advisories: tuple[Advisory, ...] = ()
    exploited: Mapping[str, Exploited] = field(default_factory=dict)
    likelihood: Mapping[str, float] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
