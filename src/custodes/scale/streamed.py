"""The rows of a piece, read by DuckDB: streamed out, nothing held but what is on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from custodes.model.errors import BadUsage
from custodes.scale.pieces import Piece
from custodes.scale.places import PARQUET, Place


def read(source: Place, piece: Piece, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """As `pieces.read`. Raises BadUsage for what DuckDB does not read by itself."""
    file = source / piece.file if piece.file else source
    if not (file.local and file.path.lower().endswith(PARQUET)):
        raise BadUsage("the engine duckdb reads Parquet files of this machine", where=file.path, remedy="--engine here")
    chosen = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    # row groups outside are passed over by their numbers of rows
    query = (
        f"SELECT {chosen} FROM read_parquet(?, file_row_number = true) "  # noqa: S608 - names are quoted
        "WHERE file_row_number >= ? AND file_row_number < ?"
    )
    with duckdb.connect(":memory:", config={"threads": 1, "preserve_insertion_order": True}) as engine:
        found = engine.sql(query, params=[file.path, piece.start, piece.start + piece.rows])
        held: list[pa.RecordBatch] = []
        waiting = 0
        stream: Any = found.to_arrow_reader(rows)
        for batch in stream:
            held.append(batch)
            waiting += batch.num_rows
            while waiting >= rows:
                whole = pa.Table.from_batches(held).combine_chunks()
                yield whole.slice(0, rows).to_batches()[0]
                held, waiting = whole.slice(rows).to_batches(), waiting - rows
        if waiting:
            yield pa.Table.from_batches(held).combine_chunks().to_batches()[0]
