"""The rows of a piece, read by DuckDB: streamed out, nothing held but what is on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from custodes.model.errors import BadInput, BadUsage
from custodes.scale.pieces import Piece, even, opened
from custodes.scale.places import PARQUET, Place

_NUMBER = "file_row_number"


def read(source: Place, piece: Piece, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """As `pieces.read`, with the same types. Raises BadUsage for what DuckDB does not read by itself."""
    file = source / piece.file if piece.file else source
    if not (file.local and file.path.lower().endswith(PARQUET)):
        raise BadUsage("the engine duckdb reads Parquet files of this machine", where=file.path, remedy="--engine here")
    with opened(file) as table:
        assert isinstance(table, pq.ParquetFile)
        schema = table.schema_arrow
    small = [name.lower() for name in schema.names]
    if _NUMBER in small or len(set(small)) < len(small):
        why = f"a column is called {_NUMBER}, or two differ only in capitals"
        raise BadUsage("DuckDB cannot tell these columns apart", where=file.path, why=why, remedy="--engine here")
    wanted = pa.schema([schema.field(name) for name in columns])
    try:
        yield from even((_as(batch, wanted) for batch in _stream(file.path, piece, columns, rows)), rows)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise BadInput("this is no table that can be read", where=file.path, why=str(error)[:200]) from None


def _stream(path: str, piece: Piece, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    chosen = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    # row groups outside are passed over by their numbers of rows
    query = (
        f"SELECT {chosen} FROM read_parquet(?, {_NUMBER} = true) "  # noqa: S608 - names are quoted
        f"WHERE {_NUMBER} >= ? AND {_NUMBER} < ?"
    )
    with duckdb.connect(":memory:", config={"threads": 1, "preserve_insertion_order": True}) as engine:
        found = engine.sql(query, params=[path, piece.start, piece.start + piece.rows])
        stream: Any = found.to_arrow_reader(rows)
        yield from stream


def _as(batch: pa.RecordBatch, wanted: pa.Schema) -> pa.RecordBatch:
    """A batch with the types that the file has: DuckDB knows fewer."""
    columns = [batch.column(number) for number in range(batch.num_columns)]
    told = [
        column if column.type == one.type else _cast(column, one.type)
        for column, one in zip(columns, wanted, strict=True)
    ]
    return pa.record_batch(told, schema=wanted)


def _cast(column: Any, kind: Any) -> Any:
    if pa.types.is_dictionary(kind):
        return column.cast(kind.value_type).dictionary_encode().cast(kind)
    return column.cast(kind)
