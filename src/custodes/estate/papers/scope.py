"""One body of an estate that holds several: what a paper about it is filled from."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from custodes.estate import steps
from custodes.estate.config import Body, Estate
from custodes.estate.flows import Assessed
from custodes.estate.ruling import Bench, Ruling
from custodes.knowledge import Knowledge
from custodes.model.assessment import Assessment, Device
from custodes.model.errors import BadUsage, did_you_mean
from custodes.model.papers import Form

_MOST_NAMED = 8


def scoped(form: Form, done: Assessed, knowledge: Knowledge, ruling: Ruling, body: str) -> Assessed:
    """The assessment of one body, if one is named. Raises BadUsage where a form about one body meets several."""
    bodies = bodies_of(done.estate, done.assessment)
    if not body:
        if form.one_body and len(bodies) > 1:
            raise BadUsage(
                f"{form.id} is about one body, and this estate holds {len(bodies)}: {_named(bodies)}",
                remedy="say which with --body",
            )
        return done
    found = bodies.get(body) or next((one for one in bodies.values() if one.name.casefold() == body.casefold()), None)
    if found is None:
        hint = did_you_mean(body, [name for one in bodies.values() for name in (one.id, one.name)])
        remedy = f"{hint} there are: {_named(bodies)}".strip()
        raise BadUsage(f"there is no body {body[:60]!r} in this estate", remedy=remedy)
    return _only(found, done, knowledge, ruling)


def names(done: Assessed) -> frozenset[str]:
    """The names of the bodies of an estate."""
    return frozenset(one.name for one in bodies_of(done.estate, done.assessment).values())


def bodiless(done: Assessed) -> int:
    """Pieces that name no body which the estate knows, where it holds several."""
    bodies = bodies_of(done.estate, done.assessment)
    told = {name for one in bodies.values() for name in (one.id, one.name)}
    return sum(d.quantity for d in done.assessment.devices if d.body not in told) if len(bodies) > 1 else 0


def bodies_of(estate: Estate, assessment: Assessment) -> Mapping[str, Body]:
    """The bodies of the configuration by id; where there is none, those that the records name."""
    if estate.bodies:
        return estate.bodies
    return {name: Body(name, name) for name in sorted({device.body for device in assessment.devices if device.body})}


def _named(bodies: Mapping[str, Body]) -> str:
    names = [one.id if one.id == one.name else f"{one.id} ({one.name})" for one in bodies.values()]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(name[:60] for name in names[:_MOST_NAMED]) + more


def _only(body: Body, done: Assessed, knowledge: Knowledge, ruling: Ruling) -> Assessed:
    alone = len(bodies_of(done.estate, done.assessment)) == 1
    devices = tuple(d for d in done.assessment.devices if alone or d.body in (body.id, body.name))
    estate = _estate(body, done, devices)
    bench = Bench(estate, knowledge, done.assessment.as_at, ruling)
    files = {(where.file, where.sheet) for device in devices for where in device.sources}
    files |= {(one.file.name, "") for one in estate.sources if one.body == body.id}
    kept = tuple(one for one in done.assessment.files if {(one.file, one.sheet), (one.file, "")} & files)
    read = {one.file for one in kept}
    ids = {device.id for device in devices}
    assessment = dataclasses.replace(
        done.assessment,
        devices=devices,
        files=kept,
        skipped=tuple(one for one in done.assessment.skipped if one.file in read),
        merged=tuple(one for one in done.assessment.merged if one.into in ids),
        findings=tuple(one for one in done.assessment.findings if not one.device or one.device in ids),
        next_steps=steps.next_steps(devices),
        rules=_rules(done.assessment, bench, devices),
        body_told=bench.body_told,
    )
    return dataclasses.replace(done, assessment=assessment, estate=estate)


def _estate(body: Body, done: Assessed, devices: Sequence[Device]) -> Estate:
    """The estate as this body has it: its systems and sites, and those of which no record of anybody speaks."""
    estate = done.estate
    ours = {device.id for device in devices}
    others = [device for device in done.assessment.devices if device.id not in ours]
    elsewhere = {one.system_id for one in others} - {one.system_id for one in devices}
    away = {one.site_id for one in others} - {one.site_id for one in devices}
    return dataclasses.replace(
        estate,
        bodies={body.id: body} if estate.bodies else {},
        systems={k: s for k, s in estate.systems.items() if s.body in ("", body.id) and k not in elsewhere},
        sites={key: site for key, site in estate.sites.items() if key not in away},
    )


def _rules(assessment: Assessment, bench: Bench, devices: Sequence[Device]) -> tuple[Mapping[str, object], ...] | None:
    return None if assessment.rules is None else bench.summary(devices)
