"""How long a job will take and what it will need, from a sample of its own rows."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import process_time

import pyarrow as pa

from custodes.knowledge import knowledge
from custodes.scale.job import Job, contract, inputs, planned
from custodes.scale.pieces import Piece, look, read
from custodes.scale.places import Place
from custodes.scale.results import packed_rows

#: Pieces that are looked into, spread over the table, and batches of each.
PIECES, BATCHES = 5, 1


@dataclass(frozen=True, slots=True)
class Estimate:
    """`cpu`: seconds over all rows, `start`: seconds of each process before its first row. `memory`: bytes of each
    process; `out`: bytes of the results. `sample`: rows that were worked out to know.
    """

    rows: int
    pieces: int
    sample: int
    start: float
    cpu: float
    memory: int
    out: int

    def wall(self, processes: int) -> float:
        """Seconds by the clock, on as many free cores as processes."""
        busy = min(processes, self.pieces)
        return self.start + self.cpu / max(1, busy)


def estimate(job: Job, overlays: Sequence[Path]) -> Estimate:
    """Works a sample out, here, and writes nothing. Raises BadInput, BadUsage as the job would."""
    source = Place.of(job.source)
    fit, pieces = planned(job, look(source))
    began = process_time()
    held, rule = knowledge(tuple(overlays)), contract(fit.function)
    first = next(read(source, pieces[0], fit.wanted, 1))
    list(rule.call(iter([inputs(fit, rule.takes, first)]), held))  # what is compiled with the first row is the start
    start = process_time() - began
    rows = out = 0
    began = process_time()
    for piece in _spread(pieces):
        batches = list(islice(read(source, piece, fit.wanted, fit.batch_rows), BATCHES))
        found = list(rule.call((inputs(fit, rule.takes, batch) for batch in batches), held))
        rows += sum(batch.num_rows for batch in batches)
        kept = pa.Table.from_batches([batch.select(list(fit.keep)) for batch in batches]).nbytes
        out += len(packed_rows(pa.Table.from_batches(found, schema=rule.gives))) + kept
    spent = process_time() - began
    total = sum(piece.rows for piece in pieces)
    return Estimate(total, len(pieces), rows, start, spent / rows * total, _held(), int(out / rows * total))


def _held() -> int:
    """Bytes that this process held at most. Its own (`VmHWM`): what `getrusage` tells is inherited by whoever began it
    when that held more.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _spread(pieces: Sequence[Piece]) -> list[Piece]:
    """Some pieces, from the first to the last."""
    step = max(1, (len(pieces) - 1) // (PIECES - 1)) if len(pieces) > 1 else 1
    return list(pieces[::step][:PIECES])
