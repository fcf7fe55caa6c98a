"""All that the records say of one device, joined to one attribution with its reasons.

Cells have roles. A make cell names the brand; a model cell confirms or contradicts it; a type, description or
note can only take an assertion away; a driver or a device's name can only propose. Identifiers speak about
the actual maker, not about the label.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Sequence
from datetime import date
from functools import partial

from custodes.attribution import score
from custodes.attribution.case import NAMING, Case, Cells, Resolver, described, gather, lower
from custodes.attribution.cells import weigh_cells
from custodes.attribution.identifiers import IdentifierClue
from custodes.attribution.maker import from_identifiers, under_another_name, with_maker
from custodes.attribution.mention import Mention
from custodes.knowledge import Knowledge
from custodes.model.assessment import Attribution, Because
from custodes.model.vocab import Field, Reason, Status

#: Cells that may name the label, the strongest first.
_GROUPS: tuple[tuple[str, ...], ...] = (
    (Field.MAKE,),
    (Field.MODEL,),
    (Field.DESCRIPTION, Field.DEVICE_TYPE),
    (Field.HARDWARE, Field.NAME),
    (Field.DRIVER, Field.FIRMWARE),
    (Field.NOTES,),
)


#: Different units of which the attribution is remembered.
_REMEMBERED = 50_000


class Attributor:
    """Attributes devices on one day. Units that are alike in all that counts share one attribution, worked out once.

    `resolver` is `resolve_text` with a memory.
    """

    def __init__(self, resolver: Resolver, knowledge: Knowledge, as_at: date) -> None:
        self._gather = partial(gather, resolver=resolver, knowledge=knowledge, as_at=as_at)
        self._known: dict[Hashable, Attribution] = {}

    def of(
        self,
        records: Sequence[Cells],
        mapped: frozenset[str],
        seen: Sequence[IdentifierClue] = (),
        beside: Sequence[Because] = (),
    ) -> Attribution:
        """Attribute one device from the cells of its rows (field name to text; absent or empty cells left out).

        `mapped`: canonical fields that any of the source files had a column for, so that "the register has no
        make" can be told from "this row's make is blank". `seen`: whose platform the unit showed on the network.
        `beside`: what else is to be told of this unit, and decides nothing here: what a person stated, what was lost.
        """
        case = self._gather(records, mapped, seen=seen)
        key = case.key
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[key] = _attribution(case)
        return dataclasses.replace(found, because=(*found.because, *beside)) if beside else found


def _attribution(case: Case) -> Attribution:
    mention, source_field = _label(case)
    if mention is None:
        return _without_label(case)
    mention, extra = weigh_cells(case, mention, source_field)
    if mention.status is Status.UNKNOWN:
        return _taken_away(case, mention, source_field)
    return with_maker(case, mention, source_field, extra)


def _label(case: Case) -> tuple[Mention | None, str]:
    """The best mention of the strongest cell that names anything."""
    for group in _GROUPS:
        found = [
            (mention, name)
            for name, _, resolution in case.resolved
            if name in group
            for mention in resolution.mentions
            if mention.status is not Status.UNKNOWN
        ]
        if not found:
            continue
        found.sort(key=lambda item: (score.RANK[item[0].status], -item[0].score, item[0].brand))
        best, name = found[0]
        rivals = {item[0].brand for item in found if item[0].status is best.status} - {best.brand}
        if rivals and not _same_house(case, best.brand, rivals):
            best = lower(best, Reason.SEVERAL_BRANDS, "several makes are named and the record does not say which")
        return best, name
    return None, ""


def _same_house(case: Case, brand: str, rivals: set[str]) -> bool:
    """Whether every rival is the owner's own name for the same goods (a sub-brand and its parent)."""
    row = case.knowledge.brand(brand)
    house = {edge.supplier for edge in row.makers} | {row.supplier}
    return all(case.knowledge.brand(rival).supplier in house for rival in rivals)


def _taken_away(case: Case, mention: Mention, source: str) -> Attribution:
    """A name that another cell takes away altogether: the row is about an accessory or a service."""
    because = tuple(dataclasses.replace(item, field=item.field or source) for item in mention.evidence)
    return Attribution(Status.UNKNOWN, 0.0, device_type=described(case)[1], reason=mention.reason, because=because)


def _without_label(case: Case) -> Attribution:
    """No cell names a make: an identifier may still propose one, otherwise "not known, because"."""
    reason = _why_unknown(case)
    against = tuple(
        dataclasses.replace(item, field=name)
        for name, _, resolution in case.resolved
        for mention in resolution.mentions
        for item in mention.evidence
    )
    whole = [clue for clue in case.identifiers if clue.whole]
    model, device_type = described(case)
    if len({clue.supplier for clue in whole}) == 1 and not against:
        if _another_name(case):
            return under_another_name(case, whole, model, device_type, reason)
        return from_identifiers(case, whole, model, device_type, reason)
    return Attribution(
        Status.UNKNOWN,
        0.0,
        model=model,
        device_type=device_type,
        reason=reason,
        because=against + tuple(clue.because for clue in case.identifiers),
    )


def _another_name(case: Case) -> bool:
    """Whether a make cell holds a name that the reference data does not have: an identifier does not replace it."""
    return any(name == Field.MAKE and resolution.reason is Reason.NO_BRAND for name, _, resolution in case.resolved)


def _why_unknown(case: Case) -> Reason:
    """The most telling reason: what the make cell says, else the model cell, else the lack of any column."""
    taken = [m.reason for n, _, r in case.resolved if n in NAMING for m in r.mentions if m.reason]
    if taken:
        return taken[0]
    for group in ((Field.MAKE,), (Field.MODEL, Field.DESCRIPTION, Field.DEVICE_TYPE)):
        reasons = [r.reason for name, _, r in case.resolved if name in group and r.reason]
        telling = [reason for reason in reasons if reason not in (Reason.BLANK, Reason.NO_BRAND)]
        if telling:
            return telling[0]
        if reasons and group == (Field.MAKE,):
            return reasons[0]
    if Field.MAKE in case.mapped:
        return Reason.BLANK
    if Field.MODEL in case.mapped and any(name == Field.MODEL for name, _, _ in case.resolved):
        return Reason.NO_BRAND
    return Reason.NO_MAKE_COLUMN
