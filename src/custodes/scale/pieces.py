"""A large table cut into pieces: each a run of row groups of one file, named by a number that never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodes.model.errors import BadInput
from custodes.scale.places import PARQUET, Place, tables

#: Rows of a piece, unless a row group alone has more.
ROWS = 262_144
#: Bytes at the end of a file by which its state is told.
_TAIL = 256 * 1024
#: Sees the columns of a file, and where it lies.
Look = Callable[[pa.Schema, str], None]


def _nothing(_columns: pa.Schema, _where: str) -> None:
    """Looks at nothing."""


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


def cut(source: Place, rows: int = ROWS, look: Look = _nothing) -> list[Piece]:
    """All pieces of a source, in order. `look` is shown the columns of each file that holds rows, and where it lies.

    Raises BadInput for a file that is no table, and what `look` raises.
    """
    found: list[Piece] = []
    for file in tables(source):
        name = file.path.removeprefix(source.path).lstrip("/")
        start = first = held = 0
        sizes = _sizes(file, look)
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
    """The columns of the first file that holds rows. Raises BadInput."""
    for file in tables(source):
        with opened(file) as table:
            if any(_rows(table)):
                return _columns(table)
    raise BadInput("there is no row", where=source.path, remedy="give Parquet or Arrow files that hold some")


def state_of(source: Place) -> dict[str, tuple[int, str]]:
    """Each file's size, and the hash of its end, where a table tells what is in it: other rows tell other things."""
    found = {}
    for file in tables(source):
        with file.system.open_input_file(file.path) as stream:
            size = stream.size()
            stream.seek(max(0, size - _TAIL))
            end = hashlib.sha256(stream.read()).hexdigest()
        found[file.path.removeprefix(source.path).lstrip("/")] = (size, end)
    return found


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


def _sizes(file: Place, look: Look) -> list[int]:
    """Rows of each row group or record batch."""
    with opened(file) as table:
        found, columns = _rows(table), _columns(table)
    if any(found):
        look(columns, file.path)
    return found


def _rows(table: Any) -> list[int]:
    if isinstance(table, pq.ParquetFile):
        metadata = table.metadata
        return [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    return [table.get_batch(number).num_rows for number in range(table.num_record_batches)]


def _columns(table: Any) -> pa.Schema:
    found: pa.Schema = table.schema_arrow if isinstance(table, pq.ParquetFile) else table.schema
    return found


def read(source: Place, piece: Piece, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of a piece, some columns of them, `rows` at a time and what is left at the end, in order."""
    file = source / piece.file if piece.file else source
    with opened(file) as table:
        yield from even(_read(table, piece, list(columns), rows), rows)


def _read(table: Any, piece: Piece, columns: list[str], rows: int) -> Iterator[pa.RecordBatch]:
    if isinstance(table, pq.ParquetFile):
        groups = list(range(piece.first, piece.last + 1))
        yield from table.iter_batches(batch_size=rows, row_groups=groups, columns=columns, use_threads=False)
        return
    for number in range(piece.first, piece.last + 1):
        yield table.get_batch(number).select(columns)


def even(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of one size, whatever sizes they come in; the last may be smaller."""
    held: list[pa.RecordBatch] = []
    waiting = 0
    for batch in batches:
        if not waiting and batch.num_rows == rows:
            yield batch
            continue
        held.append(batch)
        waiting += batch.num_rows
        while waiting >= rows:
            whole = pa.Table.from_batches(held).combine_chunks()
            yield whole.slice(0, rows).combine_chunks().to_batches()[0]
            held, waiting = whole.slice(rows).to_batches(), waiting - rows
    if waiting:
        yield pa.Table.from_batches(held).combine_chunks().to_batches()[0]
