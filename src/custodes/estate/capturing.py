"""Captures as sources: each device of one identified by all it said of itself, its destinations and requests judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custodes.attribution.destinations import Destination, destination
from custodes.attribution.identifiers import IdentifierClue, from_mac
from custodes.attribution.rhythm import Rhythm, rhythms
from custodes.attribution.uploads import Upload, uploads
from custodes.attribution.wire.weigh import Identity
from custodes.estate.wire import devices_of, matcher_of
from custodes.evidence.captures.logs.kinds import Group, Kind
from custodes.evidence.captures.logs.reading import read_group, sources
from custodes.evidence.captures.suricata import with_suricata
from custodes.evidence.wire.read import read_reply
from custodes.evidence.wire.texts import cleaned
from custodes.knowledge import Knowledge
from custodes.model.captures import Coverage, Observed, Request, Station
from custodes.model.errors import BadInput
from custodes.model.registers import Limits
from custodes.model.wire import Reply

#: The field of fingerprints that tell requests for firmware.
UPDATE = "http.update"


@dataclass(frozen=True, slots=True)
class Update:
    """A request for firmware. `told`: model, firmware and mac as they stand in it; `rule`: what it is known by."""

    request: Request
    told: Mapping[str, str]
    rule: str


@dataclass(frozen=True, slots=True)
class Watched:
    """One device of a capture: what it did, what it is, whose its link address is, how it asked for updates.

    `destinations`: whose each of its peers on the internet is, in their order.
    """

    capture: str
    station: Station
    identity: Identity
    card: IdentifierClue | None
    updates: tuple[Update, ...]
    coverage: Coverage
    destinations: tuple[Destination, ...] = ()
    uploads: tuple[Upload, ...] = ()
    rhythms: tuple[Rhythm, ...] = ()

    @property
    def bypassed(self) -> tuple[str, ...]:
        """Resolvers that the device asks though its network gave it others; none where that was not seen."""
        notes = self.station.notes
        families = {":" in ip for ip in notes.assigned}
        asked = (ip for ip in notes.resolvers if (":" in ip) in families and not ip.startswith("fe80:"))
        return tuple(ip for ip in asked if ip not in notes.assigned)

    @property
    def names(self) -> tuple[str, ...]:
        """What the device calls itself to a DHCP server."""
        told = (one.raw for one in self.station.notes.heard if one.protocol == "dhcp.option12")
        return tuple(dict.fromkeys(map(cleaned, told)))


def grouped(paths: Sequence[Path], limits: Limits) -> tuple[Sequence[Group], Sequence[BadInput]]:
    """Captures and logs, those of one sensor together; and why other files are not read."""
    return sources(paths, limits)


def watch(
    group: Group, limits: Limits, knowledge: Knowledge, *, suricata: bool = False, keep: bool = False
) -> tuple[Observed, list[Watched]]:
    """Every device of a capture or of the logs of a sensor. `suricata`: have it read captures too, for further names;
    `keep`: with the files that were fetched, in memory.

    Raises BadInput if it cannot be read.
    """
    observed = read_group(group, limits, keep=keep)
    if suricata and group.kind is Kind.CAPTURE:
        observed = with_suricata(group.paths[0], observed)
    return observed, list(judged(observed, knowledge))


def judged(observed: Observed, knowledge: Knowledge) -> Iterator[Watched]:
    """The devices of what was observed, identified."""
    last = observed.coverage.last
    day = datetime.fromtimestamp(last / 1e9, UTC).date() if last else knowledge.pack.date
    replies = [_replies(station) for station in observed.stations]
    identities = devices_of(replies, knowledge)
    for station, identity in zip(observed.stations, identities, strict=True):
        card = from_mac(station.mac, knowledge) if station.mac else None
        updates = tuple(_updates(station, knowledge))
        found = tuple(destination(peer, day, knowledge) for peer in station.external)
        makers = frozenset(item.supplier for item in identity.makers)
        pairs = list(zip(station.external, found, strict=True))
        sent, beats = uploads(pairs, station.local, makers), rhythms(pairs)
        yield Watched(observed.capture, station, identity, card, updates, observed.coverage, found, sent, beats)


def _updates(station: Station, knowledge: Knowledge) -> Iterator[Update]:
    """The requests by which a device asks for firmware, each address once."""
    asked = {(one.host, one.uri): one for one in reversed(station.notes.requests)}
    listed = list(reversed(asked.values()))
    texts = [f"{one.method} {one.host} {one.uri}" for one in listed]
    for one, hits in zip(listed, matcher_of(knowledge).match(UPDATE, texts), strict=True):
        told: dict[str, str] = {}
        for hit in hits:
            told.update({key: value for key, value in hit.captures.items() if value and key not in told})
        if hits:
            yield Update(one, told, hits[0].rule.id)


def _replies(station: Station) -> Sequence[Reply]:
    said = (read_reply(one.protocol, one.encoding, one.raw) for one in station.notes.heard)
    return tuple(dict.fromkeys(said))
