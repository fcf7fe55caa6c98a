"""Pieces over a Spark cluster, by `mapInArrow`.

Each task takes pieces, works them out in a process of its own (as on one machine: what ends that process leaves the
executor alone) and puts their results into their place, which all executors must reach. A task that is lost is begun
again by Spark and puts the same bytes. The program must be installed on the executors, in the same version.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

import pyarrow as pa

from custodes.model.errors import BadUsage, CustodesError
from custodes.scale.job import Job
from custodes.scale.pieces import Piece
from custodes.scale.results import Done, marked
from custodes.scale.supervised import Supervised

_MARK, _PIECES = "mark string", "number long, file string, first long, last long, start long, rows long"
#: Tasks for each core: few enough that the start of a process counts little, many enough to share them out evenly.
TASKS = 4


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
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise BadUsage("this wants the extra `spark`", remedy="pip install 'custodes[spark]'") from None
        if "://" not in job.out and not self._master.startswith("local"):
            self._told("results go to a folder: every executor must reach it under the same name")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        session = (
            SparkSession.builder.master(self._master)
            .appName("custodes")
            .config("spark.ui.enabled", "false")
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        try:
            rows = session.createDataFrame([tuple(asdict(one).values()) for one in pieces], _PIECES)
            tasks = min(len(pieces), TASKS * session.sparkContext.defaultParallelism)
            spread = rows.repartition(tasks).mapInArrow(_task(job), _MARK)
            for row in spread.toLocalIterator(prefetchPartitions=True):
                yield Done.read(row["mark"])
        except Exception as error:
            if isinstance(error, CustodesError):
                raise
            lines = [line for line in str(error).splitlines() if line.strip()]
            why = next((line for line in reversed(lines) if "Error" in line or "refused" in line), lines[0])
            raise ClusterFailed("Spark gave up", where=self._master, why=why.strip()[:300]) from error
        finally:
            session.stop()


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
