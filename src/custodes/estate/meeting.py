"""Hosts of scans and the records that have the same network address: one device where nothing speaks against it.

An address is a weak identifier: it is given anew, and private networks repeat. So only a scan joins by it alone, only
to the one unit of each file that has it, of the same weeks, and never against a MAC address, a serial number, a body or
a site.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from custodes.estate.joining import Joined
from custodes.estate.marks import Marks, close, other_goods
from custodes.estate.sightings import Sighting
from custodes.model.assessment import Because
from custodes.model.vocab import Field

_HOST = re.compile(r"^(?:[a-z]+://)?((?:[0-9]+\.){3}[0-9]+|\[[0-9a-f:.]+\])(?=[:/]|$)", re.IGNORECASE)


def meet(sightings: Sequence[Sighting], joined: Joined, held: Mapping[int, Marks]) -> None:
    """Join by network address. `held`: the marks of every unit so far. Each host that is joined so says it among its
    evidence."""
    hosts: dict[int, list[Sighting]] = defaultdict(list)
    for index, sighting in enumerate(sightings):
        if sighting.unit:
            hosts[joined.root(index)].append(sighting)
    scans = {one.source for members in hosts.values() for one in members}
    for address, units in _shared(held):
        seen = [one for root in units for one in hosts.get(root, ())]
        marks = [held[root] for root in units]
        if not seen or not _one_of_each_file(marks, scans) or _apart(marks, address):
            continue
        for root in units[1:]:
            joined.unite(units[0], root, "the same network address")
        for sighting in seen:
            _note(sighting, address)


def _shared(held: Mapping[int, Marks]) -> Iterator[tuple[str, list[int]]]:
    """Each address and the units that have it, where several do, apart for each body that has such a network; a unit of
    two addresses is left as it is."""
    found: dict[str, list[int]] = defaultdict(list)
    for root, marks in held.items():
        for address in marks.days:
            found[address].append(root)
    for address, units in found.items():
        groups: dict[str, list[int]] = defaultdict(list)
        for root in units if len(units) > 1 else ():
            groups[held[root].body].append(root)
        own = [group for body, group in groups.items() if body]
        for group in own if len(own) > 1 else [units]:
            if len(group) > 1 and all(len(held[root].days) == 1 for root in group):
                yield address, group


@lru_cache(100_000)
def address_of(text: str) -> str:
    """The network address that a cell holds, alone or in a URL; empty for a name, a street or no address of a host."""
    match = _HOST.match(text.strip())
    try:
        found = ipaddress.ip_address(match[1].strip("[]") if match else text.strip())
    except ValueError:
        return ""
    return "" if found.is_unspecified or found.is_loopback or found.is_multicast else str(found)


def _one_of_each_file(units: Sequence[Marks], scans: set[int]) -> bool:
    """Whether no file has two units at the address, and no two registers have one: which is meant is then not known."""
    seen: set[object] = set()
    for marks in units:
        files = {source if source in scans else "register" for source in marks.sources}
        if not seen.isdisjoint(files):
            return False
        seen |= files
    return True


def _apart(units: Sequence[Marks], address: str) -> bool:
    """Whether an identifier, a body, a site, a make or the time tells the records apart."""
    told: tuple[set[str], ...] = (set(), set(), set(), set())
    for marks in units:
        for found, more in zip(told, (marks.macs, marks.serials, marks.sites, {marks.body} - {""}), strict=True):
            found |= more
    if any(len(found) > 1 for found in told) or any(other_goods(a, b) for a, b in combinations(units, 2)):
        return True
    return not all(close(a.days[address], b.days[address]) for a, b in combinations(units, 2))


def _note(sighting: Sighting, address: str) -> None:
    text = f"seen at {address}: joined by this network address alone"
    note = Because("address", text, field=Field.ADDRESS, source=f"{sighting.file} host {sighting.row}")
    sighting.because = (*sighting.because, note)
