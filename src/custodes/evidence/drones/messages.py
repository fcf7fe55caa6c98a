"""Messages that unmanned aircraft send of themselves: Open Drone ID (25 bytes each, alone or in packs) and DJI DroneID.

Layouts: ASTM F3411-22a as in https://github.com/opendroneid/opendroneid-core-c (Apache-2.0); DJI's as in
https://github.com/kismetwireless/kismet kaitai_definitions/dot11_ie_221_dji_droneid.ksy. Where the operator stands is
read only if it is asked for.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

SIZE, MOST_IN_PACK = 25, 9
_BASIC, _LOCATION, _SYSTEM, _OPERATOR, _PACK = 0, 1, 4, 5, 15
#: Kinds of identity in a Basic ID message.
ID_TYPES = ("none", "serial-number", "registration", "utm-uuid", "session")
_DEGREE = 1e-7
_DJI_FLIGHT, _DJI_PURPOSE = 0x10, 0x11


@dataclass(slots=True)
class Told:
    """What one frame's messages say. `ids`: (kind, text) of each Basic ID; `place`: latitude and longitude of the
    aircraft in degrees; `operator` and `operator_place` only if asked for; `faults`: why parts were left out."""

    ids: list[tuple[str, str]]
    place: tuple[float, float] | None = None
    operator: str = ""
    operator_place: tuple[float, float] | None = None
    faults: list[str] | None = None

    def fault(self, text: str) -> None:
        """Note why a part was left out."""
        self.faults = [*(self.faults or []), text]


def open_drone_id(payload: bytes, *, operator: bool = False) -> Told:
    """The messages in a payload: one, or a pack of up to nine that says its size and count."""
    told = Told([])
    if not payload:
        told.fault("no message")
    elif payload[0] >> 4 != _PACK:
        _message(payload[:SIZE], told, operator=operator)
    elif len(payload) < 3 or payload[1] != SIZE:
        told.fault("a pack whose message size is not 25")
    elif not 1 <= payload[2] <= MOST_IN_PACK:
        told.fault(f"a pack of {payload[2]} messages")
    elif len(payload) < 3 + SIZE * payload[2]:
        told.fault("a pack that breaks off")
    else:
        for place in range(3, 3 + SIZE * payload[2], SIZE):
            _message(payload[place : place + SIZE], told, operator=operator)
    return told


def _message(message: bytes, told: Told, *, operator: bool) -> None:
    if len(message) < SIZE:
        told.fault("a message that breaks off")
        return
    kind = message[0] >> 4
    if kind == _BASIC:
        _basic(message, told)
    elif kind == _LOCATION:
        told.place = _position(message, 5) or told.place
    elif kind == _SYSTEM and operator:
        told.operator_place = _position(message, 2)
    elif kind == _OPERATOR and operator:
        told.operator = _text(message[2:22]) or ""
    elif kind == _PACK:
        told.fault("a pack within a pack")


def _basic(message: bytes, told: Told) -> None:
    kind, raw = message[1] >> 4, message[2:22]
    if kind >= len(ID_TYPES):
        told.fault(f"an identity of the unknown kind {kind}")
    elif ID_TYPES[kind] in ("utm-uuid", "session"):
        told.ids.append((ID_TYPES[kind], raw.rstrip(b"\0").hex()))
    else:
        text = _text(raw)
        if text is None:
            told.fault("an identity that is not ASCII")
        elif text:
            told.ids.append((ID_TYPES[kind], text))


def _text(raw: bytes) -> str | None:
    """Text that noughts fill up; None if it is not of printable ASCII."""
    text = raw.rstrip(b"\0 ").decode("latin-1")
    return text if text.isascii() and text.isprintable() else None


def _position(message: bytes, place: int) -> tuple[float, float] | None:
    latitude, longitude = struct.unpack_from("<ii", message, place)
    if not (latitude or longitude) or abs(latitude) > 900_000_000 or abs(longitude) > 1_800_000_000:
        return None
    return latitude * _DEGREE, longitude * _DEGREE


def dji_drone_id(payload: bytes) -> Told:
    """DroneID: kind, version, number, state, then sixteen bytes of serial number and the place."""
    told = Told([])
    kind = payload[0] if payload else -1
    start = {_DJI_FLIGHT: 6, _DJI_PURPOSE: 1}.get(kind)
    if start is None:
        told.fault(f"a DroneID message of the unknown kind {kind:#x}" if payload else "no message")
        return told
    raw = payload[start : start + 16]
    text = _text(raw)
    if len(raw) < 16:
        told.fault("a message that breaks off")
    elif text is None:
        told.fault("an identity that is not ASCII")
    elif text:
        told.ids.append(("serial-number", text))
        if kind == _DJI_FLIGHT and len(payload) >= start + 24:
            told.place = _radians(*struct.unpack_from("<ii", payload, start + 16))
    return told


def _radians(longitude: int, latitude: int) -> tuple[float, float] | None:
    """Degrees from what DJI sends: 174533 units a degree."""
    unit = 174_533.0
    if not (latitude or longitude) or abs(latitude) > 90 * unit or abs(longitude) > 180 * unit:
        return None
    return latitude / unit, longitude / unit
