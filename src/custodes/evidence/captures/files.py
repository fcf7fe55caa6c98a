"""pcap and pcapng: frames one after another, with time and link type; packed with gzip or zstd as they stand.

Formats: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ and .../draft-ietf-opsawg-pcapng/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from custodes.model.errors import BadInput
from custodes.model.registers import Limits

#: Magic of pcap as read little-endian, to byte order and seconds' fraction.
_PCAP = {
    0xA1B2C3D4: ("<", 1_000),
    0xD4C3B2A1: (">", 1_000),
    0xA1B23C4D: ("<", 1),
    0x4D3CB2A1: (">", 1),
}
_SECTION, _INTERFACE, _SIMPLE, _ENHANCED, _OLD = 0x0A0D0D0A, 1, 3, 6, 2
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
#: A longer frame or block is damage.
LONGEST = 16 * 1024 * 1024
_READ = 1 << 20


class Frame(NamedTuple):
    """One frame: its number from 1, time in nanoseconds since 1970, link type, bytes as captured, length as sent."""

    number: int
    time: int
    link: int
    data: bytes
    length: int


@dataclass
class Capture:
    """A capture being read: drain `frames`. `problem`: why it ended before its end."""

    path: Path
    limits: Limits
    problem: str = ""
    _links: list[tuple[int, int]] = field(default_factory=list)

    @property
    def frames(self) -> Iterator[Frame]:
        """Every frame up to the end or the damage. Raises BadInput if the file is no capture."""
        source = _Bytes(self.path, self.limits)
        start = source.take(4)
        magic = int.from_bytes(start, "little")
        if magic == _SECTION:
            yield from self._blocks(source)
        elif magic in _PCAP:
            yield from self._records(source, *_PCAP[magic])
        else:
            raise BadInput("this is no capture", where=self.path.name, remedy="pcap and pcapng are read")

    def _records(self, source: _Bytes, order: str, unit: int) -> Iterator[Frame]:
        head = source.take(20)
        if len(head) < 20:
            self.problem = "the file ends in its header"
            return
        link = struct.unpack_from(f"{order}I", head, 16)[0] & 0x0FFFFFFF
        record = struct.Struct(f"{order}IIII")
        number = 0
        while True:
            head = source.take(16)
            if len(head) < 16:
                self.problem = "the last frame breaks off" if head else ""
                return
            seconds, part, size, length = record.unpack(head)
            data = source.take(size) if size <= LONGEST else b""
            if size > LONGEST or len(data) < size:
                self.problem = "a frame breaks off, or its length lies"
                return
            number += 1
            yield Frame(number, seconds * 1_000_000_000 + part * unit, link, data, length)

    def _blocks(self, source: _Bytes) -> Iterator[Frame]:
        """pcapng: sections, each in an order of bytes of its own, of blocks that say their length twice."""
        order, number, kind_bytes = "<", 0, _SECTION.to_bytes(4, "little")
        while True:
            rest = source.take(4)
            if len(rest) < 4:
                self.problem = "the file breaks off"
                return
            if kind_bytes == b"\x0a\x0d\x0d\x0a":
                mark = source.take(4)
                order = "<" if mark == b"\x4d\x3c\x2b\x1a" else ">"
                self._links.clear()
                size = struct.unpack(f"{order}I", rest)[0] - 16
                body = b""
            else:
                size = struct.unpack(f"{order}I", rest)[0] - 12
            if not 0 <= size <= LONGEST:
                self.problem = "a block's length lies"
                return
            body = source.take(size)
            if len(body) < size or len(source.take(4)) < 4:
                self.problem = "a block breaks off"
                return
            frame = self._block(struct.unpack(f"{order}I", kind_bytes)[0], body, order, number + 1)
            if frame is not None:
                number += 1
                yield frame
            kind_bytes = source.take(4)
            if len(kind_bytes) < 4:
                self.problem = "the file breaks off" if kind_bytes else ""
                return

    def _block(self, kind: int, body: bytes, order: str, number: int) -> Frame | None:
        if kind == _INTERFACE and len(body) >= 8:
            self._links.append((struct.unpack_from(f"{order}H", body)[0], _unit(body[8:], order)))
        elif kind in (_ENHANCED, _OLD) and len(body) >= 20:
            form = f"{order}IIIII" if kind == _ENHANCED else f"{order}HxxIIII"
            interface, high, low, size, length = struct.unpack_from(form, body)
            if interface < len(self._links) and size <= len(body) - 20:
                link, unit = self._links[interface]
                return Frame(number, ((high << 32) | low) * unit, link, body[20 : 20 + size], length)
        elif kind == _SIMPLE and len(body) >= 4 and self._links:
            length = struct.unpack_from(f"{order}I", body)[0]
            return Frame(number, 0, self._links[0][0], body[4 : 4 + length], length)
        return None


def _unit(options: bytes, order: str) -> int:
    """Nanoseconds of one tick of an interface's clock: option 9, a power of ten, or of two with the high bit set."""
    while len(options) >= 4:
        code, size = struct.unpack_from(f"{order}HH", options)
        if code == 9 and size == 1:
            power = options[4]
            ticks = int(2 ** (power & 0x7F) if power & 0x80 else 10**power)
            return max(1_000_000_000 // ticks, 1)
        if not code:
            break
        options = options[4 + (size + 3) // 4 * 4 :]
    return 1_000


class _Bytes:
    """Bytes of a file, unpacked if they are packed, never more than the limits allow."""

    def __init__(self, path: Path, limits: Limits) -> None:
        try:
            with path.open("rb") as stream:
                head = stream.read(4)
            packed: Any = next((name for magic, name in _PACKED.items() if head.startswith(magic)), None)
            self._stream: Any = pa.input_stream(str(path), compression=packed, buffer_size=_READ)
        except OSError as error:
            raise BadInput("the capture cannot be read", where=str(path), why=error.strerror or "") from None
        self._name = path.name
        self._left = limits.max_expanded_bytes if packed else None
        self._buffer, self._place = b"", 0

    def take(self, size: int) -> bytes:
        """The next bytes; fewer at the end."""
        if len(self._buffer) - self._place < size:
            self._fill(size)
        told = self._buffer[self._place : self._place + size]
        self._place += len(told)
        return told

    def _fill(self, size: int) -> None:
        try:
            more = self._stream.read(max(_READ, size))
        except (OSError, pa.ArrowException) as error:
            raise BadInput("this packed capture is damaged", where=self._name, why=str(error)[:120]) from None
        if self._left is not None:
            self._left -= len(more)
            if self._left < 0:
                raise BadInput("the capture is too large", where=self._name, why="more unpacked than is allowed")
        self._buffer, self._place = self._buffer[self._place :] + more, 0
