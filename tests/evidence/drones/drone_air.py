"""Frames as unmanned aircraft send them, made here from the standards' layouts: not with the code that reads them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

WIFI, RADIOTAP, BLE, BLE_HEADED, NORDIC = 105, 127, 251, 256, 272
SENDER = "02:00:00:00:00:07"


def basic(serial: str | bytes, kind: int = 1) -> bytes:
    """A Basic ID message."""
    raw = serial.encode() if isinstance(serial, str) else serial
    return bytes((0x02, kind << 4 | 2)) + raw.ljust(20, b"\0")[:20] + b"\0" * 3


def location(latitude: float, longitude: float) -> bytes:
    """A Location message."""
    place = struct.pack("<ii", round(latitude * 1e7), round(longitude * 1e7))
    return (b"\x12\x20\x00\x00\x00" + place).ljust(25, b"\0")


def system(latitude: float, longitude: float) -> bytes:
    """A System message, with where the operator stands."""
    return (b"\x42\x00" + struct.pack("<ii", round(latitude * 1e7), round(longitude * 1e7))).ljust(25, b"\0")


def operator(text: str) -> bytes:
    """An Operator ID message."""
    return (b"\x52\x00" + text.encode()).ljust(25, b"\0")


def pack(*messages: bytes, count: int | None = None, size: int = 25) -> bytes:
    """A pack of messages; `count` and `size` as it claims."""
    return bytes((0xF2, size, len(messages) if count is None else count)) + b"".join(messages)


def _address(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def management(kind: int, body: bytes, sender: str = SENDER) -> bytes:
    """An IEEE 802.11 management frame without checksum."""
    return bytes((kind, 0, 0, 0)) + b"\xff" * 6 + _address(sender) * 2 + b"\0\0" + body


def element(number: int, content: bytes, length: int | None = None) -> bytes:
    """One element of a beacon."""
    return bytes((number, len(content) if length is None else length)) + content


def beacon(messages: bytes, sender: str = SENDER, length: int | None = None) -> bytes:
    """A beacon with Open Drone ID behind a name."""
    own = element(221, b"\xfa\x0b\xbc\x0d\x07" + messages, length)
    return management(0x80, b"\0" * 12 + element(0, b"SYNTHETIC") + own, sender)


def dji(serial: str, latitude: float = 51.5, longitude: float = -0.1, sender: str = SENDER) -> bytes:
    """A beacon with DJI's own."""
    place = struct.pack("<ii", round(longitude * 174_533), round(latitude * 174_533))
    told = b"\x10\x02\x01\x00\xff\x1f" + serial.encode().ljust(16, b"\0") + place + b"\0" * 40
    return management(0x80, b"\0" * 12 + element(221, b"\x26\x37\x12\x58\x62\x13" + told), sender)


def nan(messages: bytes, sender: str = SENDER, *, filters: bool = False) -> bytes:
    """A service discovery frame of Wi-Fi NAN; `filters`: with every field that may stand before the information."""
    information = b"\x07" + messages
    before = b"\x01\x00" + b"\x03\x02ab" + b"\x07\x00SYNTHE" if filters else b""
    control = bytes((0x10 | (0x4C if filters else 0),))
    service = bytes.fromhex("8869199d9209") + b"\x01\x00" + control + before + bytes((len(information),)) + information
    attributes = b"\x00\x02\x00\x01\x02" + b"\x03" + struct.pack("<H", len(service)) + service
    return management(0xD0, b"\x04\x09\x50\x6f\x9a\x13" + attributes, sender)


def radiotap(frame: bytes, *, checksum: bool = True, spoil: bool = False) -> bytes:
    """Behind a radiotap header that says whether a checksum ends the frame."""
    end = struct.pack("<I", zlib.crc32(frame)) if checksum else b""
    if spoil:
        frame = frame[:-1] + bytes((frame[-1] ^ 1,))
    flags = 0x10 if checksum else 0
    return struct.pack("<BBHIQB", 0, 0, 17, 0x03, 0, flags) + frame + end


def _crc(unit: bytes) -> bytes:
    """Bluetooth's checksum, the bits as they are sent: the least first."""
    told = 0xAAAAAA
    for byte in unit:
        told ^= byte
        for _ in range(8):
            told = told >> 1 ^ (0xDA6000 if told & 1 else 0)
    return told.to_bytes(3, "little")


def legacy(message: bytes, sender: str = SENDER) -> bytes:
    """A legacy Bluetooth advertisement of one message."""
    data = bytes((5 + len(message), 0x16)) + b"\xfa\xff\x0d\x07" + message
    return _unit(0x42, _address(sender)[::-1] + data)


def extended(messages: bytes, sender: str = SENDER) -> bytes:
    """An extended Bluetooth advertisement of a pack."""
    data = bytes((5 + len(messages), 0x16)) + b"\xfa\xff\x0d\x07" + messages
    return _unit(0x47, bytes((0x40 | 9, 0x09)) + _address(sender)[::-1] + b"\x01\x02" + data)


def _unit(head: int, content: bytes) -> bytes:
    unit = bytes((head, len(content))) + content
    return b"\xd6\xbe\x89\x8e" + unit + _crc(unit)


def headed(frame: bytes, *, right: bool = True) -> bytes:
    """Behind the pseudo-header of LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR."""
    return struct.pack("<BbbBIH", 37, -50, -128, 0, 0x8E89BED6, 0x0001 | 0x0400 | (0x0800 if right else 0)) + frame


def nordic(frame: bytes, *, right: bool = True, padded: bool = False) -> bytes:
    """Behind the headers of Nordic's sniffer."""
    if padded:
        frame = frame[:6] + b"\0" + frame[6:]
    second = bytes((10, 1 if right else 0, 37, 50)) + b"\0" * 6
    return b"\x04" + bytes((6, len(second) + len(frame), 1)) + b"\0\0\x06" + second + frame


def spoilt(frame: bytes) -> bytes:
    """A frame with one bit of its content turned."""
    place = len(frame) - 10
    return frame[:place] + bytes((frame[place] ^ 4,)) + frame[place + 1 :]


def pcap(
    path: Path, link: int, frames: Iterable[bytes | tuple[float, bytes]], *, big: bool = False, nano: bool = False
) -> Path:
    """A capture as pcap."""
    order, unit = ">" if big else "<", 1_000_000_000 if nano else 1_000_000
    told = struct.pack(f"{order}IHHiIII", 0xA1B23C4D if nano else 0xA1B2C3D4, 2, 4, 0, 0, 65_535, link)
    for number, item in enumerate(frames):
        time, frame = item if isinstance(item, tuple) else (1_700_000_000 + number, item)
        told += struct.pack(f"{order}IIII", int(time), int(time % 1 * unit), len(frame), len(frame)) + frame
    path.write_bytes(told)
    return path


def pcapng(path: Path, link: int, frames: Iterable[bytes], *, big: bool = False, simple: bool = False) -> Path:
    """A capture as pcapng: nanoseconds, blocks of a kind nobody knows between."""
    order = ">" if big else "<"

    def block(kind: int, body: bytes) -> bytes:
        body += b"\0" * (-len(body) % 4)
        return struct.pack(f"{order}II", kind, len(body) + 12) + body + struct.pack(f"{order}I", len(body) + 12)

    told = block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))
    told += block(1, struct.pack(f"{order}HHI", link, 0, 0) + struct.pack(f"{order}HHB3xHH", 9, 1, 9, 0, 0))
    for number, frame in enumerate(frames):
        time = 1_700_000_000_000_000_000 + number
        head = struct.pack(f"{order}IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(frame), len(frame))
        told += block(3, struct.pack(f"{order}I", len(frame)) + frame) if simple else block(6, head + frame)
        told += block(0xBAD, b"SYNTHETIC")
    path.write_bytes(told)
    return path
