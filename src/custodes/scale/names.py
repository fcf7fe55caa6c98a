"""Names joined to rows: by which name a device's own DNS answer last gave it the address that it then talked to.

    OUT/names.parquet     client, address, since, name: each change of the name of an address, as one client heard it

A row takes the last name that its client was told for its address at or before its time; where there was none before
it, it has none. The table of answers may be as large as that of the flows: what repeats in it is left out once, by
DuckDB, and of what is left a piece reads what it needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodes.model.addresses import plain_address
from custodes.model.errors import BadInput, BadUsage, did_you_mean
from custodes.scale import moments
from custodes.scale.columns import each
from custodes.scale.duck import duck
from custodes.scale.job import JOINED, JOINED_BY, Job, as_text, can_be
from custodes.scale.pieces import Piece, Reader, Seen, cut, look, read
from custodes.scale.places import Place

NAME = "names.parquet"
#: The columns of answers: the first three are what rows are joined by.
CLIENT, ADDRESS, SEEN, NAMED = "client", "address", "seen", "name"
BY = (CLIENT, ADDRESS, SEEN)
_BATCH = 65_536
#: Megabytes that DuckDB holds at most.
_MEMORY = 400
_ROW_GROUP = 131_072
_CHANGES = """
    SELECT client, address, since, name FROM (
        SELECT *, lag(name) OVER (PARTITION BY client, address ORDER BY since) AS before FROM (
            SELECT client, address, seen AS since, min(name) AS name FROM answers
            WHERE client <> '' AND address <> '' AND name <> '' AND seen IS NOT NULL
            GROUP BY client, address, seen))
    WHERE before IS DISTINCT FROM name ORDER BY client, address, since
"""
_JOIN = """
    WITH wanted AS (SELECT DISTINCT client, address FROM piece),
         near AS (SELECT * FROM read_parquet(?) SEMI JOIN wanted USING (client, address))
    SELECT n.name FROM piece AS p
    ASOF LEFT JOIN near AS n ON p.client = n.client AND p.address = n.address AND p.seen >= n.since
    ORDER BY p.place
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """A table of answers. `columns`: client, address, seen and name, to those of the table; where left out, its own."""

    source: str
    columns: Mapping[str, str] = field(default_factory=dict)


def condensed(answers: Answers) -> bytes:
    """The changes of names in a table of answers, as one Parquet file: the same bytes for the same rows, in any order.

    Raises BadInput, BadUsage.
    """
    place = Place.of(answers.source)
    files = look(place)
    held = [one for one in files if not one.empty]
    named = _named(answers.columns, held[0].columns)
    for one in held:
        _fit(named, one)

    def batches() -> Iterator[pa.RecordBatch]:
        for piece in cut(files):
            for batch in read(place, piece, list(named.values()), _BATCH):
                yield _plain([batch.column(column) for column in named.values()], tuple(named))

    kinds: dict[str, pa.DataType] = {one: pa.int64() if one == SEEN else pa.string() for one in named}
    schema = pa.schema(kinds)
    with duck(_MEMORY) as engine:
        engine.register("answers", pa.RecordBatchReader.from_batches(schema, batches()))
        found: Any = engine.sql(_CHANGES).to_arrow_reader(_ROW_GROUP)
        sink = pa.BufferOutputStream()
        with pq.ParquetWriter(sink, found.schema, compression="zstd", store_schema=False) as writer:
            for batch in found:
                writer.write_batch(batch, row_group_size=_ROW_GROUP)
    return sink.getvalue().to_pybytes()


def _named(columns: Mapping[str, str], there: pa.Schema) -> dict[str, str]:
    """The columns of the answers. Raises BadUsage."""
    wanted = (*BY, NAMED)
    for one in columns:
        if one not in wanted:
            raise BadUsage(f"there is no column {one[:60]!r} of names", why=f"they are {', '.join(wanted)}")
    found = {one: columns.get(one, one) for one in wanted}
    for one, column in found.items():
        if column not in there.names:
            hint = did_you_mean(column, there.names) or f"there are {', '.join(there.names[:20])}"
            remedy = f"say which: --name-column {one}=COLUMN"
            raise BadUsage(f"the table of names has no column {column!r}", why=hint, remedy=remedy)
    return found


def _fit(named: Mapping[str, str], file: Seen) -> None:
    """Raises BadInput for a file of answers that cannot be read as the others are."""
    for one, column in named.items():
        if file.columns.names.count(column) != 1:
            what = f"this file has no column {column!r}, as others have, or two"
            raise BadInput(what, where=file.path, remedy="give its columns the same names")
        kind: Any = file.columns.field(column).type
        if not (moments.can_be(kind) if one == SEEN else can_be(kind, pa.string())):
            what = f"the column {column!r} is of the type {kind}, which tells no {'times' if one == SEEN else 'texts'}"
            raise BadInput(what, where=file.path, remedy="a row an answer: lists are to be taken apart first")


def _plain(columns: Sequence[Any], names: Sequence[str]) -> pa.RecordBatch:
    """Columns with addresses and names as they are compared, and times as numbers."""
    told = []
    for name, column in zip(names, columns, strict=True):
        if name == SEEN:
            told.append(moments.moments(column).cast(pa.int64()))
        elif name == NAMED:
            told.append(pc.ascii_lower(pc.utf8_trim(as_text(column), " .")))
        else:
            told.append(each(as_text(column), plain_address, pa.string()))
    return pa.record_batch(told, names=list(names))


def joined(job: Job, reader: Reader) -> Reader:
    """A reader that hands on the same rows with the joined name beside them."""

    def read_joined(source: Place, piece: Piece, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        with (Place.of(job.out) / NAME).copied() as names, duck(_MEMORY) as engine:
            held: list[pa.RecordBatch] = []
            for batch in reader(source, piece, columns, rows):
                held.append(batch)
                if len(held) * rows >= _AT_ONCE:
                    yield from _together(held, job, names, engine)
                    held = []
            if held:
                yield from _together(held, job, names, engine)

    return read_joined


#: Rows that are joined at a time.
_AT_ONCE = 262_144


def _together(held: Sequence[pa.RecordBatch], job: Job, names: str, engine: Any) -> Iterator[pa.RecordBatch]:
    by = [_plain([batch.column(job.columns[one]) for one in JOINED_BY], BY) for batch in held]
    table = pa.Table.from_batches(by)
    engine.register("piece", table.append_column("place", pa.array(range(table.num_rows), pa.int32())))
    told = engine.sql(_JOIN, params=[names]).to_arrow_table().column(0).cast(pa.string()).combine_chunks()
    engine.unregister("piece")
    start = 0
    for batch in held:
        mine = told.slice(start, batch.num_rows)
        start += batch.num_rows
        yield pa.record_batch([*batch.columns, mine], names=[*batch.schema.names, JOINED])
