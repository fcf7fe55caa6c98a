"""What the sources of an estate tell in two ways: gathered from the records of each unit, the declarations of each body
and the units that stand at one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from custodes.estate.build import Context, Resolver, is_live
from custodes.estate.declared import read_declarations
from custodes.estate.linking import Unit
from custodes.estate.marks import day
from custodes.estate.sightings import Sighting, first_cell
from custodes.estate.sites import match_site
from custodes.estate.unmet import Unmet
from custodes.findings.contradictions.body import against_declaration, not_recorded
from custodes.findings.contradictions.device import Said, of_device
from custodes.findings.contradictions.telling import contradiction, perhaps_one
from custodes.findings.first import declaration_finding, not_seen_finding
from custodes.knowledge import Knowledge
from custodes.knowledge.text import squash
from custodes.model.assessment import Device, Finding
from custodes.model.contradictions import About, Side, Standing
from custodes.model.declarations import Declaration
from custodes.model.sources import SourceRow
from custodes.model.vocab import Field, Status

_MEMORY = 20_000


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
    others = [*teller.declared(devices), *teller.unseen(present)]
    return Contradicted({key: value for key, value in found.items() if value}, others)


class Teller:
    """Reads what each record tells, with a memory for texts that come again."""

    def __init__(self, context: Context) -> None:
        self._context, self._estate = context, context.estate
        self._brand = lru_cache(_MEMORY)(lambda text: _brand(text, context.resolver))
        self._code = lru_cache(_MEMORY)(lambda text: squash(context.resolver(text).model or ""))
        self._gone = lru_cache(_MEMORY)(lambda text: not is_live(text, context))
        self._site = lru_cache(_MEMORY)(lambda text, body: match_site(text, self._estate.sites, body))
        self._kin = lru_cache(_MEMORY)(lambda one, other: _kin(one, other, context.knowledge))

    def of_unit(self, unit: Unit) -> Iterator[Finding]:
        """What the records of one unit tell in two ways."""
        first, *others = unit.sightings
        if all(one.source == first.source for one in others):
            return
        yield from of_device(unit.id, [self._said(one) for one in unit.sightings], self._kin)

    def of_place(self, unit: Unit, devices: Mapping[str, Device]) -> Iterator[Finding]:
        """Other units that are told where this one is; said once, of the one that was told of last."""
        for other, rival in unit.rivals:
            if other.id not in devices or not (devices[unit.id].live and devices[other.id].live):
                continue
            mine, theirs = self._as_unit(unit), self._as_unit(other)
            if (theirs.dated, other.id) > (mine.dated, unit.id):
                continue
            sides = [_with(side, f"{side.value}, under the same {rival.place}") for side in (theirs, mine)]
            yield perhaps_one(unit.id, sides) if rival.nearly else contradiction(About.UNIT, sides, unit.id)

    def only_seen(self, present: Sequence[tuple[Unit, Device]]) -> Iterator[tuple[Device, Finding]]:
        """Devices that only the network shows, where their body keeps records and none of these could be the device."""
        recorded: set[str] = set()
        unmet: dict[str, Unmet] = defaultdict(Unmet)
        for unit, device in present:
            if not all(one.seen for one in unit.sightings):
                recorded.add(self._body(unit, device))
            if not device.seen:
                unmet[self._body(unit, device)].add(device)
        for unit, device in present:
            body = self._body(unit, device)
            only_seen = body in recorded and all(one.seen for one in unit.sightings)
            if only_seen and not unmet[body].could_be(device, self._kin):
                yield device, not_recorded(device, self._side(unit.sightings[0], self._as_unit(unit).value))

    def declared(self, devices: Sequence[Device]) -> Iterator[Finding]:
        """What bodies declared, against their devices."""
        path = self._estate.declared
        told, faults = read_declarations(path, self._estate, self._context.knowledge) if path else ([], [])
        yield from map(declaration_finding, faults)
        for one in told:
            own = [
                device
                for device in devices
                if (
                    not one.body or self._context.bodies.get(squash(device.body)) == one.body or device.body == one.body
                )
                and (not one.system or device.system_id == one.system)
            ]
            yield from against_declaration(one, own, _age(one.dated, self._context.as_at))

    def _is_meant(self, one: Declaration, device: Device) -> bool:
        """Whether a declaration speaks of a device's body and system."""
        if one.body and self._context.bodies.get(squash(device.body)) != one.body:
            return False
        return not one.system or device.system_id == one.system

    def unseen(self, present: Sequence[tuple[Unit, Device]]) -> Iterator[Finding]:
        """For each body whose network was looked at, how much of what is recorded on a network was not seen."""
        seen: dict[str, list[str]] = defaultdict(list)
        missing: dict[str, int] = defaultdict(int)
        total: dict[str, int] = defaultdict(int)
        for unit, device in present:
            days = [self._estate.sources[one.source].dated for one in unit.sightings if one.seen]
            if days:
                seen[self._body(unit, device)] += days
            on_network = device.mac or any(one.cells.get(Field.ADDRESS) for one in unit.sightings)
            if device.live and on_network and not all(one.seen for one in unit.sightings):
                total[self._body(unit, device)] += device.quantity
                missing[self._body(unit, device)] += 0 if days else device.quantity
        for body in sorted(seen):
            if missing[body]:
                yield not_seen_finding(body, missing[body], total[body], max(seen[body]))

    def _body(self, unit: Unit, device: Device) -> str:
        """The body of a device: a configured one, else as its records write it."""
        configured = self._estate.sources[unit.sightings[0].source].body
        found = (self._context.bodies.get(squash(text)) for text in (device.body, configured) if text)
        return next((body for body in found if body), device.body)

    def _as_unit(self, unit: Unit) -> Side:
        """A unit by its numbers, by the latest of its records that has one."""
        best = max(unit.sightings, key=lambda one: (_numbered(one), self._estate.sources[one.source].dated))
        told = ((word, best.cells.get(name) or first_cell(unit.sightings, name)) for name, word in _NUMBERS)
        return self._side(best, ", ".join(f"{word} {text}" for word, text in told if text) or "a unit")

    def _said(self, one: Sighting) -> Said:
        cells = one.cells
        make, model, status = (cells.get(name, "") for name in (Field.MAKE, Field.MODEL, Field.STATUS))
        body = self._context.bodies.get(squash(cells.get(Field.BODY, "") or self._estate.sources[one.source].body), "")
        site = self._site(cells[Field.SITE], body) if Field.SITE in cells else None
        return Said(
            self._side(one, status),
            make,
            self._brand(make) if make else "",
            model,
            self._code(model) if model else "",
            cells.get(Field.FIRMWARE, ""),
            site.id if site else "",
            self._gone(status) if status else None,
            one.seen,
        )

    def _side(self, one: Sighting, value: str) -> Side:
        source = self._estate.sources[one.source]
        standing = Standing.OBSERVED if one.seen else source.standing
        where = SourceRow(one.file, one.row, one.sheet)
        return Side(standing, value, where, "", source.dated, _age(source.dated, self._context.as_at))


_NUMBERS = ((Field.SERIAL, "serial number"), (Field.MAC, "MAC address"))


def _numbered(one: Sighting) -> bool:
    return any(one.cells.get(name) for name, _ in _NUMBERS)


def _with(side: Side, value: str) -> Side:
    return Side(side.standing, value, side.where, side.told_in, side.dated, side.age)


def _age(dated: str, as_at: date) -> int | None:
    return max((as_at - day(dated)).days, 0) if dated else None


def _brand(text: str, resolver: Resolver) -> str:
    """The one make that a cell surely names; empty if it names none, several, or not surely."""
    sure = {one.brand for one in resolver(text).mentions if one.status is Status.ASSERTED}
    return next(iter(sure)) if len(sure) == 1 else ""


def _kin(one: str, other: str, knowledge: Knowledge) -> bool:
    """Whether two makes may stand for one unit: the same, of one house, or one of them made by the other's house."""
    left, right = knowledge.brand(one), knowledge.brand(other)
    houses = [{row.supplier, *(edge.supplier for edge in row.makers)} - {None} for row in (left, right)]
    return one == other or not houses[0].isdisjoint(houses[1])
