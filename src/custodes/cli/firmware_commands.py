"""The commands below `custodes firmware` and their options."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.model.errors import BadUsage

firmware_app = typer.Typer(
    help="Firmware images: what is in them, and what an upgrade added. Nothing of an image is run or written.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Packs = Annotated[
    list[Path] | None,
    typer.Option("--pack", help="Reference data laid over the bundled pack; may be repeated."),
]
Unpacked = Annotated[int, typer.Option(min=1, help="Of what is packed in an image, so many MiB are unpacked.")]
Largest = Annotated[int, typer.Option(min=1, help="An image may have so many MiB.")]
Sarif = Annotated[Path | None, typer.Option(help="Also write SARIF 2.1.0 to this file.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="So many files are looked through at once.")]
Seconds = Annotated[float, typer.Option(min=0.1, help="Unpacking an image may take so long.")]


def ready() -> None:
    """Raises BadUsage, with the line that helps, where what firmware needs is not installed."""
    if not all(find_spec(name) for name in ("yara_x", "PySquashfsImage", "lzallright", "elftools")):
        raise BadUsage("firmware needs an extra", remedy="pip install 'custodes[firmware]'")


@firmware_app.command()
def inspect(
    image: Annotated[Path, typer.Argument(help="The file of an image: an update, or what was read out of a flash.")],
    max_unpacked: Unpacked = 256,
    max_image: Largest = 1024,
    max_seconds: Seconds = 18.0,
    workers: Workers = 1,
    cyclonedx: Annotated[Path | None, typer.Option(help="Also write components as CycloneDX 1.6 to this file.")] = None,
    sarif: Sarif = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """What is in an image: files, programs in versions, abilities, services, accounts, addresses, keys."""
    ready()
    from custodes.cli import firmwares

    limits = firmwares.limits(max_image, max_unpacked, max_seconds)
    firmwares.inspect_main(image, firmwares.Asked(form.value, tuple(pack or ()), limits, workers, sarif, cyclonedx))


@firmware_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The image before the upgrade.")],
    new: Annotated[Path, typer.Argument(help="The image after it.")],
    max_unpacked: Unpacked = 256,
    max_image: Largest = 1024,
    max_seconds: Seconds = 18.0,
    workers: Workers = 1,
    sarif: Sarif = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """What an upgrade added, removed, changed and moved."""
    ready()
    from custodes.cli import firmwares

    limits = firmwares.limits(max_image, max_unpacked, max_seconds)
    firmwares.diff_main(old, new, firmwares.Asked(form.value, tuple(pack or ()), limits, workers, sarif))
