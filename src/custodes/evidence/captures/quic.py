"""The name asked for in QUIC: its first packets are enciphered with a key that they themselves carry (RFC 9001, 9369).

Whoever sees them can read them; nothing secret is opened. Packets behind the handshake are not.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from custodes.evidence.captures.tls import MOST_HELLO, Hello, hello_of


class _Version(NamedTuple):
    salt: bytes
    labels: tuple[bytes, bytes, bytes]
    initial: int


_LABELS_1 = (b"quic key", b"quic iv", b"quic hp")
_LABELS_2 = (b"quicv2 key", b"quicv2 iv", b"quicv2 hp")
_VERSIONS = {
    0x00000001: _Version(bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), _LABELS_1, 0),
    0x6B3343CF: _Version(bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"), _LABELS_2, 1),
    0xFF00001D: _Version(bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899"), _LABELS_1, 0),
}
_PADDING, _PING, _ACK, _ACK_COUNTS, _CRYPTO, _CLOSE = 0, 1, 2, 3, 6, 28


def begins_quic(data: bytes) -> bool:
    """Whether bytes begin with a first packet of a version that is read."""
    return len(data) > 20 and data[0] & 0xC0 == 0xC0 and _version(data) is not None


def _version(data: bytes) -> _Version | None:
    version = _VERSIONS.get(int.from_bytes(data[1:5], "big"))
    return version if version is not None and (data[0] >> 4) & 3 == version.initial else None


class Opening:
    """The first packets of a client, whose pieces of a hello come in any order. `hello`: once it is whole."""

    def __init__(self) -> None:
        self._pieces: dict[int, bytes] = {}
        self._first: bytes | None = None
        self.hello: Hello | None = None

    def add(self, data: bytes) -> Hello | None:
        """Take a datagram; the hello if it is whole now."""
        place = 0
        try:
            while self.hello is None and begins_quic(data[place:]):
                place = self._packet(data, place)
        except (IndexError, struct.error, ValueError):
            pass
        return self.hello

    def _packet(self, data: bytes, start: int) -> int:
        """One packet of a datagram; where the next begins."""
        version = _version(data[start:])
        assert version is not None
        place = start + 5
        target = data[place + 1 : place + 1 + data[place]]
        place += 1 + data[place]
        place += 1 + data[place]
        size, place = _number(data, place)
        place += size
        length, place = _number(data, place)
        if self._first is None:
            self._first = target  # the server chooses another one, the key stays that of the first
        for frame, content in _frames(self._content(version, target, data, start, place, length)):
            if len(self._pieces) < 64 and frame + len(content) <= MOST_HELLO:
                self._pieces[frame] = max(self._pieces.get(frame, b""), content, key=len)
        self._try()
        return place + length

    def _content(self, version: _Version, target: bytes, data: bytes, start: int, place: int, length: int) -> bytes:
        """The content by the key of the first packet; after a server's Retry, by that of the packet's own target."""
        try:
            return _opened(version, self._first or target, data, start, place, length)
        except ValueError:
            return _opened(version, target, data, start, place, length)

    def _try(self) -> None:
        whole = b""
        for place in sorted(self._pieces):
            piece = self._pieces[place]
            if place > len(whole):
                return
            whole += piece[len(whole) - place :]
        if len(whole) >= 4 and len(whole) >= 4 + int.from_bytes(whole[1:4], "big"):
            self.hello = hello_of(whole[0], whole[4 : 4 + int.from_bytes(whole[1:4], "big")], "q")


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, and the place behind it."""
    size = 1 << (data[place] >> 6)
    if place + size > len(data):
        raise ValueError("breaks off")
    return int.from_bytes(data[place : place + size], "big") & ((1 << (size * 8 - 2)) - 1), place + size


@lru_cache(maxsize=256)
def _keys(version: _Version, target: bytes) -> tuple[bytes, bytes, bytes]:
    """Key, vector and key of the header's mask, of a client."""
    secret = hmac.digest(version.salt, target, "sha256")
    client = _expand(secret, b"client in", 32)
    key, vector, mask = version.labels
    return _expand(client, key, 16), _expand(client, vector, 12), _expand(client, mask, 16)


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label of TLS 1.3, for sizes up to that of its hash."""
    label = b"tls13 " + label
    info = struct.pack(">HB", size, len(label)) + label + b"\0\x01"
    return hmac.digest(secret, info, "sha256")[:size]


def _opened(version: _Version, target: bytes, data: bytes, start: int, place: int, length: int) -> bytes:
    """The content of a packet. Raises ValueError if it was not enciphered with this key: it is no client's then."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if place + length > len(data) or length < 20:
        raise ValueError("breaks off")
    key, vector, masking = _keys(version, target)
    sample = data[place + 4 : place + 20]
    mask = Cipher(algorithms.AES(masking), modes.ECB()).encryptor().update(sample)  # noqa: S305 - as RFC 9001 says
    first = data[start] ^ (mask[0] & 0x0F)
    size = (first & 3) + 1
    number = bytes(a ^ b for a, b in zip(data[place : place + size], mask[1 : 1 + size], strict=True))
    head = bytes((first,)) + data[start + 1 : place] + number
    nonce = (int.from_bytes(vector, "big") ^ int.from_bytes(number, "big")).to_bytes(12, "big")
    try:
        return AESGCM(key).decrypt(nonce, data[place + size : place + length], head)
    except InvalidTag:
        raise ValueError("enciphered otherwise") from None


def _frames(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Place and bytes of each piece of the handshake; the frames that may stand beside them are passed over."""
    place = 0
    while place < len(content):
        kind, place = content[place], place + 1
        if kind in (_PADDING, _PING):
            continue
        if kind == _CRYPTO:
            where, place = _number(content, place)
            size, place = _number(content, place)
            yield where, content[place : place + size]
            place += size
        elif kind in (_ACK, _ACK_COUNTS):
            place = _past_ack(content, place, counts=kind == _ACK_COUNTS)
        else:  # a close, or a frame that may not stand here
            return


def _past_ack(content: bytes, place: int, *, counts: bool) -> int:
    _, place = _number(content, place)
    _, place = _number(content, place)
    ranges, place = _number(content, place)
    for _ in range(1 + 2 * min(ranges, 256) + (3 if counts else 0)):
        _, place = _number(content, place)
    return place
