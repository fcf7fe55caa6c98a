"""DHCP in traffic: what a device calls itself, which address and resolvers it is given (RFC 2131, 2132)."""

from __future__ import annotations

from collections.abc import Iterator

from custodes.evidence.captures.addresses import ip_text, is_group, mac_group
from custodes.evidence.captures.desk import Desk
from custodes.evidence.captures.ways import Key

_COOKIE = b"\x63\x82\x53\x63"
_NAME, _TYPE, _PARAMETERS, _CLASS, _RESOLVERS = 12, 53, 55, 60, 6
_ACK = 5


def note_dhcp(desk: Desk, key: Key, data: bytes) -> None:
    """Write a message down for the client that it is of."""
    if len(data) < 240 or data[236:240] != _COOKIE or data[1:3] != b"\x01\x06":
        return
    mac = data[28:34]
    if mac_group(mac):
        return
    told = dict(_options(data[240:]))
    if data[0] == 1:
        _asked(desk, key, mac, told)
    elif data[0] == 2:
        _answered(desk, key, mac, told, data[16:20])


def _asked(desk: Desk, key: Key, mac: bytes, told: dict[int, bytes]) -> None:
    if any(key.source) and key.source_mac == mac:
        desk.bind(mac, key.source)
    for number, field in ((_NAME, "dhcp.option12"), (_CLASS, "dhcp.option60")):
        text = told.get(number, b"").rstrip(b"\0").decode("utf-8", "replace")
        if text:
            desk.heard(mac, b"", field, text)
    if told.get(_PARAMETERS):
        desk.heard(mac, b"", "dhcp.option55", ",".join(map(str, told[_PARAMETERS])))


def _answered(desk: Desk, key: Key, mac: bytes, told: dict[int, bytes], given: bytes) -> None:
    if is_group(key.target):
        named = desk.meant.setdefault((key.source_mac, key.source), mac)
        if named != mac:
            desk.meant[key.source_mac, key.source] = b""  # several clients: which bytes were whose is not kept
    if told.get(_TYPE) == bytes((_ACK,)):
        desk.bind(mac, given)
        resolvers = told.get(_RESOLVERS, b"")
        for place in range(0, len(resolvers) - len(resolvers) % 4, 4):
            desk.of(mac).assigned.setdefault(ip_text(resolvers[place : place + 4]))


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
