"""Pieces over processes of this machine, each of them watched.

What a process reads is hostile, and native code can end it. It says which batch it takes in hand; should it end there,
the piece is begun again in a new process, and a batch that ends its process twice is left out: quarantined as it came,
and told. A process that says nothing for too long is ended, and counts as one that ended.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from time import monotonic
from typing import Any

from custodes.model.errors import BadInput, CustodesError
from custodes.scale.job import Job
from custodes.scale.pieces import Piece
from custodes.scale.records import Done

#: Seconds that a process may be silent over one batch.
PATIENCE = 600.0
#: The same before it says anything at all: it loads the reference data.
START = 120.0
#: Ends of a process over one batch, after which the batch is quarantined; over none at all, after which all is off.
ENDS, STARTS = 2, 3
#: Where a process is before it has said anything of a piece.
_STARTING = "starting"


class WorkersRefused(CustodesError):
    """No process can be kept up."""

    exit_code = 3


@dataclass(eq=False)
class _Worker:
    """A process with what it works on. `at`: the batch that it has in hand, or what else it is at."""

    process: subprocess.Popen[bytes]
    piece: Piece | None = None
    at: int | str = _STARTING
    heard: float = 0.0
    half: bytes = b""

    @classmethod
    def started(cls, job: Job) -> _Worker:
        words = [sys.executable, "-P", "-m", "custodes.scale.child"]  # nothing of the folder that one stands in is run
        made = cls(subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0))
        made._say(job.line())
        return made

    def _say(self, text: str) -> None:
        assert self.process.stdin is not None
        with suppress(OSError):  # it has ended already: that is heard on its line
            self.process.stdin.write(text.encode() + b"\n")

    def give(self, piece: Piece, skip: dict[int, str]) -> None:
        self.piece, self.at, self.heard = piece, _STARTING, monotonic()
        self._say(json.dumps({"piece": asdict(piece), "skip": skip}))

    def heard_now(self) -> list[dict[str, Any]] | None:
        """What it said; None once it has ended."""
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        if not data:
            return None
        self.heard = monotonic()
        *lines, self.half = (self.half + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def end(self) -> str:
        """Ends it; how it ended."""
        assert self.process.stdin is not None
        with suppress(OSError):
            self.process.stdin.close()  # with nothing more to do it ends by itself
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1.0)
        self.process.kill()
        code = self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            with suppress(OSError):
                stream.close()
        return f"its process ended by signal {-code}" if code < 0 else f"its process ended with {code}"


@dataclass
class _Trouble:
    """What went wrong so far: how often at which batch of which piece, and what is left out of it."""

    ends: Counter[tuple[int, int | str]] = field(default_factory=Counter)
    skip: dict[int, dict[int, str]] = field(default_factory=dict)
    starts: int = 0

    def ended(self, one: _Worker, why: str) -> None:
        """A process ended over what it had in hand. Raises WorkersRefused where that was no batch, again and again."""
        assert one.piece is not None
        if one.at == _STARTING:
            self.starts += 1
            if self.starts >= STARTS:
                raise WorkersRefused("processes end before they begin", why=why, remedy="try --engine here")
            return
        key = (one.piece.number, one.at)
        self.ends[key] += 1
        if self.ends[key] < ENDS:
            return
        if isinstance(one.at, str):
            raise WorkersRefused(
                f"processes end while {one.at} a piece",
                where=one.piece.file,
                why=why,
                remedy="the same command goes on with all that is done; --engine here may say more",
            )
        self.skip.setdefault(one.piece.number, {})[one.at] = why


class Supervised:
    """So many processes. `patience`: seconds that one may be silent over a batch."""

    def __init__(self, many: int, patience: float = PATIENCE) -> None:
        self._many, self._patience = many, patience

    def run(self, job: Job, pieces: Sequence[Piece]) -> Iterator[Done]:
        """As of the protocol. Raises WorkersRefused where processes end before they begin."""
        left, trouble = deque(pieces), _Trouble()
        at_work = [_Worker.started(job) for _ in range(min(self._many, len(pieces)))]
        try:
            while left or any(one.piece is not None for one in at_work):
                for one in at_work:
                    if one.piece is None and left:
                        piece = left.popleft()
                        one.give(piece, trouble.skip.get(piece.number, {}))
                yield from self._round(job, at_work, left, trouble)
        finally:
            for one in at_work:
                if one.piece is not None:
                    one.process.kill()
                one.end()

    def _round(self, job: Job, at_work: list[_Worker], left: deque[Piece], trouble: _Trouble) -> Iterator[Done]:
        """Hears what there is to hear, once."""
        for one in _ready([one for one in at_work if one.piece is not None]):
            said = one.heard_now()
            why = "" if said is not None else one.end()
            for told in said or ():
                if "at" in told:
                    one.at = told["at"]
                elif "done" in told:
                    one.piece, trouble.starts = None, 0
                    yield Done.of(told["done"])
                elif "refused" in told:
                    what, where, because, remedy = told["refused"]
                    raise BadInput(what, where=where, why=because, remedy=remedy)
                else:
                    why = told["fault"]
            if why:
                _again(job, one, at_work, left, trouble, why)
        for one in list(at_work):
            patience = max(self._patience, START) if one.at == _STARTING else self._patience
            if one.piece is not None and monotonic() - one.heard > patience:
                _again(job, one, at_work, left, trouble, f"nothing for {patience:.0f} seconds")


def _ready(at_work: Sequence[_Worker]) -> list[_Worker]:
    """Those that say something, or have ended; after a second, none."""
    with selectors.DefaultSelector() as waiting:
        for one in at_work:
            assert one.process.stdout is not None
            waiting.register(one.process.stdout, selectors.EVENT_READ, one)
        return [key.data for key, _ in waiting.select(1.0)]


def _again(job: Job, one: _Worker, at_work: list[_Worker], left: deque[Piece], trouble: _Trouble, why: str) -> None:
    """A process in the place of one that ended, and its piece back to the front."""
    assert one.piece is not None
    one.process.kill()
    one.end()
    trouble.ended(one, why)
    left.appendleft(one.piece)
    at_work[at_work.index(one)] = _Worker.started(job)
