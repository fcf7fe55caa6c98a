"""What a test looks at: the live devices of one body or system, and what is told about the files and traffic."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from custodes.model.assessment import Device, FileAccount, Finding
from custodes.model.checks import Check, Outcome
from custodes.model.traffic import Traffic
from custodes.model.vocab import Field


@dataclass(frozen=True, slots=True)
class Scope:
    """`devices`: live ones; `findings`: those of no device; `files`: every file read; `traffic`: of these devices;
    `exploited`: faults that are listed as exploited; `fact`: what is told of the place of a device, empty if nothing;
    `class_of_system`: the class of equipment that its system is for, empty if not told; `cell`: what the first record
    of a device that has a field says there; `versions`: whether a record tells a version of its firmware, and whether
    the network does; `heard`: devices whose traffic was listened to; `body_told`: whether the kind of body is known;
    `declared`: whether anything that a body declared was taken."""

    devices: Sequence[Device]
    findings: Sequence[Finding]
    files: Sequence[FileAccount]
    traffic: Sequence[Traffic]
    as_at: date
    exploited: Collection[str] = ()
    fact: Callable[[Device, str], str] = lambda _device, _name: ""
    class_of_system: Callable[[Device], str] = lambda _device: ""
    cell: Callable[[Device, Field], str] = lambda _device, _field: ""
    versions: Callable[[Device], tuple[bool, bool]] = lambda _device: (False, False)
    heard: Collection[str] = ()
    body_told: bool = True
    declared: bool = False


#: A test: what it finds among the devices of a scope.
Test = Callable[[Check, Scope], Outcome]


def ids(devices: Iterable[Device], holds: Callable[[Device], bool]) -> tuple[str, ...]:
    """Ids of the devices of which something holds, in their order."""
    return tuple(device.id for device in devices if holds(device))


def dated(scope: Scope) -> Mapping[tuple[str, str], str]:
    """The day of each file and sheet, empty where it is not told."""
    return {(one.file, one.sheet): one.dated for one in scope.files}


def network_files(scope: Scope) -> frozenset[tuple[str, str]]:
    """Files and sheets whose rows are what devices answered on the network."""
    return frozenset((one.file, one.sheet) for one in scope.files if one.seen_on_network)


def on_record(device: Device, network: Collection[tuple[str, str]]) -> bool:
    """Whether a record that is not read off the network has the device."""
    return any((row.file, row.sheet) not in network for row in device.sources)
