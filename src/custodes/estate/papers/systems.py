"""Lines about systems: one for each set of equipment of a body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from custodes.estate.config import Body, System
from custodes.estate.papers.catalogue import Make, lines, readings, value
from custodes.estate.papers.desk import (
    COVERED,
    NOT_DETERMINED,
    Desk,
    groups,
    not_known,
    or_not_known,
    quantity,
    sensitive_count,
    told,
)
from custodes.knowledge.text import bare_name
from custodes.model.assessment import Device
from custodes.model.papers import Cell
from custodes.model.rules import Answer
from custodes.model.vocab import Status

CORE_NETWORK = "core-network"
CLOUD = "cloud-enrolled"


@dataclass(frozen=True, slots=True)
class Group:
    """One system of one body with all its devices, in use or not."""

    body: Body
    system: System
    devices: list[Device]

    @property
    def live(self) -> list[Device]:
        """Those in use."""
        return [device for device in self.devices if device.live]


def _lines(desk: Desk) -> Iterator[tuple[str, Group]]:
    named = groups(desk.assessment.devices, lambda d: (desk.bench.body_of(d).name or d.body, d.system_id, d.system))
    for (body, key, name), devices in named.items():
        system = desk.estate.systems.get(key, System("", name))
        yield f"{body}|{key or name}", Group(desk.bench.body_of(devices[0]), system, devices)
    for system in desk.silent_systems():
        body_ = desk.estate.bodies.get(system.body, Body("", ""))
        yield f"{body_.name}|{system.id}", Group(body_, system, [])


SYSTEMS = lines("systems", "one line for each system of each body")(_lines)
UNREAD = "no record speaks of it"
readings(SYSTEMS, lambda _, group: group.live if group.devices else None, UNREAD)


def _counted(name: str, what: str) -> Callable[[Make], Make]:
    """Registers a number of devices: not known, and never nought, where no record speaks of the system."""

    def keep(make: Make) -> Make:
        value(SYSTEMS, name, what)(lambda desk, group: make(desk, group) if group.devices else not_known(UNREAD))
        return make

    return keep


def _first(group: Group, name: str) -> str:
    """What the configuration tells of a system; else what its devices' records tell, each word once."""
    configured = getattr(group.system, name)
    if configured:
        return str(configured)
    return "; ".join(sorted({getattr(device, name) for device in group.devices if getattr(device, name)}))


@value(SYSTEMS, "system.body", "the body")
def body(_: Desk, group: Group) -> Cell:
    return or_not_known(group.body.name or (group.devices[0].body if group.devices else ""))


@value(SYSTEMS, "system.kind", "the kind of system")
def kind(_: Desk, group: Group) -> Cell:
    return or_not_known(group.system.kind.replace("-", " "))


@value(SYSTEMS, "system.name", "what the body calls it")
def name(_: Desk, group: Group) -> Cell:
    return or_not_known(group.system.name, "the records name no system")


@value(SYSTEMS, "system.owner", "who owns it")
def owner(_: Desk, group: Group) -> Cell:
    return or_not_known(_first(group, "owner"))


@value(SYSTEMS, "system.operator", "who operates it")
def operator(_: Desk, group: Group) -> Cell:
    return or_not_known(_first(group, "operator"))


@value(SYSTEMS, "system.controller", "who decides what its footage is for: the data controller")
def controller(_: Desk, group: Group) -> Cell:
    return or_not_known(_first(group, "controller"))


@value(SYSTEMS, "system.holder", "the landlord, else the holder of the contract")
def holder(_: Desk, group: Group) -> Cell:
    landlord, installer, contract = (_first(group, key) for key in ("landlord", "installer", "contract"))
    parts = [f"landlord: {landlord}" if landlord else "", installer, f"contract {contract}" if contract else ""]
    return or_not_known("; ".join(filter(None, parts)))


@value(SYSTEMS, "system.ownership", "own, landlord's, or another owner's")
def ownership(_: Desk, group: Group) -> Cell:
    told_ = {(device.owner, device.landlord, group.body.name or device.body) for device in group.devices}
    cells = [owned_by(*one) for one in told_ or {(group.system.owner, group.system.landlord, group.body.name)}]
    words = sorted({str(cell.value) for cell in cells})
    return cells[0] if len(words) == 1 else told("; ".join(words))


def owned_by(owner_: str, landlord: str, body_: str) -> Cell:
    """Whose equipment it is, from the owner told; without one, a landlord's. Whole names are compared."""
    if not owner_:
        return told("landlord") if landlord else not_known("nobody is told to own it")
    if _same_name(owner_, body_):
        return told("own")
    return told("landlord" if _same_name(owner_, landlord) else "another owner")


def _same_name(one: str, other: str) -> bool:
    return bool(bare_name(one)) and bare_name(one) == bare_name(other)


@value(SYSTEMS, "system.unit", "what is counted")
def unit(_: Desk, _group: Group) -> Cell:
    return told("devices (channels of one box count once; a fleet line by its number)")


@_counted("system.total", "all in the records, in use or not")
def total(_: Desk, group: Group) -> Cell:
    return told(quantity(group.devices))


@_counted("system.live", "those that the records count as in use")
def live(_: Desk, group: Group) -> Cell:
    return told(quantity(group.live))


@_counted("system.seen", "those in use that a record read off the network shows")
def seen(_: Desk, group: Group) -> Cell:
    if not any(device.seen for device in group.devices):
        return not_known("nothing was read off its network")
    return told(quantity(device for device in group.live if device.seen))


def _sure(name_: str, status: Status, what: str) -> None:
    _counted(name_, what)(lambda desk, group: told(desk.sure(group.live, status)))


_sure("system.established", Status.ASSERTED, "those in use whose actual maker is established")
_sure("system.probable", Status.REVIEW, "those whose actual maker is probable")
_sure("system.not_known", Status.UNKNOWN, "those whose actual maker is not known")


@_counted("system.open", "those whose actual maker is probable or not known")
def open_(desk: Desk, group: Group) -> Cell:
    return told(quantity(group.live) - desk.sure(group.live, Status.ASSERTED))


@_counted("system.makers.first", "the same, the first four")
def makers_first(_: Desk, group: Group) -> Cell:
    named = _makers(group)
    more = [f"and {len(named) - FIRST} more"] if len(named) > FIRST else []
    return told("; ".join([*named[:FIRST], *more]) or "none established")


@_counted("system.makers", "established makers with their numbers, the most first")
def makers(_: Desk, group: Group) -> Cell:
    return told("; ".join(_makers(group)) or "none established")


FIRST = 4


def _makers(group: Group) -> list[str]:
    counts: Counter[str] = Counter()
    for device in group.live:
        if device.attribution.maker_status is Status.ASSERTED:
            counts[device.attribution.oem_name or ""] += device.quantity
    return [f"{maker} {count:,}" for maker, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


@_counted("system.covered", "those of which the form's rule speaks")
def covered(desk: Desk, group: Group) -> Cell:
    return told(desk.counted(group.live, COVERED))


@_counted("system.not_determined", "those of which that cannot be told")
def not_determined(desk: Desk, group: Group) -> Cell:
    return told(desk.counted(group.live, NOT_DETERMINED))


@_counted("system.sensitive", "those in use at sites that are told to be sensitive: a number, never a list")
def sensitive(desk: Desk, group: Group) -> Cell:
    return sensitive_count(desk, group.live)


@value(SYSTEMS, "system.core_network", "whether it is on the core network")
def core_network(_: Desk, group: Group) -> Cell:
    found = group.system.facts.get(CORE_NETWORK) or group.body.facts.get(CORE_NETWORK)
    words = {"true": "yes", "false": "no", "yes": "yes", "no": "no"}
    return told(words[found]) if found in words else not_known("the configuration does not tell it")


@_counted("system.cloud", "those enrolled in a maker's cloud, as the records say")
def cloud(_: Desk, group: Group) -> Cell:
    count = quantity(d for d in group.live if any(finding.kind == CLOUD for finding in d.findings))
    return told(f"at least {count:,}")


@_counted("system.bought_12", "those bought in the twelve months before the day: at least and at most")
def bought_12(desk: Desk, group: Group) -> Cell:
    day = desk.assessment.as_at
    start, end = f"{day.year - 1:04d}{day.isoformat()[4:]}", day.isoformat()
    answers = [(_bought_within(d.bought, start, end), d.quantity) for d in group.live]
    least = sum(count for answer, count in answers if answer is Answer.YES)
    open_ = sum(count for answer, count in answers if answer is Answer.UNKNOWN)
    return told(f"at least {least:,}, at most {least + open_:,}" if open_ else least)


def _bought_within(bought: str, start: str, end: str) -> Answer:
    """Whether something was bought from one day to another; unknown where only a month or a year about either is known.

    A purchase after the day asked about is none of these twelve months.
    """
    if not bought:
        return Answer.UNKNOWN
    size = len(bought)
    if size < len(start) and bought in (start[:size], end[:size]):
        return Answer.UNKNOWN
    return Answer.YES if start[:size] <= bought <= end[:size] else Answer.NO


@value(SYSTEMS, "system.contract_end", "the end of the contract")
def contract_end(_: Desk, group: Group) -> Cell:
    return or_not_known(group.system.contract_end)


@_counted("system.why_not_known", "why makers are not known, each reason with its number")
def why_not_known(desk: Desk, group: Group) -> Cell:
    return told("; ".join(f"{count:,}: {why}" for why, count in reasons(desk, group.live)) or "all are known")


def reasons(desk: Desk, devices: list[Device]) -> list[tuple[str, int]]:
    """Why the maker of devices is not established, with how many, the most first."""
    counts: Counter[str] = Counter()
    for device in devices:
        if device.attribution.maker_status is not Status.ASSERTED:
            counts[why_maker(desk, device)] += device.quantity
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def why_maker(desk: Desk, device: Device) -> str:
    """Why the actual maker of one device is not established, in the words of the reference data."""
    code = device.attribution.maker_reason or str(device.attribution.reason or "")
    return desk.knowledge.pack.sentences.get(code, code) or "nothing in the files names it"


@value(SYSTEMS, "system.sources", "the files that speak of it, and of which day each speaks")
def sources(desk: Desk, group: Group) -> Cell:
    files = dict.fromkeys(source.file for device in group.devices for source in device.sources)
    dated = {account.file: account.dated for account in desk.assessment.files}
    named = (f"{file} ({dated.get(file) or 'its day is not told'})" for file in files)
    return or_not_known("; ".join(named), "no file speaks of it")
