"""The timeline of a device, a body or a rule: records, sights, purchases, judgements, declarations, attestations,
owners, rules and faults by their days. Each event says who tells it; what has no day is told as that."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from custodes.estate.checking import Brought, all_attested
from custodes.estate.config import Body, Estate
from custodes.estate.declared import read_declarations
from custodes.estate.flows import Assessed, Options
from custodes.estate.linking import Unit
from custodes.estate.rule_flows import rule_events
from custodes.estate.ruling import Bench
from custodes.estate.sightings import Sighting
from custodes.knowledge import Knowledge, knowledge
from custodes.model.assessment import Device
from custodes.model.contradictions import Standing
from custodes.model.declarations import Declaration, Says
from custodes.model.errors import BadInput, did_you_mean
from custodes.model.rules import Answer
from custodes.model.timeline import Event
from custodes.model.vocab import Field

#: The line behind the name of the file that an attestation stands in.
_FILE = re.compile(r" (?:line|row) \d+$")
#: What a record says, in the order in which it is told.
_TOLD = (Field.MAKE, Field.MODEL, Field.FIRMWARE, Field.SITE, Field.STATUS)


@dataclass(frozen=True, slots=True)
class Histories:
    """The estate of which timelines are asked, with all that has days in it."""

    done: Assessed
    options: Options
    loaded: Knowledge
    brought: Brought

    @classmethod
    def of(cls, done: Assessed, options: Options, brought: Brought) -> Histories:
        """Of an assessment that kept its units (`Options.keep_units`), with what persons attest."""
        return cls(done, options, knowledge(options.packs), brought)

    def of_device(self, device: Device) -> list[Event]:
        """What happened to one device."""
        unit = next(one for one in self.done.units if one.id == device.id)
        listed = self.done.exploited
        events = [*self._bought([device]), *self._records(unit), *_judged(unit), *self._owned(device)]
        events += [event for rule, force in _reaching(device).items() for event in self._rule(rule, 1, force)]
        faults = dict.fromkeys(one.fault for one in device.findings if one.fault in listed)
        events += [Event(listed[key], "listed as exploited", key, "known faults", device.quantity) for key in faults]
        system = self._estate.systems.get(device.system_id)
        if system is not None and system.contract_end:
            events.append(Event(system.contract_end, "contract ends", system.contract or system.name, "custodes.toml"))
        return _ordered(events)

    def of_body(self, told: str) -> list[Event]:
        """What happened at one body. Raises BadInput for a body that is not configured."""
        body = self._body(told)
        bench = Bench(self._estate, self.loaded, self.options.as_at, self.options.ruling)
        own = [one for one in self._live if bench.body_of(one).id == body.id]
        events = [*self._bought(own), *self._files(own), *self._declared(body), *self._attested(body)]
        forces = {rule: force for one in own for rule, force in _reaching(one).items()}
        reached = Counter(rule for one in own for rule in _reaching(one))
        for rule, number in reached.items():
            events += self._rule(rule, number, forces[rule])
        for one in self._estate.systems.values():
            if one.contract_end and one.body in ("", body.id):
                events.append(Event(one.contract_end, "contract ends", one.contract or one.name, "custodes.toml"))
        return _ordered(events)

    def of_rule(self, told: str) -> list[Event]:
        """What happened under one rule: its own days, and when what it reaches was bought. Raises BadInput."""
        rules = self.loaded.pack.rulebook.rules
        rule = next((key for key in rules if key.casefold() == told.casefold()), "")
        if not rule:
            hint = did_you_mean(told, sorted(rules)) or "`custodes measures` lists their ids"
            raise BadInput(f"there is no rule {told[:60]!r} in the reference data", remedy=hint)
        reached = [one for one in self._live if rule in _reaching(one)]
        events = [*self._rule(rule, len(reached)), *self._bought(reached)]
        number = sum(one.quantity for one in reached)
        as_at = self.options.as_at.isoformat()
        events.append(Event(as_at, "reaches", f"{number:,} in use on that day", "this estate", number))
        return _ordered(events)

    @property
    def _estate(self) -> Estate:
        return self.done.estate

    @property
    def _live(self) -> list[Device]:
        return [one for one in self.done.assessment.devices if one.live]

    def _body(self, told: str) -> Body:
        bodies = self._estate.bodies
        found = [one for one in bodies.values() if told.casefold() in (one.id.casefold(), one.name.casefold())]
        if len(found) == 1:
            return found[0]
        if not bodies and not told:
            return Body("", "")
        known = ", ".join(bodies) or "none is configured"
        raise BadInput(
            f"there is no body {told[:60]!r}", remedy=did_you_mean(told, sorted(bodies)) or f"known: {known}"
        )

    def _records(self, unit: Unit) -> Iterator[Event]:
        """What each record said of a unit, by the day of its file."""
        for one, why in zip(unit.sightings, unit.whys, strict=True):
            source = self._estate.sources[one.source]
            standing = Standing.OBSERVED if one.seen else source.standing
            joined = f" (joined by {why})" if why else ""
            place = f"{one.file} {'host' if one.seen else 'row'} {one.row}"
            yield Event(source.dated, str(standing), f"{_says(one)}{joined}", place, 1)

    def _bought(self, devices: Iterable[Device]) -> Iterator[Event]:
        """Purchases by their days, each day once."""
        by_day: dict[str, list[Device]] = defaultdict(list)
        for one in devices:
            if one.bought:
                by_day[one.bought].append(one)
        for day, bought in by_day.items():
            made = Counter(one.attribution.brand_name or "make not known" for one in bought)
            number = sum(one.quantity for one in bought)
            text = ", ".join(f"{name} ({count:,})" if len(bought) > 1 else name for name, count in made.most_common(6))
            yield Event(day, "bought", text, "records", number)

    def _owned(self, device: Device) -> Iterator[Event]:
        told = device.attribution
        for link in told.owners:
            maker = told.oem_name or told.brand_name or "the maker"
            if link.since:
                yield Event(link.since, "owner from", f"{link.name} (of {maker})", link.source)
            if link.until:
                yield Event(link.until, "owner until", f"{link.name} (of {maker})", link.source)

    def _rule(self, rule: str, number: int, force: str = "") -> Iterator[Event]:
        """The days of a rule. `force`: on the body at hand, where there is one: a list may ask nothing of it."""
        here = f"; its force here: {force}" if force else ""
        for event in rule_events(self.loaded.pack.rulebook.rules[rule], self.options.ruling.known):
            yield Event(event["day"], event["event"], f"{event['text']}{here}", rule, number)

    def _files(self, own: Sequence[Device]) -> Iterator[Event]:
        """The files that tell of a body's devices, by their days."""
        told = Counter((row.file, row.sheet) for one in own for row in one.sources)
        for file in self.done.assessment.files:
            number = told[file.file, file.sheet]
            if number:
                what = "observed" if file.seen_on_network else "recorded"
                yield Event(
                    file.dated,
                    what,
                    f"{number:,} {'record' if number == 1 else 'records'} of its devices",
                    file.file,
                    number,
                )

    def _declared(self, body: Body) -> Iterator[Event]:
        if self._estate.declared is None:
            return
        told, _ = read_declarations(self._estate.declared, self._estate, self.loaded, self.options.as_at)
        for one in told:
            if one.body in ("", body.id):
                yield Event(one.dated, "declared", _declares(one), one.source or one.place, one.number)

    def _attested(self, body: Body) -> Iterator[Event]:
        """What was attested, the checks of one person, day and answer together."""
        attested, _ = all_attested(self._estate, self.loaded, self.options.as_at, self.brought)
        grouped: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
        for one in attested:
            system = self._estate.systems.get(one.system)
            if (one.body or (system.body if system else "")) in ("", body.id):
                grouped[one.on, one.by, one.answer, _FILE.sub("", one.place)].append(one.check)
        for (day, by, answer, file), checks in grouped.items():
            yield Event(day, "attested", f"“{answer}” by {by}: {', '.join(dict.fromkeys(checks))}", file)


def _says(one: Sighting) -> str:
    told = [one.cells[field] for field in _TOLD if one.cells.get(field)]
    return ", ".join(told) or "nothing of its make"


def _declares(one: Declaration) -> str:
    words: Mapping[Says, str] = {Says.NONE: f"no {one.make}", Says.SOME: f"some {one.make}"}
    return words.get(one.says, f"{one.number:,} of {one.make}")


def _judged(unit: Unit) -> Iterator[Event]:
    for one in unit.judged:
        yield Event(one.on, "judged", one.sentence, one.place)


def _reaching(device: Device) -> dict[str, str]:
    """Ids of the rules that reach a device, each with its force on the device's body."""
    return {str(said["id"]): str(said["force"]) for said in device.measures if said["reaches"] == Answer.YES.value}


def _ordered(events: Iterable[Event]) -> list[Event]:
    """By day; what has none comes first, as not told."""
    return sorted(dict.fromkeys(events), key=lambda event: (event.day, event.what, event.text, event.source))
