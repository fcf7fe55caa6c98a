"""What to find out next: the questions that turn "not known" into known, and how much each one settles."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from custodes.model.assessment import Device, NextStep
from custodes.model.questions import Question
from custodes.model.vocab import Status


def open_groups(devices: Iterable[Device]) -> dict[tuple[str, ...], list[Device]]:
    """Live devices whose maker is not established, in groups that one answer settles.

    Units of one brand and model at one addressee go together; a unit without a model stands alone.
    """
    groups: dict[tuple[str, ...], list[Device]] = defaultdict(list)
    for device in devices:
        attribution = device.attribution
        if not device.live or attribution.maker_status is Status.ASSERTED:
            continue
        kind, addressee = _addressee(device)
        if attribution.brand and attribution.status is Status.ASSERTED:
            key = (kind, addressee, attribution.brand, attribution.model or "")
        else:
            key = (kind, addressee, "", device.id)
        groups[key].append(device)
    return groups


def _addressee(device: Device) -> tuple[str, str]:
    """Who can answer: the landlord, else the installer, else the contract's holder, else the site's own team."""
    for kind, name in (
        ("landlord", device.landlord),
        ("installer", device.installer),
        ("contract", device.contract),
        ("site", device.site),
    ):
        if name:
            return kind, name
    return "site", device.body or "own team"


def questions(devices: Sequence[Device], sentences: dict[str, str]) -> list[Question]:
    """One question a group, most settling first; ids depend on the devices alone."""
    found = [_question(key, members, sentences) for key, members in open_groups(devices).items()]
    return sorted(found, key=lambda item: (-item.settles, item.addressee, item.site, item.id))


def _question(key: tuple[str, ...], members: Sequence[Device], sentences: dict[str, str]) -> Question:
    first = members[0]
    attribution = first.attribution
    known = attribution.status is Status.ASSERTED
    ids = tuple(sorted(device.id for device in members))
    digest = hashlib.sha256("|".join(ids).encode()).hexdigest()[:10]
    if known:
        what = f"{attribution.brand_name} {attribution.model or ''}".strip()
        subject = f"{what} ({len(members)} units)" if len(members) > 1 else f"{first.name} ({what})"
        missing = "who actually made it: " + attribution.maker_reason
        todo = (
            "photograph one unit's label whole; read its MAC address; ask the installer in writing who made this model"
        )
    else:
        subject = first.name
        missing = "make and model: " + sentences.get(str(attribution.reason), str(attribution.reason))
        todo = "photograph the label; read the MAC address at the switch port; ask for make, model and firmware"
    places = sorted({device.location or device.site for device in members if device.location or device.site})
    place = "; ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    settles = sum(device.quantity for device in members)
    return Question("Q-" + digest, key[0], key[1], first.site, subject, place, missing, todo, settles, ids)


def next_steps(devices: Sequence[Device], most: int = 5) -> tuple[NextStep, ...]:
    """The questions that would change the answer most, in one line each."""
    by_brand: dict[str, int] = defaultdict(int)
    no_make = 0
    for device in devices:
        attribution = device.attribution
        if not device.live or attribution.maker_status is Status.ASSERTED:
            continue
        if attribution.brand_name and attribution.status is not Status.UNKNOWN:
            by_brand[attribution.brand_name] += device.quantity
        else:
            no_make += device.quantity
    steps = [
        NextStep(f"inspect one {brand} unit of each model: who made it is not settled", count, brand)
        for brand, count in by_brand.items()
    ]
    if no_make:
        steps.append(NextStep("find out the make of units that have none on record (custodes ask)", no_make, ""))
    steps.sort(key=lambda item: (-item.settles, item.text))
    return tuple(steps[:most])
