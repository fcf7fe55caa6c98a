"""Options of the commands that work over large tables."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

#: The batch functions of `assess` and `destinations`.
ASSESS, DESTINATIONS = "custodes.estate.tables.devices:assess", "custodes.estate.tables.flows:destinations"
#: Rows that are handled at a time: of stdin few, so that answers come soon; of tables many, which costs less a row.
STDIN_ROWS, TABLE_ROWS = 8_192, 65_536
#: Of flows and devices more: many rows are alike there.
ALIKE_ROWS = 131_072


class EngineName(StrEnum):
    """Who works a table out."""

    HERE = "here"
    WORKERS = "workers"
    DUCKDB = "duckdb"
    SPARK = "spark"


Source = Annotated[str, typer.Option("--in", help="Tables: Parquet or Arrow files, as a folder, a file, or s3://...")]
Out = Annotated[str, typer.Option("--out", help="With --in: an empty folder for the results; a run goes on there.")]
Engines = Annotated[EngineName, typer.Option("--engine", help="With --in: who works it out. The same bytes from each.")]
Master = Annotated[str, typer.Option("--master", help="With --engine spark: the cluster, as spark://HOST:7077.")]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="With --in: INPUT=COLUMN of the tables; may be repeated.")
]
Keep = Annotated[str, typer.Option("--keep", help="With --in: columns to stand beside the results, with commas.")]
Parted = Annotated[str, typer.Option("--part-by", help="With --in: columns that name folders of the results.")]
BatchRows = Annotated[
    int, typer.Option(min=0, help="Rows handled at a time; 0: as many as is usual.", show_default=False)
]
PieceRows = Annotated[int, typer.Option(min=1, help="With --in: rows that are done or not done.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")]
Since = Annotated[
    str,
    typer.Option(
        "--since", help="With --in: earlier results of the same tables; only what newer reference data touch is done."
    ),
]
