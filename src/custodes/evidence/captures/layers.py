"""Frames to datagrams: link layers, VLAN tags, IPv4 and IPv6 with their extension headers.

Numbers: https://www.tcpdump.org/linktypes.html, IANA ethertypes and protocol numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple

ETHERNET = 1
_NULL, _PPP, _RAW, _RAW_OLD, _LOOP, _SLL, _IPV4, _IPV6, _SLL2 = 0, 9, 101, 12, 108, 113, 228, 229, 276
IPV4, ARP, IPV6 = 0x0800, 0x0806, 0x86DD
TAGS = frozenset((0x8100, 0x88A8, 0x9100, 0x9200))
_MPLS = frozenset((0x8847, 0x8848))
#: A smaller ethertype is a length, behind which SNAP may tell the ethertype (IEEE 802).
_LEAST_KIND, _SNAP = 0x0600, b"\xaa\xaa\x03\0\0\0"
_PPPOE, _PPP_IPV4, _PPP_IPV6 = 0x8864, 0x0021, 0x0057
ICMP, TCP, UDP, ICMPV6, SCTP = 1, 6, 17, 58, 132
#: Extension headers of IPv6 whose length stands in their second byte, in units of eight.
_EXTENSIONS = frozenset((0, 43, 60, 135, 139, 140))
_FRAGMENT, _AUTHENTICATION = 44, 51
#: More tags or extension headers than these are no traffic.
_MOST_NESTED = 64


class Linked(NamedTuple):
    """What a frame carries: addresses of its link (empty where the link has none), ethertype, where that starts."""

    source: bytes
    target: bytes
    kind: int
    start: int


class Datagram(NamedTuple):
    """A datagram of IP or a fragment of one: addresses, protocol, where its payload starts and ends in the frame.

    `end` is where the stored payload ends, `whole` its length as sent. `fragment`: (identity, offset, more follow) for
    a fragment, else None.
    """

    source: bytes
    target: bytes
    proto: int
    start: int
    end: int
    whole: int
    fragment: tuple[int, int, bool] | None


def linked(link: int, data: bytes, start: int, end: int) -> Linked | None:
    """The link layer of a frame that lies between two places; None for link types that carry no network here."""
    reader = _LINKS.get(link)
    try:
        return reader(data, start, end) if reader is not None else None
    except (IndexError, struct.error):
        return None


def _ethernet(data: bytes, start: int, end: int) -> Linked | None:
    if end - start < 14:
        return None
    kind, place = _tagged(data, (data[start + 12] << 8) | data[start + 13], start + 14, end)
    return Linked(data[start + 6 : start + 12], data[start : start + 6], kind, place)


def _tagged(data: bytes, kind: int, place: int, end: int) -> tuple[int, int]:
    """Behind VLAN tags, MPLS labels and the header of PPPoE: the ethertype and where its payload starts."""
    for _ in range(_MOST_NESTED):
        if kind in TAGS and place + 4 <= end:
            kind, place = (data[place + 2] << 8) | data[place + 3], place + 4
        elif kind in _MPLS and place + 4 <= end:
            last = data[place + 2] & 1
            place += 4
            if last:
                kind = IPV6 if data[place] >> 4 == 6 else IPV4
        elif kind < _LEAST_KIND and data[place : place + 6] == _SNAP and place + 8 <= end:
            kind, place = (data[place + 6] << 8) | data[place + 7], place + 8
        elif kind == _PPPOE and place + 8 <= end:
            kind = _ppp_kind((data[place + 6] << 8) | data[place + 7])
            place += 8
        else:
            break
    return kind, place


def _ppp_kind(protocol: int) -> int:
    return {_PPP_IPV4: IPV4, _PPP_IPV6: IPV6}.get(protocol, 0)


def _cooked(data: bytes, start: int, end: int) -> Linked | None:
    if end - start < 16:
        return None
    size = (data[start + 4] << 8) | data[start + 5]
    kind, place = _tagged(data, (data[start + 14] << 8) | data[start + 15], start + 16, end)
    return Linked(data[start + 6 : start + 12] if size == 6 else b"", b"", kind, place)


def _cooked_2(data: bytes, start: int, end: int) -> Linked | None:
    if end - start < 20:
        return None
    size = data[start + 11]
    kind, place = _tagged(data, (data[start] << 8) | data[start + 1], start + 20, end)
    return Linked(data[start + 12 : start + 18] if size == 6 else b"", b"", kind, place)


def _raw(data: bytes, start: int, _end: int) -> Linked:
    return Linked(b"", b"", IPV6 if data[start] >> 4 == 6 else IPV4, start)


def _loop(data: bytes, start: int, _end: int) -> Linked:
    return _raw(data, start + 4, _end)


def _ppp(data: bytes, start: int, _end: int) -> Linked:
    place = start + 2 if data[start : start + 2] == b"\xff\x03" else start
    return Linked(b"", b"", _ppp_kind((data[place] << 8) | data[place + 1]), place + 2)


_LINKS: Mapping[int, Callable[[bytes, int, int], Linked | None]] = {
    ETHERNET: _ethernet,
    _SLL: _cooked,
    _SLL2: _cooked_2,
    _RAW: _raw,
    _RAW_OLD: _raw,
    14: _raw,
    _IPV4: _raw,
    _IPV6: _raw,
    _NULL: _loop,
    _LOOP: _loop,
    _PPP: _ppp,
}
KNOWN_LINKS = frozenset(_LINKS)


def datagram(kind: int, data: bytes, start: int, end: int) -> Datagram | None:
    """The datagram at a place of a frame that is stored up to `end`; None if there is none that can be read."""
    try:
        if kind == IPV4:
            return _ipv4(data, start, end)
        if kind == IPV6:
            return _ipv6(data, start, end)
    except (IndexError, struct.error):
        pass
    return None


def _ipv4(data: bytes, start: int, end: int) -> Datagram | None:
    first = data[start]
    size = (first & 15) * 4
    if first >> 4 != 4 or size < 20 or start + 20 > end:
        return None
    total, identity, flags = struct.unpack_from(">HHH", data, start + 2)
    source, target = data[start + 12 : start + 16], data[start + 16 : start + 20]
    total = total or end - start  # a length of nought is written by cards that cut segments themselves
    if total < size:
        return None
    fragment = (identity, (flags & 0x1FFF) * 8, bool(flags & 0x2000)) if flags & 0x3FFF else None
    place = start + size
    return Datagram(source, target, data[start + 9], place, min(start + total, end), total - size, fragment)


def _ipv6(data: bytes, start: int, end: int) -> Datagram | None:
    if data[start] >> 4 != 6 or start + 40 > end:
        return None
    length, proto = struct.unpack_from(">HB", data, start + 4)
    source, target = data[start + 8 : start + 24], data[start + 24 : start + 40]
    place, left = start + 40, length or end - start - 40
    fragment = None
    for _ in range(_MOST_NESTED):
        if proto in _EXTENSIONS or proto == _AUTHENTICATION:
            size = (data[place + 1] + 2) * 4 if proto == _AUTHENTICATION else (data[place + 1] + 1) * 8
        elif proto == _FRAGMENT:
            where, identity = struct.unpack_from(">HI", data, place + 2)
            fragment, size = (identity, where & 0xFFF8, bool(where & 1)), 8
            if not where & 0xFFF9:
                fragment = None  # an atomic fragment is a whole datagram (RFC 6946)
        else:
            break
        proto, place, left = data[place], place + size, left - size
        if left < 0 or place > end:
            return None
        if fragment is not None and fragment[1]:
            break  # what follows is the middle of a payload
    return Datagram(source, target, proto, place, min(place + left, end), left, fragment)
