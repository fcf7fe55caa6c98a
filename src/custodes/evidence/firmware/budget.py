"""What unpacking may cost. A limit that is reached ends what is being unpacked, is told, and loses nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from custodes.model.firmware import Kind, Limits

_MIB = 1 << 20
_LARGE = 16 * _MIB
_MOST_MISSED = 20_000


class Enough(Exception):
    """A limit is reached."""


class Damaged(Exception):
    """Bytes are not what their header says."""


class Cut(Damaged):
    """A packing that breaks off. `data`: what came out of it until there."""

    def __init__(self, data: bytes, why: str) -> None:
        super().__init__(why)
        self.data = data


class Budget:
    """What is left of the limits while one image is opened."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self.reached: dict[str, None] = {}
        self._bytes = self._files = self._missed = 0
        self.no_zip: dict[tuple[int, int], int] = {}  # from where on bytes hold no end of a ZIP archive
        self._clock = clock
        self._end = clock() + limits.seconds

    def room(self) -> int:
        """Bytes that may still be unpacked. Raises Enough if there are none, or if time is up."""
        if self._clock() > self._end:
            self._stop(f"{self.limits.seconds:g} seconds")
        left = self.limits.bytes - self._bytes
        if left <= 0:
            self._stop(self._full)
        return left

    @property
    def _full(self) -> str:
        return f"{self.limits.bytes // _MIB} MiB unpacked"

    def fits(self, size: int) -> bool:
        """Whether so many bytes may still be unpacked; that they may not is told. Raises Enough if there is no room."""
        if size <= self.room():
            return True
        self.reached[self._full] = None
        return False

    def take(self, size: int) -> None:
        """Count unpacked bytes. Raises Enough over a limit."""
        self._bytes += size
        self.room()

    def ratio(self, size: int, packed: int) -> None:
        """Hold against the limit what came out of so many packed bytes. Raises Enough over it."""
        if size > _LARGE and size > self.limits.ratio * max(packed, 1):
            self._stop(f"a packing of more than 1 to {self.limits.ratio:g}")

    def file(self) -> None:
        """Count a place. Raises Enough over a limit."""
        self._files += 1
        if self._files > self.limits.files:
            self._stop(f"{self.limits.files} files")
        if not self._files % 256:
            self.room()

    def missed(self) -> None:
        """Count a beginning of a container that was none. Raises Enough over a limit."""
        self._missed += 1
        if self._missed > _MOST_MISSED:
            self._stop(f"{_MOST_MISSED} beginnings of containers that are none")

    def deep(self, depth: int) -> bool:
        """Whether containers lie in one another as deep as is allowed."""
        if depth > self.limits.depth:
            self.reached[f"{self.limits.depth} containers in one another"] = None
            return True
        return False

    def _stop(self, what: str) -> None:
        self.reached[what] = None
        raise Enough(what)


@dataclass(slots=True)
class Part:
    """What a container holds. `stored`: bytes it takes in the container; `offset`: where, if it lies there as it is;
    `read`: whether its bytes could be read."""

    name: str
    data: bytes | memoryview = b""
    kind: Kind = Kind.FILE
    mode: int | None = None
    owner: tuple[int, int] | None = None
    link: str = ""
    offset: int | None = None
    stored: int = 0
    read: bool = True


@dataclass(slots=True)
class Opened:
    """A container being read: its parts so far. `named`: whether it names them; `volume`: whether its parts are files
    of it; `wrapper`: whether they are images themselves; `end`: where it ends in the bytes that it began in."""

    budget: Budget
    parts: list[Part] = field(default_factory=list)
    identity: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    named: bool = True
    volume: bool = False
    wrapper: bool = False
    end: int = 0

    def unread(self, name: str, why: str) -> None:
        """Say that what a place holds is not read; the place itself is told."""
        self.problems.append(f"{name[:120]}: not read: {why}")

    def holds(self, size: int, name: str) -> bool:
        """Whether so many bytes may still be unpacked; a file that is too large is told as not read, and others are
        still read. Raises Enough if there is no room at all."""
        if self.budget.fits(size):
            return True
        self.unread(name, f"its {size} bytes are more than may still be unpacked")
        return False

    def add(self, part: Part) -> None:
        """Take a part. Raises Enough over a limit."""
        self.budget.file()
        self.parts.append(part)
