"""Who works the pieces of a job out. The results are the same bytes whoever it is."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from custodes.scale.job import Job
from custodes.scale.knowledge_file import knowledge_of, settle
from custodes.scale.pieces import Piece, Reader, read
from custodes.scale.records import Done
from custodes.scale.results import work


class Engine(Protocol):
    """Works pieces out."""

    def run(self, job: Job, pieces: Sequence[Piece]) -> Iterator[Done]:
        """Each piece once, in any order, as soon as its results are there."""


class Here:
    """This process alone: the least memory; what ends the process ends the run, which can be gone on with."""

    def __init__(self, reader: Reader = read) -> None:
        self._reader = reader

    def run(self, job: Job, pieces: Sequence[Piece]) -> Iterator[Done]:
        """As of the protocol."""
        held = knowledge_of(job)
        before = gc.get_threshold()
        settle()
        try:
            for piece in pieces:
                yield work(job, piece, held, reader=self._reader)
        finally:
            gc.unfreeze()
            gc.set_threshold(*before)


def duck() -> Here:
    """This process, its rows read by DuckDB."""
    from custodes.scale.streamed import read as streamed

    return Here(streamed)


def workers(many: int) -> Engine:
    """Processes of this machine, each watched."""
    from custodes.scale.supervised import Supervised

    return Supervised(many)


def cluster(master: str, told: Callable[[str], None]) -> Engine:
    """Executors of a Spark cluster."""
    from custodes.scale.spark import Cluster

    return Cluster(master, told)
