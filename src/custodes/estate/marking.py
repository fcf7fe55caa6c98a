"""The marks of a unit: what its records say that may tell it from another, as comparable texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from custodes.estate.config import Estate, Source
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
#: What stands between two numbers; ASCII that is no letter and no digit.
_BETWEEN = re.compile(r"(?<=\d)[\W_]+(?=\d)")
_NO_LETTERS = bytes(code for code in range(1, 128) if not chr(code).isalnum())
_MEMORY = 50_000
# Plain texts of their own: a member of an enumeration is looked up by two steps each time, and records are many.
_NAME, _MAKE, _MODEL, _SITE = Field.NAME.value, Field.MAKE.value, Field.MODEL.value, Field.SITE.value
_LOCATION, _ASSET_TAG, _ADDRESS = Field.LOCATION.value, Field.ASSET_TAG.value, Field.ADDRESS.value
_CHANNEL, _HARDWARE = Field.CHANNEL.value, Field.HARDWARE.value
_QUANTITY, _STATUS = Field.QUANTITY.value, Field.STATUS.value
_MAC, _SERIAL, _TAG, _POSITION = Sign.MAC.value, Sign.SERIAL.value, Sign.TAG.value, Sign.POSITION.value
_NAME_SIGN, _AT = Sign.NAME.value, Sign.ADDRESS.value


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


class _Draft:
    """The marks of a unit while its records are read (see `Marks`), as they come and so perhaps twice."""

    __slots__ = ("days", "floors", "makes", "models", "names", "signs", "sites", "systems")

    def __init__(self) -> None:
        self.signs: list[str] = []
        self.names: list[str] = []
        self.sites: list[str] = []
        self.models: list[str] = []
        self.makes: list[str] = []
        self.systems: list[str] = []
        self.floors: list[str] = []
        self.days: dict[str, tuple[str, ...]] = {}


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
        self._numbers = lru_cache(_MEMORY)(_NUMBER.findall)
        self._kept: dict[tuple[Any, ...], frozenset[Any]] = {}
        self._sets: dict[frozenset[Any], frozenset[Any]] = {}

    def bodies(self, sightings: Sequence[Sighting]) -> list[str]:
        """The body that each record is of: a configured one that it names, else that of its file, else what it says. A
        record that tells none is of the only one that there is."""
        told = [self._body(one.cells.get(Field.BODY, ""), self._sources[one.source].body) for one in sightings]
        known = set(told) | set(self._estate.bodies)
        if len(known - {""}) == 1 and "" in known:
            (only,) = known - {""}
            return [only] * len(told)
        return told

    def marks(self, records: Sequence[Sighting], numbers: Sequence[Numbers], body: str) -> Marks:
        """What the records of a unit say, and the numbers of each of them."""
        draft = _Draft()
        for sighting in records:
            self._read(sighting, body, draft)
        signs = draft.signs
        for one in numbers:
            if one.shared:
                signs += [sign + number for sign, number in ((_MAC, one.mac), (_SERIAL, one.serial)) if number]
        alike, files = self._alike, [one.source for one in records]
        return Marks(
            body,
            alike(files),
            frozenset(signs),
            frozenset(draft.names),
            alike(draft.sites),
            frozenset([one.telling_mac for one in numbers if one.telling_mac]),
            frozenset([one.telling_serial for one in numbers if one.telling_serial]),
            alike(draft.models),
            alike(draft.makes),
            alike(draft.systems),
            alike(draft.floors),
            draft.days,
            any([one.seen for one in records]),
        )

    def _alike(self, told: list[Any]) -> frozenset[Any]:
        """A set. What many units have alike they share: a set takes more room than all that is in it."""
        key = tuple(told)
        held = self._kept.get(key)
        if held is None:
            made = frozenset(told)
            held = self._kept[key] = self._sets.setdefault(made, made)
        return held

    def _read(self, sighting: Sighting, body: str, draft: _Draft) -> None:
        told = sighting.cells.get
        source = self._sources[sighting.source]
        if model := told(_MODEL):
            draft.models += self._codes(model)
        if make := told(_MAKE):
            draft.makes.append(self._squash(make))
        if self._is_no_unit(sighting):
            return
        self._read_names(sighting, source, body, draft)
        if source.system:
            draft.systems.append(source.system)
        if location := told(_LOCATION):
            draft.floors += self._numbers(location)
        if (tag := told(_ASSET_TAG)) and len(tag := _joined(tag)) >= _SHORTEST:
            draft.signs.append(_TAG + tag)
        if (channel := told(_CHANNEL)) and (hardware := told(_HARDWARE)):
            draft.signs.append(f"{_POSITION}{self._bare(hardware)}|{_ZEROS.sub('', self._squash(channel))}")
        if (address := told(_ADDRESS)) and (address := address_of(address)):
            draft.signs.append(_AT + address)
            draft.days[address] = (*draft.days.get(address, ()), source.dated)

    def _is_no_unit(self, sighting: Sighting) -> bool:
        """Whether a record speaks of several pieces, or of one that is gone: neither is met by weak signs."""
        told = sighting.cells.get
        if sighting.kind is RowKind.FLEET or told(_QUANTITY, "1").strip() not in ("", "1", "1.0"):
            return True
        status = told(_STATUS)
        return status is not None and self._gone(status)

    def _read_names(self, sighting: Sighting, source: Source, body: str, draft: _Draft) -> None:
        site, forms = self._site(sighting.cells.get(_SITE, ""), source.site, body)
        if site:
            draft.sites.append(site)
        for name in _names(sighting):
            bare = self._bare(name)
            if bare:
                draft.names.append(bare)
                draft.signs += [f"{_NAME_SIGN}{form}{bare}" for form in forms]
                if not forms and sighting.unit:  # a host may be called by its site and name
                    draft.signs.append(_NAME_SIGN + bare)

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


def _names(sighting: Sighting) -> list[str]:
    """What a record calls its unit: the first label of a host's name; of a channel also its box."""
    cells = sighting.cells
    found = []
    if name := cells.get(_NAME):
        found.append(name.split(".", 1)[0] if sighting.unit else name)
    if sighting.kind is RowKind.CHANNEL and _CHANNEL not in cells and _HARDWARE in cells:
        found.append(cells[_HARDWARE])
    return found


def _bare(name: str) -> str:
    """A name to compare: letters and digits, numbers without leading zeros and apart; empty if too short to tell."""
    bare = _joined(_ZEROS.sub("", name) if "0" in name else name)
    return bare if len(bare) >= _SHORTEST else ""


def _joined(text: str) -> str:
    """Letters and digits, with a mark between numbers: 1-12 is not 11-2."""
    if text.isascii() and "\0" not in text:
        parted = _BETWEEN.sub("\0", text)
        return parted.lower().encode().translate(None, _NO_LETTERS).replace(b"\0", b"-").decode()
    told: list[str] = []
    for word in words(text):
        told.append(f"-{word}" if told and told[-1][-1].isdigit() and word[0].isdigit() else word)
    return "".join(told)


def _codes(model: str) -> tuple[str, ...]:
    """The words of a model that have a digit: the codes by which models are told apart."""
    found = (squash(word) for word in _MODEL_WORD.findall(model))
    return tuple(code for code in found if len(code) >= _SHORTEST_MODEL and any(map(str.isdigit, code)))
