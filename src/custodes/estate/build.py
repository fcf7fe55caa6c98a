"""One unit to one Device: attribution, place, quantity, life, and the relations kept apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from custodes.attribution.device import Attributor
from custodes.attribution.identifiers import normal_mac
from custodes.attribution.maker import as_judged
from custodes.attribution.mention import Resolution
from custodes.estate.config import Estate, Site, Source, System
from custodes.estate.linking import Unit
from custodes.estate.quantity import Quantity, read_quantity
from custodes.estate.sightings import Sighting, first_cell, first_cells
from custodes.estate.sites import SiteIndex
from custodes.estate.states import State, noted_gone, read_state
from custodes.findings.vulnerabilities.matching import Vulnerabilities
from custodes.knowledge import Knowledge
from custodes.knowledge.text import squash, words
from custodes.model.assessment import Because, Device, Paid
from custodes.model.days import begun, read_day
from custodes.model.judgements import Say
from custodes.model.rules import Answer
from custodes.model.sources import SourceRow
from custodes.model.vocab import Field, Reason, RowKind, Status

Resolver = Callable[[str], Resolution]
#: A row with one of these speaks of a device, whatever its equipment cell says.
_IDENTITY = (Field.NAME, Field.ASSET_TAG, Field.MAC, Field.SERIAL, Field.ADDRESS)
LONGEST_ANSWER = 3
#: Reasons that speak of a register's cells; of a device that only a scan shows, what it said gives the reason.
_EMPTY = (Reason.BLANK, Reason.NO_MAKE_COLUMN)
_NO_SITE = Site("", "")
_NO_SYSTEM = System("", "")


@dataclass(frozen=True, slots=True)
class Context:
    """What building a device needs besides its unit."""

    estate: Estate
    knowledge: Knowledge
    resolver: Resolver
    attributor: Attributor
    as_at: date
    stated: Mapping[str, Sequence[Mapping[str, str]]]  # device id -> cells of answers
    stated_because: Mapping[str, Sequence[Because]]
    makers: Mapping[str, str]  # device id -> the supplier that a person judged to have made it
    faults: Vulnerabilities
    sites: SiteIndex


@dataclass(frozen=True, slots=True)
class Dropped:
    """A unit that is no device: the reason for each of its rows."""

    reason: str


def build(unit: Unit, context: Context) -> Device | Dropped:
    """The device of a unit, or why it is none."""
    rows = unit.sightings
    quantity = _quantity(rows)
    dropped = _no_device(rows, quantity)
    if dropped is not None:
        return dropped
    answers = list(context.stated.get(unit.id, ()))
    damaged = [_damage(sighting, item) for sighting in rows for item in sighting.damaged]
    platforms = list({clue.supplier: clue for sighting in rows for clue in sighting.platforms}.values())
    shown = {clue.because.text for clue in platforms}  # said once, where the maker is weighed
    scanned = list(dict.fromkeys(item for sighting in rows for item in sighting.because if item.text not in shown))
    mapped = frozenset().union(*(sighting.mapped for sighting in rows))
    attribution = context.attributor.of(
        [*answers, *(sighting.cells for sighting in rows)],
        mapped,
        platforms,
        [*context.stated_because.get(unit.id, ()), *scanned, *damaged],
    )
    if unit.id in context.makers:
        attribution = as_judged(attribution, context.makers[unit.id], context.as_at, context.knowledge)
    if attribution.reason in _EMPTY and rows[0].reason and all(sighting.reason for sighting in rows):
        attribution = replace(attribution, reason=rows[0].reason)
    if attribution.status is Status.UNKNOWN and attribution.reason is Reason.ACCESSORY and _bare(rows):
        return Dropped("an accessory, licence or service, not a device")
    source = context.estate.sources[rows[0].source]
    system = _system(rows, source, context.estate)
    site = _judged_site(unit, context.estate) or _site(unit, source, context)
    live, status = _life(rows, context)
    told = first_cells(rows)
    return Device(
        id=unit.id,
        name=_name(rows),
        body=told.get(Field.BODY, "") or source.body or system.body,
        site=site.name or told.get(Field.SITE, ""),
        system=system.name or told.get(Field.SYSTEM, ""),
        location=told.get(Field.LOCATION, ""),
        quantity=max(quantity.number, 1),
        live=live,
        status_text=status,
        attribution=attribution,
        sources=tuple(SourceRow(s.file, s.row, s.sheet) for s in rows),
        sensitive=site.sensitive,
        owner=told.get(Field.OWNER, "") or system.owner,
        operator=told.get(Field.OPERATOR, "") or system.operator,
        controller=told.get(Field.CONTROLLER, "") or system.controller,
        landlord=told.get(Field.LANDLORD, "") or system.landlord or site.landlord,
        installer=told.get(Field.INSTALLER, "") or system.installer,
        contract=told.get(Field.CONTRACT, "") or system.contract,
        mac=next((m for m in (normal_mac(s.cells.get(Field.MAC, "")) for s in rows) if m), ""),
        serial=told.get(Field.SERIAL, ""),
        firmware=told.get(Field.FIRMWARE, ""),
        channels=max(1, sum(s.kind is RowKind.CHANNEL for s in rows)),
        lenses=_lenses(rows),
        assembled=told.get(Field.ASSEMBLED, ""),
        part=told.get(Field.PART, ""),
        bought=read_day(told.get(Field.PURCHASED, "")),
        paid=tuple(_paid(rows)),
        seen=any(row.seen for row in rows),
        ports=_ports(rows),
        system_id=system.id,
        site_id=site.id,
    )


#: What a record says about money. Every record's own word is kept: a later ledger never replaces an earlier one.
_MONEY = (Field.AWARD, Field.FUND, Field.OBLIGATED, Field.ORDER, Field.INVOICE, Field.SELLER, Field.AMOUNT)


def _paid(rows: Sequence[Sighting]) -> Iterator[Paid]:
    for row in rows:
        if row.cells.keys().isdisjoint(_MONEY):
            continue  # most records tell of no money
        for field in _MONEY:
            if row.cells.get(field):
                yield Paid(str(field), row.cells[field], SourceRow(row.file, row.row, row.sheet))
        if row.cells.get(Field.PURCHASED) and any(row.cells.get(field) for field in _MONEY):
            yield Paid(str(Field.PURCHASED), row.cells[Field.PURCHASED], SourceRow(row.file, row.row, row.sheet))


def _name(rows: Sequence[Sighting]) -> str:
    for field in (Field.NAME, Field.ASSET_TAG, Field.CHANNEL, Field.LOCATION, Field.ADDRESS):
        found = first_cell(rows, field)
        if found:
            return found
    return f"{rows[0].file} row {rows[0].row}"


def _quantity(rows: Sequence[Sighting]) -> Quantity:
    best = Quantity()
    for sighting in rows:
        fleet = sighting.kind is RowKind.FLEET or Field.QUANTITY in sighting.mapped
        counted = sighting.cells.get(Field.QUANTITY, "")
        text = sighting.cells.get(Field.DESCRIPTION) or sighting.cells.get(Field.MODEL, "")
        text = text if fleet or len(rows) == 1 else ""
        found = read_quantity(counted, text)
        if found.none or found.refused or found.number > best.number:
            best = found
    return _answered(rows) or best


def _answered(rows: Sequence[Sighting]) -> Quantity | None:
    """A fleet row whose equipment cell is itself the answer: "none", "refused"."""
    if any(row.cells.get(key) for row in rows for key in _IDENTITY) or Field.MAKE in rows[0].mapped:
        return None
    text = rows[0].cells.get(Field.DESCRIPTION) or rows[0].cells.get(Field.MODEL, "")
    found = read_quantity(text) if text and len(text.split()) <= LONGEST_ANSWER else None
    return found if found is not None and (found.none or found.refused) else None


def _no_device(rows: Sequence[Sighting], quantity: Quantity) -> Dropped | None:
    if quantity.refused:
        return Dropped("the number was refused: an answer, not zero and not a device")
    if quantity.none:
        return Dropped("the record says none")
    if all(sighting.kind is RowKind.LICENCE for sighting in rows):
        return Dropped("a licence, not a device")
    if not any(sighting.cells for sighting in rows):
        return Dropped("nothing readable in the record")
    if all(sighting.faint for sighting in rows):
        return Dropped(rows[0].faint)
    return None


def _bare(rows: Sequence[Sighting]) -> bool:
    """Whether no row holds an identifier or an address: a thing that was never on a network."""
    keys = (Field.MAC, Field.ADDRESS, Field.FIRMWARE)
    return not any(sighting.cells.get(key) for sighting in rows for key in keys)


def _damage(sighting: Sighting, item: tuple[str, str, str]) -> Because:
    field, kind, shown = item
    text = (
        f"the {field.replace('_', ' ')} “{shown}” was damaged by a spreadsheet ({kind.replace('-', ' ')}): no evidence"
    )
    return Because("damage", text, field=field, against=True, source=f"{sighting.file} row {sighting.row}")


#: A column of days of removal: the day may be to come.
_FROM = re.compile(r"not in use from (\d{4}(?:-\d\d){0,2})(?= \()")
#: What a status text may say that no word of the vocabulary of states says: "never fitted", "on order".
_GONE_FLAGS = frozenset(("past", "negation", "future"))


def _life(rows: Sequence[Sighting], context: Context) -> tuple[bool, str]:
    """Whether the unit is in use, and the words that say so.

    It is unless every status that is given says otherwise, or, with none given, a note says that it is gone.
    """
    knowledge = context.knowledge
    said = [s.cells[Field.STATUS] for s in rows if s.cells.get(Field.STATUS)]
    if said:
        return any(is_live(text, context) for text in said), said[0]
    if all(s.section for s in rows):
        return False, rows[0].section
    noted = [s.cells.get(field, "") for s in rows for field in (Field.NOTES, Field.DESCRIPTION)]
    gone = next((text for text in noted if text and noted_gone(text, knowledge)), "")
    return not gone, gone or rows[0].section


def is_live(status: str, context: Context) -> bool:
    """Whether a status speaks of a unit in use. What is not understood counts as in use: nothing is lost silently."""
    day = _FROM.match(status)
    if day:
        return begun(day[1], context.as_at.isoformat()) is not Answer.YES
    state = read_state(status, context.knowledge)
    if state is not State.UNKNOWN:
        return state is not State.GONE
    spoken, told = words(status), context.knowledge
    at_home = (told.note_words["condition"], told.note_words["parts"], told.states["removal"], told.live_words)
    if len(spoken) < 2 or not all(group.isdisjoint(spoken) for group in at_home):
        return True  # "not working", "do not remove", "hard disk changed": it is there
    return not _GONE_FLAGS & set(context.resolver(status).flags)


def understood(status: str, knowledge: Knowledge) -> bool:
    """Whether a status text tells one thing; a state, or at least a condition that a unit in use can be in."""
    state = read_state(status, knowledge)
    if state is not State.UNKNOWN or _FROM.match(status):
        return state is not State.BOTH
    spoken = words(status.replace("_", " "))
    return not (knowledge.live_words.isdisjoint(spoken) and knowledge.note_words["condition"].isdisjoint(spoken))


def _ports(rows: Sequence[Sighting]) -> tuple[str, ...]:
    """Ports that were open in any of the scans."""
    told = [row.ports for row in rows if row.ports]
    return told[0] if len(told) == 1 else tuple(dict.fromkeys(port for ports in told for port in ports))


def _lenses(rows: Sequence[Sighting]) -> int | None:
    text = first_cell(rows, Field.LENSES).strip()
    return int(text) if text.isdecimal() and len(text) <= 3 else None


def _system(rows: Sequence[Sighting], source: Source, estate: Estate) -> System:
    """The configured system: of the source, else the only one of the name that the records give it."""
    if source.system:
        return estate.systems.get(source.system, _NO_SYSTEM)
    told = squash(first_cell(rows, Field.SYSTEM))
    named = [one for one in estate.systems.values() if told and squash(one.name) == told]
    of_body = [one for one in named if source.body and one.body == source.body] or named
    return of_body[0] if len(of_body) == 1 else _NO_SYSTEM


def _judged_site(unit: Unit, estate: Estate) -> Site | None:
    """The configured site that a person judged it to be at; one that is not configured is a site by its name."""
    named = [one.value for one in unit.judged if one.say is Say.SITE]
    return estate.sites.get(named[-1]) or Site("", named[-1]) if named else None


def _site(unit: Unit, source: Source, context: Context) -> Site:
    """The configured site whose name or alias a place cell holds, else that of the source."""
    body = unit.body if unit.body in context.estate.bodies else ""
    for name in (Field.SITE, Field.LOCATION, Field.NAME, Field.NOTES):
        text = " ".join([s.cells.get(name, "") for s in unit.sightings])
        found = context.sites.find(text, body) if text.strip() else None
        if found is not None:
            return found
    return context.estate.sites.get(source.site, _NO_SITE)
