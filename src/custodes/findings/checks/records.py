"""Tests of what is on record: fields, makers, credentials, firmware, declarations, the numbers of drones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from custodes.findings.checks.scope import Scope, dated, network_files, on_record, with_kind
from custodes.knowledge.text import some_of
from custodes.model.assessment import Device
from custodes.model.checks import Check, Outcome
from custodes.model.contradictions import About
from custodes.model.days import span
from custodes.model.vocab import Status

_MOST = 6
_TOLD: Mapping[str, Callable[[Device], object]] = {
    "body": lambda one: one.body,
    "site": lambda one: one.site or one.location,
    "system": lambda one: one.system,
    "brand": lambda one: one.attribution.brand,
    "model": lambda one: one.attribution.model,
    "number": lambda one: one.serial or one.mac,
    "firmware": lambda one: one.firmware,
    "owner": lambda one: one.owner,
}
_WORDS = {"brand": "make", "number": "serial number or MAC address", "day": "day of the record"}


def recorded(check: Check, scope: Scope) -> Outcome:
    """Whether each device has everything on record that the check lists."""
    days = dated(scope)

    def told(device: Device, name: str) -> object:
        if name == "day":
            return any(days.get((row.file, row.sheet)) for row in device.sources)
        return _TOLD[name](device)

    lacking = {name: [one.id for one in scope.devices if not told(one, name)] for name in check.fields}
    short = {key for ids in lacking.values() for key in ids}
    because = [f"no {_WORDS.get(name, name)}: {len(ids):,}" for name, ids in lacking.items() if ids]
    return Outcome(
        len(scope.devices), tuple(one.id for one in scope.devices if one.id in short), because=tuple(because)
    )


def maker_known(_: Check, scope: Scope) -> Outcome:
    """Whether make, maker, owner and part are known: without a make it falls short, without a maker it is open."""
    short, unknown, parts, owners = [], [], 0, 0
    for device in scope.devices:
        told = device.attribution
        if told.status is not Status.ASSERTED:
            short.append(device.id)
        elif told.maker_status is not Status.ASSERTED:
            unknown.append(device.id)
        parts += told.component is not None or bool(device.part)
        owners += told.owner is not None
    because = (
        f"make not established: {len(short):,}",
        f"label established, actual maker not: {len(unknown):,}",
        f"an owner of the maker is known for {owners:,}, a part for {parts:,}",
    )
    return Outcome(len(scope.devices), tuple(short), tuple(unknown), because)


def register_credentials(_: Check, scope: Scope) -> Outcome:
    """Files that held credentials; they were dropped before anything was kept."""
    held = [one.file for one in scope.files if one.credentials.columns or one.credentials.values]
    because = (f"credentials stood in {some_of(held, _MOST)}; they were dropped",) if held else ()
    return Outcome(len(scope.files), tuple(held), because=because)


def firmware_recorded(_: Check, scope: Scope) -> Outcome:
    """Devices that are on record and were seen, of which the network tells another version than the record."""
    network = network_files(scope)
    both = [one for one in scope.devices if one.seen and on_record(one, network)]
    days = [day for (file, sheet), day in dated(scope).items() if day and (file, sheet) not in network]
    because = []
    if days:
        age = (scope.as_at - span(min(days))[0]).days
        because.append(f"the oldest record is of {min(days)}, {age:,} days before")
    if not both:
        return Outcome(missing="no device is both on record and seen on the network", because=tuple(because))
    short = tuple(
        one.id for one in both if any(told.about == About.FIRMWARE and len(told.sides) > 1 for told in one.findings)
    )
    silent = tuple(one.id for one in both if not one.firmware)
    because.append("a device whose answer tells no version cannot be compared")
    return Outcome(len(both), short, silent, tuple(because))


def declared(_: Check, scope: Scope) -> Outcome:
    """What bodies declared that the evidence contradicts."""
    if not scope.declared:
        return Outcome(missing="nothing that a body declared is among the files (declared.yaml)")
    found = [one for one in scope.findings if one.about == About.DECLARED]
    return Outcome(len(scope.devices), tuple(one.id for one in found), because=tuple(one.text for one in found[:_MOST]))


def serials(_: Check, scope: Scope) -> Outcome:
    """Units whose serial number is of another maker's numbering than the make on record."""
    short = with_kind(scope.devices, "label-contradicts-identifier")
    return Outcome(len(scope.devices), short, tuple(one.id for one in scope.devices if not one.serial))


def broadcast(_: Check, scope: Scope) -> Outcome:
    """Units whose make rests on nothing but what they broadcast."""
    short = []
    for device in scope.devices:
        kinds = {one.kind for one in device.attribution.because if not one.against}
        if device.attribution.status is Status.ASSERTED and kinds and kinds <= {"radio"}:
            short.append(device.id)
    return Outcome(len(scope.devices), tuple(short))
