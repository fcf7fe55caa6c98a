"""The commands that publish and check, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import Packs

Bundle = Annotated[Path, typer.Argument(metavar="BUNDLE", help="The folder that was published.")]


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A survey folder.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write: pages, tables, proof.")],
    key: Annotated[
        Path | None, typer.Option("--key", help="The Ed25519 private key to sign with (`custodes key` makes one).")
    ] = None,
    boundaries: Annotated[
        Path | None, typer.Option("--boundaries", help="Areas of bodies as GeoJSON: adds a map beside the tiles.")
    ] = None,
    pack: Packs = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
) -> None:
    """Publish a survey as a folder of files that a stranger can read, use and check. No clock, no network."""
    from custodes.cli import publishing

    publishing.publish_main(publishing.Publishing(folder, out, key, boundaries, tuple(pack or ())), form.value)


def verify(
    bundle: Bundle,
    key: Annotated[
        Path | None, typer.Option("--key", help="The key that it must be signed with, got from somewhere else.")
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="A checkpoint that you kept: the log must continue that one.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
) -> None:
    """Check every byte of a published folder, offline. Exit 1 with the path of the first file that is wrong."""
    from custodes.cli import publishing

    raise typer.Exit(publishing.verify_main(bundle, key, since, form.value))


def checkpoint(
    bundle: Bundle,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write it here: as .eml, a message ready to be sent to a witness.")
    ] = None,
    to: Annotated[str, typer.Option("--to", help="Whom the message is to.")] = "",
) -> None:
    """Hand the checkpoint out: a log that its publisher alone holds proves nothing."""
    from custodes.cli import publishing

    publishing.checkpoint_main(bundle, out, to)


def key(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes; FILE.pub is for others.")],
    name: Annotated[str, typer.Option("--name", help="What the key is called: a web address without its scheme.")],
) -> None:
    """Make a key to sign publications with. Keep FILE to yourself, and give FILE.pub to everybody."""
    from custodes.cli import publishing

    publishing.key_main(path, name)
