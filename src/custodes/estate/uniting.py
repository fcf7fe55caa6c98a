"""Sightings to units as the records and a person's judgements have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from custodes.attribution.identifiers import normal_mac
from custodes.estate.config import Estate
from custodes.estate.judging import place, read_judgements
from custodes.estate.linking import Unit, link
from custodes.estate.marking import Wording
from custodes.estate.sightings import Sighting, first_cell
from custodes.estate.states import State, read_state
from custodes.findings.vulnerabilities.matching import Told
from custodes.knowledge import Knowledge
from custodes.knowledge.mac import parse_mac
from custodes.knowledge.naming import named
from custodes.knowledge.text import words
from custodes.model.assessment import Because
from custodes.model.judgements import Judgement, Say
from custodes.model.quiet import without_collector
from custodes.model.vocab import Field

#: Where a record may name a part, and how much of it is looked through.
_PARTS = (Field.PART, Field.DESCRIPTION, Field.NOTES)
_LONGEST = 400


@dataclass(slots=True)
class United:
    """The units; what was judged of them, by unit: makes as cells, sentences, makers as suppliers; and what of the
    judgements could not be taken."""

    units: list[Unit]
    cells: dict[str, list[Mapping[str, str]]] = field(default_factory=dict)
    because: dict[str, list[Because]] = field(default_factory=dict)
    makers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@without_collector()
def unite(sightings: Sequence[Sighting], estate: Estate, knowledge: Knowledge) -> United:
    """Units of sightings. Judgements come before whatever the records share; one that contradicts an earlier one, or is
    of records that are not there, is left out and named."""
    wording = _wording(knowledge)
    if estate.judgements is None:
        return United(link(sightings, estate, (), wording))
    told, faults = read_judgements(estate.judgements)
    placed, missing = place(told, sightings, _devices(told, sightings, estate, wording))
    found = United(link(sightings, estate, placed, wording), faults=[*faults, *missing])
    found.faults += [
        f"{one.judgement.place} contradicts an earlier one; left out" for one in placed if one.contradicted
    ]
    for unit in found.units:
        for one in unit.judged:
            if one.say is Say.MAKER:
                _, suppliers = named(one.value, knowledge)
                if len(suppliers) != 1:
                    which = "several makers" if suppliers else "no maker of the reference data"
                    found.faults.append(f"{one.place}: {one.value[:60]!r} names {which}; left out")
                    continue
                found.makers[unit.id] = next(iter(suppliers))
            if one.say is Say.MAKE:
                found.cells.setdefault(unit.id, []).append({str(Field.MAKE): one.value})
            found.because.setdefault(unit.id, []).append(_because(one))
    return found


def _wording(knowledge: Knowledge) -> Wording:
    def gone(status: str) -> bool:
        return bool(status) and read_state(status, knowledge) is State.GONE

    def generic(name: str) -> bool:
        return all(knowledge.word_class.get(word) == "device" for word in words(name))

    def as_mac(serial: str) -> str:
        address = parse_mac(serial) if not serial.isdigit() else None
        known = address is not None and knowledge.mac_table.organisation(address) is not None
        return normal_mac(serial) if known else ""

    return Wording(gone, generic, as_mac)


def _because(one: Judgement) -> Because:
    return Because("stated-by", one.sentence, field="judgement", source=one.place)


def _devices(
    told: Sequence[Judgement], sightings: Sequence[Sighting], estate: Estate, wording: Wording
) -> dict[str, list[int]]:
    """The places of the sightings of devices that judgements name by the id that the records alone give them."""
    if not any(name.startswith("d-") for one in told for name in one.of):
        return {}
    at = {id(one): index for index, one in enumerate(sightings)}
    return {unit.id: [at[id(one)] for one in unit.sightings] for unit in link(sightings, estate, (), wording)}


def told_of(unit: Unit) -> Told:
    """The first words that records have for make and model of a unit, and all that may name a part of it."""
    parts = [one.cells[field] for one in unit.sightings for field in _PARTS if one.cells.get(field)]
    return Told(
        first_cell(unit.sightings, Field.MAKE),
        first_cell(unit.sightings, Field.MODEL),
        " / ".join(dict.fromkeys(parts))[:_LONGEST],
    )
