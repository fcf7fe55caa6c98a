"""What a rule may ask about one device: facts, each known or not. Hashable, so that equal devices are asked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Subject:
    """The facts of one device. None and empty mean not known.

    `maker` is the actual maker if it is established, `candidates` those it may be. `owners`: the maker's owners on the
    day asked about; `maybe_owners`: those of which the reference data does not tell the day. `part_seen`: maker of a
    part seen in this model, not in this very unit. `facts`: what the configuration tells (name -> value). `claimed`:
    ids of exceptions that the body claims.
    """

    label_firm: str | None = None
    label_known: bool = False
    maker: str | None = None
    candidates: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    part_seen: str | None = None
    part_of_unit: str | None = None
    assembled_in: str = ""
    classes: frozenset[str] = frozenset()
    sensitive: bool | None = None
    system: str = ""
    purposes: frozenset[str] | None = None
    facts: tuple[tuple[str, str], ...] = ()
    bought: str = ""
    claimed: frozenset[str] = frozenset()
    maybe_owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The question beside the device: which day, as known on which day (empty: today), for which body.

    `kind`: kind of body, empty if not told. `place`: its jurisdiction, such as "UK" or "UK-England and Wales".
    """

    day: str
    known: str = ""
    kind: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Firms:
    """What is to be known of companies: seat, owners on the day (nearest first; sure and perhaps), the usual name."""

    country: Mapping[str, str]
    owners: Mapping[str, tuple[str, ...]]
    name: Mapping[str, str] = field(default_factory=dict)
    maybe: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
