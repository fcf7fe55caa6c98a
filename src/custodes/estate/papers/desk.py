"""Everything a paper is filled from, asked once: devices, what the form's rule says of each, groups, totals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from custodes.attribution.graph import owner_edges
from custodes.estate.config import Body, System, Told
from custodes.estate.flows import Assessed
from custodes.estate.papers.again import Recognised
from custodes.estate.papers.scope import bodies_of
from custodes.estate.ruling import Bench, Ruling
from custodes.knowledge import Knowledge
from custodes.knowledge.text import words
from custodes.measures.reach import Found
from custodes.measures.subject import Subject
from custodes.model.assessment import Assessment, Attribution, Device
from custodes.model.days import is_day, span
from custodes.model.papers import Cell, Form, Identified, Kind, Place, Unplaced, Value
from custodes.model.rules import Answer
from custodes.model.vocab import Status

#: What a form's rule says of a device; forms give each its words.
COVERED, NOT_COVERED, NOT_DETERMINED, EXCEPTED = "yes", "no", "unknown", "excepted"
OTHER_KIND = "whether this kind of equipment, or what it serves, is meant: the rule names its maker"
_EXCEPTION = "exception: "
Filled = Mapping[Place, str]  # what a person wrote, and where


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier copy: its day, the version of its reference data, its devices as machine objects."""

    on: str = ""
    pack: str = ""
    devices: Sequence[Mapping[str, object]] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """What a paper takes from beside the estate: an earlier copy, what earlier papers identified, answers filled in."""

    earlier: Earlier = field(default_factory=Earlier)
    identified: Sequence[Sequence[Identified]] = ()
    filled: Filled = field(default_factory=dict)
    unplaced: Sequence[Unplaced] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """What an earlier paper identified and this one does not; `now`: what these records say of it."""

    record: Identified
    now: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the form's rule says of one device. `answer`: one of the four words above."""

    answer: str
    because: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    exception: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Devices by three answers; at most is at least and those not known."""

    yes: int = 0
    unknown: int = 0
    no: int = 0

    @property
    def most(self) -> int:
        """How many it could be."""
        return self.yes + self.unknown


def quantity(devices: Iterable[Device]) -> int:
    """How many pieces of equipment the entries stand for."""
    return sum(device.quantity for device in devices)


def likely(attribution: Attribution) -> str:
    """The makers that may have built it: "A or B"."""
    return " or ".join(dict.fromkeys(item.name for item in attribution.candidates))


def told(value: Value) -> Cell:
    """A value that the estate, the reference data or the program gives."""
    return Cell(value)


def not_known(why: str = "") -> Cell:
    """Not known, with the reason if there is one."""
    return Cell("not known", Kind.NOT_KNOWN, why)


def or_not_known(value: Value, why: str = "the estate's configuration does not tell it") -> Cell:
    """The value, or not known because nothing tells it."""
    return told(value) if value != "" else not_known(why)


def sensitive_count(desk: Desk, devices: Sequence[Device]) -> Cell:
    """How many pieces stand at sensitive sites: at least, and at most with those of no known site."""
    if not desk.estate.sites:
        return not_known("no site is told to be sensitive or not")
    count = quantity(device for device in devices if device.sensitive)
    unplaced = quantity(device for device in devices if not device.site_id)
    return told(f"at least {count:,}, at most {count + unplaced:,}" if unplaced else count)


class Desk:
    """One assessment on the desk of the person who fills in one form."""

    def __init__(
        self,
        form: Form,
        done: Assessed,
        knowledge: Knowledge,
        ruling: Ruling,
        beside: Beside,
        bodiless: int = 0,
        others: Collection[str] = (),
    ) -> None:
        self.bodiless = bodiless  # pieces of the whole estate that name no body, where this is a part of it
        self._others = others  # bodies of the estate that this is not about
        self.form, self.knowledge, self.ruling = form, knowledge, ruling
        self.earlier, self._papers, self.filled = beside.earlier, beside.identified, beside.filled
        self.estate = done.estate
        self.assessment: Assessment = done.assessment
        self.bench = Bench(done.estate, knowledge, self.assessment.as_at, ruling)
        self._judged: dict[str, Judged] = {}
        self._on_days: dict[date, Bench] = {}
        self._asked: dict[tuple[date, str, Status, Subject], Judged] = {}  # equal devices are asked once a day

    @cached_property
    def live(self) -> list[Device]:
        """The devices that the records count as in use."""
        return [device for device in self.assessment.devices if device.live]

    @cached_property
    def recognised(self) -> Recognised:
        """What earlier papers identified by the form's rule."""
        return Recognised(self.form.measure, self.assessment.devices, self._papers, self._others)

    @cached_property
    def bodies(self) -> list[Body]:
        """The bodies of the configuration; where there is none, those that the records name."""
        return list(bodies_of(self.estate, self.assessment).values())

    @cached_property
    def answers(self) -> Told:
        """What a person tells for this form."""
        return self.estate.forms.get(self.form.id, Told())

    @cached_property
    def product_words(self) -> frozenset[str]:
        """Words of names of brands and product lines of the reference data, and of kinds of devices."""
        names = {word for word, kind in self.knowledge.word_class.items() if kind == "device"}
        for brand in self.knowledge.pack.brands.values():
            for name in (brand.name, *brand.aliases, *(line.name for line in brand.lines)):
                names.update(words(name))
        return frozenset(names)

    def person(self, key: str, section: str = "") -> str:
        """What a person told for a question: in the copy filled in, else in the configuration; empty if nowhere.

        `section`: where the form asks it; without, wherever it does.
        """
        wrote = self.filled.get((section, key, ""), "") if section else self._wrote(key)
        return wrote or self.answers.values.get(key, "") or self._of_bodies(key)

    def _wrote(self, key: str) -> str:
        return next((text for (_, field_, column), text in self.filled.items() if field_ == key and not column), "")

    def _of_bodies(self, key: str) -> str:
        return "; ".join(dict.fromkeys(body.values[key] for body in self.bodies if body.values.get(key)))

    def judged(self, device: Device) -> Judged:
        """What the form's rule says of a device, on the day asked about."""
        if device.id not in self._judged:
            self._judged[device.id] = self._judge(device, self.bench)
        return self._judged[device.id]

    def undetermined(self) -> int:
        """How many pieces in use the form's rule may or may not speak of."""
        return self.counted(self.live, NOT_DETERMINED)

    def judged_on(self, device: Device, day: date) -> Judged:
        """The same on another day, with the owners and the version of the rule of that day."""
        if day not in self._on_days:
            self._on_days[day] = Bench(self.estate, self.knowledge, day, self.ruling)
        bench = self._on_days[day]
        key = (day, device.body, device.attribution.maker_status, bench.subject(device, bench.body_of(device)))
        if key not in self._asked:
            self._asked[key] = self._judge(device, bench)
        return self._asked[key]

    def turning_days(self, device: Device, period: str = "") -> list[date]:
        """The days of a period (a year or month; without one, up to the day asked about) on which an answer may turn:
        its ends, and the days around those on which the rule or an owner of the maker changed.
        """
        known = is_day(period)
        first = span(period)[0] if known else date.min
        last = min(span(period)[1], self.assessment.as_at) if known else self.assessment.as_at
        rule = self.knowledge.pack.rulebook.rules.get(self.form.measure)
        turns = [one.since for one in rule.versions] + [one.day for one in rule.endings] if rule else []
        edges = owner_edges(device.attribution.oem or "", self.knowledge)
        turns += [day for edge in edges for day in (edge.since, edge.until)]
        ends = {day for turn in turns if turn for day in span(turn) if date.min < day < date.max}
        around = {day + timedelta(days=step) for day in ends for step in (-1, 0, 1)}
        return sorted({last, *([first] if known else ()), *(day for day in around if first <= day <= last)})

    def _judge(self, device: Device, bench: Bench) -> Judged:
        if not self.form.measure:
            return Judged(NOT_DETERMINED, (), ("a rule to ask: this form names none",))
        if self.estate.bodies and device.body and not bench.body_of(device).id:
            return Judged(NOT_DETERMINED, (), (f"whose it is: its record names “{device.body[:60]}”",))
        judged = judge(bench.describes(self.form.measure, device), device)
        if judged.answer != NOT_COVERED:
            return judged
        if bench.describes(self.form.measure, device, of_any_kind=True).answer is Answer.NO:
            return judged
        return Judged(NOT_DETERMINED, (), (OTHER_KIND,))

    def silent_systems(self) -> list[System]:
        """The configured systems of which no record speaks."""
        met = {device.system_id for device in self.assessment.devices}
        return [system for key, system in self.estate.systems.items() if key not in met]

    def word(self, answer: str) -> str:
        """An answer in the words of the form."""
        return self.form.words.get(answer, answer)

    def counted(self, devices: Iterable[Device], answer: str) -> int:
        """How many pieces have that answer."""
        return quantity(device for device in devices if self.judged(device).answer == answer)

    def reading(self, devices: Iterable[Device], key: str) -> Count:
        """One of the five readings, counted; all not known where no country was asked for."""
        sums = {"yes": 0, "no": 0, "unknown": 0}
        for device in devices:
            sums[str(device.origin.get(key) or "unknown")] += device.quantity
        return Count(sums["yes"], sums["unknown"], sums["no"])

    def sure(self, devices: Iterable[Device], status: Status) -> int:
        """How many pieces have an actual maker that is carried so far."""
        return quantity(device for device in devices if device.attribution.maker_status is status)

    @cached_property
    def country(self) -> str:
        """The name of the country asked for; empty if none was."""
        code = self.ruling.country
        names = self.knowledge.pack.countries.get(code, ())
        return names[0] if names else code

    def identified(self, device: Device) -> str:
        """The first day on which this device was found to be spoken of: an earlier copy's, else the day asked about."""
        today = self.assessment.as_at.isoformat()
        return min(self.recognised.day(device) or today, today)

    def first_identified(self) -> str:
        """The first day on which anything was identified, in these records or in an earlier paper; empty if never."""
        days = [self.identified(device) for device in self.covered]
        return min([*days, *(one.record.day for one in self.no_longer)], default="")

    @cached_property
    def no_longer(self) -> list[Gone]:
        """What earlier papers identified and this one does not."""
        covered = {device.id for device in self.covered}
        found = [Gone(one, "not in these records") for one in self.recognised.lost]
        for device in self.assessment.devices:
            one = self.recognised.met.get(device.id)
            if one is not None and device.id not in covered:
                now = self.word(self.judged(device).answer) if device.live else f"not in use: {device.status_text}"
                found.append(Gone(one, now))
        return sorted(found, key=lambda one: (one.record.day, one.record.device))

    def records(self) -> tuple[Identified, ...]:
        """What this paper identifies, and what earlier ones did and these records do not show any more."""
        if not self.form.measure:
            return ()
        return (*(self._record(device) for device in self.covered), *(one.record for one in self.no_longer))

    def _record(self, device: Device) -> Identified:
        told_ = device.attribution
        return Identified(
            rule=self.form.measure,
            device=device.id,
            day=self.identified(device),
            name=device.name,
            site=device.site,
            brand=told_.brand_name or "",
            model=told_.model or "",
            maker=told_.oem_name or "",
            mac=device.mac,
            serial=device.serial,
            quantity=device.quantity,
            body=self.bench.body_of(device).name or device.body,
        )

    @cached_property
    def covered(self) -> list[Device]:
        """The devices in use of which the form's rule speaks."""
        return [device for device in self.live if self.judged(device).answer == COVERED]


def judge(found: Found, device: Device) -> Judged:
    """A rule's answer for a paper. A maker that is not established is never an answer of "no"."""
    reason = next((text for text in found.because if text.startswith(_EXCEPTION)), "")
    if found.answer is Answer.NO and reason:
        return Judged(EXCEPTED, found.because, (), reason.removeprefix(_EXCEPTION))
    if found.answer is Answer.YES:
        return Judged(COVERED, found.because)
    if found.answer is Answer.UNKNOWN:
        return Judged(NOT_DETERMINED, found.because, found.missing)
    if device.attribution.maker_status is not Status.ASSERTED:
        return Judged(NOT_DETERMINED, (), ("who actually made it",))
    return Judged(NOT_COVERED, found.because)


def groups(devices: Sequence[Device], key: Callable[[Device], tuple[str, ...]]) -> dict[tuple[str, ...], list[Device]]:
    """Devices by key, keys in order."""
    found: dict[tuple[str, ...], list[Device]] = {}
    for device in devices:
        found.setdefault(key(device), []).append(device)
    return dict(sorted(found.items()))
