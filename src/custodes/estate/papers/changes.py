"""What differs from an earlier copy, split into three: the equipment, what we know of it, and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from custodes.estate.papers.again import of_device, of_machine, pair
from custodes.estate.papers.desk import Desk, Earlier, quantity
from custodes.model.assessment import Device
from custodes.model.changes import Cause
from custodes.model.days import in_words

EQUIPMENT, KNOWN, RULES = (cause.value for cause in Cause)


@dataclass(frozen=True, slots=True)
class Change:
    """One of the three, with how many pieces; `devices` is None where no earlier copy was given."""

    kind: str
    devices: int | None
    text: str


def check_earlier(earlier: Earlier) -> None:
    """Raises LookupError, TypeError or ValueError if the devices of an earlier copy are not as `assess` writes them."""
    for one in earlier.devices:
        of_machine(one), _said(one), _ruled(one), bool(one["live"]), int(str(one["quantity"]))
    date.fromisoformat(earlier.on)


def changes(desk: Desk) -> list[Change]:
    """The three changes since the earlier copy. A device whose record was edited is found again by its marks."""
    earlier = desk.earlier
    if not earlier.on:
        return [Change(kind, None, "no earlier copy was given (--since)") for kind in (EQUIPMENT, KNOWN, RULES)]
    now, then = desk.assessment.devices, earlier.devices
    pairs = pair([of_device(device) for device in now], [of_machine(one) for one in then])
    both = [(now[here], then[there]) for here, there in sorted(pairs.items())]
    added = quantity(device for place, device in enumerate(now) if place not in pairs)
    kept = set(pairs.values())
    removed = sum(int(str(one["quantity"])) for place, one in enumerate(then) if place not in kept)
    moved = quantity(device for device, one in both if device.live != one["live"])
    counted = [(device, int(str(one["quantity"]))) for device, one in both if device.quantity != one["quantity"]]
    recounted = sum(abs(device.quantity - before) for device, before in counted)
    known = quantity(device for device, one in both if _told(device) != _said(one))
    ruled = quantity(d for d, one in both if _told(d) == _said(one) and _rules(d) != _ruled(one))
    since = f"since {in_words(date.fromisoformat(earlier.on))}"
    more = f", {recounted:,} by another number on the same record" if recounted else ""
    return [
        Change(
            EQUIPMENT,
            added + removed + moved + recounted,
            f"{since}: {added:,} new in the records, {removed:,} no longer in them, "
            f"{moved:,} taken into or out of use{more}",
        ),
        Change(KNOWN, known, f"{since}: make, model or maker said otherwise of the same device"),
        Change(
            RULES,
            ruled,
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
