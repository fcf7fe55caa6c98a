"""DHCP in traffic: what a device calls itself, which address and resolvers it is given (RFC 2131, 2132)."""

from __future__ import annotations

from collections.abc import Iterator

from custodes.evidence.captures.addresses import ip_text, mac_group
from custodes.evidence.captures.desk import Desk
from custodes.evidence.captures.ways import Key

_COOKIE = b"\x63\x82\x53\x63"
_NAME, _TYPE, _PARAMETERS, _CLASS, _RESOLVERS, _ROUTERS = 12, 53, 55, 60, 6, 3
_ACK = 5


def note_dhcp(desk: Desk, key: Key, data: bytes) -> None:
    """Write a message down for the client that it is of."""
    if len(data) < 240 or data[236:240] != _COOKIE or data[1:3] != b"\x01\x06":
        return
    mac = data[28:34]
    told = dict(_options(data[240:]))
    if mac_group(mac):
        return
    if data[0] == 1:
        address = key.source if key.source != b"\0\0\0\0" else b""
        if address and key.source_mac == mac:
            desk.bind(mac, address)
        for number, field in ((_NAME, "dhcp.option12"), (_CLASS, "dhcp.option60")):
            text = told.get(number, b"").rstrip(b"\0").decode("utf-8", "replace")
            if text:
                desk.heard(mac, b"", field, text)
        if told.get(_PARAMETERS):
            desk.heard(mac, b"", "dhcp.option55", ",".join(map(str, told[_PARAMETERS])))
    elif data[0] == 2 and told.get(_TYPE) == bytes((_ACK,)):
        desk.bind(mac, data[16:20])
        given = told.get(_RESOLVERS, b"")
        for place in range(0, len(given) - len(given) % 4, 4):
            desk.of(mac).assigned.setdefault(ip_text(given[place : place + 4]))


def _options(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each option; those in several pieces are given as they stand."""
    place = 0
    while place < len(raw) and raw[place] != 255:
        if not raw[place]:
            place += 1
            continue
        if place + 2 > len(raw) or place + 2 + raw[place + 1] > len(raw):
            return
        yield raw[place], raw[place + 2 : place + 2 + raw[place + 1]]
        place += 2 + raw[place + 1]
