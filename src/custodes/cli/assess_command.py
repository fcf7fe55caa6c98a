"""`custodes assess`: a register or an estate, or tables of devices as large as one likes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import Answers, AsAt, Country, Kind, Known, Mapping, Marking, Measures, Packs, Seconds
from custodes.cli.tables import (
    ALIKE_ROWS,
    ASSESS,
    BatchRows,
    Columns,
    EngineName,
    Engines,
    Keep,
    Master,
    Parted,
    PieceRows,
    Since,
    Source,
    Workers,
)


def assess(
    path: Annotated[
        Path | None, typer.Argument(help="A register file, or an estate folder (custodes.toml); with --in none.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json ({summary, devices}) or jsonl.")] = Form.TABLE,
    as_at: AsAt = None,
    out: Annotated[
        str, typer.Option(help="Folder for report.html, devices.*, findings.json; with --in for the results.")
    ] = "",
    annotate: Annotated[
        Path | None, typer.Option(help="Give the workbook back as this XLSX, columns added on the right.")
    ] = None,
    marking: Marking = "",
    measure: Measures = None,
    country: Country = None,
    as_known: Known = None,
    body_kind: Kind = "",
    mapping: Mapping = None,
    answers: Answers = None,
    advisories: Annotated[
        list[Path] | None,
        typer.Option(help="Known faults: CSAF 2.0, KEV, NVD, CVE records or EPSS, as a file; may be repeated."),
    ] = None,
    pack: Packs = None,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="Exit 1 at this severity or above: note, check or serious."),
    ] = None,
    seconds: Seconds = 20.0,
    source: Source = "",
    engine: Engines = EngineName.WORKERS,
    master: Master = "",
    column: Columns = None,
    keep: Keep = "",
    part_by: Parted = "",
    workers: Workers = 1,
    batch_rows: BatchRows = 0,
    piece_rows: PieceRows = 262_144,
    since: Since = "",
) -> None:
    """Who made each device of a register or estate, how sure and why, and which rule reaches it with what force."""
    from custodes.cli import assessing, large

    if source or path is None or engine is not EngineName.WORKERS:
        rows = batch_rows or ALIKE_ROWS
        asked = large.Asked(source, out, engine.value, master, workers, rows, piece_rows, form.value, since)
        columns = large.columns_of(column, keep, part_by, {"as_at": as_at or "", "body_kind": body_kind})
        refused = (path, annotate, marking, measure, country, as_known, mapping, answers, advisories, fail_on)
        large.assess_main(ASSESS, asked, columns, tuple(pack or ()), given=any(refused))
        return
    kept = (mapping, tuple(answers or ()), tuple(pack or ()))
    brought = tuple(advisories or ())
    request = assessing.Request(path, form.value, as_at, marking, *kept, seconds=seconds, advisories=brought)
    request = assessing.asking(request, measure or (), country, as_known, body_kind)
    raise typer.Exit(assessing.assess_main(request, Path(out) if out else None, annotate, fail_on))
