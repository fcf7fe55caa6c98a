"""What differs from an earlier copy, split into three: the equipment, what we know of it, and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custodes.estate.papers.desk import Desk, quantity
from custodes.model.assessment import Device

EQUIPMENT, KNOWN, RULES = "equipment changed", "we know more", "rules changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One of the three, with how many pieces; `devices` is None where no earlier copy was given."""

    kind: str
    devices: int | None
    text: str


def changes(desk: Desk) -> list[Change]:
    """The three changes since the earlier copy. A device whose record changed is other equipment: ids are content."""
    earlier = desk.earlier
    if not earlier.on:
        return [Change(kind, None, "no earlier copy was given (--since)") for kind in (EQUIPMENT, KNOWN, RULES)]
    now = {device.id: device for device in desk.assessment.devices}
    new = [device for key, device in now.items() if key not in earlier.devices]
    gone = [one for key, one in earlier.devices.items() if key not in now]
    both = [(device, earlier.devices[key]) for key, device in now.items() if key in earlier.devices]
    moved = [pair for pair in both if pair[0].live != pair[1]["live"]]
    known = [pair for pair in both if _told(pair[0]) != _said(pair[1])]
    ruled = [pair for pair in both if _told(pair[0]) == _said(pair[1]) and _rules(pair[0]) != _ruled(pair[1])]
    added, removed = quantity(new), sum(int(str(one["quantity"])) for one in gone)
    since = f"since {earlier.on}"
    return [
        Change(
            EQUIPMENT,
            added + removed + quantity(d for d, _ in moved),
            f"{since}: {added:,} new in the records, {removed:,} no longer in them, "
            f"{quantity(d for d, _ in moved):,} taken into or out of use",
        ),
        Change(
            KNOWN, quantity(d for d, _ in known), f"{since}: make, model or maker said otherwise of the same record"
        ),
        Change(
            RULES,
            quantity(d for d, _ in ruled),
            f"{since}: same equipment, same maker, another rule or another force (reference data {earlier.pack} then, "
            f"{desk.knowledge.version} now)",
        ),
    ]


def _told(device: Device) -> tuple[object, ...]:
    told = device.attribution
    return (told.brand, told.model, told.status.value, told.oem, told.maker_status.value)


def _said(one: Mapping[str, Any]) -> tuple[object, ...]:
    told = one["attribution"]
    return (told["brand"], told["model"], told["status"], told["oem"], told["maker_status"])


def _rules(device: Device) -> set[tuple[object, ...]]:
    return {(m["id"], m["force"], m["reaches"]) for m in device.measures}


def _ruled(one: Mapping[str, Any]) -> set[tuple[object, ...]]:
    return {(m["id"], m["force"], m["reaches"]) for m in one["measures"]}
