"""Frames of radio links to what unmanned aircraft put in them: IEEE 802.11 beacons and NAN, Bluetooth advertising.

Remote ID: ASTM F3411-22a and ASD-STAN prEN 4709-002, layouts as in https://github.com/opendroneid/opendroneid-core-c
(Apache-2.0). A frame whose checksum is broken is refused: at face value it gives aircraft that never were.
"""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

#: Link types (https://www.tcpdump.org/linktypes.html).
_WIFI, _RADIOTAP, _BLE, _BLE_HEADED, _NORDIC, _PPI, _AVS = 105, 127, 251, 256, 272, 192, 163
BEACON, NAN, BLE4, BLE5, DJI = (
    "remote-id/wifi-beacon",
    "remote-id/wifi-nan",
    "remote-id/ble",
    "remote-id/ble5",
    "dji-droneid",
)
_VENDOR = 221
_ODID_OUI, _ODID_TYPE = b"\xfa\x0b\xbc", b"\x0d"
_DJI_OUI, _DJI_HEAD = b"\x26\x37\x12", b"\x58\x62\x13"
_NAN_OUI, _NAN_TYPE = b"\x50\x6f\x9a", 0x13
#: SHA-256 of "org.opendroneid.remoteid", its first six bytes: the name of the service in NAN.
_NAN_SERVICE = bytes.fromhex("8869199d9209")
_ODID_UUID, _ODID_APP = b"\xfa\xff", 0x0D
_ADVERTISING = 0x8E89BED6
#: Bytes without which a frame carries nothing of this kind.
_MARKED = re.compile(
    b"|".join(map(re.escape, (_ODID_OUI + _ODID_TYPE, _DJI_OUI + _DJI_HEAD, _NAN_SERVICE, _ODID_UUID)))
)
#: Bytes within which the frame begins behind the headers of Nordic's sniffer, and those of the second header.
_NORDIC_HEADERS, _NORDIC_SECOND = 32, 10


class Sent(NamedTuple):
    """What one frame carries: `transmitter` as it calls itself, which anybody may; `payload` from the messages on."""

    protocol: str
    transmitter: str
    payload: bytes


class Refused(NamedTuple):
    """Why a frame's content is not used: its checksum is broken, or its lengths lie."""

    reason: str


CRC, SHORT = Refused("link checksum broken"), Refused("frame breaks off or its lengths lie")


def sent(link: int, data: bytes) -> Iterable[Sent | Refused]:
    """What a frame of a link type carries of this kind; nothing for other frames. Never raises."""
    reader = _READERS.get(link)
    if reader is None or _MARKED.search(data) is None:  # most frames are of others, and are told apart quickly
        return ()
    try:
        return list(reader(data))
    except (IndexError, struct.error):
        return (SHORT,)


def known(link: int) -> bool:
    """Whether frames of a link type are looked into."""
    return link in _READERS


def _radiotap(data: bytes) -> Iterator[Sent | Refused]:
    length, present = struct.unpack_from("<HI", data, 2)
    place, words, flags = 8, present, 0
    while words & 0x80000000:
        words = struct.unpack_from("<I", data, place)[0]
        place += 4
    if present & 1:
        place += -place % 8 + 8  # the time at which the frame came in, on a boundary of eight bytes
    if present & 2:
        flags = data[place]
    if flags & 0x40:
        yield CRC
        return
    yield from _wifi(data[length:], checked=bool(flags & 0x10))


def _ppi(data: bytes) -> Iterator[Sent | Refused]:
    length, link = struct.unpack_from("<HI", data, 2)
    if link == _WIFI:
        yield from _wifi(data[length:])


def _avs(data: bytes) -> Iterator[Sent | Refused]:
    yield from _wifi(data[struct.unpack_from(">I", data, 4)[0] :])


def _wifi(data: bytes, *, checked: bool = False) -> Iterator[Sent | Refused]:
    """A management frame: a beacon with elements, or a public action frame of NAN. `checked`: a checksum ends it."""
    kind = data[0]
    if kind not in (0x80, 0x50, 0xD0):
        return
    if checked:
        if len(data) < 28 or binascii.crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
            yield CRC
            return
        data = data[:-4]
    body = 24 + (4 if data[1] & 0x80 else 0)
    transmitter = data[10:16].hex(":")
    yield from _nan(data, body, transmitter) if kind == 0xD0 else _elements(data[body + 12 :], transmitter)


def _elements(data: bytes, transmitter: str) -> Iterator[Sent | Refused]:
    """The elements of a beacon; those of vendors begin with whose they are."""
    place = 0
    while place + 2 <= len(data):
        size = data[place + 1]
        element = data[place + 2 : place + 2 + size]
        vendor, kind = element[:3], element[3:6]
        if len(element) < size:
            if vendor in (_ODID_OUI, _DJI_OUI):
                yield SHORT
            return
        if data[place] == _VENDOR and vendor == _ODID_OUI and kind[:1] == _ODID_TYPE and size > 4:
            yield Sent(BEACON, transmitter, element[5:])
        elif data[place] == _VENDOR and vendor == _DJI_OUI and kind == _DJI_HEAD:
            yield Sent(DJI, transmitter, element[6:])
        place += 2 + size


def _nan(data: bytes, body: int, transmitter: str) -> Iterator[Sent | Refused]:
    """Attributes of a service discovery frame; the service's information holds a counter and a pack of messages."""
    if data[body : body + 6] != b"\x04\x09" + _NAN_OUI + bytes((_NAN_TYPE,)):
        return
    place = body + 6
    while place + 3 <= len(data):
        number, size = data[place], struct.unpack_from("<H", data, place + 1)[0]
        attribute = data[place + 3 : place + 3 + size]
        if number == 3 and attribute[:6] == _NAN_SERVICE:
            if len(attribute) < size:
                yield SHORT
                return
            control = attribute[8]
            at = 9 + (2 if control & 0x40 else 0)  # a map of bindings, then two filters with their lengths before them
            for bit in (0x04, 0x08):
                at += 1 + attribute[at] if control & bit else 0
            if control & 0x10:
                length = attribute[at]
                told = attribute[at + 1 : at + 1 + length]
                if len(told) < length:
                    yield SHORT
                    return
                yield Sent(NAN, transmitter, told[1:])
        place += 3 + size


def _ble(data: bytes) -> Iterator[Sent | Refused]:
    """Access address, header, content and checksum, as on the air."""
    if struct.unpack_from("<I", data)[0] != _ADVERTISING:
        return
    size = data[5]
    unit, told = data[4 : 6 + size], data[6 + size : 9 + size]
    found = list(_advertised(unit))
    if found and (len(told) < 3 or _crc24(unit) != int.from_bytes(told, "little")):
        yield CRC if len(told) == 3 else SHORT
        return
    yield from found


def _ble_headed(data: bytes) -> Iterator[Sent | Refused]:
    """With the header of a receiver, which may tell that the checksum was looked at and is broken."""
    flags = struct.unpack_from("<H", data, 8)[0]
    frame = data[10:]
    if flags & 0x0400 and not flags & 0x0800:
        if any(True for _ in _advertised(frame[4:-3])):
            yield CRC
        return
    yield from _ble(frame)


def _nordic(data: bytes) -> Iterator[Sent | Refused]:
    """Behind the headers of Nordic's sniffer, whose second one begins with its length and flags (1: checksum right)."""
    start = data.find(_ADVERTISING.to_bytes(4, "little"), 0, _NORDIC_HEADERS)
    if start < _NORDIC_SECOND:
        return
    right, frame = data[start - _NORDIC_SECOND + 1] & 1, data[start:]
    padded = frame[:6] + frame[7:]  # some of its radios write a byte between header and content
    found = list(_ble(frame))
    if not any(isinstance(item, Sent) for item in found):
        found = list(_ble(padded)) or found
    yield from found if right or not found else (CRC,)


def _advertised(unit: bytes) -> Iterator[Sent]:
    """Service data in an advertising unit, legacy or extended."""
    kind, size = unit[0] & 0x0F, unit[1]
    content = unit[2 : 2 + size]
    if kind in (0, 2, 4, 6):
        yield from _service_data(content[6:], content[5::-1].hex(":"), BLE4)
    elif kind == 7:
        length = content[0] & 0x3F
        head = content[1 : 1 + length]
        transmitter = head[6:0:-1].hex(":") if length and head[0] & 1 else ""
        yield from _service_data(content[1 + length :], transmitter, BLE5)


def _service_data(data: bytes, transmitter: str, protocol: str) -> Iterator[Sent]:
    place = 0
    while place + 1 < len(data) and data[place]:
        size = data[place]
        part = data[place + 1 : place + 1 + size]
        if part[:1] == b"\x16" and part[1:3] == _ODID_UUID and len(part) > 5 and part[3] == _ODID_APP:
            yield Sent(protocol, transmitter, part[5:])
        place += 1 + size


def _crc24(unit: bytes) -> int:
    """The checksum of Bluetooth's link layer over a unit on an advertising channel."""
    told = 0x555555
    for byte in unit:
        for bit in range(8):
            carry = (told >> 23 ^ byte >> bit) & 1
            told = (told << 1) & 0xFFFFFF
            if carry:
                told ^= 0x00065B
    return int(f"{told:024b}"[::-1], 2)


_READERS = {
    _WIFI: _wifi,
    _RADIOTAP: _radiotap,
    _PPI: _ppi,
    _AVS: _avs,
    _BLE: _ble,
    _BLE_HEADED: _ble_headed,
    _NORDIC: _nordic,
}
