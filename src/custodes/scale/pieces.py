"""A large table cut into pieces: each a run of row groups of one file, named by a number that never changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodes.model.errors import BadInput
from custodes.scale.places import PARQUET, Place, tables

#: Rows of a piece, unless a row group alone has more.
ROWS = 262_144


@dataclass(frozen=True, slots=True)
class Piece:
    """`first`..`last`: row groups (of Parquet) or record batches (of Arrow) of a file, counted from 0.

    `start`: rows of the file before it. `file`: relative to the source, or empty where the source is one file.
    """

    number: int
    file: str
    first: int
    last: int
    start: int
    rows: int

    @property
    def name(self) -> str:
        """Under which its results lie."""
        return f"{self.number:08}"


def cut(source: Place, rows: int = ROWS) -> list[Piece]:
    """All pieces of a source, in order. Raises BadInput for a file that is no table."""
    found: list[Piece] = []
    for file in tables(source):
        name = file.path.removeprefix(source.path).lstrip("/")
        start = first = held = 0
        sizes = _sizes(file)
        for group, many in enumerate(sizes):
            held += many
            if held >= rows or group == len(sizes) - 1:
                if held:
                    found.append(Piece(len(found), name, first, group, start, held))
                start, first, held = start + held, group + 1, 0
    if not found:
        raise BadInput("there is no row", where=source.path, remedy="give Parquet or Arrow files that hold some")
    return found


def schema_of(source: Place) -> pa.Schema:
    """The columns of the first file. Raises BadInput."""
    for file in tables(source):
        with opened(file) as table:
            return table.schema_arrow if isinstance(table, pq.ParquetFile) else table.schema
    raise BadInput("there is no table", where=source.path, remedy="give a folder of Parquet or Arrow files")


@contextmanager
def opened(file: Place) -> Iterator[Any]:
    """A file as pyarrow reads it. Raises BadInput."""
    try:
        with file.system.open_input_file(file.path) as stream:
            if file.path.lower().endswith(PARQUET):
                yield pq.ParquetFile(stream)
            else:
                yield pa.ipc.open_file(stream)
    except (pa.ArrowException, OSError) as error:
        raise BadInput("this is no table that can be read", where=file.path, why=str(error)[:200]) from None


def _sizes(file: Place) -> list[int]:
    """Rows of each row group or record batch."""
    with opened(file) as table:
        if isinstance(table, pq.ParquetFile):
            metadata = table.metadata
            return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
        return [table.get_batch(number).num_rows for number in range(table.num_record_batches)]


def read(source: Place, piece: Piece, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of a piece, some columns of them, at most `rows` at a time, in order."""
    file = source / piece.file if piece.file else source
    with opened(file) as table:
        if isinstance(table, pq.ParquetFile):
            groups = list(range(piece.first, piece.last + 1))
            yield from table.iter_batches(batch_size=rows, row_groups=groups, columns=list(columns), use_threads=False)
            return
        for number in range(piece.first, piece.last + 1):
            batch = table.get_batch(number).select(list(columns))
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, rows)
