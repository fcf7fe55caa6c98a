"""The commands and their options. Each calls one function of a room below."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="custodes",
    help="Who really made the equipment that watches the public, how sure, and why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """Output form."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


Packs = Annotated[
    list[Path] | None, typer.Option("--pack", help="Reference data laid over the bundled pack; may be repeated.")
]


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version and the reference data's.")] = False,
) -> None:
    """Who really made the equipment that watches the public, how sure, and why."""
    if version:
        from custodes import __version__
        from custodes.knowledge import knowledge

        pack = knowledge().pack
        typer.echo(f"custodes {__version__}, reference data {pack.version} of {pack.date.isoformat()}")
        raise typer.Exit


@app.command()
def resolve(
    form: Annotated[Form, typer.Option("--format", help="json or jsonl.")] = Form.JSONL,
    pack: Packs = None,
    batch_rows: Annotated[int, typer.Option(min=1, help="Rows handled at a time.")] = 8192,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
) -> None:
    """Name the brands in texts: jsonl {id, text, context?} on stdin, one answer a row, in order."""
    from custodes.cli import resolving

    resolving.main(form.value, tuple(pack or ()), batch_rows, workers)
