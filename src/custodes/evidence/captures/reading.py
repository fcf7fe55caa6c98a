"""Reads a capture once, frame by frame, into what each device did. Memory does not grow with its length.

The fast path is for what most frames are: TCP and UDP over untagged IPv4 without options, of a way that was seen
before. All else goes the slow path once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from custodes.evidence.captures.addresses import mac_group
from custodes.evidence.captures.desk import Desk
from custodes.evidence.captures.files import Capture, Record
from custodes.evidence.captures.fragments import Fragments
from custodes.evidence.captures.layers import (
    ARP,
    ETHERNET,
    ICMPV6,
    IPV4,
    IPV6,
    KNOWN_LINKS,
    SCTP,
    TAGS,
    TCP,
    UDP,
    Datagram,
    Linked,
    datagram,
    linked,
)
from custodes.evidence.captures.stations import stations_of
from custodes.evidence.captures.tcp import SHORT, TcpTalk
from custodes.evidence.captures.udp import UdpTalk
from custodes.evidence.captures.ways import STILL, Key, Table, Way
from custodes.model.captures import Coverage, Observed, Sum
from custodes.model.registers import Limits

#: Link addresses, ethertype, version and length of the header; flags, offset, hops and protocol; addresses and ports:
#: a frame that has the same as an earlier one is of the same way. Lengths, identities and checksums are passed over.
_FAST = struct.Struct("15s5x4s2x12s")
_PORTS = frozenset((TCP, UDP, SCTP))
_MOST_FAST = 200_000
_SOLICITATION, _ADVERTISEMENT, _ROUTER = 135, 136, 134


class Reading:
    """A capture being read."""

    def __init__(self, *, keep: bool = False) -> None:
        self.table, self.desk, self.fragments = Table(), Desk(), Fragments()
        self.desk.budget.keep = keep
        self._fast: dict[tuple[bytes, bytes, bytes], Way] = {}
        self.frames: dict[bytes, int] = {}
        self.aside = Sum()  # frames of no way
        self.cut = self.unread = self.odd = 0

    def read(self, records: Iterable[Record]) -> None:
        """Take every frame."""
        known, key_of, slow = self._fast.get, _FAST.unpack_from, self._slow
        cut = 0
        try:
            for time, link, start, size, length, data in records:
                if size < length:
                    cut += 1
                if size >= 38 and link == ETHERNET:
                    way = known(key_of(data, start))
                    if way is not None:
                        way.bytes += length
                        way.frames += 1
                        if time < way.last:
                            way.first = min(way.first, time)
                        else:
                            way.last = time
                        if time >= way.turn:
                            way.roll(time)
                        if way.look or length < way.short:
                            self._payload(way, data, start, size, time)
                        continue
                slow(time, link, start, size, length, data)
        finally:
            self.cut = cut

    def _payload(self, way: Way, data: bytes, start: int, size: int, time: int) -> None:
        """The payload of a frame on the fast path."""
        if not way.look and not (data[start + 47 : start + 48] or b"\0")[0] & 2:
            return  # short, and opens no connection
        total = (data[start + 16] << 8) | data[start + 17]
        whole = total - 20 if total else size - 34
        way.talk.take(way, data, start + 34, min(start + 34 + whole, start + size), whole, time)

    def _slow(self, time: int, link: int, start: int, size: int, length: int, data: bytes) -> None:
        end = start + size
        found = linked(link, data, start, end)
        if found is None:
            self.unread += link not in KNOWN_LINKS
            self.aside.add(length, 1, time, time)
            return
        within = datagram(found.kind, data, found.start, end)
        if within is None:
            self.aside.add(length, 1, time, time)
            self.odd += found.kind in (IPV4, IPV6) or found.kind in TAGS
            if found.source and not mac_group(found.source):
                self.frames[found.source] = self.frames.get(found.source, 0) + 1
            if found.kind == ARP:
                self._arp(data, found.start, end)
            return
        if within.fragment is not None:
            self._fragment(found, within, time, length, data)
            return
        way = self._way(found, within, time, data)
        self._count(way, 1, length, time)
        if within.proto == ICMPV6:
            self._neighbours(found, within, data)
        if way.look or (way.talk is not None and length < way.short):
            way.talk.take(way, data, within.start, within.end, within.whole, time)
        if link == ETHERNET and size >= 38 and within.start == start + 34 and self._is_fast(data, start, within.end):
            if len(self._fast) >= _MOST_FAST:
                self._fast.clear()
            self._fast[_FAST.unpack_from(data, start)] = way

    @staticmethod
    def _is_fast(data: bytes, start: int, end: int) -> bool:
        return (
            end >= start + 38
            and data[start + 12 : start + 15] == b"\x08\x00\x45"
            and data[start + 23] in (TCP, UDP)
            and not (data[start + 20] & 0x3F or data[start + 21])
        )

    @staticmethod
    def _count(way: Way, frames: int, length: int, time: int) -> None:
        way.bytes += length
        way.frames += frames
        way.first, way.last = min(way.first, time), max(way.last, time)
        if time >= way.turn:
            way.roll(time)

    def _way(self, found: Linked, within: Datagram, time: int, data: bytes) -> Way:
        sport = dport = -1
        if within.proto in _PORTS and within.start + 4 <= within.end:
            sport, dport = struct.unpack_from(">HH", data, within.start)
        key = Key(found.source, found.target, within.source, within.target, within.proto, sport, dport)
        if self.table.crowded() and key not in self.table.ways:
            self._settle(time)
        way = self.table.way(key, time)
        if not way.frames and sport >= 0:
            self._begin(way)
        return way

    def _begin(self, way: Way) -> None:
        """A new way: whoever listens to its payloads."""
        proto = way.key.proto
        if way.talk is None and proto in (TCP, UDP):
            way.talk = TcpTalk(self.desk, way.key) if proto == TCP else UdpTalk(self.desk, way.key)
        way.look = way.talk is not None
        way.short = SHORT if proto == TCP else 0

    def _settle(self, time: int) -> None:
        self.table.settle(time - STILL)
        self._fast = {key: way for key, way in self._fast.items() if way.key in self.table.ways}

    def _fragment(self, found: Linked, within: Datagram, time: int, length: int, data: bytes) -> None:
        held = self.fragments.add(found, within, data, length, time)
        assert within.fragment is not None
        if held.way is None and within.fragment[1] == 0:
            held.way = self._way(found, within, time, data)
        if held.way is not None:
            self._count(held.way, held.frames, held.size_sent, time)
            held.frames = held.size_sent = 0
            whole = held.whole() if held.complete() and held.way.look else None
            if whole is not None:
                held.pieces.clear()
                held.way.talk.take(held.way, whole, 0, len(whole), len(whole), time)
        for lost in self.fragments.crowded():
            self._lost(lost.linked, lost.datagram, lost.frames, lost.size_sent, lost.time)

    def _lost(self, found: Linked, within: Datagram, frames: int, size: int, time: int) -> None:
        """Pieces whose first was never seen count to their addresses alone."""
        if frames:
            key = Key(found.source, found.target, within.source, within.target, within.proto, -1, -1)
            self._count(self.table.way(key, time), frames, size, time)

    def _arp(self, data: bytes, start: int, end: int) -> None:
        """Who says which address is theirs (RFC 826)."""
        if end - start >= 28 and data[start : start + 6] == b"\0\x01\x08\0\x06\x04":
            mac, address = data[start + 8 : start + 14], data[start + 14 : start + 18]
            if not mac_group(mac):
                self.desk.bind(mac, address)

    def _neighbours(self, found: Linked, within: Datagram, data: bytes) -> None:
        """The same of IPv6 (RFC 4861): hops of 255 alone are of the network itself."""
        kind = data[within.start] if within.start < within.end else 0
        target = data[within.start + 8 : within.start + 24]
        whole = within.end - within.start >= 24 and len(target) == 16
        if kind == _ROUTER:
            self.desk.routers.add(found.source)
        elif kind == _ADVERTISEMENT and whole:
            self.desk.bind(found.source, target)
        if kind in (_SOLICITATION, _ADVERTISEMENT, _ROUTER):
            self.desk.bind(found.source, within.source)
            if kind == _SOLICITATION and whole and not any(within.source):  # it asks who has the address it takes
                self.desk.bind(found.source, target)

    def close(self, capture: Capture, name: str) -> Observed:
        """All that was read, device by device."""
        for way in list(self.table.ways.values()):
            if way.talk is not None and way.look:
                way.talk.finish()
        for lost in self.fragments.rest():
            self._lost(lost.linked, lost.datagram, lost.frames, lost.size_sent, lost.time)
        sums = list(self.table.close())
        gaps = []
        if self.odd:
            gaps.append(f"{self.odd} frames could not be read behind their first headers, and count for no device")
        missed = sum(notes.missed for notes in self.desk.notes.values())
        if missed:
            gaps.append(f"{missed} names, requests or files beyond what is kept of one device are left out")
        if self.table.over.frames:
            gaps.append(f"{self.table.over.frames} frames of further peers are counted in no device: too many peers")
        whole = [*(total for _, total in sums), self.table.over, self.aside]
        counted = [total for total in whole if total.frames]
        times = [time for total in counted for time in (total.first, total.last) if time > 0]
        coverage = Coverage(
            min(times, default=None),
            max(times, default=None),
            sum(total.frames for total in counted),
            sum(total.bytes for total in counted),
            capture.truncated,
            self.cut,
            self.unread,
            capture.dropped,
            capture.problem,
            tuple(gaps),
        )
        return Observed(name, tuple(stations_of(sums, self.desk, self.frames)), coverage)


def read_capture(path: Path, limits: Limits, *, keep: bool = False) -> Observed:
    """Everything a capture shows; `keep`: with the files that were fetched, in memory.

    Raises BadInput if it is none; one that breaks off gives what it had.
    """
    capture = Capture(path, limits)
    reading = Reading(keep=keep)
    reading.read(capture.records)
    return reading.close(capture, path.name)
