"""What the sources of an estate tell in two ways: gathered from the records of each unit, the declarations of each body
and the units that stand at one place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from custodes.attribution.graph import owner_edges
from custodes.estate.build import Context, Resolver, is_live
from custodes.estate.declared import read_declarations
from custodes.estate.linking import Unit
from custodes.estate.sightings import Sighting, first_cell
from custodes.estate.unmet import Unmet
from custodes.findings.contradictions.body import Told, against_declaration, not_recorded
from custodes.findings.contradictions.device import Said, of_device
from custodes.findings.contradictions.telling import contradiction, perhaps_one
from custodes.findings.first import declaration_finding, not_seen_finding
from custodes.knowledge import Knowledge
from custodes.knowledge.rows import OwnerEdge
from custodes.knowledge.text import plain, squash, words
from custodes.model.assessment import Device, Finding
from custodes.model.contradictions import About, Side, Standing
from custodes.model.days import span
from custodes.model.sources import SourceRow
from custodes.model.vocab import Field, Status

_MEMORY = 20_000
_CHOICE = re.compile(r"\bor\b|/\s|\?", re.IGNORECASE)


@dataclass(slots=True)
class Contradicted:
    """Findings by device, and those of no one device."""

    devices: dict[str, list[Finding]]
    others: list[Finding]


def contradictions(units: Sequence[Unit], devices: Sequence[Device], context: Context) -> Contradicted:
    """All that is told in two ways."""
    teller = Teller(context)
    found: dict[str, list[Finding]] = defaultdict(list)
    by_id = {device.id: device for device in devices}
    present = [(unit, by_id[unit.id]) for unit in units if unit.id in by_id]
    for unit, device in present:
        found[device.id] += teller.of_unit(unit)
        found[device.id] += teller.of_place(unit, by_id)
    for device, finding in teller.only_seen(present):
        found[device.id].append(finding)
    others = [*teller.declared(present), *teller.unseen(present)]
    return Contradicted({key: value for key, value in found.items() if value}, others)


class Teller:
    """Reads what each record tells, with a memory for texts that come again."""

    def __init__(self, context: Context) -> None:
        self._context, self._estate = context, context.estate
        self._brand = lru_cache(_MEMORY)(lambda text: _brand(text, context.resolver))
        self._code = lru_cache(_MEMORY)(lambda text: _code(text, context.resolver))
        self._gone = lru_cache(_MEMORY)(lambda text: _gone(text, context))
        self._age = lru_cache(_MEMORY)(self._days_since)
        self._kin = lru_cache(_MEMORY)(lambda one, other: _kin(one, other, context.knowledge))

    def of_unit(self, unit: Unit) -> Iterator[Finding]:
        """What the records of one unit tell in two ways."""
        if len({(one.source, one.sheet) for one in unit.sightings}) < 2 or not self._may_differ(unit):
            return
        yield from of_device(unit.id, [self._said(one, unit.body) for one in unit.sightings], self._kin)

    def _may_differ(self, unit: Unit) -> bool:
        """Whether anything is written in two ways, or the unit is told to be gone: most units need no more looking."""
        rows = [one.cells for one in unit.sightings]
        if any(len({cells.get(name) or None for cells in rows} - {None}) > 1 for name in _COMPARED):
            return True
        return any(self._gone(cells[Field.STATUS]) for cells in rows if cells.get(Field.STATUS))

    def of_place(self, unit: Unit, devices: Mapping[str, Device]) -> Iterator[Finding]:
        """Other units that are told where this one is; said once, of the one that was told of last."""
        for other, rival in unit.rivals:
            if other.id not in devices or not (devices[unit.id].live and devices[other.id].live):
                continue
            mine, theirs = self._as_unit(unit), self._as_unit(other)
            if (theirs.dated, other.id) > (mine.dated, unit.id):
                continue
            sides = [replace(side, value=f"{side.value}, under the same {rival.place}") for side in (theirs, mine)]
            yield perhaps_one(unit.id, sides) if rival.nearly else contradiction(About.UNIT, sides, unit.id)

    def only_seen(self, present: Sequence[tuple[Unit, Device]]) -> Iterator[tuple[Device, Finding]]:
        """Devices that only the network shows, where their body keeps a record of that system that is not older by
        itself than the sight, and none of the records could be the device."""
        kept: dict[tuple[str, str], str] = {}
        unmet: dict[str, Unmet] = defaultdict(Unmet)
        for unit, device in present:
            for source in (self._estate.sources[one.source] for one in unit.sightings if not one.seen):
                for system in {"", source.system}:
                    kept[unit.body, system] = max(kept.get((unit.body, system), ""), source.dated)
            if not device.seen and device.live:
                unmet[unit.body].add(device)
        for unit, device in present:
            if not all(one.seen for one in unit.sightings):
                continue
            first = unit.sightings[0]
            source = self._estate.sources[first.source]
            last = kept.get((unit.body, source.system))
            if last is None or (source.dated and source.dated < last) or unmet[unit.body].could_be(device, self._kin):
                continue
            yield device, not_recorded(device, self._side(first, self._as_unit(unit).value), last, self._age(last))

    def declared(self, present: Sequence[tuple[Unit, Device]]) -> Iterator[Finding]:
        """What bodies declared, against their devices."""
        path, as_at = self._estate.declared, self._context.as_at
        told, faults = read_declarations(path, self._estate, self._context.knowledge, as_at) if path else ([], [])
        yield from map(declaration_finding, faults)
        owned: dict[str, list[tuple[str, Told]]] = defaultdict(list)
        asked = {one.body for one in told}
        for unit, device in present:
            if asked.isdisjoint(("", unit.body)):
                continue
            last = max(self._estate.sources[one.source].dated for one in unit.sightings)
            for body in {"", unit.body}:
                owned[body].append((device.system_id, Told(device, last, self._age(last))))
        for one in told:
            own = [device for system, device in owned[one.body] if one.system in ("", system)]
            yield from against_declaration(one, own, self._age(one.dated))

    def unseen(self, present: Sequence[tuple[Unit, Device]]) -> Iterator[Finding]:
        """For each body whose network was looked at, how much of what is recorded on a network was not seen."""
        seen: dict[str, list[str]] = defaultdict(list)
        missing: dict[str, int] = defaultdict(int)
        total: dict[str, int] = defaultdict(int)
        for unit, device in present:
            days = [self._estate.sources[one.source].dated for one in unit.sightings if one.seen]
            seen[unit.body] += days
            on_network = device.mac or any(one.cells.get(Field.ADDRESS) for one in unit.sightings)
            if device.live and on_network and not all(one.seen for one in unit.sightings):
                total[unit.body] += device.quantity
                missing[unit.body] += 0 if days else device.quantity
        for body in sorted(seen):
            if seen[body] and missing[body]:
                yield not_seen_finding(body, missing[body], total[body], max(seen[body]))

    def _days_since(self, dated: str) -> int | None:
        return max((self._context.as_at - span(dated)[0]).days, 0) if dated else None

    def _as_unit(self, unit: Unit) -> Side:
        """A unit by its numbers, by the latest of its records that has one."""
        best = max(unit.sightings, key=lambda one: (_numbered(one), self._estate.sources[one.source].dated))
        told = ((word, best.cells.get(name) or first_cell(unit.sightings, name)) for name, word in _NUMBERS)
        return self._side(best, ", ".join(f"{word} {text}" for word, text in told if text) or "a unit")

    def _said(self, one: Sighting, body: str) -> Said:
        cells = one.cells
        make, model, status = (cells.get(name, "") for name in (Field.MAKE, Field.MODEL, Field.STATUS))
        site = self._context.sites.find(cells[Field.SITE], body) if Field.SITE in cells else None
        code, kind = self._code(f"{make} {model}") if model else ("", "")
        return Said(
            self._side(one, status),
            make,
            self._brand(make) if make else "",
            model,
            code,
            kind,
            cells.get(Field.FIRMWARE, ""),
            plain(site.name) if site else "",
            self._gone(status) if status else None,
            one.seen,
        )

    def _side(self, one: Sighting, value: str) -> Side:
        source = self._estate.sources[one.source]
        standing = Standing.OBSERVED if one.seen else source.standing
        where = SourceRow(one.file, one.row, one.sheet)
        return Side(standing, value, where, "", source.dated, self._age(source.dated))


#: What is compared between records, but for life.
_COMPARED = (Field.MAKE, Field.MODEL, Field.FIRMWARE, Field.SITE)
_NUMBERS = ((Field.SERIAL, "serial number"), (Field.MAC, "MAC address"))


def _numbered(one: Sighting) -> bool:
    return any(one.cells.get(name) for name, _ in _NUMBERS)


def _code(text: str, resolver: Resolver) -> tuple[str, str]:
    """The code of a model, squashed, and its kind of device; nothing for a choice of two."""
    found = resolver(text)
    return ("", "") if _CHOICE.search(text) else (squash(found.model or ""), found.device_type or "")


def _gone(status: str, context: Context) -> bool | None:
    """Whether a status says that a unit came out of use; None for one that is not in use yet, or kept for use."""
    if is_live(status, context):
        return False
    before = context.knowledge.states["before_use"]
    return None if squash(status) in before or not before.isdisjoint(words(status)) else True


def _brand(text: str, resolver: Resolver) -> str:
    """The one make that a cell surely names; empty if it names none, several, or not surely."""
    sure = {one.brand for one in resolver(text).mentions if one.status is Status.ASSERTED}
    return next(iter(sure)) if len(sure) == 1 else ""


def _kin(one: str, other: str, knowledge: Knowledge) -> bool:
    """Whether two makes may stand for one unit: of one house (owners too), or one of them made by the other's house, or
    one of them a maker of software for video only."""
    left, right = (_House.of(brand, knowledge) for brand in (one, other))
    if one == other or not left.own.isdisjoint(right.own):
        return True
    return not (left.makers.isdisjoint(right.own) and right.makers.isdisjoint(left.own)) or left.soft or right.soft


@dataclass(frozen=True, slots=True)
class _House:
    """Who is behind a make: the supplier and all that ever owned it; who may have made its goods."""

    own: frozenset[str]
    makers: frozenset[str]
    soft: bool

    @classmethod
    def of(cls, brand: str, knowledge: Knowledge) -> _House:
        row = knowledge.brand(brand)
        own = {row.supplier} - {None} if row.supplier else {f"brand {brand}"}
        owners = {edge.owner for supplier in own for edge in _owners(str(supplier), knowledge)}
        roles = set(knowledge.pack.suppliers[row.supplier].roles) if row.supplier else set()
        soft = bool(roles) and roles <= _SOFT
        return cls(frozenset(map(str, own | owners)), frozenset(edge.supplier for edge in row.makers), soft)


#: Trades of those who sell no equipment of their own.
_SOFT = frozenset(("vms", "cloud", "app", "mobile app", "cloud evidence"))


def _owners(supplier: str, knowledge: Knowledge) -> Sequence[OwnerEdge]:
    """Edges to companies above a supplier that are in the trade themselves: a fund or a state makes no one house."""
    trade = [edge for edge in owner_edges(supplier, knowledge) if edge.owner in knowledge.pack.suppliers]
    return [edge for edge in trade if set(knowledge.pack.suppliers[edge.owner].roles) - {"owner"}]
