"""The checks of an estate: whom each speaks of, what the evidence tells, what persons attest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from custodes.estate.attested import read_attested, take
from custodes.estate.config import Body, Estate, System
from custodes.estate.declared import read_declarations
from custodes.estate.flows import Assessed, Options
from custodes.estate.ruling import Bench, facts_of
from custodes.estate.sightings import first_cell
from custodes.estate.traffic import TRAFFIC
from custodes.findings.checks.judging import Subject, judge
from custodes.findings.checks.scope import Scope
from custodes.knowledge import Knowledge, knowledge
from custodes.model.assessment import Device
from custodes.model.checks import Attestation, Check, Of, Result, Way
from custodes.model.vocab import Field

_NO_BODY = Body("", "")


@dataclass(frozen=True, slots=True)
class Checked:
    """The answers in the order of the checks, and what of the attestations could not be taken."""

    results: list[Result]
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Brought:
    """What persons attest: files, and the lines of workbooks with their places."""

    files: Sequence[Path] = ()
    lines: Sequence[tuple[str, Mapping[str, Any]]] = ()


def check(done: Assessed, options: Options, brought: Brought) -> Checked:
    """Every check of the pack for every body or system that it speaks of. `done`: an assessment that kept its units."""
    loaded = knowledge(options.packs)
    attested, faults = all_attested(done.estate, loaded, options.as_at, brought)
    asker = _Asker(done, options, loaded)
    results, used = [], set[int]()
    for one in loaded.checks:
        for subject, scope in asker.subjects(one):
            own = [told for told in attested if _speaks_of(told, one, subject)]
            used.update(map(id, own if one.way is not Way.AUTOMATIC else ()))
            results.append(judge(one, subject, scope, own))
    automatic = {one.id for one in loaded.checks if one.way is Way.AUTOMATIC}
    for told in attested:
        if id(told) not in used:
            alone = told.check in automatic
            why = "is answered by the evidence alone" if alone else "is not asked of that body or system"
            faults.append(f"{told.place}: {told.check} {why}; left out")
    return Checked(results, faults)


def all_attested(
    estate: Estate, loaded: Knowledge, as_at: date, brought: Brought
) -> tuple[list[Attestation], list[str]]:
    """What was attested by a day in all that is brought, and what of it could not be taken."""
    known = [one.id for one in loaded.checks]
    found, faults = take(brought.lines, known, estate, as_at)
    for path in brought.files:
        more, wrong = read_attested(path, known, estate, as_at)
        found += more
        faults += wrong
    return found, faults


def _speaks_of(told: Attestation, one: Check, subject: Subject) -> bool:
    """Whether an attestation is of a check and a subject: its own, or of all that it is a part of."""
    if told.check != one.id or (told.system and told.system != subject.system):
        return False
    return not told.body or told.body == subject.body


class _Asker:
    """Finds the subjects of a check, and the scope that each is looked at in."""

    def __init__(self, done: Assessed, options: Options, loaded: Knowledge) -> None:
        self._estate, self._told = done.estate, done.assessment
        self._book = loaded.pack.rulebook
        self._bench = Bench(done.estate, loaded, options.as_at, options.ruling)
        self._exploited = done.exploited
        self._with_systems = {self._body_of(system).id for system in done.estate.systems.values()}
        self._loose = [one for one in done.assessment.findings if not one.device]
        self._units = {unit.id: unit for unit in done.units}
        captures = {one.file for one in done.assessment.files if one.format_id == TRAFFIC}
        told = done.assessment.devices
        self._heard = {one.id for one in told if not captures.isdisjoint(row.file for row in one.sources)}
        path = done.estate.declared
        self._declared = bool(path and read_declarations(path, done.estate, loaded, options.as_at)[0])
        self._live = [device for device in done.assessment.devices if device.live]
        self._of_body: dict[str, list[Device]] = defaultdict(list)
        self._of_system: dict[str, list[Device]] = defaultdict(list)
        for device in self._live:
            self._of_body[self._bench.body_of(device).id].append(device)
            self._of_system[device.system_id].append(device)

    def subjects(self, one: Check) -> Iterator[tuple[Subject, Scope]]:
        """Whom a check speaks of. What speaks of systems speaks of a body where no system of it is
        configured; the evidence is asked also of what stands in none."""
        if one.of is Of.ESTATE:
            told = all(self._bench.knows_kind_of(body) for body in self._bodies())
            yield Subject(), self._scope(self._live, body_told=told)
            return
        if one.of is Of.SYSTEM:
            for system in self._estate.systems.values():
                if self._is_for(one, system):
                    yield self._of(one, self._body_of(system), self._of_system[system.id], system)
        for body in self._bodies():
            own = self._of_body[body.id]
            if one.of is Of.SYSTEM and body.id in self._with_systems:
                own = [device for device in own if not device.system_id]
                if not own or one.way in (Way.ATTESTED, Way.NOT_TESTABLE):
                    continue
                body = replace(body, name=f"{body.name}, in no configured system")
            if body.id or not self._estate.bodies or one.way is not Way.ATTESTED:
                yield self._of(one, body, own)

    def _body_of(self, system: System) -> Body:
        """The body of a system; the only one, where it tells none."""
        bodies = self._estate.bodies
        alone = next(iter(bodies.values())) if len(bodies) == 1 and not system.body else _NO_BODY
        return bodies.get(system.body, alone)

    def _of(
        self, one: Check, body: Body, devices: Sequence[Device], system: System | None = None
    ) -> tuple[Subject, Scope]:
        meant = bool(system and one.kinds and self._book.class_of_system.get(system.kind) in one.kinds)
        name = system.name if system else body.name
        subject = Subject(body.id, system.id if system else "", name, self._duty(one, body), meant)
        told = self._bench.knows_kind_of(body)
        return subject, self._scope(self._of_kind(one, devices), body_told=told)

    def _bodies(self) -> list[Body]:
        """The configured bodies, and none where there is equipment of none."""
        bodies = list(self._estate.bodies.values())
        if not bodies:
            return [_NO_BODY]
        return [*bodies, Body("", "of no configured body")] if self._of_body[""] else bodies

    def _is_for(self, one: Check, system: System) -> bool:
        """Whether a check for kinds of equipment is asked of a system: by its kind, else by what stands in it."""
        if not one.kinds:
            return True
        meant = self._book.class_of_system.get(system.kind)
        return meant in one.kinds if meant else bool(self._of_kind(one, self._of_system[system.id]))

    def _of_kind(self, one: Check, devices: Sequence[Device]) -> list[Device]:
        return [device for device in devices if not one.kinds or self._bench.class_of(device) in one.kinds]

    def _duty(self, one: Check, body: Body) -> str:
        if not one.regard:
            return ""
        on = self._bench.force_of(one.regard, body)
        name = self._book.rules[one.regard].name
        if not self._bench.knows_kind_of(body):
            return f"whether this body must have regard to it is not known: {name}"
        return f"must have regard to it: {name}" if on.addressed else f"no duty of this kind of body: {name}"

    def _scope(self, devices: Sequence[Device], *, body_told: bool) -> Scope:
        ids = {device.id for device in devices}
        return Scope(
            devices,
            self._loose,
            self._told.files,
            [one for one in self._told.traffic if one.device in ids],
            self._told.as_at,
            self._exploited,
            self._fact,
            self._class_of_system,
            self._cell,
            self._versions,
            self._heard,
            body_told,
            self._declared,
        )

    def _fact(self, device: Device, name: str) -> str:
        """What the configuration tells of a device's place; empty if nothing."""
        system, site = self._estate.systems.get(device.system_id), self._estate.sites.get(device.site_id)
        return facts_of(self._bench.body_of(device), system, site).get(name, "")

    def _class_of_system(self, device: Device) -> str:
        system = self._estate.systems.get(device.system_id)
        return self._book.class_of_system.get(system.kind, "") if system else ""

    def _cell(self, device: Device, name: Field) -> str:
        return first_cell(self._units[device.id].sightings, name)

    def _versions(self, device: Device) -> tuple[bool, bool]:
        """Whether a record tells a version of the firmware of a device, and whether the network does."""
        told = [one.seen for one in self._units[device.id].sightings if one.cells.get(Field.FIRMWARE)]
        return not all(told), any(told)
