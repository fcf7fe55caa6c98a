"""Cloud services of makers and others: whose a name or an address on the internet is, as public sources say.

A name tells who runs what is called, never who made the caller: apps and relabelled devices call the same names.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from publicsuffixlist import PublicSuffixList

from custodes.knowledge import files
from custodes.knowledge.citing import cited_of, fail, require_shape, text_of
from custodes.knowledge.files import Folders, Raw
from custodes.knowledge.rows import Cited
from custodes.model.days import begun, span
from custodes.model.rules import Answer
from custodes.model.vocab import Certainty

#: The purpose of services that answer from many places.
ANYWHERE = "content delivery"


@dataclass(frozen=True, slots=True)
class Service:
    """A service at some names or addresses. `supplier`: id of the pack, None for firms that it does not have;
    `ports`: those it is known by there, none for any; `systems`: autonomous systems that are all its own; `operator`:
    empty where nobody says it."""

    id: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    ports: frozenset[int]
    systems: frozenset[str]
    service: str
    operator: str
    supplier: str | None
    purpose: str
    since: str
    until: str
    note: str
    cited: Cited

    @property
    def anywhere(self) -> bool:
        """Whether many places answer for it, so that where the machine stands is not known."""
        return self.purpose == ANYWHERE

    @property
    def asserts(self) -> bool:
        """Whether its source is good enough to say so."""
        return self.cited.certainty is not Certainty.LOW

    def held(self, day: date) -> bool:
        """Whether it ran under these names on a day, as far as that is known."""
        if self.since and begun(self.since, day.isoformat()) is Answer.NO:
            return False
        return not self.until or span(self.until)[1] >= day


@dataclass(frozen=True, slots=True)
class Called:
    """What a name or address was found to be. `how`: name, pattern, domain (of others of the same operator) or
    address."""

    service: Service
    how: str

    @property
    def exact(self) -> bool:
        """Whether the service itself is told, and not its operator alone."""
        return self.how != "domain"


@dataclass(frozen=True)
class Services:
    """Every service, looked up by name or address."""

    rows: Mapping[str, Service]
    _names: Mapping[str, list[Service]] = field(default_factory=dict)
    _patterns: Mapping[str, list[tuple[re.Pattern[str], Service]]] = field(default_factory=dict)
    _domains: Mapping[str, Service] = field(default_factory=dict)
    _addresses: Mapping[str, list[Service]] = field(default_factory=dict)
    _systems: Mapping[str, Service] = field(default_factory=dict)

    def of_name(self, name: str, day: date) -> Called | None:
        """The service at a name on a day: by the name itself, by a pattern, else the operator of its domain."""
        name = name.lower().strip(".")
        for how, found in (("name", self._names.get(name, ())), ("pattern", self._pattern(name))):
            best = _best(found, day)
            if best is not None:
                return Called(best, how)
        domain = registrable(name)
        by_domain = self._domains.get(domain) if domain else None
        return Called(by_domain, "domain") if by_domain is not None else None

    def of_address(self, address: str, port: int | None, day: date) -> Called | None:
        """The service at an address and port on a day."""
        found = [one for one in self._addresses.get(address, ()) if not one.ports or port in one.ports]
        best = _best(found, day)
        return Called(best, "address") if best is not None else None

    def of_system(self, number: str) -> Service | None:
        """The service that all of an autonomous system belongs to."""
        return self._systems.get(number)

    def _pattern(self, name: str) -> Iterable[Service]:
        held = (*self._patterns.get(registrable(name), ()), *self._patterns.get("", ()))
        return [row for pattern, row in held if pattern.fullmatch(name)]


def _best(found: Iterable[Service], day: date) -> Service | None:
    """The best attested of those that held on the day; else of the others, since devices call old names for years."""
    rank = {Certainty.HIGH: 0, Certainty.MEDIUM: 1, Certainty.LOW: 2}
    return min(found, key=lambda one: (not one.held(day), rank[one.cited.certainty], one.id), default=None)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=65_536)
def registrable(name: str) -> str:
    """The part of a name that somebody registered; empty for suffixes, names of a site, and addresses."""
    found = _suffixes().privatesuffix(name) if "." in name and not name.endswith((".local", ".arpa")) else None
    return found or ""


def load_services(folders: Folders, suppliers: Set[str]) -> Services:
    """The services of packs. Raises KnowledgeError naming file and row."""
    rows = {key: _service(raw, suppliers) for key, raw in files.merged(folders, "services").items()}
    names: dict[str, list[Service]] = {}
    patterns: dict[str, list[tuple[re.Pattern[str], Service]]] = {}
    addresses: dict[str, list[Service]] = {}
    for row in rows.values():
        for name in row.names:
            if "*" in name:
                domain = registrable(name.removeprefix("*.").replace("*", "x"))
                patterns.setdefault(domain, []).append((_pattern(name), row))
            else:
                names.setdefault(name, []).append(row)
        for address in row.addresses:
            addresses.setdefault(address, []).append(row)
    systems = {number: row for row in rows.values() for number in row.systems}
    return Services(rows, names, patterns, _by_domain(rows.values()), addresses, systems)


def _pattern(name: str) -> re.Pattern[str]:
    """A star at the start stands for any names below; elsewhere for signs other than a dot."""
    below, rest = ("(?:[^.]+\\.)+", name[2:]) if name.startswith("*.") else ("", name)
    return re.compile(below + "[^.]*".join(map(re.escape, rest.split("*"))))


def _by_domain(rows: Iterable[Service]) -> dict[str, Service]:
    """Domains of which every row that is attested names the same supplier: what else is called there is its too."""
    found: dict[str, list[Service]] = {}
    for row in rows:
        if row.asserts:
            for name in row.names:
                domain = registrable(name.removeprefix("*.").replace("*", "x"))
                if domain and domain != name:
                    found.setdefault(domain, []).append(row)
    return {
        domain: min(held, key=lambda one: one.id)
        for domain, held in found.items()
        if held[0].supplier is not None and len({one.supplier for one in held}) == 1
    }


def _service(raw: Raw, suppliers: Set[str]) -> Service:
    require_shape(raw, "services")
    row = raw.row
    supplier = text_of(raw, row, "supplier") or None
    if supplier is not None and supplier not in suppliers:
        raise fail(raw, f"there is no supplier {supplier[:60]!r}")
    addresses = tuple(map(str, row.get("addresses") or ()))
    for address in addresses:
        try:
            ipaddress.ip_address(address)
        except ValueError:
            raise fail(raw, f"{address[:60]!r} is no address") from None
    return Service(
        text_of(raw, row, "id"),
        tuple(str(name).lower() for name in row.get("names") or ()),
        addresses,
        frozenset(map(int, row.get("ports") or ())),
        frozenset(map(str, row.get("systems") or ())),
        text_of(raw, row, "service"),
        text_of(raw, row, "operator"),
        supplier,
        text_of(raw, row, "purpose"),
        text_of(raw, row, "since"),
        text_of(raw, row, "until"),
        text_of(raw, row, "note"),
        cited_of(raw, row),
    )
