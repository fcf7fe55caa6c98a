"""The marks of a unit: what its records say that may tell it from another, as comparable texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from custodes.estate.config import Estate
from custodes.estate.marks import Marks, Sign
from custodes.estate.meeting import address_of
from custodes.estate.sightings import Sighting
from custodes.estate.sites import SiteIndex, body_spellings
from custodes.knowledge.text import squash, words
from custodes.model.vocab import Field, RowKind

#: A name or tag shorter than this is a number or an initial; a model shorter than this is in too many others.
_SHORTEST, _SHORTEST_MODEL = 3, 4
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_MODEL_WORD = re.compile(r"[^\s()\[\],;/]+")
_NUMBER = re.compile(r"\d+")
_MEMORY = 50_000


class Numbers(NamedTuple):
    """The MAC address and serial number of a record, cleaned; `telling_...`: empty where one register has the number on
    several units; `shared`: whether records that are not its unit share one of them."""

    mac: str
    serial: str
    telling_mac: str
    telling_serial: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """What words of records mean, of the reference data: whether a status says that a unit is gone, whether a name only
    says what a thing is, and the MAC address that a serial number is, empty if it is none."""

    gone: Callable[[str], bool] = lambda _: False
    generic: Callable[[str], bool] = lambda _: False
    as_mac: Callable[[str], str] = lambda _: ""


@dataclass(slots=True)
class _Draft:
    """The marks of a unit while its records are read (see `Marks`)."""

    sources: set[int] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    macs: set[str] = field(default_factory=set)
    serials: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    makes: set[str] = field(default_factory=set)
    systems: set[str] = field(default_factory=set)
    floors: set[str] = field(default_factory=set)
    days: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seen: bool = False


class Marker:
    """Reads marks, with bodies and sites as the configuration writes them."""

    def __init__(self, estate: Estate, told: Wording) -> None:
        self._estate, self._sources = estate, estate.sources
        self._gone = lru_cache(_MEMORY)(told.gone)
        self._known, self._sites = body_spellings(estate.bodies), SiteIndex(estate.sites)
        self._body = lru_cache(_MEMORY)(self._read_body)
        self._site = lru_cache(_MEMORY)(self._read_site)
        self._bare = lru_cache(_MEMORY)(lambda name: "" if told.generic(name) else _bare(name))
        self._squash = lru_cache(_MEMORY)(squash)
        self._codes = lru_cache(_MEMORY)(_codes)
        self._kept: dict[frozenset[str], frozenset[str]] = {}
        self._files: dict[frozenset[int], frozenset[int]] = {}

    def bodies(self, sightings: Sequence[Sighting]) -> list[str]:
        """The body that each record is of: a configured one that it names, else that of its file, else what it says. A
        record that tells none is of the only one that there is."""
        told = [self._body(one.cells.get(Field.BODY, ""), self._sources[one.source].body) for one in sightings]
        known = set(told) | set(self._estate.bodies)
        if len(known - {""}) == 1 and "" in known:
            (only,) = known - {""}
            return [only] * len(told)
        return told

    def marks(self, records: Iterable[tuple[Sighting, Numbers]], body: str) -> Marks:
        """What the records of a unit say."""
        found = _Draft()
        for sighting, numbers in records:
            found.sources.add(sighting.source)
            found.macs.add(numbers.telling_mac)
            found.serials.add(numbers.telling_serial)
            if numbers.shared:
                found.signs.update((Sign.MAC + numbers.mac, Sign.SERIAL + numbers.serial))
            found.seen = found.seen or sighting.seen
            self._read(sighting, body, found)
        found.macs.discard("")
        found.serials.discard("")
        found.signs -= {Sign.MAC, Sign.SERIAL}
        return self._done(found, body)

    def _done(self, draft: _Draft, body: str) -> Marks:
        """The marks of a draft. What many units have alike they share: a set takes more room than all that is in it."""
        kept = self._kept
        alike = [frozenset(told) for told in (draft.sites, draft.models, draft.makes, draft.systems, draft.floors)]
        sites, models, makes, systems, floors = [kept.setdefault(told, told) for told in alike]
        sources = frozenset(draft.sources)
        return Marks(
            body,
            self._files.setdefault(sources, sources),
            frozenset(draft.signs),
            frozenset(draft.names),
            sites,
            frozenset(draft.macs),
            frozenset(draft.serials),
            models,
            makes,
            systems,
            floors,
            draft.days,
            draft.seen,
        )

    def _read(self, sighting: Sighting, body: str, found: _Draft) -> None:
        cells, source = sighting.cells, self._sources[sighting.source]
        if model := cells.get(Field.MODEL):
            found.models.update(self._codes(model))
        if make := cells.get(Field.MAKE):
            found.makes.add(self._squash(make))
        if self._is_no_unit(sighting):
            return
        self._read_names(sighting, body, found)
        if source.system:
            found.systems.add(source.system)
        if location := cells.get(Field.LOCATION):
            found.floors.update(_NUMBER.findall(location))
        if (tag := cells.get(Field.ASSET_TAG)) and len(tag := _joined(tag)) >= _SHORTEST:
            found.signs.add(Sign.TAG + tag)
        channel = cells.get(Field.CHANNEL)
        if channel and (hardware := cells.get(Field.HARDWARE)):
            found.signs.add(f"{Sign.POSITION}{self._bare(hardware)}|{_ZEROS.sub('', self._squash(channel))}")
        if (address := cells.get(Field.ADDRESS)) and (address := address_of(address)):
            found.signs.add(Sign.ADDRESS + address)
            found.days[address] = (*found.days.get(address, ()), source.dated)

    def _is_no_unit(self, sighting: Sighting) -> bool:
        """Whether a record speaks of several pieces, or of one that is gone: neither is met by weak signs."""
        if sighting.kind is RowKind.FLEET or sighting.cells.get(Field.QUANTITY, "1").strip() not in ("", "1", "1.0"):
            return True
        return self._gone(sighting.cells.get(Field.STATUS, ""))

    def _read_names(self, sighting: Sighting, body: str, found: _Draft) -> None:
        site, forms = self._site(sighting.cells.get(Field.SITE, ""), self._sources[sighting.source].site, body)
        if site:
            found.sites.add(site)
        for name in _names(sighting):
            bare = self._bare(name)
            if bare:
                found.names.add(bare)
                found.signs.update([Sign.NAME + form + bare for form in forms])
                if not forms and sighting.unit:  # a host may be called by its site and name
                    found.signs.add(Sign.NAME + bare)

    def _read_body(self, told: str, configured: str) -> str:
        own, of_file = squash(told), squash(configured)
        return self._known.get(own) or self._known.get(of_file) or of_file or own

    def _read_site(self, text: str, configured: str, body: str) -> tuple[str, tuple[str, ...]]:
        """The site, by its own name, and every way to write it."""
        found = self._sites.find(text, body) if text else self._estate.sites.get(configured)
        if found is None:
            told = squash(text)
            return told, (told,) if told else ()
        return squash(found.name), tuple(squash(form) for form in (found.name, *found.aliases))


def _names(sighting: Sighting) -> Iterator[str]:
    """What a record calls its unit: the first label of a host's name; of a channel also its box."""
    cells = sighting.cells
    name = cells.get(Field.NAME, "")
    yield name.split(".", 1)[0] if sighting.unit else name
    if sighting.kind is RowKind.CHANNEL and Field.CHANNEL not in cells and Field.HARDWARE in cells:
        yield cells[Field.HARDWARE]


def _bare(name: str) -> str:
    """A name to compare: letters and digits, numbers without leading zeros and apart; empty if too short to tell."""
    bare = _joined(_ZEROS.sub("", name))
    return bare if len(bare) >= _SHORTEST else ""


def _joined(text: str) -> str:
    """Letters and digits, with a mark between numbers: 1-12 is not 11-2."""
    told: list[str] = []
    for word in words(text):
        told.append(f"-{word}" if told and told[-1][-1].isdigit() and word[0].isdigit() else word)
    return "".join(told)


def _codes(model: str) -> tuple[str, ...]:
    """The words of a model that have a digit: the codes by which models are told apart."""
    found = (squash(word) for word in _MODEL_WORD.findall(model))
    return tuple(code for code in found if len(code) >= _SHORTEST_MODEL and any(map(str.isdigit, code)))
