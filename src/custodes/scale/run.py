"""Runs a batch function, given by name, over batches: in this process, or in supervised worker processes.

Order and answers do not depend on the number of workers. A worker that dies loses one batch, which is tried
once more alone; if it dies again the batch is refused with a clear error.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa

from custodes.knowledge import knowledge
from custodes.model.errors import CustodesError
from custodes.scale.job import Batches, named

_STATE: dict[str, Any] = {}


class BatchRefused(CustodesError):
    """A batch that killed its worker twice."""

    exit_code = 3


def run(
    function: str, batches: Iterable[pa.RecordBatch], *, overlays: Sequence[Path] = (), workers: int = 1
) -> Batches:
    """Apply `function` to every batch with the pack and its overlays, in order."""
    if workers <= 1:
        loaded = knowledge(overlays)
        gc.freeze()  # the pack never changes: the collector need not walk through it again and again
        yield from named(function)(iter(batches), loaded)
        return
    yield from _in_processes(function, iter(batches), tuple(overlays), workers)


def _start(function: str, overlays: tuple[Path, ...]) -> None:
    _STATE["call"] = (named(function), knowledge(overlays))
    gc.freeze()


def _one(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    function, loaded = _STATE["call"]
    return list(function(iter([batch]), loaded))


def _pool(function: str, overlays: tuple[Path, ...], workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start, initargs=(function, overlays)
    )


def _in_processes(function: str, batches: Batches, overlays: tuple[Path, ...], workers: int) -> Batches:
    waiting: deque[tuple[pa.RecordBatch, Future[list[pa.RecordBatch]]]] = deque()
    with _pool(function, overlays, workers) as pool:
        for batch in batches:
            waiting.append((batch, pool.submit(_one, batch)))
            if len(waiting) > 2 * workers:
                yield from _finish(*waiting.popleft(), function, overlays)
        while waiting:
            yield from _finish(*waiting.popleft(), function, overlays)


def _finish(
    batch: pa.RecordBatch, future: Future[list[pa.RecordBatch]], function: str, overlays: tuple[Path, ...]
) -> list[pa.RecordBatch]:
    try:
        return future.result()
    except BrokenProcessPool:
        with _pool(function, overlays, 1) as alone:
            try:
                return alone.submit(_one, batch).result()
            except BrokenProcessPool:
                raise BatchRefused(
                    "a batch of rows ended its worker process twice",
                    where=f"{batch.num_rows} rows",
                    remedy="run again with --workers 1 and report the input",
                ) from None
