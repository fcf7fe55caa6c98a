"""The tables as Parquet, and as one SQLite file that Datasette opens as it is."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodes.publication.opendata.tables import Column, Table

_ARROW = {"string": pa.string(), "integer": pa.int64(), "number": pa.float64(), "date": pa.string()}
_SQLITE = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "date": "TEXT"}
#: Bytes 92 to 99 of the header name the library that wrote the file last; with them gone, its release is of no matter.
_WRITER = slice(92, 100)


def parquet(table: Table) -> bytes:
    """One table."""
    fields = [pa.field(column.name, _ARROW[column.kind], metadata={"means": column.means}) for column in table.columns]
    columns = [_column(table, column) for column in table.columns]
    sink = pa.BufferOutputStream()
    schema = pa.schema(fields, metadata={"title": table.title, "means": table.means})
    pq.write_table(pa.table(columns, schema=schema), sink, compression="zstd")
    return bytes(sink.getvalue().to_pybytes())


def _column(table: Table, column: Column) -> pa.Array[Any]:
    values = [row.get(column.name) for row in table.rows]
    if column.kind in ("string", "date"):
        values = [None if value is None else str(value) for value in values]
    return pa.array(values, _ARROW[column.kind])


def sqlite(tables: Sequence[Table]) -> bytes:
    """Every table in one file; the meaning of each column in the table `dictionary`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.db"
        with sqlite3.connect(path) as store:
            store.execute("PRAGMA page_size = 4096")
            store.execute("PRAGMA journal_mode = OFF")
            for table in tables:
                _fill(store, table)
            store.execute('CREATE TABLE "dictionary" ("table" TEXT, "column" TEXT, "type" TEXT, "means" TEXT)')
            rows = [(table.name, one.name, one.kind, one.means) for table in tables for one in table.columns]
            store.executemany('INSERT INTO "dictionary" VALUES (?, ?, ?, ?)', rows)
            store.commit()
            store.execute("VACUUM")
        store.close()
        data = bytearray(path.read_bytes())
    data[_WRITER] = bytes(8)
    return bytes(data)


def _fill(store: sqlite3.Connection, table: Table) -> None:
    columns = ", ".join(f'"{one.name}" {_SQLITE[one.kind]}' for one in table.columns)
    key = ", ".join(f'"{name}"' for name in table.key)
    store.execute(f'CREATE TABLE "{table.name}" ({columns})')
    marks = ", ".join("?" for _ in table.columns)
    rows = ([row.get(name) for name in table.names] for row in table.rows)
    store.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)  # noqa: S608 - the names are ours
    store.execute(f'CREATE INDEX "{table.name}_key" ON "{table.name}" ({key})')
