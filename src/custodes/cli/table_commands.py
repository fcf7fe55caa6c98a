"""`custodes resolve` and `custodes identify`: rows on stdin, or tables as large as one likes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import Packs

#: Rows that are handled at a time: of stdin few, so that answers come soon; of tables many, which costs less a row.
STDIN_ROWS, TABLE_ROWS = 8_192, 32_768


class EngineName(StrEnum):
    """Who works a table out."""

    HERE = "here"
    WORKERS = "workers"
    DUCKDB = "duckdb"
    SPARK = "spark"


Source = Annotated[
    str, typer.Option("--in", help="Parquet or Arrow files (a folder, a file, or s3://...) instead of rows on stdin.")
]
Out = Annotated[str, typer.Option("--out", help="With --in: an empty folder for the results; a run goes on there.")]
Engines = Annotated[EngineName, typer.Option("--engine", help="With --in: who works it out. The same bytes from each.")]
Master = Annotated[str, typer.Option("--master", help="With --engine spark: the cluster, as spark://HOST:7077.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="With --in: INPUT=COLUMN of the tables; may be repeated.")
]
Keep = Annotated[str, typer.Option("--keep", help="With --in: columns to stand beside the results, with commas.")]
Parted = Annotated[str, typer.Option("--part-by", help="With --in: columns that name folders of the results.")]
BatchRows = Annotated[
    int, typer.Option(min=0, help="Rows handled at a time; 0: 8,192 of stdin, 32,768 of tables.", show_default=False)
]
PieceRows = Annotated[int, typer.Option(min=1, help="With --in: rows that are done or not done.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")]


def resolve(
    form: Annotated[Form, typer.Option("--format", help="json or jsonl.")] = Form.JSONL,
    pack: Packs = None,
    batch_rows: BatchRows = 0,
    workers: Workers = 1,
    source: Source = "",
    out: Out = "",
    engine: Engines = EngineName.WORKERS,
    master: Master = "",
    column: Columns = None,
    keep: Keep = "",
    part_by: Parted = "",
    piece_rows: PieceRows = 262_144,
) -> None:
    """Name the brands in texts: jsonl {id, text, context?} on stdin, one answer a row, in order; or --in tables."""
    from custodes.cli import large, resolving

    if not (source or out):
        resolving.main(form.value, tuple(pack or ()), batch_rows or STDIN_ROWS, workers)
        return
    asked = large.Asked(source, out, engine.value, master, workers, batch_rows or TABLE_ROWS, piece_rows, form.value)
    large.main(resolving.FUNCTION, asked, large.columns_of(column, keep, part_by), tuple(pack or ()))


def identify(
    form: Annotated[Form, typer.Option("--format", help="json or jsonl.")] = Form.JSONL,
    pack: Packs = None,
    rules: Annotated[
        list[Path] | None,
        typer.Option("--rules", help="A folder of fingerprints (XML as Recog has it, or rows of a pack)."),
    ] = None,
    batch_rows: BatchRows = 0,
    workers: Workers = 1,
    source: Source = "",
    out: Out = "",
    engine: Engines = EngineName.WORKERS,
    master: Master = "",
    column: Columns = None,
    keep: Keep = "",
    part_by: Parted = "",
    piece_rows: PieceRows = 262_144,
) -> None:
    """Name the device in replies: jsonl {id, protocol, encoding, raw} on stdin, one answer a row; or --in tables."""
    from custodes.cli import identifying, large

    laid = (*(pack or ()), *(rules or ()))
    if not (source or out):
        identifying.main(form.value, laid, batch_rows or STDIN_ROWS, workers)
        return
    asked = large.Asked(source, out, engine.value, master, workers, batch_rows or TABLE_ROWS, piece_rows, form.value)
    large.main(identifying.FUNCTION, asked, large.columns_of(column, keep, part_by), laid)


class TableWork(StrEnum):
    """What may be asked of a large table."""

    RESOLVE = "resolve"
    IDENTIFY = "identify"


def estimate(
    what: Annotated[TableWork, typer.Argument(help="resolve or identify.")],
    source: Source = "",
    form: Annotated[Form, typer.Option("--format", help="table or json.")] = Form.TABLE,
    pack: Packs = None,
    batch_rows: BatchRows = 0,
    workers: Workers = 1,
    column: Columns = None,
    keep: Keep = "",
    piece_rows: PieceRows = 262_144,
) -> None:
    """How long a table will take, and what it will need: a sample of it is worked out, and nothing written."""
    from custodes.cli import identifying, large, resolving

    function = resolving.FUNCTION if what is TableWork.RESOLVE else identifying.FUNCTION
    asked = large.Asked(source, "", "", "", workers, batch_rows or TABLE_ROWS, piece_rows, form.value)
    large.estimate_main(function, asked, large.columns_of(column, keep, ""), tuple(pack or ()))
