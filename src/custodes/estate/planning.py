"""The devices of an assessment as jobs of a plan, with what their records, the configuration and `plan.yaml` say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from custodes.estate.config import Estate
from custodes.estate.periods import Period, outside, periods, since, until, within
from custodes.knowledge.text import squash
from custodes.model.assessment import Device
from custodes.model.days import is_day
from custodes.model.errors import BadInput
from custodes.model.plans import Budget, Crew, Job, Kind, Problem, Window
from custodes.model.rules import Answer, Force, asks_the_body
from custodes.model.vocab import Status

#: What a rule that asks the body may forbid or demand, so that a unit must go.
REMOVALS = frozenset(("remove", "use", "operate", "operate-with-federal-funds"))
_WEIGHTS = {"each": 1, "sensitive": 4, "known_fault": 3, "upload": 3}
_COST = {"cost": 0, "hours": 1}
_PERIODS = {"month": 12, "week": 52}


@dataclass(frozen=True, slots=True)
class Planned:
    """The problem, and its periods with their days."""

    problem: Problem
    periods: Sequence[Period]


def build(told: Mapping[str, Any], estate: Estate, devices: Sequence[Device]) -> Planned:
    """The problem of a plan. Raises BadInput if nothing is to be removed, or a crew serves nobody."""
    unit = str(told.get("period", "month"))
    held = periods(_day(told["start"]), unit, int(told.get("periods", _PERIODS[unit])))
    chosen = [device for device in devices if device.live and _is_meant(device, told.get("remove"))]
    if not chosen:
        why = "no device in use is reached by a rule that asks the body to remove it"
        if told.get("remove"):
            why = "no device in use is of the makes, rules or devices that it names"
        raise BadInput("there is nothing to remove", where="plan.yaml", why=why, remedy="name makes under remove")
    jobs = tuple(_job(device, told, estate, held) for device in chosen)
    crews = tuple(Crew(row["name"], (row["hours"],) * len(held)) for row in told["crews"])
    budgets = tuple(
        Budget(row["name"], within(_day(row["from"]), _day(row["to"]), held), row["amount"])
        for row in told.get("budgets", ())
    )
    problem = Problem(tuple(one.name for one in held), jobs, crews, budgets)
    return Planned(problem, held)


def _is_meant(device: Device, remove: Mapping[str, Sequence[str]] | None) -> bool:
    """Whether a device is to go: as the plan names it, else as a rule asks."""
    if remove is None:
        return any(_asks_removal(said) for said in device.measures)
    made = device.attribution
    names = {squash(name) for name in remove.get("makes", ())}
    sure = [made.brand, made.brand_name] if made.status is Status.ASSERTED else []
    sure += [made.oem, made.oem_name] if made.maker_status is Status.ASSERTED else []
    if names & {squash(name) for name in sure if name}:
        return True
    reached = {str(said["id"]) for said in device.measures if said["reaches"] == Answer.YES.value}
    return bool(reached & set(remove.get("rules", ()))) or device.id in remove.get("devices", ())


def _asks_removal(said: Mapping[str, object]) -> bool:
    actions = {word.strip() for word in str(said["action"]).split(",")}
    asks = said["reaches"] == Answer.YES.value and asks_the_body(Force(str(said["force"])), bool(said["addressed"]))
    return asks and not actions.isdisjoint(REMOVALS)


def _job(device: Device, told: Mapping[str, Any], estate: Estate, held: Sequence[Period]) -> Job:
    row = next((row for row in told.get("costs", ()) if _matches(device, row)), _COST)
    ends, fee, wait = _contract(device, told, estate)
    cost = [device.quantity * (row["cost"] + (fee if ends and one.first < ends else 0)) for one in held]
    windows = list(_windows(device, told, held))
    if wait and ends:
        windows.append(Window(Kind.CONTRACT, f"contract {device.contract} ends {ends}", since(ends, held)))
    hours = row["hours"] * device.quantity
    weight = _weight(device, told) * device.quantity
    return Job(device.id, device.name, _crew(device, told), weight, tuple(cost), hours, tuple(windows))


def _matches(device: Device, row: Mapping[str, Any]) -> bool:
    made = device.attribution
    fields = {
        "make": (made.brand, made.brand_name, made.oem, made.oem_name),
        "model": (made.model,),
        "device_type": (made.device_type,),
        "site": (device.site_id,),
        "system": (device.system_id,),
    }
    return all(
        key not in row or squash(row[key]) in {squash(one) for one in values if one} for key, values in fields.items()
    )


def _contract(device: Device, told: Mapping[str, Any], estate: Estate) -> tuple[date | None, int, bool]:
    """When the contract ends, what it costs to go before, and whether it must be waited for."""
    row = told.get("contracts", {}).get(device.contract, {}) if device.contract else {}
    system = estate.systems.get(device.system_id)
    day = str(row.get("ends") or (system.contract_end if system else ""))
    return _whole_day(day), int(row.get("fee", 0)), bool(row.get("wait", False))


def _windows(device: Device, told: Mapping[str, Any], held: Sequence[Period]) -> Iterator[Window]:
    if told.get("keep_dates", True):
        for said in device.measures:
            day = _whole_day(str(said.get("by") or ""))
            if day and _asks_removal(said):
                yield Window(Kind.DATE, f"{said['name']}: by {day}", until(day, held))
        if told.get("by"):
            yield Window(Kind.DATE, f"the plan's own day, {told['by']}", until(_day(told["by"]), held))
    site = told.get("sites", {}).get(device.site_id, {}) if device.site_id else {}
    if site.get("closed"):
        spans = [(_day(first), _day(last)) for first, last in site["closed"]]
        yield Window(Kind.SITE, f"{device.site} is closed", outside(spans, held))
    landlord = told.get("landlords", {}).get(device.landlord) if device.landlord else None
    if landlord:
        consent = landlord["consent_from"]
        yield Window(Kind.LANDLORD, f"{device.landlord} consents from {consent}", since(_day(consent), held))


def _crew(device: Device, told: Mapping[str, Any]) -> int:
    """The first crew that names the site or the system, else the first that names neither. Raises BadInput."""
    for place, row in enumerate(told["crews"]):
        if device.site_id in row.get("sites", ()) or device.system_id in row.get("systems", ()):
            return place
    for place, row in enumerate(told["crews"]):
        if not (row.get("sites") or row.get("systems")):
            return place
    where = device.site or device.system or device.name
    raise BadInput(f"no crew serves {where[:60]}", where="plan.yaml", remedy="name its site or system in a crew")


def _weight(device: Device, told: Mapping[str, Any]) -> int:
    points = {**_WEIGHTS, **told.get("weights", {})}
    kinds = {finding.kind for finding in device.findings}
    more = points["sensitive"] * device.sensitive + points["known_fault"] * ("vulnerability" in kinds)
    return int(points["each"] + more + points["upload"] * ("traffic-upload" in kinds))


def _whole_day(text: str) -> date | None:
    """A day that is told to the day; None for a month, a year or nothing."""
    return date.fromisoformat(text) if len(text) == 10 and is_day(text) else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text[:20]} is no day of the calendar", where="plan.yaml") from None
