"""A large table cut into pieces: each a run of row groups of one file, named by a number that never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
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


@dataclass(frozen=True, slots=True)
class Seen:
    """A file of a table as it was found. `name`: relative to the source, or empty where the source is one file.

    `groups`: rows of each row group (of Parquet) or record batch (of Arrow). `state`: its size, and the hash of its
    end, where a table tells what is in it. That is quick, and no proof: `digest` reads all that a piece is made of.
    """

    name: str
    path: str
    columns: pa.Schema
    groups: tuple[int, ...]
    state: tuple[int, str]

    @property
    def empty(self) -> bool:
        """Whether it holds no row: what its columns are does not matter then."""
        return not any(self.groups)


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


#: The rows of a piece, some columns of them, so many at a time, in order.
Reader = Callable[[Place, Piece, Sequence[str], int], Iterator[pa.RecordBatch]]


def look(source: Place) -> list[Seen]:
    """Every file of a source, each opened once. Raises BadInput for one that is no table, and where there is no row."""
    found = [_seen(source, file) for file in tables(source)]
    if all(one.empty for one in found):
        raise BadInput("there is no row", where=source.path, remedy="give Parquet or Arrow files that hold some")
    return found


def _seen(source: Place, file: Place) -> Seen:
    with opened(file) as table:
        columns, groups = _columns(table), tuple(_rows(table))
    with file.system.open_input_file(file.path) as stream:
        size = stream.size()
        stream.seek(max(0, size - _TAIL))
        end = hashlib.sha256(stream.read()).hexdigest()
    return Seen(file.path.removeprefix(source.path).lstrip("/"), file.path, columns, groups, (size, end))


def cut(files: Iterable[Seen], rows: int = ROWS) -> list[Piece]:
    """All pieces of a source's files, in order."""
    found: list[Piece] = []
    for file in files:
        start = first = held = 0
        for group, many in enumerate(file.groups):
            held += many
            if held >= rows or group == len(file.groups) - 1:
                if held:
                    found.append(Piece(len(found), file.name, first, group, start, held))
                start, first, held = start + held, group + 1, 0
    return found


def digest(source: Place, piece: Piece, columns: Sequence[str]) -> str:
    """The hash of all that a piece reads: of Parquet the packed bytes of these columns, of Arrow the rows."""
    file = source / piece.file if piece.file else source
    total = hashlib.sha256()
    with opened(file) as table:
        kinds = _columns(table)
        total.update(repr([(name, str(kinds.field(name).type)) for name in columns]).encode())
        if not isinstance(table, pq.ParquetFile):
            for batch in _read(table, piece, list(columns), 0):
                total.update(batch.serialize())
            return total.hexdigest()
        places = sorted(_places(table, piece, frozenset(columns)))
    with file.system.open_input_file(file.path) as stream:
        for start, size in places:
            total.update(stream.read_at(size, start))
    return total.hexdigest()


def _places(table: pq.ParquetFile, piece: Piece, columns: AbstractSet[str]) -> Iterator[tuple[int, int]]:
    """Where the packed bytes of some columns lie: their start and size."""
    for number in range(piece.first, piece.last + 1):
        group = table.metadata.row_group(number)
        for place in range(group.num_columns):
            one = group.column(place)
            if one.path_in_schema.partition(".")[0] in columns:
                begun = one.dictionary_page_offset or one.data_page_offset
                yield min(begun, one.data_page_offset), one.total_compressed_size


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
        remedy = "give Parquet or Arrow files with --in; a register in another form is read without --in"
        what = "this is no table that can be read"
        raise BadInput(what, where=file.path, why=str(error)[:200], remedy=remedy) from None


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
