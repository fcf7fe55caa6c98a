"""Datagrams that were sent in pieces: all count to one way, in whatever order they come, and UDP is put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from custodes.evidence.captures.layers import UDP, Datagram, Linked
from custodes.evidence.captures.ways import SECOND, Way

#: Datagrams in pieces that are held at once, and for how long.
MOST_OPEN, LONGEST_OPEN = 4_096, 60 * SECOND
_MOST_BYTES = 65_535


@dataclass(slots=True)
class _Open:
    """One datagram: the way it counts to once its first piece was seen, and until then what its pieces add up to."""

    linked: Linked
    datagram: Datagram
    time: int
    way: Way | None = None
    frames: int = 0
    size_sent: int = 0
    pieces: dict[int, bytes] = field(default_factory=dict)
    size: int = -1

    def whole(self) -> bytes | None:
        """The datagram's payload, if every piece is there."""
        if self.size < 0:
            return None
        found = b""
        for place in sorted(self.pieces):
            if place > len(found):
                return None
            found += self.pieces[place][len(found) - place :]
        return found if len(found) == self.size else None


class Fragments:
    """Every datagram in pieces that is not over."""

    def __init__(self) -> None:
        self._open: dict[tuple[bytes, bytes, int, int], _Open] = {}

    def add(self, linked: Linked, found: Datagram, data: bytes, length: int, time: int) -> _Open:
        """Take a piece. The caller sets `way` when the first one has come, and settles what was waiting."""
        assert found.fragment is not None
        identity, offset, more = found.fragment
        key = (found.source, found.target, found.proto, identity)
        held = self._open.get(key)
        if held is None or time - held.time > LONGEST_OPEN:
            held = self._open[key] = _Open(linked, found, time)
        held.frames += 1
        held.size_sent += length
        payload = data[found.start : found.end]
        if found.proto == UDP and len(payload) == found.whole and offset + len(payload) <= _MOST_BYTES:
            held.pieces.setdefault(offset, payload)
            if not more:
                held.size = offset + len(payload)
        return held

    def crowded(self) -> Iterator[_Open]:
        """The oldest ones that there is no room for, which are forgotten with this."""
        while len(self._open) > MOST_OPEN:
            yield self._open.pop(next(iter(self._open)))

    def rest(self) -> Iterator[_Open]:
        """All that are left at the end."""
        yield from self._open.values()
        self._open.clear()
