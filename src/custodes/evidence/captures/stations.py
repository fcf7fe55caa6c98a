"""Whose traffic it was: every frame to the one device of the site that sent it or that it was for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodes.evidence.captures.addresses import ip_bytes, ip_text, is_external, is_group, mac_group
from custodes.evidence.captures.desk import Desk
from custodes.evidence.captures.layers import TCP, UDP
from custodes.evidence.captures.sides import Sides
from custodes.model.captures import Ends, Notes, Peer, Station, Sum

_NAMED = (1, 2, TCP, UDP, 47, 50, 51, 58, 132)
_PROTOCOLS = dict(zip(_NAMED, "icmp igmp tcp udp gre esp ah icmpv6 sctp".split(), strict=True))  # noqa: SIM905
#: Devices that are told; a capture with more link addresses was made up.
MOST_STATIONS = 20_000


def stations_of(sums: Sequence[tuple[Ends, Sum]], desk: Desk, frames: dict[bytes, int]) -> Iterator[Station]:
    """The devices of a capture, by address. `frames`: those sent by each link address that are of no way."""
    sides = Sides(sums, desk)
    found = _Parties(sides, desk.meant)
    sent = dict(frames)
    for party in frames:
        found.of(party)
    for ends, total in sums:
        party = sides.party(ends.source_mac or ends.source)
        if len(party) == 6 or not is_external(party):
            found.of(party)
            sent[party] = sent.get(party, 0) + total.frames
        found.count(ends, total)
    written = _Written(desk, sides)
    for party in written.parties():
        found.of(party)
    for party in sorted(found.counted, key=lambda party: (len(party) != 6, party)):
        if not (mac_group(party) if len(party) == 6 else is_group(party)):
            own = sides.own(party)
            yield _station(party, found.of(party), own, written.of(party, own), sent.get(party, 0))


def _says(notes: Notes) -> bool:
    return bool(notes.dns or notes.sni or notes.http_hosts or notes.requests or notes.heard)


class _Written:
    """The notes of every device, and what it said of itself, those under its address and its link address together."""

    def __init__(self, desk: Desk, sides: Sides) -> None:
        self._desk = desk
        self._notes: dict[bytes, list[Notes]] = {}
        self._spoken: dict[bytes, list[tuple[bytes, bytes]]] = {}
        for party, notes in desk.notes.items():
            self._notes.setdefault(sides.party(party), []).append(notes)
        for speaker, address in desk.spoken:
            self._spoken.setdefault(sides.party(speaker), []).append((speaker, address))

    def parties(self) -> Iterator[bytes]:
        """Devices of which something is written down."""
        return (party for party, held in self._notes.items() if any(map(_says, held)))

    def of(self, party: bytes, own: Sequence[bytes]) -> Notes:
        """The notes of a device whose own addresses are these: what others said through it is not its own."""
        notes = _joined(self._notes.get(party, ()))
        for speaker, address in self._spoken.get(party, ()):
            if not any(address) or address in own or len(speaker) != 6:
                notes.heard.update(self._desk.spoken[speaker, address])
        return notes


class _Counted:
    """Peers of one device, by where they are and what they are reached by."""

    def __init__(self) -> None:
        self.peers: dict[tuple[str, bytes, int, int, bool], Peer] = {}

    def add(self, group: str, ip: bytes, port: int, proto: int, total: Sum, *, up: bool, service: bool) -> None:
        """Add one direction's bytes. `group`: external, local or portless."""
        key = (group, ip, port, proto, service and group == "local")
        peer = self.peers.get(key)
        if peer is None:
            told = _PROTOCOLS.get(proto, str(proto))
            peer = self.peers[key] = Peer(ip_text(ip), port if port >= 0 else None, told, service=service)
        direction = peer.up if up else peer.down
        direction.add(total.bytes, total.frames, total.first, total.last, total.course, total.width)
        direction.begin(total.begun)
        peer.talks.update(total.talks)

    def of(self, group: str) -> list[Peer]:
        """The peers of a group, those with most bytes first."""
        found = [peer for key, peer in self.peers.items() if key[0] == group]
        return sorted(found, key=lambda one: (-one.up.bytes - one.down.bytes, one.ip, one.port or 0, one.proto))


class _Parties:
    """The devices of a capture and what each exchanged with whom."""

    def __init__(self, sides: Sides, meant: dict[tuple[bytes, bytes], bytes]) -> None:
        self._sides, self._meant = sides, meant
        self.counted: dict[bytes, _Counted] = {}
        self._rest = _Counted()

    def of(self, party: bytes) -> _Counted:
        """What is counted of a device."""
        found = self.counted.get(party)
        if found is None:
            if len(self.counted) >= MOST_STATIONS:
                return self._rest
            found = self.counted[party] = _Counted()
        return found

    def count(self, ends: Ends, total: Sum) -> None:
        """Count a direction's bytes to the site's device; between two devices of the site to both."""
        out, back = is_external(ends.source), is_external(ends.target)
        if out != back:
            near = not out
        elif out:
            told = self._sides.decide(ends)
            if told is None:
                out = back = False
                near = True
            else:
                near = told
        if out or back:
            if is_group(ends.target):
                self._to_all(ends, total)
            else:
                self._external(ends, total, near=near)
            return
        for near in (True, False):
            if not is_group(ends.source) and not is_group(ends.target):
                self._local(ends, total, near=near)

    def _to_all(self, ends: Ends, total: Sum) -> None:
        """An answer of DHCP that goes to all counts for the client that it names; other frames to all for nobody."""
        party = self._meant.get((ends.source_mac, ends.source), b"")
        if party and not is_group(ends.source):
            counted = self.of(party)
            counted.add("external", ends.source, ends.sport, ends.proto, total, up=False, service=False)

    def _external(self, ends: Ends, total: Sum, *, near: bool) -> None:
        mac, own = (ends.source_mac, ends.source) if near else (ends.target_mac, ends.target)
        peer, port = (ends.target, ends.dport) if near else (ends.source, ends.sport)
        party = self._sides.party(mac or own)
        self._sides.near.setdefault(party, {}).setdefault(own)
        group = "external" if port >= 0 else "portless"
        counted = self.of(party)
        counted.add(group, peer, port, ends.proto, total, up=near, service=ends.opened != near)

    def _local(self, ends: Ends, total: Sum, *, near: bool) -> None:
        mac, own = (ends.source_mac, ends.source) if near else (ends.target_mac, ends.target)
        peer = ends.target if near else ends.source
        port = ends.dport if ends.opened else ends.sport  # of whichever end was called
        party = self._sides.party(mac or own)
        if len(party) == 6 and mac_group(party):
            return
        counted = self.of(party)
        counted.add("local", peer, port, ends.proto, total, up=near, service=ends.opened != near)


def _station(party: bytes, counted: _Counted, own: Sequence[bytes], notes: Notes, frames: int) -> Station:
    external, local = counted.of("external"), counted.of("local")
    for peer in (*external, *local):
        peer.names.update(_called(notes, peer))
    mac = party.hex(":") if len(party) == 6 else ""
    ips = tuple(map(ip_text, own))
    return Station(mac, ips, notes, external, local, counted.of("portless"), frames)


def _called(notes: Notes, peer: Peer) -> dict[str, str]:
    """The names of a peer. Of several that were resolved to its address, that which a connection named comes first."""
    ip = ip_bytes(peer.ip)
    resolved = notes.called.get((ip, -1), {})
    named = notes.called.get((ip, peer.port if peer.port is not None else -2), {})
    return (
        {name: resolved.get(name, origin) for name, origin in named.items() if name in resolved}
        | resolved
        | {name: origin for name, origin in named.items() if name not in resolved}
    )


def _joined(written: Sequence[Notes]) -> Notes:
    """A device's notes in one: those under its address and under its link address."""
    if not written:
        return Notes()
    for more in written[1:]:
        _join(written[0], more)
    return written[0]


def _join(notes: Notes, more: Notes) -> None:
    for name in ("dns", "sni", "http_hosts", "heard", "credentials", "resolvers", "assigned", "ja3", "ja4"):
        getattr(notes, name).update(getattr(more, name))
    notes.requests += more.requests
    notes.objects += more.objects
    for peer, names in more.called.items():
        notes.called.setdefault(peer, {}).update(names)
