"""The first message of TLS: which name is asked for, and two fingerprints of who asks (RFC 8446, RFC 6066).

JA3: https://github.com/salesforce/ja3 (BSD-3). JA4: https://github.com/FoxIO-LLC/ja4 (BSD-3, its client part).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_HANDSHAKE, _CLIENT_HELLO, _CERTIFICATE = 22, 1, 11
_SERVER_NAME, _GROUPS, _POINTS, _SIGNATURES, _ALPN, _VERSIONS = 0, 10, 11, 13, 16, 43
#: A longer hello, or more certificates, are none.
MOST_HELLO, MOST_CERTIFICATES = 64 * 1024, 8
_VERSION_TEXT = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"}


@dataclass(frozen=True, slots=True)
class Hello:
    """A client's first message."""

    name: str
    ja3: str
    ja4: str


class Broken(ValueError):
    """Bytes that are no message of TLS, or break off."""


def begins_tls(data: bytes) -> bool:
    """Whether bytes begin with a record that begins a handshake."""
    return len(data) > 5 and data[0] == _HANDSHAKE and data[1] == 3 and data[2] <= 4


class Records:
    """The handshake messages in the records of one direction, up to the first that is enciphered."""

    def __init__(self) -> None:
        self._raw = b""
        self._messages = b""
        self.over = False

    def add(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Kind and content of each handshake message that is now whole."""
        self._raw += data
        while not self.over and len(self._raw) >= 5:
            kind, _, size = struct.unpack_from(">BHH", self._raw)
            if kind != _HANDSHAKE or size > 18_432:
                self.over = True  # what came whole before it counts
                break
            if len(self._raw) < 5 + size:
                break
            self._messages += self._raw[5 : 5 + size]
            self._raw = self._raw[5 + size :]
        yield from self._whole()

    def _whole(self) -> Iterator[tuple[int, bytes]]:
        while len(self._messages) >= 4:
            size = int.from_bytes(self._messages[1:4], "big")
            if size > MOST_HELLO:
                self.over = True
                return
            if len(self._messages) < 4 + size:
                return
            yield self._messages[0], self._messages[4 : 4 + size]
            self._messages = self._messages[4 + size :]


def hello_of(kind: int, message: bytes, transport: str = "t") -> Hello | None:
    """The hello in a handshake message; None for others. `transport`: t for TCP, q for QUIC, as JA4 writes it."""
    if kind != _CLIENT_HELLO:
        return None
    try:
        return _hello(message, transport)
    except (Broken, IndexError, struct.error):
        return None


def certificates_of(kind: int, message: bytes) -> list[bytes]:
    """The certificates in a handshake message of TLS up to 1.2, each in DER; none for other messages."""
    found: list[bytes] = []
    if kind == _CERTIFICATE and len(message) > 6:
        place = 3
        while place + 3 < len(message) and len(found) < MOST_CERTIFICATES:
            size = int.from_bytes(message[place : place + 3], "big")
            found.append(message[place + 3 : place + 3 + size])
            place += 3 + size
    return found


def _hello(raw: bytes, transport: str) -> Hello:
    version = struct.unpack_from(">H", raw)[0]
    place = 34
    place += 1 + raw[place]
    ciphers, place = _numbers(raw, place, 2)
    place += 1 + raw[place]
    extensions = list(_extensions(raw, place))
    told = dict(reversed(extensions))
    kinds = [kind for kind, _ in extensions if not _grease(kind)]
    ciphers = [cipher for cipher in ciphers if not _grease(cipher)]
    groups = [one for one in _numbers(told.get(_GROUPS, b"\0\0"), 0, 2)[0] if not _grease(one)]
    points = list(told.get(_POINTS, b"\0")[1:])
    parts = (str(version), *("-".join(map(str, part)) for part in (ciphers, kinds, groups, points)))
    ja3 = hashlib.md5(",".join(parts).encode(), usedforsecurity=False).hexdigest()
    return Hello(_server_name(told.get(_SERVER_NAME, b"")), ja3, _ja4(version, ciphers, kinds, told, transport))


def _numbers(raw: bytes, place: int, size: int) -> tuple[list[int], int]:
    """A list of 16-bit numbers behind its length in bytes."""
    length = int.from_bytes(raw[place : place + size], "big")
    place += size
    if length % 2 or place + length > len(raw):
        raise Broken("a list breaks off")
    return list(struct.unpack_from(f">{length // 2}H", raw, place)), place + length


def _extensions(raw: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    if place + 2 > len(raw):
        return
    end = place + 2 + struct.unpack_from(">H", raw, place)[0]
    place += 2
    while place + 4 <= min(end, len(raw)):
        kind, size = struct.unpack_from(">HH", raw, place)
        if place + 4 + size > len(raw):
            raise Broken("an extension breaks off")
        yield kind, raw[place + 4 : place + 4 + size]
        place += 4 + size


def _server_name(raw: bytes) -> str:
    if len(raw) < 5 or raw[2] != 0:
        return ""
    size = struct.unpack_from(">H", raw, 3)[0]
    name = raw[5 : 5 + size]
    return name.decode("ascii", "replace") if len(name) == size and name.isascii() else ""


def _grease(number: int) -> bool:
    """Numbers that are sent to keep others from relying on a list (RFC 8701)."""
    return number & 0x0F0F == 0x0A0A and number >> 8 == number & 0xFF


def _ja4(version: int, ciphers: Sequence[int], kinds: Sequence[int], told: dict[int, bytes], transport: str) -> str:
    offered = told.get(_VERSIONS, b"")
    versions = struct.unpack(f">{len(offered) // 2}H", offered[1:]) if len(offered) % 2 else ()
    known = [one for one in versions if not _grease(one)]
    protocols = told.get(_ALPN, b"")
    first = protocols[3 : 3 + protocols[2]] if len(protocols) > 3 else b""
    plain = first[:1].isalnum() and first[-1:].isalnum()
    ends = (first[:1] + first[-1:]).decode("latin-1") if plain else first.hex()[:1] + first.hex()[-1:]
    name = "d" if _SERVER_NAME in told else "i"
    head = f"{transport}{_VERSION_TEXT.get(max(known, default=version), '00')}{name}"
    head += f"{min(len(ciphers), 99):02}{min(len(kinds), 99):02}{ends or '00'}"
    signatures = _numbers(told.get(_SIGNATURES, b"\0\0"), 0, 2)[0]
    rest = ",".join(f"{kind:04x}" for kind in sorted(kinds) if kind not in (_SERVER_NAME, _ALPN))
    if signatures:
        rest += "_" + ",".join(f"{one:04x}" for one in signatures if not _grease(one))
    return f"{head}_{_short(','.join(f'{cipher:04x}' for cipher in sorted(ciphers)))}_{_short(rest)}"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12
