"""Where logs are written down: flows by their two ends, names on the desk, and what the log cannot answer for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from custodes.evidence.captures.addresses import ip_bytes, mac_group
from custodes.evidence.captures.desk import Desk
from custodes.evidence.captures.layers import SCTP, TCP, UDP
from custodes.evidence.captures.stations import stations_of
from custodes.model.captures import Coverage, Ends, Layer, Observed, Sum

#: Protocols by the names that logs have for them.
_NUMBERS = dict(zip("tcp udp sctp icmp icmp6 icmpv6 ipv6-icmp igmp gre esp ah".split(),  # noqa: SIM905
                    (TCP, UDP, SCTP, 1, 58, 58, 58, 2, 47, 50, 51), strict=True))  # fmt: skip
_PORTS = frozenset((TCP, UDP, SCTP))
#: The port of whoever called, where a log's rows are added up without it.
ANY_PORT = 65_535
#: Flows of different ends that are kept.
MOST_ENDS = 2_000_000


class Book:
    """A log, or several of one sensor, being read. `layer`: what its bytes count."""

    def __init__(self, layer: Layer) -> None:
        self.desk = Desk()
        self.layer = layer
        self.rows = self.bad = self.over = 0
        self.problem = ""
        self.truncated = False
        self.dropped: int | None = None
        self.gaps: dict[str, None] = {}
        self.sessions: dict[str, tuple[int, ...]] = {}  # what rows of a session told last, where they add up
        self.parties: dict[bytes, int] = {}  # devices of which a log tells, whether or not they sent anything
        self._sums: dict[Ends, Sum] = {}
        self._first: int | None = None
        self._last: int | None = None
        self._linked = False

    def seen(self, *times: int) -> None:
        """Times of what a row tells, in nanoseconds since 1970; zero where it tells none."""
        for time in times:
            if time > 0:
                self._first = time if self._first is None else min(self._first, time)
                self._last = time if self._last is None else max(self._last, time)

    @property
    def dated(self) -> bool:
        """Whether any row tells its time."""
        return self._first is not None

    def flow(self, source: Side, target: Side, proto: int, up: Sum, down: Sum) -> None:
        """Bytes that passed between two ends, of which the first called."""
        if not source.address or not target.address:
            self.bad += 1
            return
        ports = (source.port, target.port) if proto in _PORTS else (-1, -1)
        self._linked = self._linked or bool(source.mac or target.mac)
        self.seen(up.first, up.last, down.first, down.last)
        there = Ends(source.mac, target.mac, source.address, target.address, proto, ports[0], ports[1], opened=True)
        back = Ends(target.mac, source.mac, target.address, source.address, proto, ports[1], ports[0], opened=False)
        self._add(there, up)
        self._add(back, down)

    def knows(self, client: Side, server: Side) -> bool:
        """Whether a row tells both ends; one that does not is counted as not understood."""
        if client.address and server.address:
            return True
        self.bad += 1
        return False

    def _add(self, ends: Ends, total: Sum) -> None:
        if not total.frames and not total.bytes and not ends.opened:
            return
        held = self._sums.get(ends)
        if held is None:
            if len(self._sums) >= MOST_ENDS:
                self.over += total.frames
                return
            held = self._sums[ends] = Sum()
        held.add(total.bytes, total.frames, total.first, total.last)
        held.talks.update(total.talks)

    def close(self, name: str) -> Observed:
        """All that was read, device by device."""
        gaps = list(self.gaps)
        if self.bad:
            gaps.append(f"{self.bad} of {self.rows} rows were not understood")
        if self.over:
            gaps.append(f"{self.over} frames of further peers are counted in no device: too many peers")
        if self._sums and not self._linked:
            gaps.append("the log has no link addresses: devices are told apart by address")
        missed = sum(notes.missed for notes in self.desk.notes.values())
        if missed:
            gaps.append(f"{missed} names or requests beyond what is kept of one device are left out")
        whole = self._sums.values()
        coverage = Coverage(
            self._first,
            self._last,
            sum(total.frames for total in whole),
            sum(total.bytes for total in whole),
            truncated=self.truncated,
            dropped=self.dropped,
            problem=self.problem,
            gaps=tuple(gaps),
            layer=self.layer,
            rows=self.rows,
        )
        sums = list(self._sums.items())
        return Observed(name, tuple(stations_of(sums, self.desk, self.parties)), coverage)


class Side:
    """One end of a flow: link address, address, port. Empty where the log does not tell."""

    __slots__ = ("address", "mac", "port")

    def __init__(self, mac: str | None, address: str | None, port: int | None) -> None:
        self.mac, self.address = mac_of(mac or ""), address_of(address or "")
        self.port = ANY_PORT if port is None else port

    @property
    def party(self) -> bytes:
        """The device that it stands for."""
        return self.mac or self.address


@lru_cache(maxsize=65_536)
def mac_of(text: str) -> bytes:
    """A link address of one station as bytes; empty for every other text."""
    digits = text.replace(":", "").replace("-", "").replace(".", "")
    try:
        raw = bytes.fromhex(digits) if len(digits) == 12 else b""
    except ValueError:
        return b""
    return b"" if mac_group(raw) and raw != b"\xff" * 6 else raw


@lru_cache(maxsize=65_536)
def address_of(text: str) -> bytes:
    """An address as bytes, those of IPv4 written in IPv6 as IPv4; empty for every other text."""
    raw = ip_bytes(text)
    return raw[12:] if raw[:12] == b"\0" * 10 + b"\xff\xff" else raw


def proto_of(text: str) -> int:
    """The number of a protocol by its name or number; 0 if it is not known."""
    return int(text) if text.isdecimal() and len(text) < 4 else _NUMBERS.get(text.lower(), 0)


def sum_of(size: int, frames: int, first: int, last: int, talks: Iterable[str] = ()) -> Sum:
    """One direction's bytes. Negative counts, which broken logs have, are none."""
    found = Sum()
    found.add(max(size, 0), max(frames, 0), first, last)
    found.talks.update(dict.fromkeys(talks))
    return found
