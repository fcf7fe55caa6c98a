"""The results of a job, piece by piece, put where `records` says; begun, gone on with, finished."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import count
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodes import __version__
from custodes.model.errors import BadUsage
from custodes.scale.columns import flat
from custodes.scale.job import Batches, Contract, Job, contract, inputs
from custodes.scale.names import joined
from custodes.scale.parting import parted
from custodes.scale.pieces import Piece, Reader, digest, read
from custodes.scale.places import Place, is_coming
from custodes.scale.records import DATA, DONE, JOB, MANIFEST, QUARANTINE, Done, Quarantined, manifest_of, marks
from custodes.scale.since import CarriedOver

#: What a piece is at where it is at no batch.
READING, WRITING = "reading", "writing"
#: Bytes of different texts of a column up to which each is written once.
_DICTIONARY = 8 * 1024 * 1024


def work(
    job: Job,
    piece: Piece,
    knowledge: Any,
    *,
    skip: Mapping[int, str] | None = None,
    told: Callable[[int | str], None] = lambda _: None,
    reader: Reader = read,
) -> Done:
    """Works a piece out and puts its results where they belong; done again, it puts the same again.

    `skip`: batches that are quarantined, and why; `told` hears what comes next: a batch, by its number, or READING,
    or WRITING.
    """
    out, rule = Place.of(job.out), contract(job.function)
    reader = joined(job, reader) if job.names else reader
    kept: list[pa.RecordBatch] = []
    sizes: list[int] = []
    left: list[Quarantined] = []

    def source() -> Batches:
        batches = reader(Place.of(job.source), piece, job.wanted, job.batch_rows)
        for number in count():
            told(READING)
            batch = next(batches, None)
            if batch is None:
                return
            beside = _plainly(batch.select(list(job.keep)))
            if skip and number in skip:
                left.append(_quarantined(out, piece, number, batch.select(job.wanted), skip[number]))
                kept.append(beside.slice(0, 0))
                continue
            told(number)
            kept.append(beside)
            sizes.append(batch.num_rows)
            yield inputs(job, rule.takes, batch)

    # what is left out of a batch that ends processes cannot be told from what stood there: then all is worked out
    made_of = digest(Place.of(job.source), piece, job.wanted)
    call = CarriedOver(job, piece, reader, made_of) if job.since and not skip else rule.call
    results = list(call(source(), knowledge))
    told(WRITING)
    if sizes != [batch.num_rows for batch in results]:
        raise RuntimeError("a batch function gave other rows than it was given")
    table = _beside(rule, kept if job.keep else [], results)
    anew = call.anew if isinstance(call, CarriedOver) else sum(sizes)
    files = tuple(_put(out, piece, table, job.partition))
    done = Done(piece.number, piece.rows, files, tuple(left), made_of, anew)
    (out / DONE / f"{piece.name}.json").put(done.text().encode())
    return done


def _beside(rule: Contract, kept: Sequence[pa.RecordBatch], results: Sequence[pa.RecordBatch]) -> pa.Table:
    """The kept columns, if any, and the results, row by row."""
    first = pa.Table.from_batches(kept) if kept else None
    second = pa.Table.from_batches(results, schema=rule.gives)
    columns = [*(first.columns if first is not None else ()), *second.columns]
    names = [*(first.column_names if first is not None else ()), *second.column_names]
    return pa.table(columns, names=names)


def _plainly(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Kept columns as plain ones: how a file encoded them is not what they say."""
    columns = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    return pa.record_batch(columns, names=batch.schema.names)


def _put(out: Place, piece: Piece, table: pa.Table, partition: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    for folder, rows in parted(table, partition):
        if not rows.num_rows:
            continue
        name = f"{DATA}/{folder}part-{piece.name}.parquet"
        data = packed_rows(rows)
        (out / name).put(data)
        yield name, rows.num_rows, hashlib.sha256(data).hexdigest()


def packed_rows(table: pa.Table) -> bytes:
    """A table as one Parquet file: the same bytes for the same rows."""
    # pages of a file end where chunks do: rows that come in other batches must not make other bytes
    columns = [_once(column) if pa.types.is_dictionary(column.type) else column for column in table.columns]
    table = pa.table(columns, names=table.column_names).combine_chunks()
    sink = pa.BufferOutputStream()
    # many rows share texts; numbers and times that were kept are mostly all different
    texts = [one.name for one in table.schema if pa.types.is_dictionary(one.type) or pa.types.is_string(one.type)]
    told: Any = {"dictionary_pagesize_limit": _DICTIONARY, "use_dictionary": texts or False}
    pq.write_table(table, sink, compression="zstd", row_group_size=1 << 20, store_schema=False, **told)
    return sink.getvalue().to_pybytes()


def _once(column: Any) -> Any:
    """A column of shared texts with those that its rows hold and no others, in the order in which they come."""
    whole = flat(column.unify_dictionaries())
    held = whole.indices.dictionary_encode()
    return pa.DictionaryArray.from_arrays(held.indices, whole.dictionary.take(held.dictionary))


def _quarantined(out: Place, piece: Piece, number: int, batch: pa.RecordBatch, why: str) -> Quarantined:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, batch.schema) as stream:
        stream.write_batch(batch)
    name = f"{QUARANTINE}/{piece.name}-{number:05}.arrow"
    (out / name).put(sink.getvalue().to_pybytes())
    return Quarantined(name, batch.num_rows, why)


def begin(job: Job, pieces: Iterable[Piece], files: Mapping[str, tuple[int, str]]) -> dict[int, Done]:
    """Writes down what is asked, or finds that it was asked before; what is done already. `files`: their states.

    Raises BadUsage.
    """
    out = Place.of(job.out)
    told = {"program": __version__, "job": job.asked(), "pieces": [asdict(one) for one in pieces], "files": files}
    asked = json.dumps(told, sort_keys=True)
    held = out / JOB
    if held.kind():
        if held.read().decode() != asked:
            raise BadUsage(
                "another job, or the same over files that were others then, was begun here",
                where=job.out,
                remedy="give another folder for the results, or take this one away",
            )
    elif out.kind() == "file" or (out.kind() == "folder" and not all(map(is_coming, out.files()))):
        raise BadUsage("this folder holds something else", where=job.out, remedy="give an empty folder, or a new one")
    else:
        held.put(asked.encode())
    out.tidy()
    if (out / MANIFEST).kind():
        return {one.piece: one for one in manifest_of(job.out)}
    return {one.piece: one for one in marks(job, frozenset())}


def finish(job: Job, done: Iterable[Done]) -> None:
    """Everything is there: says so, and takes away what was only needed on the way."""
    out = Place.of(job.out)
    if not (out / MANIFEST).kind():
        listed = sorted(done, key=lambda one: one.piece)
        told = {"rows": sum(one.rows for one in listed), "pieces": [one.listed() for one in listed]}
        (out / MANIFEST).put(json.dumps(told, sort_keys=True, indent=1).encode())
    (out / DONE).remove()
    out.tidy()
