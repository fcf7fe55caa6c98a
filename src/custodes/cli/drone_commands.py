"""The commands below `custodes drone` and their options."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import Packs

drone_app = typer.Typer(
    help="Unmanned aircraft: whose serial numbers are, and what registers declare of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Kind(StrEnum):
    """Who says it."""

    DECLARATION = "declaration"
    REGISTRATION = "registration"


@drone_app.command()
def serial(
    serials: Annotated[list[str], typer.Argument(help="Serial numbers; after -- also such as begin with a dash.")],
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """Whose aircraft serial numbers are of: by declaration, range, series and maker's code; in the order given."""
    from custodes.cli import drones

    drones.serial(serials, form.value, tuple(pack or ()))


@drone_app.command()
def capture(
    files: Annotated[list[Path], typer.Argument(help="Captures (pcap, pcapng; also packed) of one's own sites.")],
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    operator: Annotated[
        bool, typer.Option("--operator", help="Also whoever flies it and where they stand: personal data.")
    ] = False,
    pack: Packs = None,
) -> None:
    """What captures heard of Remote ID and DroneID, identity by identity. Not proof: anybody can send any of it."""
    from custodes.cli import drones

    drones.capture(files, form.value, tuple(pack or ()), operator=operator)


@drone_app.command()
def count(
    path: Annotated[Path, typer.Argument(help="A fleet list or a table of answers; a folder of them.")],
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
    on: Annotated[str, typer.Option("--as-at", help="The day it is counted for, YYYY-MM-DD; else today.")] = "",
    survey: Annotated[Path | None, typer.Option(help="A survey's folder: each count becomes an answer.")] = None,
    question: Annotated[str, typer.Option(help="With --survey: the question that is answered.")] = "",
    brand: Annotated[str, typer.Option(help="With --survey: count aircraft of this brand; else all.")] = "",
    maker: Annotated[str, typer.Option(help="With --survey: count aircraft that this firm made.")] = "",
    wave: Annotated[str, typer.Option(help="With --survey, if it has several waves: which.")] = "",
    recorded: Annotated[str, typer.Option("--recorded-at", help="With --survey: the day; else today.")] = "",
) -> None:
    """Count a fleet by brand and by actual maker: at least, at most, and why; refusals are not nought."""
    from custodes.cli import fleets
    from custodes.cli.fleet_answers import Into
    from custodes.estate.fleet_bodies import Wanted
    from custodes.model.errors import BadUsage

    into = None
    if survey is not None:
        if brand and maker:
            raise BadUsage("a question counts by brand or by maker", where="--brand, --maker", remedy="give one")
        into = Into(survey, question, wave, _day(recorded, "--recorded-at"), Wanted(brand, maker))
    elif question or brand or maker or wave or recorded:
        raise BadUsage("these options go with --survey", remedy="name the survey's folder: --survey DIR")
    fleets.main(fleets.Counting(path, form.value, tuple(pack or ()), _day(on), into))


@drone_app.command()
def registry(
    path: Annotated[Path, typer.Argument(help="The FAA's declarations (SQLite), or a register in CSV.")],
    out: Annotated[Path, typer.Option(help="Folder for the reference data, for --pack.")],
    name: Annotated[str, typer.Option(help="How the register is called.")] = "",
    kind: Annotated[Kind, typer.Option(help="Who says it: the maker, or whoever flies it.")] = Kind.DECLARATION,
    source: Annotated[str, typer.Option(help="Where it comes from, for a reader to open.")] = "",
    on: Annotated[str, typer.Option("--as-at", help="The day it was taken, YYYY-MM-DD; else today.")] = "",
) -> None:
    """Make a register of serial numbers reference data; ranges that cannot be are named."""
    from custodes.cli import drones

    drones.registry(drones.Registering(path, out, name, kind.value, source, _day(on)))


def _day(text: str, option: str = "--as-at") -> date:
    from custodes.model.days import is_day
    from custodes.model.errors import BadUsage

    if text and not is_day(text):
        raise BadUsage("this is no day", where=f"{option} {text[:40]}", remedy="write it as 2026-05-31")
    return date.fromisoformat(text) if text else datetime.now(UTC).date()
