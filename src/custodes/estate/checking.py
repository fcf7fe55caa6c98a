"""The checks of an estate: whom each speaks of, what the evidence tells, what persons attest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from custodes.estate.advisories import known_faults
from custodes.estate.attested import read_attested, take
from custodes.estate.config import Body, Estate, System
from custodes.estate.flows import Assessed, Options
from custodes.estate.ruling import Bench
from custodes.findings.checks.judging import Subject, judge
from custodes.findings.checks.scope import Scope
from custodes.knowledge import Knowledge, knowledge
from custodes.model.assessment import Device
from custodes.model.checks import Attestation, Check, Of, Result

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
    """Every check of the pack for every body or system that it speaks of."""
    loaded = knowledge(options.packs)
    attested, faults = _attested(done.estate, loaded, options.as_at, brought)
    asker = _Asker(done, options, loaded)
    results = [
        judge(one, subject, scope, [told for told in attested if _speaks_of(told, one, subject)])
        for one in loaded.checks
        for subject, scope in asker.subjects(one)
    ]
    return Checked(results, faults)


def _attested(estate: Estate, loaded: Knowledge, as_at: date, brought: Brought) -> tuple[list[Attestation], list[str]]:
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
        faults, _ = known_faults(loaded, options.packs, options.as_at, options.advisories)
        self._exploited = faults.exploited
        self._live = [device for device in done.assessment.devices if device.live]
        self._of_body: dict[str, list[Device]] = defaultdict(list)
        self._of_system: dict[str, list[Device]] = defaultdict(list)
        for device in self._live:
            self._of_body[self._bench.body_of(device).id].append(device)
            self._of_system[device.system_id].append(device)

    def subjects(self, one: Check) -> Iterator[tuple[Subject, Scope]]:
        """Whom a check speaks of. Where no system is configured, what speaks of systems speaks of bodies."""
        if one.of is Of.ESTATE:
            told = all(self._bench.knows_kind_of(body) for body in self._bodies())
            yield Subject(), self._scope(self._live, body_told=told)
        elif one.of is Of.SYSTEM and self._estate.systems:
            for system in self._estate.systems.values():
                if self._is_for(one, system):
                    body = self._estate.bodies.get(system.body, _NO_BODY)
                    subject = Subject(body.id, system.id, system.name, self._duty(one, body))
                    told = self._bench.knows_kind_of(body)
                    yield subject, self._scope(self._of_kind(one, self._of_system[system.id]), body_told=told)
        else:
            for body in self._bodies():
                subject = Subject(body.id, "", body.name, self._duty(one, body))
                told = self._bench.knows_kind_of(body)
                yield subject, self._scope(self._of_kind(one, self._of_body[body.id]), body_told=told)

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
            [one for one in self._told.findings if not one.device],
            self._told.files,
            [one for one in self._told.traffic if one.device in ids],
            self._told.as_at,
            self._exploited,
            self._fact,
            self._class_of_system,
            body_told,
            self._estate.declared is not None,
        )

    def _fact(self, device: Device, name: str) -> str:
        """What the configuration tells of a device's place, the nearest first: its system, its site, its body."""
        system, site = self._estate.systems.get(device.system_id), self._estate.sites.get(device.site_id)
        places = [one.facts for one in (system, site, self._bench.body_of(device)) if one is not None]
        return next((facts[name] for facts in places if name in facts), "")

    def _class_of_system(self, device: Device) -> str:
        system = self._estate.systems.get(device.system_id)
        return self._book.class_of_system.get(system.kind, "") if system else ""
