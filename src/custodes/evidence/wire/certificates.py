"""Subject and issuer of an X.509 certificate in DER: looked at, never trusted (RFC 5280, X.690)."""

from __future__ import annotations

from collections.abc import Iterator

from custodes.evidence.wire.texts import fields
from custodes.model.wire import Reply

#: Attribute types of a name, as certificates of devices use them (RFC 4519).
_NAMES = {
    b"\x55\x04\x03": "CN",
    b"\x55\x04\x05": "SERIALNUMBER",
    b"\x55\x04\x06": "C",
    b"\x55\x04\x07": "L",
    b"\x55\x04\x08": "ST",
    b"\x55\x04\x0a": "O",
    b"\x55\x04\x0b": "OU",
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01": "E",
}
_SEQUENCE, _SET, _OID, _INTEGER, _VERSION, _BMP = 0x30, 0x31, 0x06, 0x02, 0xA0, 0x1E
MOST_PARTS = 64


class Malformed(ValueError):
    """No DER, or not of a certificate."""


def _parts(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element in a row."""
    place = count = 0
    while place < len(raw) and count < MOST_PARTS:
        if place + 2 > len(raw):
            raise Malformed("breaks off")
        tag, length = raw[place], raw[place + 1]
        place += 2
        if length & 0x80:
            size = length & 0x7F
            if not 0 < size <= 4 or place + size > len(raw):
                raise Malformed("a length of an unknown form")
            length = int.from_bytes(raw[place : place + size], "big")
            place += size
        if place + length > len(raw):
            raise Malformed("breaks off")
        yield tag, raw[place : place + length]
        place += length
        count += 1


def _inside(raw: bytes, wanted: int) -> bytes:
    tag, content = next(_parts(raw), (0, b""))
    if tag != wanted:
        raise Malformed("not of a certificate")
    return content


def read_certificate(raw: bytes) -> Reply | None:
    """The names in a certificate; None if the bytes are none."""
    try:
        parts = list(_parts(_inside(_inside(raw, _SEQUENCE), _SEQUENCE)))
        if parts and parts[0][0] == _VERSION:
            parts = parts[1:]
        if len(parts) < 5 or parts[0][0] != _INTEGER:
            return None
        told = [("tls.issuer", _name(parts[2][1])), ("tls.subject", _name(parts[4][1]))]
    except (Malformed, StopIteration):
        return None
    return Reply("", fields(told))


def _name(raw: bytes) -> str:
    """A name as scanners write it: CN=...,O=...,C=..."""
    found = []
    for _, relative in _parts(raw):
        for _, pair in _parts(relative):
            told = list(_parts(pair))
            if len(told) != 2:
                raise Malformed("not of a name")
            kind, (tag, value) = told[0][1], told[1]
            text = value.decode("utf-16-be" if tag == _BMP else "utf-8", "replace")
            found.append(f"{_NAMES.get(kind, kind.hex())}={text}")
    return ",".join(reversed(found))
