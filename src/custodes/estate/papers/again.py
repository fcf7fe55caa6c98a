"""The same device met again in a later copy, though its record was edited: by its id, else by a mark that both share.

A mark counts only where one device on either side has it: two cameras called "Door" are not told apart by it.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from custodes.knowledge.text import squash
from custodes.model.assessment import Device
from custodes.model.papers import Identified


@dataclass(frozen=True, slots=True)
class Marks:
    """What a device is known by. Empty ones are not compared."""

    id: str
    mac: str = ""
    serial: str = ""
    name: str = ""
    site: str = ""

    def clashes(self, other: Marks) -> bool:
        """Whether a number that both have tells them apart, whatever they are called."""
        macs = bool(self.mac and other.mac) and self.mac != other.mac
        return macs or (bool(self.serial and other.serial) and squash(self.serial) != squash(other.serial))


_MARKS: tuple[Callable[[Marks], str], ...] = (
    lambda one: one.id,
    lambda one: one.mac,
    lambda one: squash(one.serial),
    lambda one: f"{squash(one.site)} {squash(one.name)}" if one.name else "",
)


def of_device(device: Device) -> Marks:
    """The marks of a device of this assessment."""
    return Marks(device.id, device.mac, device.serial, device.name, device.site)


def of_machine(one: Any) -> Marks:
    """Those of a device as the machine output gives it. Raises KeyError or TypeError."""
    return Marks(*(str(one[key]) for key in ("device", "mac", "serial", "name", "site")))


def of_identified(one: Identified) -> Marks:
    """Those of a device that an earlier paper names."""
    return Marks(one.device, one.mac, one.serial, one.name, one.site)


def pair(now: Sequence[Marks], then: Sequence[Marks]) -> dict[int, int]:
    """Place in `now` to place in `then`; each place once. The surest mark pairs first."""
    found: dict[int, int] = {}
    for mark in _MARKS:
        here = _alone((place, mark(one)) for place, one in enumerate(now) if place not in found)
        taken = set(found.values())
        there = _alone((place, mark(one)) for place, one in enumerate(then) if place not in taken)
        for key in here.keys() & there.keys():
            if not now[here[key]].clashes(then[there[key]]):
                found[here[key]] = there[key]
    return found


def _alone(places: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Marks that one place alone has."""
    told = [(place, key) for place, key in places if key]
    counts = Counter(key for _, key in told)
    return {key: place for place, key in told if counts[key] == 1}


class Recognised:
    """What earlier papers identified by one rule: `met` again, by the id of the device, or `lost`."""

    def __init__(
        self, rule: str, devices: Sequence[Device], papers: Iterable[Sequence[Identified]], others: Collection[str]
    ) -> None:
        """`others`: bodies of the estate that the paper is not about; what was identified there is none of its own."""
        spoken = _once([one for one in records if one.rule == rule and one.body not in others] for records in papers)
        pairs = pair([of_device(one) for one in devices], [of_identified(one) for one in spoken])
        self.met = {devices[here].id: spoken[there] for here, there in pairs.items()}
        found = set(pairs.values())
        self.lost = tuple(one for place, one in enumerate(spoken) if place not in found)

    def day(self, device: Device) -> str:
        """The first day on which an earlier paper identified the device; empty if none did."""
        return self.met[device.id].day if device.id in self.met else ""


def _once(papers: Iterable[list[Identified]]) -> list[Identified]:
    """The records of several papers, each device once: as the latest paper describes it, with the first day of all."""
    kept: list[Identified] = []
    for records in sorted(papers, key=lambda found: max((one.day for one in found), default="")):
        pairs = pair([of_identified(one) for one in records], [of_identified(one) for one in kept])
        for place, one in enumerate(records):
            at = pairs.get(place)
            if at is None:
                kept.append(one)
            else:
                kept[at] = dataclasses.replace(one, day=min(one.day, kept[at].day))
    return kept
