"""Captures and logs as sources of an estate: their devices stand beside register rows, their traffic goes with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from custodes.attribution.destinations import Destination
from custodes.attribution.uploads import Upload, Where
from custodes.estate.capturing import Watched, grouped, watch
from custodes.estate.linking import Unit
from custodes.estate.scanning import sightings_of
from custodes.estate.sightings import Sighting
from custodes.evidence.scans import Scan
from custodes.evidence.scans.reader import Kind
from custodes.knowledge import Knowledge
from custodes.model.captures import Peer
from custodes.model.registers import Account, Limits
from custodes.model.scans import Host
from custodes.model.traffic import Flow, Traffic
from custodes.model.vocab import Status

#: Destinations of one device that are told; the rest is counted.
MOST_FLOWS = 200


#: The id of the form of a file that holds traffic.
TRAFFIC = "traffic"


@dataclass(slots=True)
class Watches:
    """The devices of all captures and logs of an estate, by file and place in it."""

    seen: dict[tuple[str, int], Watched] = field(default_factory=dict)

    def scanned(
        self, index: int, file: Path, limits: Limits, knowledge: Knowledge
    ) -> tuple[list[Sighting], Account] | None:
        """The devices of a capture or log as sightings; None for a file that is none."""
        groups, refused = grouped([file], limits)
        if refused or not groups:
            return None
        observed, devices = watch(groups[0], limits, knowledge)
        for row, device in enumerate(devices, 1):
            self.seen[file.name, row] = device
        kind = Kind(TRAFFIC, str(groups[0].kind), _never, _nothing)
        found, account = sightings_of(
            Scan(kind, map(_host, range(1, len(devices) + 1), devices)), index, file.name, knowledge
        )
        account.gaps += [gap for gap in (*observed.coverage.gaps, observed.coverage.problem) if gap]
        return found, account

    def told(self, units: Sequence[Unit], devices: Mapping[str, object]) -> tuple[Traffic, ...]:
        """The traffic of every device that was seen to reach the internet, with the device of the estate it is of."""
        of = {(one.file, one.row): unit.id for unit in units for one in unit.sightings}
        found = []
        for (file, row), device in self.seen.items():
            if device.station.external or device.uploads or device.station.notes.credentials:
                unit = of.get((file, row), "")
                found.append(_traffic(unit if unit in devices else "", file, row, device))
        return tuple(found)


def _never(_head: bytes, _name: str) -> float:
    return 0.0


def _nothing(_file: object) -> Iterator[Host]:
    return iter(())


def _host(row: int, device: Watched) -> Host:
    """A device as a scan would have it. What it calls itself is evidence of what it is; its name is the register's."""
    station = device.station
    return Host(row, next(iter(station.ips), ""), station.mac, heard=tuple(station.notes.heard))


def _traffic(unit: str, file: str, row: int, device: Watched) -> Traffic:
    station, coverage = device.station, device.coverage
    pairs = list(zip(station.external, device.destinations, strict=True))
    return Traffic(
        unit,
        file,
        row,
        station.mac,
        station.ips,
        coverage.hours,
        str(coverage.layer),
        tuple(_flow(peer, whose) for peer, whose in pairs[:MOST_FLOWS]),
        max(len(pairs) - MOST_FLOWS, 0),
        tuple(_upload(one) for one in device.uploads if one.where is not Where.LOCAL),
        tuple(f"http://{one.request.host}{one.request.uri}"[:200] for one in device.updates),
        tuple(station.notes.credentials),
        device.bypassed,
    )


def _flow(peer: Peer, whose: Destination) -> Flow:
    place = whose.place
    sure = whose.status is Status.ASSERTED
    return Flow(
        peer.ip,
        peer.port,
        peer.proto,
        peer.up.bytes,
        peer.down.bytes,
        next(iter(peer.names), ""),
        whose.service,
        whose.operator if sure else "",
        "" if sure else whose.operator,
        place.organisation,
        place.hosting,
        tuple(dict.fromkeys(code for code in (place.registered, place.system_country) if code)),
        place.disputed,
    )


def _upload(one: Upload) -> str:
    what = "video was seen" if one.video == "seen" else "what is consistent with video, by its shape alone, was seen"
    to = {Where.OWN: f"to {one.operator}, as its label", Where.OTHER: f"to {one.operator}"}.get(one.where, "")
    return f"{what} on its way to {one.peer.ip}:{one.peer.port}/{one.peer.proto} {to}".rstrip()
