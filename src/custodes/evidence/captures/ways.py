"""Traffic counted by way: one direction between two ports, of one pair of link addresses.

Bytes are lengths on the wire of whole frames, headers, tags and padding among them; every frame counts, those sent
again and empty segments too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from custodes.evidence.captures.addresses import is_external
from custodes.model.captures import Ends, Sum

SECOND = 1_000_000_000
#: Spans of time that a way's course is kept in: when they are full, each two become one.
SPANS = 64
#: Ways held at once; then those that have been still are added up and forgotten.
MOST_WAYS = 40_000
STILL = 120 * SECOND
#: Sums held; more peers than these are counted together.
MOST_SUMS = 100_000
#: After so long without a frame a way begins anew; so many beginnings are kept of one. A way looks at the clock once a
#: second, so its silence may be a second shorter.
QUIET = 3 * SECOND
MOST_BEGUN = 64
#: A sum of fewer bytes keeps no course.
LEAST_COURSE = 100_000


class Key(NamedTuple):
    """Which way: link addresses (empty where the link has none), addresses, protocol, ports (-1 where none)."""

    source_mac: bytes
    target_mac: bytes
    source: bytes
    target: bytes
    proto: int
    sport: int
    dport: int

    def back(self) -> tuple[bytes, bytes, int, int, int]:
        """What the way back has in common with this one, whatever its link addresses."""
        return self.target, self.source, self.proto, self.dport, self.sport


class Way:
    """One way's count.

    `look`: whether payloads are still handed to `talk`; frames shorter than `short` may open it anew. `opened`: whether
    it came before its way back. `spans`: bytes in each span of `width` nanoseconds from `first` on; `close`: when the
    present one ends; `turn`: when the clock is looked at next; `begun`: when it began anew after silence.
    """

    __slots__ = (
        "begun",
        "bytes",
        "close",
        "first",
        "frames",
        "key",
        "last",
        "look",
        "opened",
        "short",
        "spans",
        "spent",
        "talk",
        "tick",
        "turn",
        "width",
    )

    def __init__(self, key: Key, time: int, *, opened: bool) -> None:
        self.key, self.first, self.last, self.opened = key, time, time, opened
        self.bytes = self.frames = self.spent = 0
        self.look, self.short = False, 0
        self.talk: Any = None
        self.width = SECOND
        self.turn = self.close = time + SECOND
        self.tick = time
        self.begun: tuple[int, ...] = ()
        self.spans: list[int] = []

    def roll(self, time: int) -> None:
        """Close the spans that ended before a time, and see whether the way was silent. Costs once a second."""
        if time - self.tick >= QUIET and len(self.begun) < MOST_BEGUN:
            self.begun += (time,)
        self.tick = time
        if time >= self.close:
            self._close(time)
        self.turn = min(self.close, time + SECOND)

    def _close(self, time: int) -> None:
        self.spans.append(self.bytes - self.spent)
        self.spent = self.bytes
        empty = (time - self.close) // self.width
        while empty > SPANS:
            self._halve()
            empty = (time - self.close) // self.width
        self.spans += [0] * empty
        self.close += self.width * (empty + 1)
        while len(self.spans) > SPANS:
            self._halve()

    def _halve(self) -> None:
        if len(self.spans) % 2:  # the present span grows into a whole one of the new width
            self.spans.append(0)
            self.close += self.width
        self.spans = [sum(self.spans[place : place + 2]) for place in range(0, len(self.spans), 2)]
        self.width *= 2

    def course(self) -> tuple[int, ...]:
        """Bytes of each span, the present one too."""
        return (*self.spans, self.bytes - self.spent)


class Table:
    """Every way, and the sums of those that are over."""

    def __init__(self) -> None:
        self.ways: dict[Key, Way] = {}
        self.sums: dict[Ends, Sum] = {}
        self.backs: dict[tuple[bytes | int, ...], Way] = {}
        self.over = Sum()

    def way(self, key: Key, time: int) -> Way:
        """The way of a key, made if it is new."""
        found = self.ways.get(key)
        if found is None:
            back = self.backs.get((key.target_mac, key.source_mac, *key[2:])) or self._elsewhere(key)
            found = Way(key, time, opened=back is None)
            self.ways[key] = found
            self.backs[key.back()] = self.backs[key.source_mac, key.target_mac, *key.back()] = found
            if back is not None:
                found.talk = back.talk
        return found

    def _elsewhere(self, key: Key) -> Way | None:
        """The way back over other link addresses, as where two routers share the work; never that of another device."""
        back = self.backs.get(key[2:])
        if back is None or (key.source_mac and back.key.target_mac and key.source_mac != back.key.target_mac):
            return None
        return back

    def crowded(self) -> bool:
        """Whether ways should be added up."""
        return len(self.ways) >= MOST_WAYS

    def settle(self, before: int) -> None:
        """Add up and forget the ways that were last used before a time; if few were, the older half of all."""
        ways = list(self.ways.values())
        old = [way for way in ways if way.last < before]
        if len(old) < len(ways) // 4:
            old = sorted(ways, key=lambda way: way.last)[: len(ways) // 2]
        for way in old:
            self._forget(way)

    def close(self) -> Iterator[tuple[Ends, Sum]]:
        """Add up all that is left: every sum by its ends."""
        for way in list(self.ways.values()):
            self._forget(way)
        yield from self.sums.items()

    def _forget(self, way: Way) -> None:
        del self.ways[way.key]
        for back in (way.key.back(), (way.key.source_mac, way.key.target_mac, *way.key.back())):
            if self.backs.get(back) is way:
                del self.backs[back]
        ends = _ends(way)
        held = self.sums.get(ends)
        if held is None:
            if len(self.sums) >= MOST_SUMS:
                held = self.over
            else:
                held = self.sums[ends] = Sum()
        held.add(
            way.bytes, way.frames, way.first, way.last, way.course() if way.bytes >= LEAST_COURSE else (), way.width
        )
        held.begin((way.first, *way.begun))
        if way.talk is not None and way.talk.kind:
            held.talks[way.talk.kind] = None


def _ends(way: Way) -> Ends:
    """The ends of a way without the port that is chosen anew for every connection: that of a device of the site that
    calls out, and between devices of the site that of whoever began."""
    key, sport, dport = way.key, way.key.sport, way.key.dport
    out, back = is_external(key.source), is_external(key.target)
    if way.opened and not out:
        sport = -1
    elif not way.opened and not back:
        dport = -1
    return Ends(key.source_mac, key.target_mac, key.source, key.target, key.proto, sport, dport, way.opened)
