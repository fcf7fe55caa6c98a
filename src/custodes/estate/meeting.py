"""Hosts of scans and the records that have the same network address: one device where nothing speaks against it.

An address is a weak identifier: it is given anew, and private networks repeat. So only a scan joins by it, only
to the one unit of each file that has it, and never against a MAC address, a serial number, a body or a site.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from custodes.estate.sightings import Sighting
from custodes.knowledge.text import squash
from custodes.model.assessment import Because
from custodes.model.vocab import Field

_HOST = re.compile(r"^(?:[a-z]+://)?((?:[0-9]+\.){3}[0-9]+|\[[0-9a-f:.]+\])(?=[:/]|$)", re.IGNORECASE)

Unite = Callable[[int, int], object]


def meet(sightings: Sequence[Sighting], roots: Sequence[int], marks: Sequence[Sequence[str]], unite: Unite) -> None:
    """Join by network address. `roots`: the unit that each sighting belongs to so far; `marks`: what must not differ
    (MAC addresses, serial numbers, configured bodies and sites), a list of one text for each sighting, empty if not
    known. Each host that is joined so says it among its evidence.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for index, root in enumerate(roots):
        members[root].append(index)
    for address, units in _shared(sightings, roots).items():
        indexes = [index for root in units for index in members[root]]
        scans = [index for index in indexes if sightings[index].unit]
        if not scans or not _one_of_each_file(sightings, members, units) or _apart(sightings, indexes, marks):
            continue
        for root in units[1:]:
            unite(units[0], root)
        for index in scans:
            _note(sightings[index], address)


def _shared(sightings: Sequence[Sighting], roots: Sequence[int]) -> Mapping[str, list[int]]:
    """Each address to the units that have it, where several do; a unit of two addresses is left as it is."""
    held: dict[int, set[str]] = defaultdict(set)
    for sighting, root in zip(sightings, roots, strict=True):
        address = address_of(sighting.cells.get(Field.ADDRESS, ""))
        if address:
            held[root].add(address)
    found: dict[str, list[int]] = defaultdict(list)
    for root, addresses in held.items():
        for address in addresses:
            found[address].append(root)
    return {
        address: units
        for address, units in found.items()
        if len(units) > 1 and all(len(held[root]) == 1 for root in units)
    }


def address_of(text: str) -> str:
    """The network address that a cell holds, alone or in a URL; empty for a name, a street or no address of a host."""
    match = _HOST.match(text.strip())
    try:
        found = ipaddress.ip_address(match[1].strip("[]") if match else text.strip())
    except ValueError:
        return ""
    return "" if found.is_unspecified or found.is_loopback or found.is_multicast else str(found)


def _one_of_each_file(sightings: Sequence[Sighting], members: Mapping[int, list[int]], units: Sequence[int]) -> bool:
    """Whether no file has two units at the address, and no two registers have one: which is meant is then not known."""
    seen: set[object] = set()
    for root in units:
        files = {sightings[index].source if sightings[index].unit else "register" for index in members[root]}
        if not seen.isdisjoint(files):
            return False
        seen |= files
    return True


def _apart(sightings: Sequence[Sighting], indexes: Sequence[int], marks: Sequence[Sequence[str]]) -> bool:
    """Whether an identifier, a body or a site tells the records apart."""
    cells = ([squash(sighting.cells.get(field, "")) for sighting in sightings] for field in (Field.BODY, Field.SITE))
    return any(len({values[index] for index in indexes if values[index]}) > 1 for values in (*marks, *cells))


def _note(sighting: Sighting, address: str) -> None:
    text = f"seen at {address}: joined by this network address alone"
    note = Because("address", text, field=Field.ADDRESS, source=f"{sighting.file} host {sighting.row}")
    sighting.because = (*sighting.because, note)
