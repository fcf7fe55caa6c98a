"""Claims against what was seen: contradicted, not contradicted in so many hours, or not testable from this vantage.

A contradiction needs evidence that stands alone: what is only probable, disputed or not known makes a claim not
testable, and says why. What was not seen is never taken for what does not happen.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from custodes.attribution.destinations import Destination
from custodes.attribution.uploads import Upload, Where
from custodes.knowledge.services import registrable
from custodes.knowledge.text import plain
from custodes.model.assessment import Because
from custodes.model.captures import Coverage, Layer, Peer
from custodes.model.claims import Claim, Claimed, Entry, Verdict

#: What every network offers, whoever made the device: names and time. Descriptions of devices leave it out.
_OFFERED = frozenset((53, 67, 68, 123, 546, 547, 5353))
_TCP, *_ = _PROTOCOLS = "tcp udp icmp icmpv6".split()  # noqa: SIM905
_NUMBERS = dict(zip(_PROTOCOLS, (6, 17, 1, 58), strict=True))
#: Where a name was read by which the device itself called; what others call the address says nothing of that.
_ASKED = ("dns", "sni", "host")
#: Protocols whose logins pass in the clear and are not read here.
_UNREAD = {21: "FTP", 23: "telnet", 25: "SMTP", 110: "POP3", 143: "IMAP", 389: "LDAP", 1883: "MQTT"}
#: Estimates of a country that must agree before it is held against anybody.
LEAST_AGREEING = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one device. `anybody_out`: whether any device of the capture was seen to reach the internet."""

    coverage: Coverage
    anybody_out: bool
    external: Sequence[tuple[Peer, Destination]]
    local: Sequence[Peer]
    uploads: Sequence[Upload]
    updates: Sequence[str]
    credentials: Sequence[str]
    assigned: Sequence[str]
    bypassed: Sequence[str]
    portless: Sequence[Peer] = ()

    @property
    def hidden(self) -> Sequence[str]:
        """What it sent that has no ports, so that nobody can tell what it was."""
        return [f"it sent {peer.proto} to {peer.ip}" for peer in self.portless if peer.up.frames]

    @property
    def sent(self) -> Sequence[tuple[Peer, Destination]]:
        """The peers on the internet that the device itself sent to."""
        return [(peer, whose) for peer, whose in self.external if peer.up.frames or peer.up.bytes]


Finding = tuple[Verdict, Sequence[Because]]


def judge(claim: Claimed, seen: Seen) -> Finding:
    """What was seen has this to say to a claim."""
    blind = _blind(claim.kind, seen)
    return (Verdict.NOT_TESTABLE, [Because("coverage", blind)]) if blind else _JUDGES[claim.kind](claim, seen)


def _blind(kind: Claim, seen: Seen) -> str:
    """Why what was seen could show nothing of it; empty where it could."""
    if seen.coverage.layer is Layer.NONE and kind not in (Claim.OWN_RESOLVER, Claim.ONLY_NAMES):
        return "the log tells which names were asked for, not where traffic went"
    if seen.coverage.layer is Layer.BOTH:
        return "the log tells the bytes of both directions in one, and not who called"
    if kind in (Claim.NO_VIDEO_OUT, Claim.NO_UPDATES, Claim.NO_CLEAR_CREDENTIALS) and seen.coverage.rows is not None:
        return "a log of flows does not show what passed"
    if not seen.anybody_out and kind is not Claim.NO_CLEAR_CREDENTIALS:
        return "no device was seen to reach the internet: it may have been taken where nothing of that passes"
    return ""


def _answer(wrong: Sequence[str], unsure: Sequence[str], kind: str, right: str) -> Finding:
    """Contradicted by what is wrong; else not testable for what is not sure; else not contradicted."""
    if wrong:
        return Verdict.CONTRADICTED, [Because(kind, text) for text in wrong]
    if unsure:
        return Verdict.NOT_TESTABLE, [Because(kind, text) for text in unsure]
    return Verdict.NOT_CONTRADICTED, [Because(kind, right)]


def _to(peer: Peer) -> str:
    name = next(iter(peer.names), "")
    return f"{peer.ip}:{peer.port}/{peer.proto}" + (f" ({name})" if name else "")


def _no_internet(_claim: Claimed, seen: Seen) -> Finding:
    """What it was called for by others is an answer; messages of errors (ICMP) are the network's."""
    called = [peer for peer, _ in seen.sent if not peer.service]
    wrong = [f"it sent {peer.up.bytes} bytes to {_to(peer)}" for peer in called]
    wrong += [f"it sent {peer.proto} to {peer.ip}" for peer in seen.portless if peer.up.frames and _is_tunnel(peer)]
    unsure = [f"it answered {_to(peer)}, which called it" for peer, _ in seen.sent if peer.service]
    unsure += [
        f"it sent {peer.proto} to {peer.ip}" for peer in seen.portless if peer.up.frames and not _is_tunnel(peer)
    ]
    return _answer(wrong, unsure, "traffic", "it was not seen to send anything to the internet")


def _is_tunnel(peer: Peer) -> bool:
    return not peer.proto.startswith("icmp")


def _countries(claim: Claimed, seen: Seen) -> Finding:
    """A server stands in a country only where several estimates agree and none differs."""
    wrong, unsure = [], []
    named = set(claim.values)
    for peer, whose in seen.sent:
        place = whose.place
        told = set(place.hosting)
        votes = len({item.rule for item in place.because if item.kind == "network" and "estimated" in item.text})
        bad = {code for code in told if (code in named) == (claim.kind is Claim.NOT_COUNTRIES)}
        if not told:
            unsure.append(f"where {_to(peer)} stands is not known")
        elif bad == told and len(told) == 1 and votes >= LEAST_AGREEING:
            wrong.append(f"it sent to {_to(peer)}, which {votes} tables estimate to stand in {next(iter(told))}")
        elif bad:
            unsure.append(f"where {_to(peer)} stands is disputed: {' or '.join(place.hosting)}")
    unsure += [f"{text}, and where that stands is not looked at" for text in seen.hidden]
    return _answer(wrong, unsure, "network", "every server it sent to stands where the claim allows, by all estimates")


def _operators(claim: Claimed, seen: Seen) -> Finding:
    wrong, unsure = [], []
    named = {plain(value) for value in claim.values}
    for peer, whose in seen.sent:
        if whose.status != "asserted" or not whose.operator:
            unsure.append(f"whose {_to(peer)} is, is not known")
            continue
        who = {plain(name) for name in (whose.operator, whose.supplier or "", *whose.owners) if name}
        if bool(who & named) == (claim.kind is Claim.NOT_OPERATORS):
            wrong.append(f"it sent to {_to(peer)}, which {whose.operator} runs")
    unsure += seen.hidden
    return _answer(wrong, unsure, "service", "every server it sent to is run by whom the claim allows")


def _names(claim: Claimed, seen: Seen) -> Finding:
    allowed = tuple(value.lower().strip(".") for value in claim.values)
    wrong, unsure = [], []
    for peer, _ in seen.sent:
        names = [name for name, origin in peer.names.items() if origin in _ASKED and registrable(name)]
        if not names:
            unsure.append(f"by which name it reached {_to(peer)} was not seen")
        elif not any(_within(name, allowed) for name in names):
            wrong.append(f"it sent to {_to(peer)}")
    unsure += seen.hidden
    return _answer(wrong, unsure, "name", "every server it sent to was called by a name that the claim allows")


def _within(name: str, domains: Sequence[str]) -> bool:
    name = name.removeprefix("*.")
    return any(name == domain or name.endswith("." + domain) for domain in domains)


def _video(_claim: Claimed, seen: Seen) -> Finding:
    out = [one for one in seen.uploads if one.where is not Where.LOCAL]
    wrong = [f"video was seen on its way to {_to(one.peer)}" for one in out if one.video == "seen"]
    unsure = [f"what it sent to {_to(one.peer)} is consistent with video by shape alone" for one in out]
    tunnels = [peer for peer in seen.portless if peer.up.frames and _is_tunnel(peer)]
    unsure += [f"what it sent to {peer.ip} in {peer.proto} cannot be looked into" for peer in tunnels]
    return _answer(wrong, unsure, "shape", "no lasting upload to the internet was seen")


def _updates(_claim: Claimed, seen: Seen) -> Finding:
    return _answer([f"it asked for {url}" for url in seen.updates], (), "traffic", "no request for firmware was seen")


def _credentials(_claim: Claimed, seen: Seen) -> Finding:
    peers = [*(peer for peer, _ in seen.external), *seen.local]
    ports = sorted({peer.port for peer in peers if peer.port in _UNREAD and peer.proto == _TCP})
    unsure = [f"logins of {_UNREAD[port]} are not read here, and it was spoken" for port in ports if port is not None]
    return _answer(list(seen.credentials), unsure, "traffic", "no credentials were seen in the clear")


def _resolver(_claim: Claimed, seen: Seen) -> Finding:
    unsure = () if seen.assigned else ("which resolver its network gave it was not seen",)
    return _answer([f"it asked {ip}" for ip in seen.bypassed], unsure, "traffic", "it asked no other resolver")


def _mud(claim: Claimed, seen: Seen) -> Finding:
    """Each end that it called, against the entries of its description, the first that matches counts."""
    wrong, unsure = [], []
    for peer, out in (*((peer, True) for peer, _ in seen.sent), *((peer, False) for peer in seen.local)):
        if peer.service or peer.port is None or peer.port in _OFFERED or not (peer.up.frames or peer.up.bytes):
            continue
        told = _allowed(claim.entries, peer, out=out)
        if told is False:
            wrong.append(f"its description does not allow {_to(peer)}")
        elif told is None:
            unsure.append(f"whether its description allows {_to(peer)} cannot be told: it goes by names or classes")
    unsure += seen.hidden
    return _answer(wrong, unsure, "mud", "everything it called is allowed by its description")


def _allowed(entries: Sequence[Entry], peer: Peer, *, out: bool) -> bool | None:
    """Whether entries allow a peer; None where that rests on a name or class that was not seen."""
    open_ = False
    for entry in entries:
        matched = _matches(entry, peer, out=out)
        if matched:
            return None if open_ and not entry.accept else entry.accept
        open_ = open_ or (matched is None and entry.accept)
    return None if open_ else False


def _matches(entry: Entry, peer: Peer, *, out: bool) -> bool | None:
    """Whether an entry is of a peer. From which port of its own a device called is not kept of each peer."""
    found = _matches_there(entry, peer, out=out)
    return None if found and entry.own_ports is not None else found


def _matches_there(entry: Entry, peer: Peer, *, out: bool) -> bool | None:
    if entry.proto is not None and entry.proto != _NUMBERS.get(peer.proto):
        return False
    if entry.unread:
        return None
    if entry.ports is not None and (peer.port is None or not entry.ports[0] <= peer.port <= entry.ports[1]):
        return False
    if entry.networks and not any(_in(peer.ip, network) for network in entry.networks):
        return False
    if entry.local:
        return not out
    if entry.controller:
        return None
    if entry.names:
        known = [name for name, origin in peer.names.items() if origin in _ASKED]
        if any(name in entry.names for name in known):
            return True
        return False if known else None
    return True


def _in(address: str, network: str) -> bool:
    held, one = ipaddress.ip_network(network, strict=False), ipaddress.ip_address(address)
    return one.version == held.version and one in held


_JUDGES: Mapping[Claim, Callable[[Claimed, Seen], Finding]] = {
    Claim.NO_INTERNET: _no_internet,
    Claim.ONLY_COUNTRIES: _countries,
    Claim.NOT_COUNTRIES: _countries,
    Claim.ONLY_OPERATORS: _operators,
    Claim.NOT_OPERATORS: _operators,
    Claim.ONLY_NAMES: _names,
    Claim.NO_VIDEO_OUT: _video,
    Claim.NO_UPDATES: _updates,
    Claim.NO_CLEAR_CREDENTIALS: _credentials,
    Claim.OWN_RESOLVER: _resolver,
    Claim.MUD: _mud,
}
