"""Records that the network does not show, and whether one of them could be a device that only the network shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from custodes.estate.marks import near
from custodes.knowledge.text import squash
from custodes.model.assessment import Device
from custodes.model.vocab import Status

Kin = Callable[[str, str], bool]


@dataclass(slots=True)
class Unmet:
    """Records of one body that were not seen: makes of those without a MAC address, the others by halves of it, as two
    numbers that differ by one slip have one half in common."""

    makes: dict[str, list[Device]] = field(default_factory=lambda: defaultdict(list))
    halves: dict[str, list[Device]] = field(default_factory=lambda: defaultdict(list))

    def add(self, record: Device) -> None:
        """Keep a record."""
        if record.mac:
            for half in _halves(record.mac):
                self.halves[half].append(record)
        elif record.serial or len(self.makes[_make(record)]) < 1:
            self.makes[_make(record)].append(record)

    def could_be(self, device: Device, kin: Kin) -> bool:
        """Whether one of the records may be of a device: no number and no make says otherwise."""
        return any(_may_be(device, record, kin) for record in self._near(device))

    def _near(self, device: Device) -> Iterator[Device]:
        for records in self.makes.values():
            yield from records
        if not device.mac:
            for records in self.halves.values():
                yield from records
        for half in _halves(device.mac) if device.mac else ():
            yield from self.halves.get(half, ())


def _halves(mac: str) -> tuple[str, str]:
    digits = mac.replace(":", "")
    return digits[:6], digits[6:]


def _make(record: Device) -> str:
    made = record.attribution
    return made.brand or "" if made.status is Status.ASSERTED else ""


def _may_be(device: Device, record: Device, kin: Kin) -> bool:
    numbers = ((device.mac, record.mac), (squash(device.serial), squash(record.serial)))
    if any(one and other and not near(one, other) for one, other in numbers):
        return False
    mine, theirs = _make(device), _make(record)
    return not (mine and theirs and not kin(mine, theirs))
