"""Whose traffic it was: every frame to the one device of the site that sent it or that it was for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodes.evidence.captures.addresses import ip_bytes, ip_text, is_external, is_group, mac_group, made_of
from custodes.evidence.captures.desk import Desk
from custodes.evidence.captures.layers import TCP, UDP
from custodes.model.captures import Ends, Notes, Peer, Station, Sum

_NAMED = (1, 2, TCP, UDP, 47, 50, 51, 58, 132)
_PROTOCOLS = dict(zip(_NAMED, "icmp igmp tcp udp gre esp ah icmpv6 sctp".split(), strict=True))  # noqa: SIM905
#: A link address with more addresses of the site than these passes on for others.
_MOST_OWN = 3


def stations_of(sums: Sequence[tuple[Ends, Sum]], desk: Desk, frames: dict[bytes, int]) -> Iterator[Station]:
    """The devices of a capture, by address. `frames`: those sent by each link address that are of no way."""
    sides = _Sides(sums, desk)
    found: dict[bytes, _Counted] = {party: _Counted() for party in frames}
    sent = dict(frames)
    for ends, total in sums:
        party = sides.party(ends.source_mac or ends.source)
        if len(party) == 6 or not is_external(party):
            found.setdefault(party, _Counted())
            sent[party] = sent.get(party, 0) + total.frames
        sides.count(ends, total, found)
    for party, notes in desk.notes.items():
        if _says(notes):
            found.setdefault(sides.party(party), _Counted())
    for party in sorted(found, key=lambda party: (len(party) != 6, party)):
        if mac_group(party) if len(party) == 6 else is_group(party):
            continue
        yield _station(party, found[party], sides, desk, sent.get(party, 0))


def _says(notes: Notes) -> bool:
    return bool(notes.dns or notes.sni or notes.http_hosts or notes.requests or notes.heard)


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
        peer.talks.update(total.talks)

    def of(self, group: str) -> list[Peer]:
        """The peers of a group, those with most bytes first."""
        found = [peer for key, peer in self.peers.items() if key[0] == group]
        return sorted(found, key=lambda one: (-one.up.bytes - one.down.bytes, one.ip, one.port or 0, one.proto))


class _Sides:
    """Which end of a way is the site's, and which addresses are a device's own."""

    def __init__(self, sums: Sequence[tuple[Ends, Sum]], desk: Desk) -> None:
        self._desk = desk
        self.gateways: set[bytes] = set(desk.routers)
        self._prefixes: dict[bytes, set[bytes]] = {}
        self.sources: dict[bytes, dict[bytes, None]] = {}
        self._holders = {address: mac for mac, held in desk.bound.items() for address in held}
        for ends, _ in sums:
            out, back = is_external(ends.source), is_external(ends.target)
            if out and not back and not is_group(ends.target):
                self.gateways.add(ends.source_mac)
            if back and not out:
                self.gateways.add(ends.target_mac)
            if out and back:
                self._prefixes.setdefault(ends.source_mac, set()).add(_prefix(ends.source))
                self._prefixes.setdefault(ends.target_mac, set()).add(_prefix(ends.target))
            if not is_group(ends.source):
                self.sources.setdefault(ends.source_mac or ends.source, {}).setdefault(ends.source)
        self.gateways.discard(b"")
        for mac, held in self.sources.items():
            if len(mac) == 6 and len(held) == 1:
                self._holders.setdefault(next(iter(held)), mac)
        self.near: dict[bytes, dict[bytes, None]] = {}

    def party(self, party: bytes) -> bytes:
        """The device that a link address or, where the link has none, an address stands for."""
        return party if len(party) == 6 else self._holders.get(party, party)

    def count(self, ends: Ends, total: Sum, found: dict[bytes, _Counted]) -> None:
        """Count a direction's bytes to the site's device; between two devices of the site to both."""
        out, back = is_external(ends.source), is_external(ends.target)
        if out != back:
            near = not out
        elif out:
            told = self._decide(ends)
            if told is None:
                out = back = False
                near = True
            else:
                near = told
        if out or back:
            if not is_group(ends.source if near else ends.target):
                self._external(ends, total, found, near=near)
            return
        for near in (True, False):
            if not is_group(ends.source) and not is_group(ends.target):
                self._local(ends, total, found, near=near)

    def _external(self, ends: Ends, total: Sum, found: dict[bytes, _Counted], *, near: bool) -> None:
        mac, own = (ends.source_mac, ends.source) if near else (ends.target_mac, ends.target)
        peer, port = (ends.target, ends.dport) if near else (ends.source, ends.sport)
        party = self.party(mac or own)
        self.near.setdefault(party, {}).setdefault(own)
        group = "external" if port >= 0 else "portless"
        counted = found.setdefault(party, _Counted())
        counted.add(group, peer, port, ends.proto, total, up=near, service=ends.opened != near)

    def _local(self, ends: Ends, total: Sum, found: dict[bytes, _Counted], *, near: bool) -> None:
        mac, own = (ends.source_mac, ends.source) if near else (ends.target_mac, ends.target)
        peer = ends.target if near else ends.source
        port = ends.dport if ends.opened else ends.sport  # of whichever end was called
        party = self.party(mac or own)
        if len(party) == 6 and mac_group(party):
            return
        counted = found.setdefault(party, _Counted())
        counted.add("local", peer, port, ends.proto, total, up=near, service=ends.opened != near)

    def _decide(self, ends: Ends) -> bool | None:
        """Of two addresses that are both out on the internet: whether the sender is the site's; None if both are."""
        if _prefix(ends.source) == _prefix(ends.target):
            return None  # neighbours: a network of the site's with addresses of the internet
        mine, theirs = self._owns(ends.source_mac, ends.source), self._owns(ends.target_mac, ends.target)
        if mine or theirs:
            return None if mine and theirs else mine
        passes, passed = ends.source_mac in self.gateways, ends.target_mac in self.gateways
        if passes != passed:
            return passed
        many, few = (len(self._prefixes.get(mac, ())) for mac in (ends.source_mac, ends.target_mac))
        return many < few if many != few else ends.opened

    def _owns(self, mac: bytes, address: bytes) -> bool:
        return bool(mac) and (address in self._desk.bound.get(mac, ()) or made_of(address, mac))

    def own(self, party: bytes) -> list[bytes]:
        """The addresses that are a device's own."""
        bound = [address for address in self._desk.bound.get(party, ()) if not is_group(address)]
        used = self.sources.get(party, {})
        seen = [
            address
            for address in used
            if (not is_external(address) or address in self.near.get(party, ()))
            and self._holders.get(address, party) == party
        ]
        passes_on = party in self.gateways and len([one for one in seen if len(one) == 4]) > _MOST_OWN
        near = [] if passes_on else [*seen, *self.near.get(party, ())]
        if len(party) != 6:
            near.append(party)
        kept = dict.fromkeys((*bound, *near))
        return sorted((one for one in kept if not is_group(one)), key=lambda one: (len(one), one))


def _prefix(address: bytes) -> bytes:
    return address[:8] if len(address) == 16 else address[:3]


def _station(party: bytes, counted: _Counted, sides: _Sides, desk: Desk, frames: int) -> Station:
    own = sides.own(party)
    notes = _notes(party, sides, desk)
    for (speaker, address), said in desk.spoken.items():
        if sides.party(speaker) == party and (not any(address) or address in own or len(speaker) != 6):
            notes.heard.update(said)
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


def _notes(party: bytes, sides: _Sides, desk: Desk) -> Notes:
    """A device's notes, those under its address put to those under its link address."""
    notes = desk.notes.get(party, Notes())
    for other, more in desk.notes.items():
        if other != party and sides.party(other) == party:
            _join(notes, more)
    return notes


def _join(notes: Notes, more: Notes) -> None:
    for name in ("dns", "sni", "http_hosts", "agents", "heard", "credentials", "resolvers", "assigned", "ja3", "ja4"):
        getattr(notes, name).update(getattr(more, name))
    notes.requests += more.requests
    notes.objects += more.objects
    for peer, names in more.called.items():
        notes.called.setdefault(peer, {}).update(names)
