"""Tests of what rules and lists say of the devices: bound, listed, on the core network, faults that are exploited, and
plate readers that nobody meant."""

from __future__ import annotations

from custodes.findings.checks.scope import Scope, ids
from custodes.model.assessment import Device
from custodes.model.checks import Check, Outcome
from custodes.model.rules import Answer, Force, asks_the_body
from custodes.model.vocab import Status

_NO_KIND = "what kind of body it is is not told (kind in custodes.toml, or --body-kind)"


def bound(_: Check, scope: Scope) -> Outcome:
    """Devices that a rule reaches which asks something of their body. What is listed without force here is told beside:
    it is no shortfall."""
    if not scope.body_told:
        return Outcome(missing=_NO_KIND)
    short = ids(scope.devices, lambda one: _asked(one, Answer.YES))
    unknown = ids(scope.devices, lambda one: _asked(one, Answer.UNKNOWN) and not _asked(one, Answer.YES))
    others = sum(_reached(one, Answer.YES) for one in scope.devices) - len(short)
    because = (f"reached by a rule or list that asks nothing of this body: {others:,}",) if others else ()
    return Outcome(len(scope.devices), short, unknown, because)


def core_network(check: Check, scope: Scope) -> Outcome:
    """Devices that a rule reaches which asks something of their body, told to be on the core network."""
    if not scope.body_told:
        return Outcome(missing=_NO_KIND)
    sure = [one for one in scope.devices if _asked(one, Answer.YES)]
    perhaps = [one for one in scope.devices if _asked(one, Answer.UNKNOWN) and not _asked(one, Answer.YES)]
    told = {one.id: scope.fact(one, check.fact) for one in (*sure, *perhaps)}
    short = ids(sure, lambda one: told[one.id] == "true")
    unknown = ids(sure, lambda one: told[one.id] not in ("true", "false"))
    unknown += ids(perhaps, lambda one: told[one.id] != "false")
    because = (f"reached by a rule that asks something of this body: {len(sure):,}",)
    return Outcome(len(scope.devices), short, unknown, because)


def exploited(_: Check, scope: Scope) -> Outcome:
    """Devices whose firmware lies in the range of a fault that is listed as exploited. None is cleared of which make,
    model or version is not told."""
    short, unknown = [], []
    for device in scope.devices:
        faults = {one.kind for one in device.findings if one.fault in scope.exploited}
        told = device.attribution
        if "vulnerability" in faults:
            short.append(device.id)
        elif faults or told.status is not Status.ASSERTED or not (told.model and device.firmware):
            unknown.append(device.id)
    because = ("a device without its make, model or version cannot be cleared",) if unknown else ()
    return Outcome(len(scope.devices), tuple(short), tuple(unknown), because)


def latent(check: Check, scope: Scope) -> Outcome:
    """Devices whose model is of a class that the check names, in a system that is for something else."""
    wanted = set(check.fields)
    able = [one for one in scope.devices if one.attribution.device_type in wanted]
    homes = {one.id: scope.class_of_system(one) for one in able}
    short = tuple(key for key, home in homes.items() if home and home not in wanted)
    unknown = [key for key, home in homes.items() if not home]
    unknown += [one.id for one in scope.devices if not (one.attribution.device_type or one.attribution.model)]
    because = ("by the model alone: firmware can add it to others",)
    return Outcome(len(scope.devices), short, tuple(unknown), because)


def _reached(device: Device, answer: Answer) -> bool:
    return any(said["reaches"] == answer.value for said in device.measures)


def _asked(device: Device, answer: Answer) -> bool:
    """Whether a rule that asks something of the device's body reaches it so."""
    return any(
        said["reaches"] == answer.value and asks_the_body(Force(str(said["force"])), bool(said["addressed"]))
        for said in device.measures
    )
