"""What a register reader hands on: observations in Arrow batches, and an honest account of the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from custodes.model.vocab import Damage, Field, RowKind

DAMAGE_TYPE = pa.struct([("field", pa.string()), ("kind", pa.string()), ("shown", pa.string())])

#: One row of a register. `row` counts records from 1, with titles, header and blank lines; `sheet` is
#: empty for files that have none. Every canonical field is text or null, trimmed, exactly as written
#: otherwise. `extra` holds unmapped columns as (header, value) pairs, credentials already removed.
_FIELDS: list[Any] = [
    pa.field("row", pa.int64(), nullable=False),
    pa.field("sheet", pa.string(), nullable=False),
    *(pa.field(name.value, pa.string()) for name in Field),
    pa.field("damaged", pa.list_(DAMAGE_TYPE), nullable=False),
    pa.field("extra", pa.map_(pa.string(), pa.string()), nullable=False),
]
OBSERVATION_SCHEMA = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds a reader keeps to, so that a hostile file costs one clear message and no more."""

    max_bytes: int = 64 * 1024 * 1024
    max_expanded_bytes: int = 256 * 1024 * 1024  # what an archive may unpack to
    max_ratio: float = 200.0  # unpacked : packed, for one archive member over 1 MiB
    max_rows: int = 2_000_000
    max_columns: int = 2_000
    max_cell_chars: int = 32_768
    max_depth: int = 32
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Skip:
    """A row that became no device, with the reason a person reads."""

    row: int
    reason: str
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was dropped before anything was stored: the column headers, and how many values.

    `columns` are headers only (never values); `values` counts every dropped non-empty value, including
    those found inside other columns (a URL with user:password@, a "password: x" in a note).
    """

    columns: tuple[str, ...] = ()
    values: int = 0


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One source column, the canonical field it fed (None: kept as extra), and how that was decided."""

    header: str
    field: Field | None
    how: str  # "format" | "heading" | "values" | "user" | "credential"


@dataclass(slots=True)
class Account:
    """The honest account of one file or sheet. Complete only after the batches were drained."""

    file: str
    format_id: str
    format_name: str
    score: float  # 0..1, how surely the format was recognised
    container: str  # csv tsv xlsx ods json jsonl
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_row: int | None = None  # record number of the header
    row_kind: RowKind = RowKind.DEVICE
    seen_on_network: bool = False  # whether its rows are what devices answered on the network
    columns: list[ColumnUse] = field(default_factory=list)
    rows: int = 0  # data rows: every one is in a batch or in `skipped`
    skipped: list[Skip] = field(default_factory=list)
    credentials: Credentials = Credentials()
    gaps: list[str] = field(default_factory=list)  # what could not be read, in plain words
    title: str = ""  # what stands above the heading


@dataclass(slots=True)
class RegisterReading:
    """A register being read: drain `batches` (OBSERVATION_SCHEMA), then trust `account`."""

    account: Account
    batches: Iterator[pa.RecordBatch]


@dataclass(frozen=True, slots=True)
class RawTable:
    """Every record of one sheet as its reader counts them, credentials still in it: for the owner's own copy.

    `headed`: the first record is the headings, which the file itself does not have (JSON); rows count from the next.
    """

    sheet: str
    records: list[list[str]]
    headed: bool = False


__all__ = [
    "DAMAGE_TYPE",
    "OBSERVATION_SCHEMA",
    "Account",
    "ColumnUse",
    "Credentials",
    "Damage",
    "Limits",
    "RawTable",
    "RegisterReading",
    "RowKind",
    "Skip",
]
