"""`custodes resolve`, `identify`, `destinations`: rows on stdin, or tables as large as one likes; what they cost."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import Packs
from custodes.cli.tables import (
    ALIKE_ROWS,
    ASSESS,
    DESTINATIONS,
    STDIN_ROWS,
    TABLE_ROWS,
    BatchRows,
    Columns,
    EngineName,
    Engines,
    Keep,
    Master,
    Out,
    Parted,
    PieceRows,
    Since,
    Source,
    Workers,
)


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
    since: Since = "",
) -> None:
    """Name the brands in texts: jsonl {id, text, context?} on stdin, one answer a row, in order; or --in tables."""
    from custodes.cli import large, resolving

    if not (source or out):
        resolving.main(form.value, tuple(pack or ()), batch_rows or STDIN_ROWS, workers)
        return
    asked = large.Asked(
        source, out, engine.value, master, workers, batch_rows or TABLE_ROWS, piece_rows, form.value, since
    )
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
    since: Since = "",
) -> None:
    """Name the device in replies: jsonl {id, protocol, encoding, raw} on stdin, one answer a row; or --in tables."""
    from custodes.cli import identifying, large

    laid = (*(pack or ()), *(rules or ()))
    if not (source or out):
        identifying.main(form.value, laid, batch_rows or STDIN_ROWS, workers)
        return
    asked = large.Asked(
        source, out, engine.value, master, workers, batch_rows or TABLE_ROWS, piece_rows, form.value, since
    )
    large.main(identifying.FUNCTION, asked, large.columns_of(column, keep, part_by), laid)


def destinations(
    source: Source = "",
    out: Out = "",
    names: Annotated[
        str, typer.Option("--names", help="Tables of DNS answers, to be joined: client, address, seen, name.")
    ] = "",
    name_column: Annotated[
        list[str] | None, typer.Option("--name-column", help="With --names: INPUT=COLUMN; may be repeated.")
    ] = None,
    pack: Packs = None,
    engine: Engines = EngineName.WORKERS,
    master: Master = "",
    column: Columns = None,
    keep: Keep = "",
    part_by: Parted = "",
    workers: Workers = 1,
    batch_rows: BatchRows = 0,
    piece_rows: PieceRows = 262_144,
    form: Annotated[Form, typer.Option("--format", help="json or jsonl.")] = Form.JSONL,
) -> None:
    """Whose the far end of each row of a flow log is: joined with DNS answers, services, networks and countries."""
    from custodes.cli import large

    asked = large.Asked(source, out, engine.value, master, workers, batch_rows or ALIKE_ROWS, piece_rows, form.value)
    answers = large.answers_of(names, name_column)
    columns = large.columns_of(column, keep, part_by)
    large.main(DESTINATIONS, asked, columns, tuple(pack or ()), answers)


def rollup(
    results: Annotated[
        list[str] | None, typer.Argument(help="Results of `assess --in`, each month's, all that are to count.")
    ] = None,
    cube: Annotated[Path, typer.Option("--cube", help="Folder of the sums; it is brought up to date.")] = Path("cube"),
    body: Annotated[str, typer.Option("--body", help="The column that names the body.")] = "body",
    by: Annotated[str, typer.Option("--by", help="Print a table by these: body, month, supplier, rule, force.")] = "",
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Only these, as supplier=hikvision; may be repeated.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
) -> None:
    """Sums over assessed tables: body, supplier, rule and month, with what is sure and what may be."""
    from custodes.cli import rollups

    rollups.main(tuple(results or ()), cube, body, rollups.Wanted(by, tuple(where or ())), form.value)


class TableWork(StrEnum):
    """What may be asked of a large table."""

    RESOLVE = "resolve"
    IDENTIFY = "identify"
    DESTINATIONS = "destinations"
    ASSESS = "assess"


def estimate(
    what: Annotated[TableWork, typer.Argument(help="resolve, identify, destinations or assess.")],
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

    functions = {
        TableWork.RESOLVE: (resolving.FUNCTION, TABLE_ROWS),
        TableWork.IDENTIFY: (identifying.FUNCTION, TABLE_ROWS),
        TableWork.DESTINATIONS: (DESTINATIONS, ALIKE_ROWS),
        TableWork.ASSESS: (ASSESS, ALIKE_ROWS),
    }
    function, rows = functions[what]
    asked = large.Asked(source, "", "", "", workers, batch_rows or rows, piece_rows, form.value)
    large.estimate_main(function, asked, large.columns_of(column, keep, ""), tuple(pack or ()))
