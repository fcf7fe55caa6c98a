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


class Vulnerabilities:
    """Advisories by vendor, held against devices on a day: what was numbered or listed later is not known yet."""

    def __init__(self, advisories: Iterable[Advisory], makers: Makers, as_at: date) -> None:
        self._day = as_at.isoformat()
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
        self._of_parts = lru_cache(_REMEMBERED)(self._read_parts)

    def of(self, device: Device, told: Told) -> Iterator[Finding]:
        """What is known of a live device, the gravest first."""
        if not device.live:
            return
        for said in self._said(device, told):
            yield _finding(device, said, self._day)

    def _said(self, device: Device, told: Told) -> Sequence[_Said]:
        one = device.attribution
        goods = _Goods(one.brand, one.status, one.oem, one.oem_name, one.model, device.firmware, told.make, told.model)
        named = self._of_parts(f"{told.part} {one.component or ''}")
        return self._ordered((*self._all(goods), *named)) if named else self._of_goods(goods)

    def _read_goods(self, goods: _Goods) -> Sequence[_Said]:
        return self._ordered(self._all(goods))

    def _ordered(self, found: Iterable[_Said]) -> Sequence[_Said]:
        """The strongest word of each fault, the gravest fault first."""
        best: dict[str, _Said] = {}
        for said in found:
            held = best.get(said.advisory.id)
            if held is None or self._rank(said) > self._rank(held):
                best[said.advisory.id] = said
        left = [said for said in best.values() if said.word is not _Word.RULED_OUT]
        return sorted(left, key=lambda said: (*(-part for part in self._rank(said)), said.advisory.id))

    def _rank(self, said: _Said) -> tuple[int, int]:
        return said.word, _listed(said.advisory, self._day)

    def _all(self, one: _Goods) -> Iterator[_Said]:
        models = tuple(dict.fromkeys(text for text in (one.told_model, one.model or "") if text))
        for advisory, affected in self._of_make(one.brand, one.told_make):
            said = _of_product(advisory, affected, models, one.firmware)
            if said is not None and said.sure and one.status is not Status.ASSERTED:
                said = _Said(advisory, _Word.OPEN, f"{said.why}; but its make is not established")
            if said is not None:
                yield said
        if one.oem and one.oem != one.brand:
            own = {id(affected) for _, affected in self._of_make(one.brand, one.told_make)}
            for advisory, affected in self._by_maker.get(one.oem, ()):
                if id(affected) in own:
                    continue
                said = _of_lineage(advisory, affected, one.firmware, one.oem_name or one.oem)
                if said is not None:
                    yield said

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


def _of_product(advisory: Advisory, affected: Affected, models: Sequence[str], firmware: str) -> _Said | None:
    """What an advisory of the vendor says; None where it does not speak of the model."""
    products = tuple(one for one in affected.products if not is_kind(one))
    if advisory.component or (products and not _named(products, models)):
        return None
    if firmware and affected.fixed and within(firmware, affected.fixed) is Answer.YES:
        return _Said(advisory, _Word.RULED_OUT)
    if not products:
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
    if advisory.component or not firmware or within(firmware, ranges) is not Answer.YES:
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


def _finding(device: Device, said: _Said, day: str) -> Finding:
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
    kind = "vulnerability" if said.sure else "vulnerability-candidate"
    identity = finding_id(kind, device.id, one.id)
    step = _STEP if device.firmware else _READ
    return Finding(identity, kind, severity, text, device.id, device.sources, step, fault=one.id)
