"""Results of an earlier run carried over: only rows that a change of the reference data can touch are worked out anew.

The same files come out, byte for byte, as if everything had been. A batch function says which rows may be touched
(`touched` of its module); one that does not say it, or a change that may touch any row, has everything worked out.
Pieces of files that are new, or were others then, are worked out whole.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodes import __version__
from custodes.model.errors import BadInput, BadUsage, CustodesError
from custodes.scale.columns import flat
from custodes.scale.job import Batches, Contract, Job, contract
from custodes.scale.knowledge_file import earlier, knowledge_of
from custodes.scale.parting import parted
from custodes.scale.pieces import Piece, Reader
from custodes.scale.places import Place
from custodes.scale.records import JOB, Done, manifest_of

#: The column of results that says with which edition of the reference data a row was worked out.
VERSION = "knowledge"
_Key = tuple[str, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Before:
    """What an earlier run left, piece by piece. `program`: the version that worked it out."""

    pieces: dict[_Key, Done]
    program: str


def before(job: Job) -> Before:
    """The results that a job names. Raises BadInput, BadUsage where they are of another job."""
    return _before(job.line())


@lru_cache(maxsize=1)
def _before(line: str) -> Before:
    job = Job.read(line)
    if Place.of(job.since).path == Place.of(job.out).path:
        raise BadUsage("earlier results are carried over to another folder", where=job.out, remedy="give another --out")
    done = {one.piece: one for one in manifest_of(job.since)}
    try:
        told = json.loads((Place.of(job.since) / JOB).read())
        asked, pieces, program = told["job"], [Piece(**one) for one in told["pieces"]], told["program"]
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise _damaged(job.since, str(error)) from None
    for name, value in json.loads(json.dumps(job.asked())).items():
        if name != VERSION and asked.get(name) != value:
            what = f"the earlier results were asked for with another {name.replace('_', ' ')}"
            raise BadUsage(what, where=job.since, remedy="ask the same, or leave --since out")
    whole = {_key(one): done[one.number] for one in pieces if not done[one.number].quarantined}
    return Before(whole, program)


def _damaged(where: str, why: str) -> BadInput:
    remedy = "leave --since out: everything is then worked out"
    return BadInput("these earlier results are damaged", where=where, why=why[:160], remedy=remedy)


def _key(piece: Piece) -> _Key:
    return piece.file, piece.first, piece.last, piece.start, piece.rows


def touching(job: Job) -> Any:
    """What says of a batch which of its rows may be touched; a text where any may be, which says why."""
    return _touching(job.line())


@lru_cache(maxsize=1)
def _touching(line: str) -> Any:
    job = Job.read(line)
    told = contract(job.function).touched
    if before(job).program != __version__:
        return f"the earlier results are of version {before(job).program} of the program"
    if told is None:
        return "this function does not say what a change touches"
    try:
        old = earlier(job.since)
    except (zipfile.BadZipFile, OSError, CustodesError) as error:
        raise _damaged(job.since, str(error)) from None
    return told(old, knowledge_of(job))


class CarriedOver:
    """A batch function that works out what is touched, and takes the rest from earlier results. `anew`: rows so far.

    `made_of`: the hash of what the piece reads.
    """

    def __init__(self, job: Job, piece: Piece, reader: Reader, made_of: str) -> None:
        self._rule: Contract = contract(job.function)
        self._touched = touching(job)
        self._old = _in_order(job, piece, reader, made_of) if not isinstance(self._touched, str) else None
        self.anew = 0

    def __call__(self, batches: Batches, knowledge: Any) -> Batches:
        """As the function."""
        if self._old is None:
            for result in self._rule.call(batches, knowledge):
                self.anew += result.num_rows
                yield result
            return
        start = 0
        for batch in batches:
            old = self._old.slice(start, batch.num_rows)
            start += batch.num_rows
            yield self._stitched(batch, old, knowledge)

    def _stitched(self, batch: pa.RecordBatch, old: pa.Table, knowledge: Any) -> pa.RecordBatch:
        touched: Any = self._touched(batch)
        many = touched.true_count
        self.anew += many
        if many:
            (new,) = self._rule.call(iter([batch.filter(touched)]), knowledge)
            both = pa.concat_tables([old, pa.Table.from_batches([new])]).unify_dictionaries()
            places = pc.cumulative_sum(touched.cast(pa.int64()))
            here = pa.array(range(batch.num_rows), pa.int64())
            old = both.take(pc.if_else(touched, pc.add(places, batch.num_rows - 1), here))
        columns = [flat(column) for column in old.columns]
        kind = self._rule.gives.field(VERSION).type
        version: Any = pa.repeat(pa.scalar(knowledge.version), batch.num_rows)
        columns[self._rule.gives.get_field_index(VERSION)] = (
            version.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else version
        )
        return pa.record_batch(columns, schema=self._rule.gives)


def _in_order(job: Job, piece: Piece, reader: Reader, made_of: str) -> pa.Table | None:
    """The earlier results of a piece, row by row; None where there are none of the same rows."""
    done = before(job).pieces.get(_key(piece))
    if done is None or not done.files or done.read != made_of:
        return None
    rule = contract(job.function)
    told = pa.concat_tables([_read(job.since, path, held, rule.gives) for path, _, held in done.files])
    told = told.unify_dictionaries()
    if told.num_rows != piece.rows:
        return None
    if not job.partition:
        return told
    order = pa.concat_arrays(list(_places(job, piece, reader)))
    back: Any = pc.sort_indices(order)
    return told.take(back)


def _places(job: Job, piece: Piece, reader: Reader) -> Iterator[Any]:
    """The places of the rows of each folder, as folders follow one another."""
    batches = list(reader(Place.of(job.source), piece, list(job.partition), job.batch_rows))
    table = pa.Table.from_batches(batches)
    numbered = table.append_column("\0place", pa.array(range(table.num_rows), pa.int64()))
    for _, rows in parted(numbered, job.partition):
        yield flat(rows.column("\0place"))


def _read(since: str, path: str, held: str, gives: pa.Schema) -> pa.Table:
    """The columns of results of a file that is as its manifest says. Raises BadInput."""
    try:
        data = (Place.of(since) / path).read()
    except OSError as error:
        raise _damaged(f"{since}/{path}", error.strerror or str(error)) from None
    if hashlib.sha256(data).hexdigest() != held:
        raise _damaged(f"{since}/{path}", "it is not the file that the manifest names")
    table = pq.read_table(pa.BufferReader(data), columns=gives.names, partitioning=None)
    columns = [
        column.dictionary_encode().cast(one.type) if pa.types.is_dictionary(one.type) else column.cast(one.type)
        for column, one in zip((table.column(name) for name in gives.names), gives, strict=True)
    ]
    return pa.table(columns, schema=gives)
