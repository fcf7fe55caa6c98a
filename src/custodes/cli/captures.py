"""`custodes capture`: devices of captures, where their traffic goes, what they asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from custodes.attribution.batch import evidence_object
from custodes.attribution.destinations import Destination
from custodes.attribution.rhythm import Rhythm
from custodes.attribution.uploads import Upload
from custodes.cli.output import note, print_json, printable
from custodes.discovery.listening import listen
from custodes.estate.capturing import Update, Watched, grouped, watch
from custodes.estate.wire import identity_object
from custodes.evidence.captures.logs.kinds import Group
from custodes.knowledge import Knowledge, knowledge
from custodes.knowledge.own_networks import with_own
from custodes.model.captures import Coverage, Observed, Peer
from custodes.model.errors import BadInput, BadUsage
from custodes.model.registers import Limits

#: Files that take longer than a moment to read.
_LARGE_MB = 200


@dataclass(frozen=True, slots=True)
class Listening:
    """An interface, how long it is listened to in seconds, and the file that what came is kept in, if it is."""

    interface: str
    seconds: float
    keep: Path | None = None


@dataclass(frozen=True, slots=True)
class Capturing:
    """What is to be read, and how it is to be printed."""

    files: tuple[Path, ...]
    form: str
    overlays: tuple[Path, ...] = ()
    networks: tuple[Path, ...] = ()
    suricata: bool = False
    inspect: bool = False
    live: Listening | None = None


def main(asked: Capturing) -> None:
    """Print every device of every capture; what a capture cannot answer for goes to stderr too."""
    if bool(asked.files) == (asked.live is not None):
        raise BadUsage("give captures, or an interface with --live", where="custodes capture", remedy="one of the two")
    if asked.live is None:
        _print(asked)
        return
    with TemporaryDirectory() as folder:
        out = asked.live.keep or Path(folder) / f"{asked.live.interface.replace('/', '_')}.pcap"
        heard = listen(asked.live.interface, out, asked.live.seconds, _progress)
        note(f"listened: {heard.frames} frames, {heard.dropped} lost")
        _print(replace(asked, files=(out,)))


def _progress(frames: int, seconds: float) -> None:
    note(f"listening for {seconds:.0f} s: {frames} frames")


def _print(asked: Capturing) -> None:
    loaded = knowledge_for(asked)
    if asked.inspect:
        from custodes.cli.capture_fetched import looked_into

        found = [one for _, held in watched(asked.files, loaded, suricata=asked.suricata, keep=True) for one in held]
        print_devices(looked_into(found, asked.overlays), asked.form, loaded)
        return
    print_devices(map(device_object, _rows(asked.files, loaded, suricata=asked.suricata)), asked.form, loaded)


def knowledge_for(asked: Capturing) -> Knowledge:
    """The reference data with the packs and tables of networks that are asked for."""
    loaded = knowledge(asked.overlays)
    return loaded.with_networks(with_own(loaded.networks, asked.networks))


def print_devices(rows: Iterable[dict[str, Any]], form: str, loaded: Knowledge) -> None:
    """Devices as they are asked for; to people with whom the tables of networks are to be credited to."""
    if form != "table":
        print_json(rows, form)
        return
    from custodes.publication.captures import credits_of, lines

    placed = False
    for row in rows:
        sys.stdout.write("\n".join(map(printable, lines(row))) + "\n")
        placed = placed or any(peer["disputed"] is not None for peer in row["external"])
    if placed:
        told = [(origin.date, origin.credit) for origin in loaded.networks.origins]
        sys.stdout.write("\n".join(map(printable, credits_of(told))) + "\n")


def _rows(files: Sequence[Path], loaded: Knowledge, *, suricata: bool) -> Iterator[Watched]:
    for _, found in watched(files, loaded, suricata=suricata):
        yield from found


def watched(
    files: Sequence[Path], loaded: Knowledge, *, suricata: bool = False, keep: bool = False
) -> Iterator[tuple[Observed, Sequence[Watched]]]:
    """The devices of every file. What cannot be read is told, and fails the command once all others are read."""
    groups, refused = grouped(files, Limits())
    wrong = list(refused)
    for error in refused if groups else ():
        note(str(error))
    for group in groups:
        _tell_size(group)
        try:
            observed, found = watch(group, Limits(), loaded, suricata=suricata, keep=keep)
        except BadInput as error:
            wrong.append(error)
            if len(groups) > 1:
                note(str(error))
            continue
        for gap in gaps(observed.coverage):
            note(f"{group.name}: {gap}")
        if not found:
            note(f"{group.name}: no device is seen in it")
        yield observed, found
    if wrong:
        raise wrong[0]


def _tell_size(group: Group) -> None:
    size = sum(path.stat().st_size for path in group.paths) / 1e6
    if size > _LARGE_MB:
        note(f"{group.name}: reading {size:,.0f} MB")


def gaps(coverage: Coverage) -> Iterator[str]:
    """What a capture cannot answer for, in sentences."""
    if coverage.problem:
        told = f"frame {coverage.packets}" if coverage.rows is None else f"row {coverage.rows}"
        yield f"read up to {told}: {coverage.problem}"
    if coverage.cut:
        yield f"{coverage.cut} of {coverage.packets} frames are stored cut: names in them may be missing"
    if coverage.unread:
        yield f"{coverage.unread} frames are of a link that is not read here"
    if coverage.dropped:
        yield f"{coverage.dropped} frames were lost by the capturing program"
    yield from coverage.gaps


def device_object(row: Watched) -> dict[str, Any]:
    """A device as it is printed."""
    station, notes = row.station, row.station.notes
    return {
        "capture": row.capture,
        "mac": station.mac or None,
        "ips": list(station.ips),
        "names": list(row.names),
        "identity": identity_object(row.identity) | {"card": evidence_object(row.card.because) if row.card else None},
        "dns": list(notes.dns),
        "sni": list(notes.sni),
        "http_hosts": list(notes.http_hosts),
        "external": [
            peer_object(peer) | destination_object(found)
            for peer, found in zip(station.external, row.destinations, strict=True)
        ],
        "portless": [peer_object(peer) for peer in station.portless],
        "local": [peer_object(peer) for peer in station.local],
        "uploads": [upload_object(one) for one in row.uploads],
        "rhythms": [rhythm_object(one) for one in row.rhythms],
        "update_requests": [update_object(one) for one in row.updates],
        "objects": [
            {"sha256": one.sha256, "size": one.size, "url": one.url, "kind": one.kind} for one in notes.objects
        ],
        "credentials": list(notes.credentials),
        "resolvers": {
            "assigned": list(notes.assigned),
            "asked": list(notes.resolvers),
            "bypassing": list(row.bypassed),
        },
        "ja3": list(notes.ja3),
        "ja4": list(notes.ja4),
        "coverage": coverage_object(row.coverage),
    }


def peer_object(peer: Peer) -> dict[str, Any]:
    """A peer as it is printed. `names`: what it was called, to where that was read."""
    return {
        "ip": peer.ip,
        "port": peer.port,
        "proto": peer.proto,
        "bytes_up": peer.up.bytes,
        "bytes_down": peer.down.bytes,
        "frames_up": peer.up.frames,
        "frames_down": peer.down.frames,
        "names": [{"name": name, "origin": origin} for name, origin in peer.names.items()],
        "spoken": list(peer.talks),
    }


def destination_object(found: Destination) -> dict[str, Any]:
    """Whose a peer is and where, as it is printed. `disputed`: null where no table says anything of it."""
    place = found.place
    return {
        "domain": found.domain or None,
        "service": found.service or None,
        "purpose": found.purpose or None,
        "operator": found.operator or None,
        "supplier": found.supplier,
        "status": str(found.status),
        "owners": list(found.owners),
        "operator_country": found.home or None,
        "asn": int(place.system) if place.system.isdecimal() else None,
        "network": place.organisation or None,
        "network_country": place.system_country or None,
        "registered_country": place.registered or None,
        "hosting_countries": list(place.hosting),
        "disputed": place.disputed,
        "because": [evidence_object(item) for item in found.because],
    }


def upload_object(found: Upload) -> dict[str, Any]:
    """A lasting upload as it is printed. `video`: seen, or consistent with it by shape alone."""
    peer = found.peer
    return {
        "ip": peer.ip,
        "port": peer.port,
        "proto": peer.proto,
        "bytes_up": peer.up.bytes,
        "bytes_down": peer.down.bytes,
        "seconds": round(found.seconds, 3),
        "where": str(found.where),
        "operator": found.operator or None,
        "video": found.video,
        "because": [evidence_object(item) for item in found.because],
    }


def rhythm_object(found: Rhythm) -> dict[str, Any]:
    """A steady beat as it is printed: seconds between calls, calls, and the share by which they spread."""
    return {
        "ip": found.peer.ip,
        "port": found.peer.port,
        "proto": found.peer.proto,
        "every_seconds": round(found.every, 3),
        "times": found.times,
        "spread": round(found.spread, 4),
        "because": [evidence_object(item) for item in found.because],
    }


def update_object(update: Update) -> dict[str, Any]:
    """A request for firmware as it is printed. `told`: what it says of the device, in the clear."""
    asked = update.request
    url = f"http://{asked.host}{asked.uri}"
    told = dict(update.told)
    return {"method": asked.method, "url": url, "ip": asked.ip, "agent": asked.agent, "told": told, "rule": update.rule}


def coverage_object(coverage: Coverage) -> dict[str, Any]:
    """Coverage as it is printed: times in seconds since 1970, bytes as on the wire."""
    return {
        "first": None if coverage.first is None else coverage.first / 1e9,
        "last": None if coverage.last is None else coverage.last / 1e9,
        "packets": coverage.packets,
        "bytes": coverage.bytes,
        "truncated": coverage.truncated,
        "cut": coverage.cut,
        "unread": coverage.unread,
        "dropped": coverage.dropped,
        "layer": str(coverage.layer),
        "rows": coverage.rows,
        "gaps": list(gaps(coverage)),
    }
