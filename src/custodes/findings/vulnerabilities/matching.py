"""Known faults of one device: which advisories speak of its make and model, and whether of its firmware.

A fault is told as *affected* only where the make is asserted, the model is named and the version lies in the range. All
else that cannot be ruled out is told as something to check, with what is missing. What is ruled out is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from custodes.findings.identity import finding_id
from custodes.findings.vulnerabilities.products import is_kind, matches
from custodes.findings.vulnerabilities.versions import compare, of_one_track, within
from custodes.knowledge.text import squash
from custodes.knowledge.vulnerabilities import Makers
from custodes.model.assessment import Device, Finding
from custodes.model.rules import Answer
from custodes.model.vocab import Status
from custodes.model.vulnerabilities import Advisory, Affected, Order

_STEP = "read the firmware version from the unit, then install the maker’s mended one, or take it off the network"
_READ = "read the firmware version from the unit"
#: Signs of the name of a part at least, to be looked for in the words of a record.
_SHORTEST_PART = 7
#: Different units of which it is remembered what is said of them.
_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Told:
    """What records say of a unit in their own words: make, model, and texts that may name a part of it."""

    make: str = ""
    model: str = ""
    part: str = ""


class _Goods(NamedTuple):
    """All that decides which faults of makers a unit may have."""

    brand: str | None
    status: Status
    oem: str | None
    oem_name: str | None
    model: str | None
    firmware: str
    told_make: str
    told_model: str


class _Word(IntEnum):
    """What an advisory says of a device. Of several about one fault the strongest counts: that it is affected, that it
    cannot be decided by a version that is told, that its version is out of the range, that no version is told."""

    UNTOLD = 1
    RULED_OUT = 2
    OPEN = 3
    AFFECTED = 4


@dataclass(frozen=True, slots=True)
class _Said:
    """What one advisory says of a device, and why."""

    advisory: Advisory
    word: _Word
    why: str = ""

    @property
    def sure(self) -> bool:
        """Whether the device is affected, not only perhaps."""
        return self.word is _Word.AFFECTED


class _Written(NamedTuple):
    """What is said of a fault, in words: the same for every unit of which it is said."""

    kind: str
    severity: str
    text: str
    fault: str


class Vulnerabilities:
    """Advisories by vendor, held against devices on a day: what was numbered or listed later is not known yet."""

    def __init__(self, advisories: Iterable[Advisory], makers: Makers, as_at: date) -> None:
        advisories = tuple(advisories)
        self._day = as_at.isoformat()
        #: Faults that stand in a catalogue of exploited ones on that day, to the day since when they do.
        self.exploited = {
            one.id: one.exploited.since for one in advisories if one.exploited and _listed(one, self._day)
        }
        self._by_maker: dict[str, list[tuple[Advisory, Affected]]] = {}
        self._by_name: dict[str, list[tuple[Advisory, Affected]]] = {}
        self._parts: list[tuple[Advisory, Affected, tuple[str, ...]]] = []
        for one in advisories:
            if one.id[4:8] > self._day[:4]:
                continue
            for affected in one.affected:
                ids = makers.ids(affected.vendor)
                for identity in ids:
                    self._by_maker.setdefault(identity, []).append((one, affected))
                if not ids:
                    self._by_name.setdefault(squash(affected.vendor), []).append((one, affected))
                if one.component:
                    names = tuple(name for name in map(squash, affected.products) if len(name) >= _SHORTEST_PART)
                    self._parts.append((one, affected, names))
        self._of_goods = lru_cache(_REMEMBERED)(self._read_goods)
        self._of_model = lru_cache(_REMEMBERED)(self._read_model)
        self._of_lineage = lru_cache(_REMEMBERED)(self._read_lineage)
        self._of_parts = lru_cache(_REMEMBERED)(self._read_parts)

    def of(self, device: Device, told: Told) -> Iterator[Finding]:
        """What is known of a live device, the gravest first."""
        if not device.live:
            return
        for written in self._said(device, told):
            yield _finding(device, written)

    def _said(self, device: Device, told: Told) -> Sequence[_Written]:
        one = device.attribution
        goods = _Goods(one.brand, one.status, one.oem, one.oem_name, one.model, device.firmware, told.make, told.model)
        named = self._of_parts(f"{told.part} {one.component or ''}")
        return self._ordered((*self._all(goods), *named)) if named else self._of_goods(goods)

    def _read_goods(self, goods: _Goods) -> Sequence[_Written]:
        return self._ordered(self._all(goods))

    def _ordered(self, found: Iterable[_Said]) -> Sequence[_Written]:
        """The strongest word of each fault, the gravest fault first."""
        best: dict[str, _Said] = {}
        for said in found:
            held = best.get(said.advisory.id)
            if held is None or self._rank(said) > self._rank(held):
                best[said.advisory.id] = said
        left = [said for said in best.values() if said.word is not _Word.RULED_OUT]
        left.sort(key=lambda said: (*(-part for part in self._rank(said)), said.advisory.id))
        return [_written(said, self._day) for said in left]

    def _rank(self, said: _Said) -> tuple[int, int]:
        return said.word, _listed(said.advisory, self._day)

    def _all(self, one: _Goods) -> Iterator[_Said]:
        models = tuple(dict.fromkeys(text for text in (one.told_model, one.model or "") if text))
        for advisory, affected, named in self._of_model(one.brand, one.told_make, models):
            said = _of_product(advisory, affected, one.firmware, named=named)
            if said is not None and said.sure and one.status is not Status.ASSERTED:
                said = _Said(advisory, _Word.OPEN, f"{said.why}; but its make is not established")
            if said is not None:
                yield said
        if one.oem and one.oem != one.brand:
            for advisory, affected in self._of_lineage(one.brand, one.told_make, one.oem):
                said = _of_lineage(advisory, affected, one.firmware, one.oem_name or one.oem)
                if said is not None:
                    yield said

    def _read_model(
        self, brand: str | None, make: str, models: tuple[str, ...]
    ) -> list[tuple[Advisory, Affected, bool]]:
        """What of the advisories of a make speaks of a model, and whether it names it or means all goods."""
        found = []
        for advisory, affected in self._of_make(brand, make):
            products = tuple(one for one in affected.products if not is_kind(one))
            if not advisory.component and (not products or _named(products, models)):
                found.append((advisory, affected, bool(products)))
        return found

    def _read_lineage(self, brand: str | None, make: str, maker: str) -> list[tuple[Advisory, Affected]]:
        """What is published of the actual maker alone."""
        own = {id(affected) for _, affected in self._of_make(brand, make)}
        told = self._by_maker.get(maker, ())
        return [(one, affected) for one, affected in told if id(affected) not in own and not one.component]

    def _read_parts(self, text: str) -> Sequence[_Said]:
        """What is said of a unit whose record names a part."""
        told = squash(text)
        return [
            _Said(
                advisory,
                _Word.UNTOLD,
                f"its record names {affected.products[0]}; which version of that part it has is not told",
            )
            for advisory, affected, names in self._parts
            if any(name in told for name in names)
        ]

    def _of_make(self, brand: str | None, make: str) -> Iterator[tuple[Advisory, Affected]]:
        """Advisories of the brand; of a vendor that is not known here, those of the same name as the record's make."""
        if brand:
            yield from self._by_maker.get(brand, ())
        elif make:
            yield from self._by_name.get(squash(make), ())


def _of_product(advisory: Advisory, affected: Affected, firmware: str, *, named: bool) -> _Said | None:
    """What an advisory of the vendor says; nothing where it means all goods (not `named`) of versions that it has
    not."""
    if firmware and affected.fixed and within(firmware, affected.fixed) is Answer.YES:
        return _Said(advisory, _Word.RULED_OUT)
    if not named:
        if firmware and within(firmware, affected.ranges) is Answer.YES:
            return _Said(advisory, _Word.OPEN, f"the version {firmware} is in the range; the record names no model")
        return None
    if () in affected.ranges:
        return _Said(advisory, _Word.AFFECTED, "every version of this model is affected")
    if not affected.ranges:
        why = f"no record tells which versions of it are affected{f' ({affected.note})' if affected.note else ''}"
        return _Said(advisory, _Word.UNTOLD, why)
    return _of_version(advisory, affected, firmware)


def _of_version(advisory: Advisory, affected: Affected, firmware: str) -> _Said:
    shown = _shown(affected)
    if not firmware:
        return _Said(advisory, _Word.OPEN, f"its firmware is not on record; affected: {shown}")
    answer = within(firmware, affected.ranges)
    if answer is Answer.NO and not _is_between(firmware, affected):
        return _Said(advisory, _Word.RULED_OUT)
    if answer is not Answer.YES:
        return _Said(advisory, _Word.OPEN, f"whether its firmware {firmware} is affected cannot be told ({shown})")
    why = f"its firmware {firmware} is in the range that is affected ({shown})"
    if affected.partly:
        return _Said(advisory, _Word.OPEN, f"{why}; not every model of its series has the fault")
    return _Said(advisory, _Word.AFFECTED, why)


def _is_between(firmware: str, affected: Affected) -> bool:
    """Whether a version lies behind those that have the fault and before those that are told to be without it."""
    bounds = [bound for one in affected.fixed for bound in one if bound.sign.startswith(">")]
    return any(compare(firmware, bound.version) is Order.BEFORE for bound in bounds)


def _of_lineage(advisory: Advisory, affected: Affected, firmware: str, maker: str) -> _Said | None:
    """A fault of the actual maker, carried to what others sell: a candidate, and only where the version is in range."""
    ranges = [one for one in affected.ranges if all(of_one_track(firmware, bound.version) for bound in one)]
    if not firmware or within(firmware, ranges) is not Answer.YES:
        return None
    if affected.fixed and within(firmware, affected.fixed) is Answer.YES:
        return None
    why = f"candidate, because it is made by {maker}, and its firmware {firmware} is in the range ({_shown(affected)})"
    return _Said(advisory, _Word.OPEN, f"{why}; the advisory does not name this label")


def _named(products: Sequence[str], models: Sequence[str]) -> bool:
    return any(matches(product, model) for product in products for model in models)


def _shown(affected: Affected) -> str:
    told = ["".join(f" and {bound.sign} {bound.version}" for bound in one)[5:] for one in affected.ranges]
    return " or ".join(told[:3]) + (" or more" if len(told) > 3 else "")


def _listed(advisory: Advisory, day: str) -> bool:
    return advisory.exploited is not None and advisory.exploited.since <= day


def _written(said: _Said, day: str) -> _Written:
    one = said.advisory
    text = f"{one.id}: {one.what}; " if one.what else f"{one.id}: "
    text += said.why
    if one.exploited is not None and one.exploited.since <= day:
        edition = f" (catalogue of {one.exploited.edition})" if one.exploited.edition else ""
        text += f"; listed as exploited since {one.exploited.since}{edition}"
    if one.likelihood is not None:
        text += f"; likelihood of use within 30 days {one.likelihood:.1%}"
    text += f" [{one.source}]"
    listed = _listed(one, day)
    severity = "serious" if said.sure and listed else "note" if said.word is _Word.UNTOLD and not listed else "check"
    return _Written("vulnerability" if said.sure else "vulnerability-candidate", severity, text, one.id)


def _finding(device: Device, told: _Written) -> Finding:
    identity = finding_id(told.kind, device.id, told.fault)
    step = _STEP if device.firmware else _READ
    where = (device.id, device.sources)
    return Finding(identity, told.kind, told.severity, told.text, *where, step, fault=told.fault)
