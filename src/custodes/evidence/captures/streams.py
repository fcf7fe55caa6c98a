"""One direction of a TCP connection put in order: segments late, sent twice, overlapping or missing (RFC 9293)."""

from __future__ import annotations

import heapq
from typing import Protocol

from custodes.evidence.captures.bodies import Budget

#: Bytes and segments held while an earlier one is missing; then the hole is given up.
MOST_HELD, MOST_SEGMENTS = 1 << 20, 2_048
#: Bytes held of all connections together.
MOST_HELD_IN_ALL = 1 << 25
#: Bytes within which segments that came before their SYN are of its connection.
_LATE = 1 << 16
#: Segments held of a connection whose beginning was not captured, until one begins something that is known.
MOST_LOOSE = 8
_WHOLE, _HALF = 1 << 32, 1 << 31


class Sink(Protocol):
    """Whoever takes the bytes of a direction."""

    def begins(self, data: bytes) -> bool:
        """Whether bytes are the beginning of something known."""

    def feed(self, data: bytes) -> None:
        """The next bytes."""

    def skip(self, size: int) -> None:
        """So many bytes are missing here."""


class Stream:
    """Puts one direction in order. Sequence numbers are counted on past 32 bits, so that they can be compared."""

    __slots__ = ("_budget", "_heap", "_held", "_next", "_pending", "_start")

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._next = self._start = -1  # unknown
        self._pending: dict[int, tuple[bytes, int]] = {}
        self._heap: list[int] = []
        self._held = 0

    @property
    def begun(self) -> bool:
        """Whether its place is known."""
        return self._next >= 0

    def follows(self, sequence: int) -> bool:
        """Whether what was taken so far may be of the connection that a SYN with this number opens, come late."""
        return self._next < 0 or (self._start - sequence - 1) % _WHOLE < _LATE

    def reached(self, sequence: int) -> bool:
        """Whether all before a sequence number was handed on."""
        return self._next >= 0 and (self._next - sequence) % _WHOLE == 0

    def open(self, sequence: int, sink: Sink) -> None:
        """A SYN with a sequence number: the first byte has the next one. What was held of another connection goes."""
        if self._next >= 0:
            return
        self._next = self._start = (self._counted(sequence, self._heap[0]) if self._heap else _WHOLE + sequence) + 1
        for at in [at for at in self._heap if not 0 <= at - self._next < _LATE]:
            self._release(len(self._pending.pop(at)[0]))
        self._heap = sorted(self._pending)
        self._pass_on(sink)

    def put(self, sequence: int, data: bytes, whole: int, sink: Sink) -> None:
        """A segment of `whole` bytes of which the first are stored: hand on all that is now in order."""
        if self._next < 0 and sink.begins(data):
            self._next = self._start = self._counted(sequence, self._heap[0]) if self._heap else _WHOLE + sequence
        near = self._next if self._next >= 0 else self._heap[0] if self._heap else _WHOLE + sequence
        at = self._counted(sequence, near)
        if self._next < 0 or at > self._next:
            self._hold(at, data, whole)
            full = self._held > MOST_HELD or self._budget.held > MOST_HELD_IN_ALL
            if full or len(self._heap) > (MOST_SEGMENTS if self._next >= 0 else MOST_LOOSE):
                self._give_up(sink)
            return
        self._hand(at, data, whole, sink)
        self._pass_on(sink)

    def close(self, sink: Sink) -> None:
        """No more comes: what lies behind holes is handed on, the holes told."""
        while self._heap:
            self._give_up(sink)

    @staticmethod
    def _counted(sequence: int, near: int) -> int:
        """A sequence number counted on, the one nearest to a place."""
        return near + (sequence - near + _HALF) % _WHOLE - _HALF

    def _hold(self, at: int, data: bytes, whole: int) -> None:
        known = self._pending.get(at)
        if known is None:
            heapq.heappush(self._heap, at)
        elif known[1] >= whole:
            return
        self._release(-len(data) + (len(known[0]) if known else 0))
        self._pending[at] = (data, whole)

    def _hand(self, at: int, data: bytes, whole: int, sink: Sink) -> None:
        """A segment that begins at or before what is wanted next."""
        known = self._next - at
        if known >= whole:
            return
        self._next = at + whole
        if len(data) > known:
            sink.feed(data[known:] if known else data)
        missing = whole - max(len(data), known)
        if missing:
            sink.skip(missing)

    def _pass_on(self, sink: Sink) -> None:
        while self._heap and self._heap[0] <= self._next:
            at = heapq.heappop(self._heap)
            data, whole = self._pending.pop(at)
            self._release(len(data))
            self._hand(at, data, whole, sink)

    def _give_up(self, sink: Sink) -> None:
        """The nearest hole is passed over."""
        if self._next >= 0:
            sink.skip(self._heap[0] - self._next)
        else:
            self._start = self._heap[0]
        self._next = self._heap[0]
        self._pass_on(sink)

    def _release(self, size: int) -> None:
        self._held -= size
        self._budget.held -= size
