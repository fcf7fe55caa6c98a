"""The rules asked of every device of an estate: facts gathered, each body asked for itself, answers put on devices."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from custodes.estate.config import Body, Estate, Site, System
from custodes.knowledge import Knowledge
from custodes.knowledge.text import bare_name, plain
from custodes.measures.answer import OnBody, RuleAnswer, Rules, asks_when_bought, body_rules
from custodes.measures.firms import firms_on, kind_of_body
from custodes.measures.origin import origin
from custodes.measures.reach import Found
from custodes.measures.subject import Asked, Subject
from custodes.model.assessment import Attribution, Device, Finding
from custodes.model.errors import BadInput, did_you_mean
from custodes.model.rules import Answer, RuleBook
from custodes.model.vocab import Status

_NOBODY = Body("", "")
Measures = tuple[Mapping[str, object], ...]
Find = Callable[[Device, Measures], tuple[Finding, ...]]
_NO_SYSTEM = System("", "")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is asked about rules. `measures`: only these, with every answer; `country`: for the five readings.

    `known`: as it was known on that day (ISO; empty: all that is known now). `body_kind`: where none is configured.
    """

    measures: tuple[str, ...] = ()
    country: str = ""
    known: str = ""
    body_kind: str = ""


class Bench:
    """Asks the rules of one day about the devices of an estate."""

    def __init__(
        self, estate: Estate, knowledge: Knowledge, as_at: date, ruling: Ruling, book: RuleBook | None = None
    ) -> None:
        self._estate, self._knowledge, self._ruling = estate, knowledge, ruling
        self._book = book or knowledge.pack.rulebook
        self._day = as_at.isoformat()
        self._firms = firms_on(as_at, knowledge)
        self._dated = asks_when_bought(self._book)
        self._rules: dict[tuple[str, str], Rules] = {}
        self._memory: dict[tuple[str, Subject], tuple[Measures, Mapping[str, str]]] = {}
        self._said: dict[RuleAnswer, Mapping[str, object]] = {}
        self._bodies: dict[str, Body] = {}  # by what records call them
        self._wanted = [self._rule_id(key) for key in ruling.measures]
        self._kinds = {body.id: kind_of_body(body.kind, self._book) for body in estate.bodies.values()}
        self._default = kind_of_body(ruling.body_kind, self._book)
        _refuse_unknown_exceptions(estate, self._book)

    def _rule_id(self, key: str) -> str:
        for known in self._book.rules:
            if known.casefold() == key.casefold():
                return known
        raise BadInput(
            f"there is no rule {key[:60]!r} in the reference data", remedy="`custodes measures` lists their ids"
        )

    def rule(self, devices: Sequence[Device], find: Find | None = None) -> list[Device]:
        """The devices with what each rule says of them, the readings if a country was asked for, and `find`'s findings.

        Devices of which the same is said share one tuple of answers.
        """
        return [self._one(device, find) for device in devices]

    def _one(self, device: Device, find: Find | None) -> Device:
        body = self.body_of(device)
        subject = self.subject(device, body)
        key = (body.id, subject)
        held = self._memory.get(key)
        if held is None:
            held = self._memory[key] = self._asked(body, subject)
        measures, readings = held
        found = find(device, measures) if find else ()
        return dataclasses.replace(
            device,
            measures=measures,
            origin=readings,
            findings=(*device.findings, *found) if found else device.findings,
        )

    def _asked(self, body: Body, subject: Subject) -> tuple[Measures, Mapping[str, str]]:
        rules = self._of(body)
        if self._wanted:
            answers: Sequence[RuleAnswer] = [rules.one(key, subject) for key in self._wanted]
        else:
            answers = rules.of(subject)
        readings = origin(subject, self._firms, self._ruling.country) if self._ruling.country else {}
        return tuple(map(self._plain, answers)), readings

    def _plain(self, answer: RuleAnswer) -> Mapping[str, object]:
        """One answer as publication takes it; the same object for the same answer, of which there may be many."""
        said = self._said.get(answer)
        if said is None:
            said = self._said[answer] = {
                "id": answer.id,
                "name": answer.name,
                "force": answer.force.value,
                "addressed": answer.addressed,
                "reaches": answer.reaches.value,
                "action": answer.action,
                "doing": answer.doing,
                "by": answer.by,
                "version": answer.version,
                "missing": list(answer.missing),
                "because": list(answer.because),
            }
        return said

    def body_of(self, device: Device) -> Body:
        """The configured body of a device: the one it names; if it names none, the only one; else none."""
        if device.body not in self._bodies:
            self._bodies[device.body] = self._body_named(device.body)
        return self._bodies[device.body]

    def _body_named(self, told: str) -> Body:
        bodies = self._estate.bodies
        found = bodies.get(told) or next((b for b in bodies.values() if _named(told, b.name)), None)
        return found or (next(iter(bodies.values())) if len(bodies) == 1 and not told else _NOBODY)

    def _of(self, body: Body) -> Rules:
        kind = self._kinds.get(body.id, self._default)
        key = (kind, body.jurisdiction)
        if key not in self._rules:
            asked = Asked(self._day, self._ruling.known, kind, body.jurisdiction)
            self._rules[key] = Rules(self._book, self._firms, asked)
        return self._rules[key]

    def knows_kind_of(self, body: Body) -> bool:
        """Whether it is known what kind of body this is: without it no rule can be said to bind it, or not to."""
        return bool(self._kinds.get(body.id, self._default))

    def describes(self, rule: str, device: Device, *, of_any_kind: bool = False) -> Found:
        """Whether a rule speaks of a device, whatever its force on the device's body.

        `of_any_kind`: as if it were not known what kind of equipment it is and what it serves.
        """
        body = self.body_of(device)
        subject = self.subject(device, body)
        if of_any_kind:
            subject = dataclasses.replace(subject, classes=frozenset(), purposes=None)
        return self._of(body).describes(self._rule_id(rule), subject)

    def force_of(self, rule: str, body: Body) -> OnBody:
        """The force of a rule on a body of the estate."""
        return self._of(body).force_of(self._rule_id(rule))

    def subject(self, device: Device, body: Body) -> Subject:
        """The facts of one device that rules may ask for."""
        told = device.attribution
        system = self._estate.systems.get(device.system_id, _NO_SYSTEM)
        site = self._estate.sites.get(device.site_id)
        return Subject(
            label_firm=self._label_firm(told),
            label_known=told.brand is not None and told.status is not Status.UNKNOWN,
            maker=told.oem if told.maker_status is Status.ASSERTED else None,
            candidates=tuple(item.supplier for item in told.candidates),
            owners=self._firms.owners.get(told.oem or "", ()) if told.maker_status is Status.ASSERTED else (),
            maybe_owners=self._firms.maybe.get(told.oem or "", ()) if told.maker_status is Status.ASSERTED else (),
            part_seen=told.component,
            part_of_unit=self._knowledge.part_maker(device.part),
            assembled_in=self._knowledge.country_of(device.assembled),
            classes=self._classes(told, system),
            sensitive=site.sensitive if site is not None else None,
            system=system.kind,
            purposes=self._purposes(system, body),
            facts=tuple(sorted(facts_of(body, system, site).items())),
            bought=device.bought if self._dated else "",
            claimed=frozenset((*body.exceptions, *system.exceptions)),
        )

    def _label_firm(self, told: Attribution) -> str | None:
        if told.brand is None or told.status is not Status.ASSERTED:
            return None
        return self._knowledge.pack.brands[told.brand].supplier

    def kind_told(self, device: Device) -> bool:
        """Whether anything tells what kind of equipment a device is; else the rules take the kind that is usual."""
        return bool(self.class_of(device))

    def class_of(self, device: Device) -> str:
        """The class of equipment of a device; empty where nothing tells it."""
        return self._class(device.attribution, self._estate.systems.get(device.system_id, _NO_SYSTEM))

    def _classes(self, told: Attribution, system: System) -> frozenset[str]:
        found = self._class(told, system) or self._book.default_class
        return frozenset((found,)) if found else frozenset()

    def _class(self, told: Attribution, system: System) -> str:
        book = self._book
        found = book.class_of_type.get(told.device_type or "") or book.class_of_system.get(system.kind, "")
        if not found and told.brand:
            supplier = self._knowledge.pack.suppliers.get(self._knowledge.pack.brands[told.brand].supplier or "")
            roles = {book.class_of_role.get(role, "") for role in supplier.roles} if supplier else set()
            found = roles.pop() if len(roles) == 1 else ""
        return found or told.device_type or ""

    def _purposes(self, system: System, body: Body) -> frozenset[str] | None:
        """What the system is told to serve; else what its kind and the kind of body always serve; else not known."""
        if system.purposes:
            return frozenset(system.purposes)
        kind = self._book.bodies.get(self._kinds.get(body.id, self._default))
        found = self._book.purposes_of_system.get(system.kind, frozenset()) | (kind.purposes if kind else frozenset())
        return found or None

    @property
    def body_told(self) -> bool:
        """Whether any body's kind is known, by the configuration or by the question."""
        return bool(self._default) or any(self._kinds.values())

    def summary(self, devices: Sequence[Device]) -> tuple[Mapping[str, object], ...]:
        """Each rule that says something here: how many live devices it reaches, and those that speak to the body."""
        reached: Counter[tuple[str, str, str]] = Counter()
        named: dict[tuple[str, str, str], Mapping[str, object]] = {}
        for device in devices:
            for said in device.measures if device.live else ():
                key = (str(said["id"]), str(said["force"]), str(said["reaches"]))
                reached[key] += device.quantity
                named.setdefault(key, said)
        rows = [
            {**{k: named[key][k] for k in ("id", "name", "force", "addressed", "action", "by")}, "about": "device"}
            | {"reaches": key[2], "devices": count}
            for key, count in sorted(reached.items())
        ]
        return (*rows, *self._body_rows())

    def _body_rows(self) -> list[Mapping[str, object]]:
        found: list[Mapping[str, object]] = []
        for body in self._estate.bodies.values() or [_NOBODY]:
            for rule, on in body_rules(self._of(body)):
                found.append(
                    {
                        "id": rule.id,
                        "name": rule.name,
                        "force": on.force.value,
                        "addressed": on.addressed,
                        "action": "",
                        "by": "",
                        "about": "body",
                        "reaches": Answer.YES.value,
                        "devices": 0,
                        "body": body.name,
                        "text": rule.binds,
                    }
                )
        return found


def _named(told: str, name: str) -> bool:
    """Whether a record names a body: whole, or by its first or last words ("Northmarch", "Northmarch Police")."""
    short, long = sorted((plain(told), bare_name(name)), key=len)
    return bool(short) and (f"{long} ".startswith(f"{short} ") or f" {long}".endswith(f" {short}"))


def _refuse_unknown_exceptions(estate: Estate, book: RuleBook) -> None:
    """An exception that no rule has would be claimed in silence, and lost."""
    versions = ((rule, version) for rule in book.rules.values() for version in rule.versions)
    known = {f"{rule.id}/{item.id}" for rule, version in versions for item in version.exemptions}
    holders: list[Body | System] = [*estate.bodies.values(), *estate.systems.values()]
    for holder in holders:
        for claimed in holder.exceptions:
            if claimed not in known:
                hint = did_you_mean(claimed, sorted(known))
                remedy = hint or "write RULE/EXCEPTION; `custodes measures` lists them"
                what = f"no rule has the exception {claimed[:80]!r}, claimed for {holder.id[:40]!r}"
                raise BadInput(what, where="custodes.toml", remedy=remedy)


def facts_of(body: Body, system: System | None, site: Site | None) -> Mapping[str, str]:
    """What the configuration tells of a place; of what is told of several the nearest counts: system, site, body."""
    return {**body.facts, **(site.facts if site else {}), **(system.facts if system else {})}
