"""A whole job: begun or gone on with, worked out by an engine, finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from custodes.model.errors import BadUsage
from custodes.scale import knowledge_file, results
from custodes.scale.engines import Engine
from custodes.scale.job import Job, planned
from custodes.scale.pieces import look
from custodes.scale.places import Place, alone
from custodes.scale.results import Done, Quarantined


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `resumed`: rows that an earlier run had done."""

    rows: int
    of: int
    resumed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a job."""

    rows: int
    pieces: int
    resumed: int
    quarantined: tuple[Quarantined, ...]

    @classmethod
    def of(cls, done: Iterable[Done], resumed: int) -> Summary:
        """From its pieces."""
        listed = sorted(done, key=lambda one: one.piece)
        left = tuple(one for piece in listed for one in piece.quarantined)
        return cls(sum(one.rows for one in listed), len(listed), resumed, left)


def run_job(job: Job, engine: Engine, overlays: Sequence[Path], told: Callable[[Progress], None]) -> Summary:
    """Works a job out; one that was begun is gone on with. Raises BadInput, BadUsage, and what the engine raises."""
    source, out = Place.of(job.source), Place.of(job.out)
    if type(source.system) is type(out.system) and f"{out.path}/".startswith(f"{source.path.rstrip('/')}/"):
        raise BadUsage("the results would lie among the tables", where=job.out, remedy="give --out another folder")
    with alone(out):
        return _run(job, engine, overlays, told)


def _run(job: Job, engine: Engine, overlays: Sequence[Path], told: Callable[[Progress], None]) -> Summary:
    source, out = Place.of(job.source), Place.of(job.out)
    reference = knowledge_file.packed(overlays)
    files = look(source)
    fit, pieces = planned(replace(job, knowledge=knowledge_file.name_of(reference)), files)
    done = results.begin(fit, pieces, {one.name: one.state for one in files})
    held = out / knowledge_file.NAME
    if not held.kind():
        held.put(reference)
    left = [piece for piece in pieces if piece.number not in done]
    resumed, total = sum(one.rows for one in done.values()), sum(piece.rows for piece in pieces)
    rows = resumed
    told(Progress(rows, total, resumed))
    for one in engine.run(fit, left) if left else ():
        done[one.piece] = one
        rows += one.rows
        told(Progress(rows, total, resumed))
    results.finish(fit, done.values())
    return Summary.of(done.values(), resumed)
