"""Replies of makers' own discovery protocols, by their byte layout (docs/rooms/evidence.md names the sources).

Each reader gives None for bytes that are none of its own: a port number alone says nothing.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from custodes.evidence.wire.texts import MOST_BYTES, address_text, cleaned, fields, mac_in, mac_text, padded, parts
from custodes.model.wire import Part, Reply

#: More type-length-value entries than these are no discovery reply.
MOST_ENTRIES = 256


def read_packet(raw: bytes) -> Reply | None:
    """The reply in a packet of one of the protocols known here; None if it is of none."""
    raw = raw[:MOST_BYTES]
    for reader in _READERS:
        reply = reader(raw)
        if reply is not None:
            return reply
    return None


def _json(raw: bytes) -> Mapping[str, Any]:
    """The JSON object in bytes; empty if there is none."""
    try:
        found = json.loads(raw.rstrip(b"\0\n\r ").decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _said(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _inner(told: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """A mapping inside mappings; empty where one of the keys is missing."""
    for key in keys:
        value = told.get(key)
        if not isinstance(value, dict):
            return {}
        told = value
    return told


def dhip(raw: bytes) -> Reply | None:
    """UDP 37810: a header of 32 bytes with "DHIP" at 4 and the length of the JSON at 16, little-endian."""
    if raw[4:8] != b"DHIP" or len(raw) < 32:
        return None
    length = int(struct.unpack_from("<I", raw, 16)[0])
    body = raw[32 : 32 + length] if 0 < length <= len(raw) - 32 else raw[32:]
    return dhip_reply(_json(body))


def dhip_reply(told: Mapping[str, Any]) -> Reply:
    """The reply in the JSON of DHIP."""
    device = _inner(told, "params", "deviceInfo")
    found = parts(
        [
            (Part.LABEL, _said(device, "Vendor")),
            (Part.LABEL, _said(device, "Manufacturer")),
            (Part.MODEL, _said(device, "DeviceType")),
            (Part.FIRMWARE, _said(device, "Version")),
            (Part.SERIAL, _said(device, "SerialNo")),
            (Part.MAC, _said(told, "mac")),
            (Part.CLASS, _said(device, "DeviceClass")),
            (Part.ADDRESS, _said(_inner(device, "IPv4Address"), "IPAddress")),
        ]
    )
    if not device:  # the search itself, which other programs on a network send too, names nobody
        return Reply(problem="a question, or an answer whose JSON cannot be read")
    texts = [("dhip.model", _said(device, "DeviceType")), ("dhip.class", _said(device, "DeviceClass"))]
    return Reply("dhip", fields(texts), found)


def dahua_older(raw: bytes) -> Reply | None:
    """UDP 5050: b3, type 0x58 at 4; model at 0x28, address at 0x38, sections of text behind 0x78."""
    if len(raw) < 0x78 or raw[0] != 0xB3 or raw[4] != 0x58:
        return None
    second = raw[2]
    third = int(struct.unpack_from("<H", raw, 0x14)[0])
    section = raw[0x78 : 0x78 + second]
    text = raw[0x78 + second : 0x78 + second + third].decode("utf-8", "replace")
    pairs = dict(line.split(":", 1) for line in text.replace("\r", "\n").split("\n") if ":" in line)
    model = padded(section[17:]) or padded(raw[0x28:0x38])
    found = parts(
        [
            (Part.MODEL, model),
            (Part.MAC, mac_in(padded(section[:17]))),
            (Part.SERIAL, pairs.get("SerialNo", "")),
            (Part.ADDRESS, address_text(raw[0x38:0x3C])),
        ]
    )
    return Reply("dh-5050", (), found)


def tvt(raw: bytes) -> Reply | None:
    """UDP 23456: "MHED", opcode 7 at 4; name at 12, MAC at 32, address at 40; the model at 196 or 180."""
    if not raw.startswith(b"MHED") or len(raw) < 116 or struct.unpack_from("<H", raw, 4)[0] != 7:
        return None
    kinds = {0: "DVR", 2: "IPC", 3: "NVR"}
    kind = kinds.get(struct.unpack_from("<I", raw, 64)[0], "")
    model = padded(raw[196:228]) or padded(raw[180:196])
    built = struct.unpack_from("<I", raw, 56)[0]
    found = parts(
        [
            (Part.NAME, padded(raw[12:32])),
            (Part.MAC, mac_text(raw[32:38])),
            (Part.ADDRESS, address_text(raw[40:44])),
            (Part.MODEL, model if model.isascii() else ""),
            (Part.FIRMWARE, f"build {built}" if 20000101 <= built <= 20991231 else ""),
            (Part.CLASS, kind),
        ]
    )
    return Reply("mhed-23456", (), found)


def xiongmai(raw: bytes) -> Reply | None:
    """UDP 34569, TCP 34567: ff, message number 1531 at 14, length at 16, then JSON with NetWork.NetCommon."""
    if len(raw) < 20 or raw[0] != 0xFF or struct.unpack_from("<H", raw, 14)[0] != 1531:
        return None
    common = _inner(_json(raw[20:]), "NetWork.NetCommon") or _inner(_json(raw[20:]), "NetWork", "NetCommon")
    found = parts(
        [
            (Part.NAME, _said(common, "HostName")),
            (Part.SERIAL, _said(common, "SN")),
            (Part.MAC, _said(common, "MAC")),
        ]
    )
    return Reply("dvrip", (), found)


def hanwha(raw: bytes) -> Reply | None:
    """UDP 7711, 262 bytes: 0b first; MAC text at 0x13, address at 0x25, model at 0x6d, URL at 0x85."""
    if not 0xAC <= len(raw) <= 0x400 or raw[0] != 0x0B or not mac_in(padded(raw[0x13:0x25])):
        return None
    found = parts(
        [
            (Part.MAC, padded(raw[0x13:0x25])),
            (Part.ADDRESS, padded(raw[0x25:0x35])),
            (Part.MODEL, padded(raw[0x6D:0x77])),
        ]
    )
    return Reply("ipin-7711", (), found)


def bosch(raw: bytes) -> Reply | None:
    """UDP 1758, 32 bytes: 0x9939a427, transaction, MAC at 8, address at 0x10."""
    if len(raw) < 28 or raw[:4] != b"\x99\x39\xa4\x27":
        return None
    found = [(Part.MAC, mac_text(raw[8:14])), (Part.ADDRESS, address_text(raw[0x10:0x14]))]
    return Reply("rcp-1758", (), parts(found))


def panasonic(raw: bytes) -> Reply | None:
    """UDP 10669 and 10670: MAC at 6, from 53 type u16, length u16, value; 0xa7 full name, 0xa8 short name."""
    if len(raw) < 60 or raw[:2] not in (b"\x00\x01", b"\x00\x0b", b"\x00\x0d"):
        return None
    entries = dict(_entries(raw, 53, ">HH"))
    names = [padded(entries[key]) for key in (0xA8, 0xA7) if key in entries]
    if not names:
        return None
    found = [(Part.MODEL, name) for name in names] + [
        (Part.MAC, mac_text(raw[6:12])),
        (Part.ADDRESS, address_text(entries.get(0x20, b""))),
    ]
    return Reply("easyip-10670", (), parts(found))


def _entries(raw: bytes, start: int, form: str) -> Iterator[tuple[int, bytes]]:
    """Type and value of each entry, in a form of struct: type, length."""
    head = struct.calcsize(form)
    for _ in range(MOST_ENTRIES):
        if start + head > len(raw):
            return
        kind, length = struct.unpack_from(form, raw, start)
        if start + head + length > len(raw):
            return
        yield kind, raw[start + head : start + head + length]
        start += head + length


def sony(raw: bytes) -> Reply | None:
    """UDP 2380: lines key:value between 02 and 03, divided by ff."""
    if not raw.startswith(b"\x02") or b"MODEL:" not in raw or b"MAC:" not in raw:
        return None
    lines = raw.strip(b"\x02\x03").replace(b"\xff", b"\n").replace(b"\r", b"\n").split(b"\n")
    told = {key.strip().decode("latin-1"): value for key, _, value in (line.partition(b":") for line in lines)}
    texts = {key: cleaned(value.decode("utf-8", "replace")) for key, value in told.items()}
    found = parts(
        [
            (Part.MODEL, texts.get("MODEL", "")),
            (Part.SERIAL, texts.get("SERIAL", "")),
            (Part.FIRMWARE, texts.get("SOFTVERSION", "")),
            (Part.MAC, texts.get("MAC", "")),
            (Part.ADDRESS, texts.get("IPADR", "")),
        ]
    )
    return Reply("enq-2380", (), found)


def vivotek(raw: bytes) -> Reply | None:
    """UDP 10000: a session byte, 4a 5d 8f 1c or an answer of the same shape, then type u8, length u8, value."""
    if len(raw) < 12 or raw[1:5] not in (b"\x4a\x5d\x8f\x1c", b"\x4a\x5d\x8f\x1d"):
        return None
    found: dict[int, bytes] = {}
    place = 5
    for _ in range(MOST_ENTRIES):
        if place + 2 > len(raw):
            break
        kind = raw[place]
        if kind == 4:  # one byte without a length
            place += 2
            continue
        length = raw[place + 1]
        found[kind] = raw[place + 2 : place + 2 + length]
        place += 2 + length
    told = [
        (Part.MODEL, padded(found.get(9, b"")) or padded(found.get(1, b""))),
        (Part.MAC, mac_text(found.get(2, b"")) or mac_in(padded(found.get(2, b"")))),
        (Part.ADDRESS, address_text(found.get(3, b""))),
    ]
    return Reply("drm-10000", (), parts(told)) if found else None


def foscam(raw: bytes) -> Reply | None:
    """UDP 10000: "MO_I"; serial at 0x17, name at 0x24, address at 0x39, firmware at 0x4d."""
    if not raw.startswith(b"MO_I") or len(raw) < 0x57:
        return None
    if raw[6]:  # enciphered: the frame names the platform, and no more
        return Reply("moi-10000", (), (), "the fields are enciphered")
    version = raw[0x4D:0x51]
    found = parts(
        [
            (Part.SERIAL, padded(raw[0x17:0x24])),
            (Part.NAME, padded(raw[0x24:0x39])),
            (Part.ADDRESS, address_text(raw[0x39:0x3D])),
            (Part.FIRMWARE, ".".join(map(str, version)) if any(version) else ""),
        ]
    )
    return Reply("moi-10000", (), found)


def vstarcam(raw: bytes) -> Reply | None:
    """UDP 8600: 44 48 01 08; address at 4, MAC at 0x54, serial at 0x5c, name at 0x7c, firmware at 0xcc."""
    if not raw.startswith(b"DH\x01\x08") or len(raw) < 0xCC:
        return None
    found = parts(
        [
            (Part.ADDRESS, padded(raw[4:20])),
            (Part.MAC, mac_text(raw[0x54:0x5A])),
            (Part.SERIAL, padded(raw[0x5C:0x7C])),
            (Part.NAME, padded(raw[0x7C:0x9C])),
            (Part.FIRMWARE, padded(raw[0xCC:0xEC])),
        ]
    )
    return Reply("dh44-8600", (), found)


def nice(raw: bytes) -> Reply | None:
    """UDP 2007: "NICE"; MAC at 0x0a, address at 0x10, name at 0x4a."""
    if not raw.startswith(b"NICE") or len(raw) < 0x5A:
        return None
    found = [
        (Part.MAC, mac_text(raw[0x0A:0x10])),
        (Part.ADDRESS, address_text(raw[0x10:0x14])),
        (Part.MODEL, padded(raw[0x4A:0x5A])),
    ]
    return Reply("nice-2007", (), parts(found))


def vision_360(raw: bytes) -> Reply | None:
    """UDP 3600: "DISCOVER TYPE=... KEY='mac' ID=serial"."""
    if not raw.startswith(b"DISCOVER TYPE="):
        return None
    words = raw.decode("utf-8", "replace").split()
    told = dict(word.split("=", 1) for word in words if "=" in word)
    found = parts(
        [
            (Part.MODEL, told.get("TYPE", "")),
            (Part.MAC, told.get("KEY", "").strip("'\"")),
            (Part.SERIAL, told.get("ID", "")),
        ]
    )
    return Reply("discover-3600", (), found)


_UBIQUITI = {
    0x01: Part.MAC,
    0x03: Part.FIRMWARE,
    0x0B: Part.NAME,
    0x0C: Part.MODEL,
    0x15: Part.MODEL,
    0x16: Part.HARDWARE,
}


def ubiquiti(raw: bytes) -> Reply | None:
    """UDP 10001: version 1 or 2, command, length u16, then type u8, length u16, value, big-endian."""
    if (
        len(raw) < 8
        or raw[0] not in (1, 2)
        or raw[1] not in (0, 6)
        or struct.unpack_from(">H", raw, 2)[0] != len(raw) - 4
    ):
        return None
    entries = list(_entries(raw, 4, ">BH"))
    if not any(kind in (0x01, 0x02) and len(value) >= 6 for kind, value in entries):
        return None
    told = []
    for kind, value in entries:
        if kind in (0x01, 0x02):
            told.append((Part.MAC, mac_text(value[:6])))
        elif kind in _UBIQUITI:
            told.append((_UBIQUITI[kind], padded(value)))
    return Reply("ubnt-10001", (), parts(told))


def tapo(raw: bytes) -> Reply | None:
    """UDP 20002: 16 bytes, version 2, type 0, operation 1, size; then JSON `result`."""
    if len(raw) < 20 or raw[:4] not in (b"\x02\x00\x00\x01", b"\x02\x00\x01\x00"):
        return None
    result = _inner(_json(raw[16:]), "result")
    if not result:
        return None
    found = parts(
        [
            (Part.MODEL, _said(result, "device_model").partition("(")[0]),
            (Part.CLASS, _said(result, "device_type")),
            (Part.MAC, _said(result, "mac")),
            (Part.ADDRESS, _said(result, "ip")),
        ]
    )
    return Reply("tdp-20002", (), found)


def baichuan(raw: bytes) -> Reply | None:
    """TCP 9000: f0 de bc 0a. The fields come only after a login: the magic names the platform alone."""
    return Reply("baichuan") if raw.startswith(b"\xf0\xde\xbc\x0a") else None


def pppp(raw: bytes) -> Reply | None:
    """UDP 32108: f1, type, length u16. An answer to a local search names no maker, and its UID opens the device."""
    if len(raw) < 4 or raw[0] != 0xF1 or raw[1] not in (0x01, 0x41, 0x42):
        return None
    return Reply("pppp") if struct.unpack_from(">H", raw, 2)[0] == len(raw) - 4 else None


def gige_vision(raw: bytes) -> Reply | None:
    """UDP 3956: an acknowledge of 256 bytes; maker at 80, model at 112, version at 144, serial at 224."""
    if len(raw) != 256 or raw[:4] != b"\x00\x00\x00\x03":
        return None
    found = parts(
        [
            (Part.LABEL, padded(raw[80:112])),
            (Part.MODEL, padded(raw[112:144])),
            (Part.FIRMWARE, padded(raw[144:176])),
            (Part.MAC, mac_text(raw[18:24])),
            (Part.SERIAL, padded(raw[224:240])),
        ]
    )
    return Reply("gige-vision", (), found)


_READERS: Sequence[Callable[[bytes], Reply | None]] = (
    dhip,
    dahua_older,
    tvt,
    xiongmai,
    bosch,
    sony,
    foscam,
    vstarcam,
    nice,
    vision_360,
    hanwha,
    vivotek,
    panasonic,
    tapo,
    ubiquiti,
    gige_vision,
    baichuan,
    pppp,
)
