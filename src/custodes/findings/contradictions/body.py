"""What a body declared against what its records and its network hold, and what of its network no record holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from custodes.findings.contradictions.telling import contradiction
from custodes.knowledge.text import some_of
from custodes.model.assessment import Device, Finding
from custodes.model.contradictions import About, Side, Standing
from custodes.model.declarations import Declaration, Says
from custodes.model.vocab import Status

_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Told:
    """A device with the last day of its records (ISO, empty if none is told), and how many days ago that is."""

    device: Device
    dated: str
    age: int | None


def against_declaration(one: Declaration, devices: Sequence[Told], age: int | None) -> Iterator[Finding]:
    """The contradiction of one declaration, if there is one. `devices`: those of the body and system it speaks of.

    Only devices in use whose label or maker is established count, bought by the day of the declaration: what is only
    probable contradicts nobody. A line for a fleet and its units one by one are the same pieces.
    """
    found = [told for told in devices if told.device.live and _is_of(told.device, one) and not _bought_later(told, one)]
    lines = sum(told.device.quantity for told in found if told.device.quantity > 1)
    number = max(lines, sum(told.device.quantity == 1 for told in found))
    if not ((one.says is Says.NONE and number > 0) or (one.says is Says.COUNT and number > one.number)):
        return
    words = {Says.NONE: f"no {one.make}", Says.COUNT: f"{one.number:,} of {one.make}"}[one.says]
    declared = Side(Standing.DECLARED, words, None, one.source or one.place, one.dated, age)
    names = some_of([told.device.name for told in found], _MOST_NAMED)
    last = max(found, key=lambda told: told.dated)
    recorded = Side(Standing.RECORDED, f"{number:,} established as {one.make}", None, names, last.dated, last.age)
    sides = [declared, recorded]
    seen = [told for told in found if told.device.seen]
    if seen:
        last = max(seen, key=lambda told: told.dated)
        words = f"{len(seen):,} of them on the network"
        sides.append(Side(Standing.OBSERVED, words, None, "scans and captures", last.dated, last.age))
    subject = " ".join(filter(None, (one.body, one.system))) or "the body"
    sources = tuple(source for told in found for source in told.device.sources[:1])
    yield contradiction(About.DECLARED, sides, "", subject, sources)


def _bought_later(told: Told, one: Declaration) -> bool:
    """Whether a device surely came after the day of the declaration."""
    return bool(one.dated and told.device.bought) and told.device.bought[: len(one.dated)] > one.dated


def _is_of(device: Device, one: Declaration) -> bool:
    made = device.attribution
    by_label = made.status is Status.ASSERTED and made.brand in one.brands
    by_maker = made.maker_status is Status.ASSERTED and made.oem in one.suppliers
    return by_label or by_maker


def not_recorded(device: Device, side: Side, last: str, age: int | None) -> Finding:
    """A device that only the network shows, where no record of its body could be it. `last`: the day of the latest."""
    nothing = Side(Standing.RECORDED, "nothing", None, "every register of the body", last, age)
    return contradiction(About.NOT_RECORDED, [side, nothing], device.id)
