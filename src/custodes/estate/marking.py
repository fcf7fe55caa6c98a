"""The marks of a unit: what its records say that may tell it from another, as comparable texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from custodes.estate.config import Estate
from custodes.estate.marks import Marks, Sign
from custodes.estate.meeting import address_of
from custodes.estate.sightings import Sighting
from custodes.estate.sites import body_spellings, match_site
from custodes.knowledge.text import squash
from custodes.model.vocab import Field, RowKind

#: A name or tag shorter than this is a number or an initial; a model shorter than this is in too many others.
_SHORTEST, _SHORTEST_MODEL = 3, 4
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_MEMORY = 50_000
#: A record with its MAC address and serial number, cleaned, and whether others share one of them that are not its unit.
Record = tuple[Sighting, str, str, bool]


class Marker:
    """Reads marks, with bodies and sites as the configuration writes them."""

    def __init__(self, estate: Estate) -> None:
        self._estate, self._sources = estate, estate.sources
        self._known = body_spellings(estate.bodies)
        self._only = next(iter(estate.bodies)) if len(estate.bodies) == 1 else ""
        self._body = lru_cache(_MEMORY)(self._read_body)
        self._site = lru_cache(_MEMORY)(self._read_site)
        self._bare = lru_cache(_MEMORY)(_bare)
        self._squash = lru_cache(_MEMORY)(squash)

    def body(self, sighting: Sighting) -> str:
        """The body that a record is of: a configured one that it names, else that of its file, else what it says."""
        return self._body(sighting.cells.get(Field.BODY, ""), self._sources[sighting.source].body)

    def marks(self, records: Iterable[Record], body: str) -> Marks:
        """What the records of a unit say."""
        found = Marks(body)
        for sighting, mac, serial, contested in records:
            found.sources.add(sighting.source)
            if mac:
                found.macs.add(mac)
            if serial:
                found.serials.add(serial)
            if contested:
                found.signs.update((Sign.MAC + mac, Sign.SERIAL + serial))
            self._read(sighting, body, found)
        found.signs -= {Sign.MAC, Sign.SERIAL}
        return found

    def _read(self, sighting: Sighting, body: str, found: Marks) -> None:
        cells, source = sighting.cells, self._sources[sighting.source]
        self._read_names(sighting, body, found)
        if tag := cells.get(Field.ASSET_TAG):
            found.signs.update(_tag(tag))
        channel = cells.get(Field.CHANNEL)
        if channel and (hardware := cells.get(Field.HARDWARE)):
            found.signs.add(f"P{self._squash(hardware)}|{self._squash(channel)}")
        if (address := cells.get(Field.ADDRESS)) and (address := address_of(address)):
            found.signs.add("A" + address)
            found.days[address] = (*found.days.get(address, ()), source.dated)
        if (model := cells.get(Field.MODEL)) and len(model := self._squash(model)) >= _SHORTEST_MODEL:
            found.models.add(model)
        if make := cells.get(Field.MAKE):
            found.makes.add(self._squash(make))

    def _read_names(self, sighting: Sighting, body: str, found: Marks) -> None:
        site, forms = self._site(sighting.cells.get(Field.SITE, ""), self._sources[sighting.source].site, body)
        if site:
            found.sites.add(site)
        for name in _names(sighting):
            bare = self._bare(name)
            if bare:
                found.names.add(bare)
                found.signs.update(["N" + form + bare for form in forms])
                if not forms or bare.startswith(forms):
                    found.signs.add("N" + bare)

    def _read_body(self, told: str, configured: str) -> str:
        own, of_file = squash(told), squash(configured)
        return self._known.get(own) or self._known.get(of_file) or of_file or own or self._only

    def _read_site(self, text: str, configured: str, body: str) -> tuple[str, tuple[str, ...]]:
        """The site, by its own name, and every way to write it."""
        sites = self._estate.sites
        found = (match_site(text, sites, body) if text else None) or (sites.get(configured) if not text else None)
        if found is None:
            told = squash(text)
            return told, (told,) if told else ()
        return squash(found.name), tuple(squash(form) for form in (found.name, *found.aliases))


def _tag(text: str) -> Iterator[str]:
    tag = squash(text)
    if len(tag) >= _SHORTEST:
        yield "T" + tag


def _names(sighting: Sighting) -> Iterator[str]:
    """What a record calls its unit: the first label of a host's name; of a channel also its box."""
    cells = sighting.cells
    name = cells.get(Field.NAME, "")
    yield name.split(".", 1)[0] if sighting.unit else name
    if sighting.kind is RowKind.CHANNEL and Field.CHANNEL not in cells and Field.HARDWARE in cells:
        yield cells[Field.HARDWARE]


def _bare(name: str) -> str:
    """A name to compare: letters and digits, numbers without leading zeros; empty if too short to tell anything."""
    bare = squash(_ZEROS.sub("", name))
    return bare if len(bare) >= _SHORTEST else ""
