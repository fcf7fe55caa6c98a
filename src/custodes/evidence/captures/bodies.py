"""Bodies of answers as they pass: unpacked, hashed, and kept only where they are to be looked into."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

#: Bytes of fetched files that are kept in memory, where they are to be looked into.
MOST_KEPT = 256 << 20
#: Bytes that are unpacked for the hashes of all fetched files of a capture.
MOST_UNPACKED = 1 << 28
#: Ways to pack a body that are read here.
PACKINGS = frozenset(("gzip", "x-gzip", "deflate"))
#: Packings of one body, one inside the other: more are hostile.
MOST_PACKINGS = 4
#: Files of which a part was fetched and more may come, and answers that one comes in.
MOST_PARTS, MOST_ANSWERS = 256, 16_384
_KEPT = 64
_PIECE = 1 << 20
#: Packed bytes that are unpacked at a time: what is behind an end is copied, as often as something ends.
_SLICE = 1 << 14
#: What each further stream of a body counts as unpacked at least: empty ones cost time too.
_LEAST = 1 << 14


class Budget:
    """What all connections of a capture together may hold and unpack, in bytes. `keep`: whether fetched files are kept
    in memory, and `kept` how much of them is."""

    def __init__(self) -> None:
        self.held = 0
        self.unpacked = 0
        self.keep = False
        self.kept = 0


@dataclass(slots=True)
class Body:
    """The body of an answer as far as it was read. `whole`: nothing is missing from it; `size` and `sha256` count what
    an earlier answer brought of the same file too, `sent` the bytes of this one as sent; `pieces`: all of it, an answer
    each, where it is to be kept; `state`: the hash so far, to go on with; `packed`: its bytes are not those of the file
    as they are counted; `answers`: how many brought it."""

    sha256: str = ""
    size: int = 0
    sent: int = 0
    start: bytes = b""
    whole: bool = False
    pieces: tuple[bytes, ...] = ()
    state: Any = field(default_factory=hashlib.sha256)
    packed: bool = False
    answers: int = 0

    @property
    def kept(self) -> int:
        """Bytes of it that are kept."""
        return sum(map(len, self.pieces))

    @property
    def data(self) -> bytes:
        """All of it; empty where it is not kept."""
        found = b"".join(self.pieces)
        return found if len(found) == self.size else b""


class Hashed:
    """What a body holds, unpacked where it was packed for the way. `packed`: its packings, outermost first; `begun`:
    what earlier answers brought, behind which this one goes on. `known`: whether its packing is read here."""

    def __init__(self, packed: Sequence[str], budget: Budget, begun: Body | None = None) -> None:
        self._budget = budget
        self.known = PACKINGS.issuperset(packed) and len(packed) <= MOST_PACKINGS
        self._ways = [_Unpacking(one) for one in packed] if self.known else []
        self._begun = begun if begun is not None else Body()
        self._hash = self._begun.state.copy()
        self.body = Body(size=self._begun.size, start=self._begun.start, packed=bool(packed))
        self._data: bytearray | None = bytearray() if budget.keep else None

    def add(self, data: bytes) -> None:
        """The next bytes as they were sent."""
        self.body.sent += len(data)
        if not self.known:
            return
        try:
            for piece in self._unpacked(data, 0):
                self._take(piece)
        except zlib.error:
            self.known = False

    def _unpacked(self, data: bytes, way: int) -> Iterator[bytes]:
        if way == len(self._ways):
            yield data
            return
        for piece, cost in self._ways[way].take(data):
            self._budget.unpacked += cost
            if not self.known or self._budget.unpacked > MOST_UNPACKED:
                self.known = False
                return
            yield from self._unpacked(piece, way + 1)

    def _take(self, data: bytes) -> None:
        self._hash.update(data)
        self.body.size += len(data)
        self._store(data)
        if len(self.body.start) < _KEPT:
            self.body.start += data[: _KEPT - len(self.body.start)]

    def _store(self, data: bytes) -> None:
        """Keep what is to be kept; a body for which there is no room any more is not."""
        if self._data is None:
            return
        if self._budget.kept + len(data) > MOST_KEPT:
            self.release()
            return
        self._budget.kept += len(data)
        self._data += data

    def release(self) -> None:
        """Keep nothing of it any more."""
        if self._data is not None:
            self._budget.kept -= len(self._data)
        self._data = None

    def close(self, *, whole: bool) -> Body:
        """The body, once no more comes of it."""
        if self._data is not None:
            self.body.pieces = (*self._begun.pieces, bytes(self._data))
        self.release()  # whoever keeps it counts it anew
        self.body.whole = whole and self.known and all(way.over for way in self._ways)
        self.body.sha256, self.body.state = self._hash.hexdigest(), self._hash
        self.body.answers = self._begun.answers + 1
        return self.body


class _Unpacking:
    """One packing undone. "deflate" is zlib's form, or bare, as many servers send it (RFC 9110, 8.4.1.2); what is gzip
    for all that is read as it."""

    def __init__(self, coding: str) -> None:
        self._deflate = coding == "deflate"
        self._begun = b""
        self._inner: Any = None

    @property
    def over(self) -> bool:
        """Whether its end was seen."""
        return self._inner is not None and self._inner.eof

    def take(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        """What comes out of the next bytes, piece by piece, and what each counts. Raises zlib.error."""
        if self._inner is None:
            self._begun += data
            if len(self._begun) < 2:
                return
            data, self._begun = self._begun, b""
            self._inner = zlib.decompressobj(self._form(data))
        for place in range(0, len(data), _SLICE):
            yield from self._slice(data[place : place + _SLICE])

    def _slice(self, data: bytes) -> Iterator[tuple[bytes, int]]:
        while data:
            if self._inner.eof:
                if self._deflate:
                    raise zlib.error("more stands behind its end")
                self._inner = zlib.decompressobj(47)  # members of gzip one behind another are one body
                yield b"", _LEAST
            told = self._inner.decompress(data, _PIECE)
            yield told, len(told)
            data = self._inner.unconsumed_tail or self._inner.unused_data

    def _form(self, data: bytes) -> int:
        zlibs = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return -15 if self._deflate and not zlibs and data[:2] != b"\x1f\x8b" else 47


class Parts:
    """Files that devices fetch in several answers, one behind the other: what came so far, by whatever tells a file."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._held: dict[tuple[object, ...], Body] = {}

    def take(self, key: tuple[object, ...], first: int) -> Body | None:
        """What came of a file up to this place; None if not all of that did."""
        found = self._held.get(key)
        return found if found is not None and found.size == first and found.answers < MOST_ANSWERS else None

    def keep(self, key: tuple[object, ...], body: Body) -> None:
        """Keep what came of a file, of which more may come."""
        self.drop(key)
        while len(self._held) >= MOST_PARTS:
            self.drop(next(iter(self._held)))
        self._budget.kept += body.kept
        self._held[key] = body

    def drop(self, key: tuple[object, ...]) -> None:
        """Forget what came of a file."""
        found = self._held.pop(key, None)
        if found is not None:
            self._budget.kept -= found.kept
