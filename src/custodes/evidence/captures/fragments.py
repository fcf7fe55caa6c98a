"""Datagrams sent in pieces: all count to one way, in whatever order they come, and payloads are put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from custodes.evidence.captures.layers import Datagram, Linked
from custodes.evidence.captures.ways import SECOND, Way

#: Datagrams in pieces that are held at once, and for how long.
MOST_OPEN, LONGEST_OPEN = 4_096, 60 * SECOND
_MOST_BYTES = 65_535


@dataclass(slots=True)
class Open:
    """One datagram: the way it counts to once its first piece was seen, and until then what its pieces add up to."""

    linked: Linked
    datagram: Datagram
    time: int
    way: Way | None = None
    frames: int = 0
    size_sent: int = 0
    pieces: dict[int, bytes] = field(default_factory=dict)
    places: set[int] = field(default_factory=set)
    covered: int = 0
    size: int = -1

    def complete(self) -> bool:
        """Whether every piece was seen, stored whole or not."""
        return 0 <= self.size <= self.covered

    def whole(self) -> bytes | None:
        """The datagram's payload, if every piece is stored."""
        found = b""
        for place in sorted(self.pieces):
            if place > len(found):
                return None
            found += self.pieces[place][len(found) - place :]
        return found if len(found) == self.size else None


class Fragments:
    """Every datagram in pieces that is not over."""

    def __init__(self) -> None:
        self._open: dict[tuple[bytes, ...], Open] = {}
        self._over: list[Open] = []

    def add(self, linked: Linked, found: Datagram, data: bytes, length: int, time: int) -> Open:
        """Take a piece. The caller sets `way` when the first one has come, and settles what was waiting."""
        assert found.fragment is not None
        identity, offset, more = found.fragment
        proto = found.proto if len(found.source) == 4 else 0  # each piece of IPv6 names what follows in it
        key = (linked.source, linked.target, found.source, found.target, bytes((proto,)), identity.to_bytes(4, "big"))
        held = self._open.get(key)
        anew = held is not None and not offset and held.way is not None and 0 in held.places
        if held is None or anew or time - held.time > LONGEST_OPEN or held.complete():
            if held is not None:
                self._over.append(held)
            held = self._open[key] = Open(linked, found, time)
        held.frames += 1
        held.size_sent += length
        if offset not in held.places:
            held.places.add(offset)
            held.covered += found.whole
        if not more:
            held.size = offset + found.whole
        payload = data[found.start : found.end]
        if len(payload) == found.whole and offset + len(payload) <= _MOST_BYTES:
            held.pieces.setdefault(offset, payload)
        return held

    def crowded(self) -> Iterator[Open]:
        """Those that others took the place of, and the oldest that there is no room for: forgotten with this."""
        yield from self._over
        self._over.clear()
        while len(self._open) > MOST_OPEN:
            yield self._open.pop(next(iter(self._open)))

    def rest(self) -> Iterator[Open]:
        """All that are left at the end."""
        yield from (*self._over, *self._open.values())
        self._open.clear()
