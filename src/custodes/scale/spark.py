"""Pieces over a Spark cluster, by `mapInArrow`.

Each task takes pieces, works them out in a process of its own (as on one machine: what ends that process leaves the
executor alone) and puts their results into their place, which all executors must reach. A task that is lost is begun
again by Spark and puts the same bytes. The program must be installed on the executors, in the same version.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from custodes.model.errors import BadUsage, CustodesError
from custodes.scale.job import Job
from custodes.scale.pieces import Piece
from custodes.scale.records import Done, marked, marks
from custodes.scale.supervised import Supervised

_MARK, _PIECES = "mark string", "number long, file string, first long, last long, start long, rows long"
#: Tasks for each core: few enough that the start of a process counts little, many enough to share them out evenly.
TASKS = 4
#: Seconds between two looks at what is done.
_LOOK = 1.0


class ClusterFailed(CustodesError):
    """Spark gave up."""

    exit_code = 3


class Cluster:
    """A cluster by its master: `spark://host:7077`, `yarn`, `k8s://...`, `local[2]`."""

    def __init__(self, master: str, told: Callable[[str], None]) -> None:
        if not master:
            raise BadUsage("a cluster wants its address", remedy="--master spark://HOST:7077, or local[2]")
        self._master, self._told = master, told

    def run(self, job: Job, pieces: Sequence[Piece]) -> Iterator[Done]:
        """As of the protocol. Raises ClusterFailed."""
        if "://" not in job.out and not self._master.startswith("local"):
            self._told("results go to a folder: every executor must reach it under the same name")
        session = _session(self._master)
        failed: list[BaseException] = []
        at_work = threading.Thread(target=_collect, args=(session, job, pieces, failed), daemon=True)
        at_work.start()
        try:
            wanted = {one.number for one in pieces}
            seen: set[int] = set()
            while not wanted <= seen:
                ended = not at_work.is_alive()  # asked before the marks are looked at: they are all there then
                for done in marks(job, seen):
                    seen.add(done.piece)
                    if done.piece in wanted:
                        yield done
                if ended and not wanted <= seen:
                    raise ClusterFailed("Spark gave up", where=self._master, why=_why(failed))
                at_work.join(_LOOK)
        finally:
            session.stop()


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise BadUsage("this wants the extra `spark`", remedy="pip install 'custodes[spark]'") from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    made = SparkSession.builder.master(master).appName("custodes")
    told = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    if master.startswith("local") or re.match(r"spark://(127\.|localhost)", master):
        told |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    for name, value in told.items():
        made = made.config(name, value)
    try:
        session = made.getOrCreate()
    except Exception as error:
        raise ClusterFailed("there is no cluster", where=master, why=_why([error])) from None
    session.sparkContext.setLogLevel("OFF")
    return session


def _collect(session: Any, job: Job, pieces: Sequence[Piece], failed: list[BaseException]) -> None:
    """All pieces, over the cluster. What they come to is read from their marks, as soon as each is there."""
    try:
        rows = session.createDataFrame([tuple(asdict(one).values()) for one in pieces], _PIECES)
        tasks = min(len(pieces), TASKS * session.sparkContext.defaultParallelism)
        rows.repartition(tasks).mapInArrow(_task(job), _MARK).collect()
    except Exception as error:
        failed.append(error)


def _why(failed: Sequence[BaseException]) -> str:
    """The line of a long Java story that says it."""
    lines = [line.strip() for one in failed for line in str(one).splitlines() if line.strip()]
    last = [line for line in lines if re.search(r"Error|Exception|refused", line) and not line.startswith("at ")]
    return (last or lines or ["its tasks ended without their marks"])[-1][:300]


def _task(job: Job) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Pieces in, their marks out. Of a task that was lost, what it had done already is not done again."""

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            left = []
            for piece in (Piece(**row) for row in batch.to_pylist()):
                mark = marked(job, piece)
                if mark is None:
                    left.append(piece)
                else:
                    yield _marks([mark])
            for done in Supervised(1).run(job, left):
                yield _marks([done])

    return work


def _marks(done: Sequence[Done]) -> pa.RecordBatch:
    return pa.record_batch([pa.array([one.text() for one in done], pa.string())], names=["mark"])
