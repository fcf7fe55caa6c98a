"""A whole job: begun or gone on with, worked out by an engine, finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from custodes.model.errors import BadUsage
from custodes.scale import knowledge_file, names, results, since
from custodes.scale.engines import Engine
from custodes.scale.job import Job, planned
from custodes.scale.pieces import look
from custodes.scale.places import Place, alone
from custodes.scale.records import Done, Quarantined


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `resumed`: rows that an earlier run had done."""

    rows: int
    of: int
    resumed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of a job. `anew`: rows that this run worked out; `all_since`: why earlier results spared it none."""

    rows: int
    pieces: int
    resumed: int
    quarantined: tuple[Quarantined, ...]
    anew: int = 0
    all_since: str = ""

    @classmethod
    def of(cls, done: Iterable[Done], resumed: int, anew: int, all_since: str) -> Summary:
        """From its pieces."""
        listed = sorted(done, key=lambda one: one.piece)
        left = tuple(one for piece in listed for one in piece.quarantined)
        return cls(sum(one.rows for one in listed), len(listed), resumed, left, anew, all_since)


def run_job(
    job: Job,
    engine: Engine,
    overlays: Sequence[Path],
    told: Callable[[Progress], None],
    answers: names.Answers | None = None,
) -> Summary:
    """Works a job out; one that was begun is gone on with. `answers`: a table of names to be joined to the rows.

    Raises BadInput, BadUsage, and what the engine raises.
    """
    source, out = Place.of(job.source), Place.of(job.out)
    if type(source.system) is type(out.system) and f"{out.path}/".startswith(f"{source.path.rstrip('/')}/"):
        raise BadUsage("the results would lie among the tables", where=job.out, remedy="give --out another folder")
    with alone(out):
        beside = {knowledge_file.NAME: knowledge_file.packed(overlays)}
        if answers is not None:
            beside[names.NAME] = names.condensed(answers)
        return _run(job, engine, beside, told)


def _run(job: Job, engine: Engine, beside: Mapping[str, bytes], told: Callable[[Progress], None]) -> Summary:
    """`beside`: files that lie beside the results and are part of what is asked."""
    source, out = Place.of(job.source), Place.of(job.out)
    hashes = {name: knowledge_file.name_of(data) for name, data in beside.items()}
    files = look(source)
    asked = replace(job, knowledge=hashes[knowledge_file.NAME], names=hashes.get(names.NAME, ""))
    fit, pieces = planned(asked, files)
    if fit.since:
        since.before(fit)
    done = results.begin(fit, pieces, {one.name: one.state for one in files})
    for name, data in beside.items():
        if not (out / name).kind():
            (out / name).put(data)
    all_since = _refused(fit) if fit.since else ""
    left = [piece for piece in pieces if piece.number not in done]
    resumed, total = sum(one.rows for one in done.values()), sum(piece.rows for piece in pieces)
    rows, anew = resumed, 0
    told(Progress(rows, total, resumed))
    for one in engine.run(fit, left) if left else ():
        done[one.piece] = one
        rows, anew = rows + one.rows, anew + one.anew
        told(Progress(rows, total, resumed))
    results.finish(fit, done.values())
    return Summary.of(done.values(), resumed, anew, all_since)


def _refused(job: Job) -> str:
    """Why nothing of earlier results can be carried over; empty where some can. Raises BadInput, BadUsage."""
    told = since.touching(job)
    return told if isinstance(told, str) else ""
