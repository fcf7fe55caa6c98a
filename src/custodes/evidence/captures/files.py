"""pcap and pcapng: frames one after another, with time and link type; packed with gzip or zstd as they stand.

Formats: https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/ and .../draft-ietf-opsawg-pcapng/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from custodes.evidence.captures.packed import Damaged, opened
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

#: Magic of pcap as read little-endian, to byte order and nanoseconds of a tick.
_PCAP = {
    0xA1B2C3D4: ("<", 1_000),
    0xD4C3B2A1: (">", 1_000),
    0xA1B23C4D: ("<", 1),
    0x4D3CB2A1: (">", 1),
}
_SECTION, _INTERFACE, _SIMPLE, _STATISTICS, _ENHANCED, _OLD = 0x0A0D0D0A, 1, 3, 5, 6, 2
_SECTION_BYTES = b"\x0a\x0d\x0d\x0a"
#: A longer frame or block is damage.
LONGEST = 16 * 1024 * 1024
#: Bytes read at once: pieces that stay in a processor's own memory are the quickest.
_READ = 1 << 17
_SECOND = 1_000_000_000
#: The link type of a frame of an interface that was not described.
NO_LINK = -1
#: Time in nanoseconds since 1970, link type, where the frame starts, bytes stored, length as sent, and the bytes that
#: it lies in: a plain tuple, since a long capture has hundreds of millions of them.
Record = tuple[int, int, int, int, int, bytes]


class Frame(NamedTuple):
    """One frame: its number from 1, time in nanoseconds since 1970, link type, bytes as captured, length as sent."""

    number: int
    time: int
    link: int
    data: bytes
    length: int


class Interface(NamedTuple):
    """An interface of a pcapng section: link type, nanoseconds of a tick as a fraction, and the clock's offset."""

    link: int
    unit: int
    ticks: int
    offset: int


@dataclass
class Capture:
    """A capture being read: drain `records` or `frames`, then trust the rest.

    `problem`: why it ended before its end; `truncated`: the file ends inside a record; `dropped`: frames that the
    capturing program says it lost, None where it says nothing.
    """

    path: Path
    limits: Limits
    problem: str = ""
    truncated: bool = False
    dropped: int | None = None
    _interfaces: list[Interface] = field(default_factory=list)
    _lost: dict[int, int] = field(default_factory=dict)
    _time: int = 0  # of the last frame that tells it: simple blocks tell none

    @property
    def frames(self) -> Iterator[Frame]:
        """Every frame up to the end or the damage. Raises BadInput if the file is no capture."""
        for number, (time, link, start, size, length, held) in enumerate(self.records, 1):
            yield Frame(number, time, link, held[start : start + size], length)

    @property
    def records(self) -> Iterator[Record]:
        """Every frame as a Record, up to the end or the damage. Raises BadInput if the file is no capture."""
        window = _Window(self.path, self.limits)
        try:
            magic = int.from_bytes(window.take(4), "little")
            if magic == _SECTION:
                yield from self._blocks(window)
            elif magic in _PCAP:
                yield from self._of_pcap(window, *_PCAP[magic])
            else:
                raise BadInput("this is no capture", where=self.path.name, remedy="pcap and pcapng are read")
        except Damaged as damage:
            if not window.started:
                raise BadInput("the packed capture is damaged", where=self.path.name, why=str(damage)) from None
            self._ends(str(damage))  # what was readable before stands

    def _ends(self, problem: str, *, inside: bool = True) -> None:
        self.problem, self.truncated = problem, inside

    def _of_pcap(self, window: _Window, order: str, unit: int) -> Iterator[Record]:
        head = window.take(20)
        if len(head) < 20:
            self._ends("the file ends in its header")
            return
        link = struct.unpack_from(f"{order}I", head, 16)[0] & 0xFFFF  # the rest tells of checksums
        read = struct.Struct(f"{order}IIII").unpack_from
        held, place, end = window.held, window.place, len(window.held)
        while True:
            if place + 16 > end:
                held, place, end = window.more(place, 16)
                if place + 16 > end:
                    if place < end:
                        self._ends("the last frame breaks off")
                    return
            seconds, part, size, length = read(held, place)
            place += 16
            if place + size > end:
                if size > LONGEST:
                    self._ends("a frame's length lies")
                    return
                held, place, end = window.more(place, size)
                if place + size > end:
                    self._ends("the last frame breaks off")
                    return
            yield seconds * _SECOND + part * unit, link, place, size, length, held
            place += size

    def _blocks(self, window: _Window) -> Iterator[Record]:
        """pcapng: sections, each in an order of bytes of its own, of blocks that say their length twice."""
        order, kind = "<", _SECTION_BYTES
        enhanced = struct.Struct("<IIIII").unpack_from
        while True:
            if kind == _SECTION_BYTES:
                size_bytes, mark = window.take(4), window.take(4)
                order = "<" if mark == b"\x4d\x3c\x2b\x1a" else ">"
                enhanced = struct.Struct(f"{order}IIIII").unpack_from
                self._interfaces.clear()
                self._lost.clear()
                size = int.from_bytes(size_bytes, "little" if order == "<" else "big") - 16
            else:
                size = int.from_bytes(window.take(4), "little" if order == "<" else "big") - 12
            if not 0 <= size <= LONGEST:
                self._ends("a block's length lies, or the file breaks off in it")
                return
            start = window.reach(size + 4)
            if start < 0:
                self._ends("the last block breaks off")
                return
            held = window.held
            found = self._block(kind, held, start, size, order, enhanced)
            if found is not None:
                yield found
            kind = window.take(4)
            if len(kind) < 4:
                if kind:
                    self._ends("the last block breaks off")
                return

    def _block(self, kind: bytes, held: bytes, start: int, size: int, order: str, enhanced: Any) -> Record | None:
        number = int.from_bytes(kind, "little" if order == "<" else "big")
        if number == _ENHANCED and size >= 20:
            interface, high, low, stored, length = enhanced(held, start)
        elif number == _OLD and size >= 20:
            interface, high, low, stored, length = struct.unpack_from(f"{order}HxxIIII", held, start)
        elif number == _SIMPLE and size >= 4 and self._interfaces:
            length = struct.unpack_from(f"{order}I", held, start)[0]
            return self._time, self._interfaces[0].link, start + 4, min(length, size - 4), length, held
        else:
            self._told(number, held[start : start + size], order)
            return None
        if stored > size - 20:
            return None
        if interface >= len(self._interfaces):
            return self._time, NO_LINK, start + 20, stored, length, held
        link, unit, ticks, offset = self._interfaces[interface]
        self._time = ((high << 32) | low) * unit // ticks + offset
        return self._time, link, start + 20, stored, length, held

    def _told(self, kind: int, body: bytes, order: str) -> None:
        """Blocks about interfaces: how they tell time, and what was lost on them."""
        if kind == _INTERFACE and len(body) >= 8:
            told = dict(_options(body[8:], order))
            unit, ticks = _tick(told.get(9, b"\x06"))
            offset = struct.unpack(f"{order}q", told[14])[0] * _SECOND if len(told.get(14, b"")) == 8 else 0
            self._interfaces.append(Interface(struct.unpack_from(f"{order}H", body)[0], unit, ticks, offset))
        elif kind == _STATISTICS and len(body) >= 12:
            told = dict(_options(body[12:], order))
            if len(told.get(5, b"")) == 8:  # frames lost since the capture began, told again and again
                self._lost[struct.unpack_from(f"{order}I", body)[0]] = struct.unpack(f"{order}Q", told[5])[0]
                self.dropped = sum(self._lost.values())


def _options(options: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    while len(options) >= 4:
        code, size = struct.unpack_from(f"{order}HH", options)
        if not code:
            return
        yield code, options[4 : 4 + size]
        options = options[4 + (size + 3) // 4 * 4 :]


def _tick(power: bytes) -> tuple[int, int]:
    """Nanoseconds of one tick as a fraction: a power of ten, or of two with the high bit set."""
    exponent = power[0] & 0x7F if power else 6
    return _SECOND, int(2**exponent if power and power[0] & 0x80 else 10**exponent)


class _Window:
    """Bytes of a file, unpacked if they are packed, of which no more is held than is needed."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._stream = opened(path, limits)
        self.held, self.place, self.started = b"", 0, False

    def take(self, size: int) -> bytes:
        """The next bytes; fewer at the end."""
        if len(self.held) - self.place < size:
            self.more(self.place, size)
        told = self.held[self.place : self.place + size]
        self.place += len(told)
        return told

    def reach(self, size: int) -> int:
        """Where in `held` the next bytes lie, which are passed over; -1 if there are fewer."""
        if len(self.held) - self.place < size:
            self.more(self.place, size)
            if len(self.held) - self.place < size:
                return -1
        start = self.place
        self.place += size
        return start

    def more(self, place: int, size: int) -> tuple[bytes, int, int]:
        """Hold at least so many bytes from a place on, if the file has them: what is held, the place, its end."""
        rest, wanted = self.held[place:], max(_READ, size)
        pieces, length = [rest], len(rest)
        while length < size or len(pieces) == 1:
            more = self._stream.read(wanted)
            if not more:
                break
            self.started = True
            pieces.append(more)
            length += len(more)
        self.held, self.place = b"".join(pieces), 0
        return self.held, 0, length
