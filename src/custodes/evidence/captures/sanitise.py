"""A capture that can be given away: frames, headers, names and timing; payloads and people left out.

Lengths as sent stay, so bytes are counted as before; what is left out counts as stored cut. Every frame stays.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from custodes.evidence.captures.files import NO_LINK, Capture, Frame
from custodes.evidence.captures.keeping import Connections, kept_of_datagram
from custodes.evidence.captures.layers import ARP, ICMP, ICMPV6, TCP, UDP, Datagram, datagram, linked
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

_NANO, _SNAP = 0xA1B23C4D, 262_144
#: Of messages of ICMP: the header and what they quote of another's; neighbour discovery has its options behind.
_ICMP_KEPT, _NEIGHBOURS = 8, 64
_TELL_EVERY = 200_000


@dataclass(frozen=True, slots=True)
class Sanitised:
    """What was done: frames, bytes of payload that were kept and left out; frames that were left out whole."""

    frames: int
    kept: int
    removed: int
    left_out: int
    problem: str


def sanitise(path: Path, out: Path, limits: Limits, tell: Callable[[int], None]) -> Sanitised:
    """Write a capture without payloads and people. `tell`: frames so far. Raises BadInput if the file is no capture."""
    if out.exists():
        raise BadInput("the file is there already", where=str(out), remedy="name another, or move it away")
    capture = Capture(path, limits)
    writer = _Writer()
    with NamedTemporaryFile(dir=out.parent, prefix=".custodes-", delete=False) as stream:
        partial = Path(stream.name)
        try:
            for frame in capture.frames:
                if writer.link is None and frame.link != NO_LINK:
                    writer.link = frame.link
                    stream.write(struct.pack("<IHHiIII", _NANO, 2, 4, 0, 0, _SNAP, frame.link))
                stream.write(writer.frame(frame))
                if frame.number % _TELL_EVERY == 0:
                    tell(frame.number)
            if writer.link is None:
                raise BadInput("there is no frame in it", where=path.name)
            stream.close()
            partial.chmod(0o666 & ~_umask())
            partial.rename(out)
        finally:
            partial.unlink(missing_ok=True)
    return Sanitised(writer.frames, writer.kept, writer.removed, writer.left_out, capture.problem)


def _umask() -> int:
    """The rights that this process takes from new files."""
    held = os.umask(0)
    os.umask(held)
    return held


class _Writer:
    """Frames one after another, of one kind of link."""

    def __init__(self) -> None:
        self.link: int | None = None
        self.frames = self.kept = self.removed = self.left_out = 0
        self._connections = Connections()

    def frame(self, frame: Frame) -> bytes:
        """A frame as it is written; empty for one of another kind of link than the first."""
        if frame.link != self.link:
            self.left_out += 1
            return b""
        kept = self._kept(frame)
        self.frames += 1
        self.kept += len(kept)
        self.removed += len(frame.data) - len(kept)
        seconds, rest = divmod(frame.time, 1_000_000_000)
        return struct.pack("<IIII", seconds & 0xFFFFFFFF, rest, len(kept), frame.length) + kept

    def _kept(self, frame: Frame) -> bytes:
        data = frame.data
        found = linked(frame.link, data, 0, len(data))
        if found is None:
            return b""
        if found.kind == ARP:
            return data[: found.start + 28]
        inner = datagram(found.kind, data, found.start, len(data))
        if inner is None:
            return data[: found.start]
        return data[: inner.start] + self._payload(data, inner)

    def _payload(self, data: bytes, inner: Datagram) -> bytes:
        """What follows the header of IP: the header of what it carries, and what is kept of that."""
        place, end = inner.start, inner.end
        if inner.fragment is not None and inner.fragment[1]:
            return b""
        if inner.proto == UDP and end - place >= 8:
            sport, dport, size = struct.unpack_from(">HHH", data, place)
            content = data[place + 8 : min(end, place + size) if size >= 8 else end]
            if inner.fragment is not None:
                return data[place : place + 8]
            return data[place : place + 8] + kept_of_datagram(sport, dport, content)
        if inner.proto == TCP and end - place >= 20:
            sport, dport, sequence = struct.unpack_from(">HHI", data, place)
            size = (data[place + 12] >> 4) * 4
            start = min(place + max(size, 20), end)
            if inner.fragment is not None:
                return data[place:start]
            way = inner.source + inner.target + data[place : place + 4]
            kept = self._connections.kept_of_segment(way, sport, dport, sequence, data[start:end])
            return data[place:start] + kept
        if inner.proto == ICMPV6 and end > place and 133 <= data[place] <= 137:
            return data[place : min(end, place + _NEIGHBOURS)]
        return data[place : min(end, place + _ICMP_KEPT)] if inner.proto in (ICMP, ICMPV6) else b""
