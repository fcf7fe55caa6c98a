"""What a body declared against what its records and its network hold, and what of its network no record holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodes.findings.contradictions.telling import contradiction
from custodes.model.assessment import Device, Finding
from custodes.model.contradictions import About, Side, Standing
from custodes.model.declarations import Declaration, Says
from custodes.model.vocab import Status

_MOST_NAMED = 6


def against_declaration(one: Declaration, devices: Sequence[Device], age: int | None) -> Iterator[Finding]:
    """The contradiction of one declaration, if there is one. `devices`: those of the body and system it speaks of.

    Only devices in use whose label or maker is established count: what is only probable contradicts nobody.
    """
    found = [device for device in devices if device.live and _is_of(device, one)]
    number = sum(device.quantity for device in found)
    seen = sum(device.quantity for device in found if device.seen)
    too_many = (one.says is Says.NONE and number > 0) or (one.says is Says.COUNT and number > one.number)
    if not too_many:
        return
    words = {Says.NONE: f"no {one.make}", Says.COUNT: f"{one.number:,} of {one.make}"}[one.says]
    declared = Side(Standing.DECLARED, words, None, one.source or one.place, one.dated, age)
    names = ", ".join(device.name for device in found[:_MOST_NAMED])
    more = f" and {len(found) - _MOST_NAMED:,} more" if len(found) > _MOST_NAMED else ""
    recorded = Side(Standing.RECORDED, f"{number:,} established as {one.make}", None, f"{names}{more}")
    sides = [declared, recorded]
    if seen:
        sides.append(Side(Standing.OBSERVED, f"{seen:,} of them on the network", None, "scans and captures"))
    subject = " ".join(filter(None, (one.body, one.system))) or "the body"
    sources = tuple(source for device in found for source in device.sources[:1])
    yield contradiction(About.DECLARED, sides, "", subject, sources)


def _is_of(device: Device, one: Declaration) -> bool:
    made = device.attribution
    by_label = made.status is Status.ASSERTED and made.brand in one.brands
    by_maker = made.maker_status is Status.ASSERTED and made.oem in one.suppliers
    return by_label or by_maker


def not_recorded(device: Device, side: Side) -> Finding:
    """A device that only the network shows, where no record of its body could be it."""
    nothing = Side(Standing.RECORDED, "nothing", None, "every register of the body")
    return contradiction(About.NOT_RECORDED, [side, nothing], device.id)
