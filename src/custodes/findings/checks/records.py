"""Tests of what is on record: fields, makers, credentials, firmware, declarations, the numbers of drones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from custodes.findings.checks.scope import Scope, dated, ids, network_files, on_record
from custodes.knowledge.text import some_of
from custodes.model.assessment import Device, Finding
from custodes.model.checks import Check, Outcome
from custodes.model.contradictions import About, Standing
from custodes.model.days import span
from custodes.model.vocab import Field, Status

_MOST = 6
_TOLD: Mapping[str, Callable[[Device], str | None]] = {
    "body": lambda one: one.body,
    "site": lambda one: one.site or one.location,
    "system": lambda one: one.system,
    "brand": lambda one: one.attribution.brand,
    "model": lambda one: one.attribution.model,
    "number": lambda one: one.serial or one.mac,
    "firmware": lambda one: one.firmware,
    "owner": lambda one: one.owner,
}
#: Where a record says it, though the reference data does not know what is said there.
_CELLS = {"brand": Field.MAKE, "number": Field.SERIAL}
_WORDS = {"brand": "make", "number": "serial number or MAC address", "day": "day of the record"}


def recorded(check: Check, scope: Scope) -> Outcome:
    """Whether each device has everything on record that the check lists."""
    days = dated(scope)

    def told(device: Device, name: str) -> object:
        if name == "day":
            return any(days.get((row.file, row.sheet)) for row in device.sources)
        return _TOLD[name](device) or scope.cell(device, _CELLS.get(name) or Field(name))

    lacking = {name: [one.id for one in scope.devices if not told(one, name)] for name in check.fields}
    short = {key for keys in lacking.values() for key in keys}
    because = [f"no {_WORDS.get(name, name)}: {len(keys):,}" for name, keys in lacking.items() if keys]
    return Outcome(len(scope.devices), ids(scope.devices, lambda one: one.id in short), because=tuple(because))


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
    """Devices of which the network tells another version than the record; where one of them tells none, it is open."""
    network = network_files(scope)
    both = [one for one in scope.devices if one.seen and on_record(one, network)]
    days = dated(scope)
    told = {
        days.get((row.file, row.sheet), "")
        for one in both
        for row in one.sources
        if (row.file, row.sheet) not in network
    }
    because = []
    if told - {""}:
        oldest = min(told - {""})
        because.append(f"the oldest record is of {oldest}, {(scope.as_at - span(oldest)[0]).days:,} days before")
    if not both:
        return Outcome(missing="no device is both on record and seen on the network")
    compared = {one.id for one in both if all(scope.versions(one))}
    if not compared:
        return Outcome(missing="of no device do both the record and the network tell a version", because=tuple(because))
    silent = ids(both, lambda one: one.id not in compared)
    short = ids(both, lambda one: one.id in compared and any(map(_by_network, one.findings)))
    return Outcome(len(compared), short, silent, tuple(because))


def _by_network(one: Finding) -> bool:
    """Whether a finding is of a version that the network tells otherwise."""
    return one.about == About.FIRMWARE and any(side.standing is Standing.OBSERVED for side in one.sides)


def declared(_: Check, scope: Scope) -> Outcome:
    """What bodies declared that the evidence contradicts."""
    if not scope.declared:
        return Outcome(missing="nothing that a body declared could be taken (declared.yaml)")
    found = [one for one in scope.findings if one.about == About.DECLARED]
    return Outcome(len(scope.devices), tuple(one.id for one in found), because=tuple(one.text for one in found[:_MOST]))


def serials(_: Check, scope: Scope) -> Outcome:
    """Units whose serial number is of another maker's numbering than the make on record; where the number is of no form
    that is known, or the make is not, it is open."""
    short, unknown = [], []
    for device in scope.devices:
        told = device.attribution
        forms = [one.against for one in told.because if one.kind == "serial-shape"]
        if any(forms):
            short.append(device.id)
        elif not forms or told.status is not Status.ASSERTED:
            unknown.append(device.id)
    return Outcome(len(scope.devices), tuple(short), tuple(unknown))


def broadcast(_: Check, scope: Scope) -> Outcome:
    """Units whose make rests on nothing but what they broadcast."""
    short = []
    for device in scope.devices:
        kinds = {one.kind for one in device.attribution.because if not one.against}
        if device.attribution.status is Status.ASSERTED and kinds and kinds <= {"radio"}:
            short.append(device.id)
    return Outcome(len(scope.devices), tuple(short))
