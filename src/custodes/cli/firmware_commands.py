"""The commands below `custodes firmware` and their options."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import Packs
from custodes.model.errors import BadUsage
from custodes.model.firmware import SECONDS

firmware_app = typer.Typer(
    help="Firmware images: what is in them, and what an upgrade added. Nothing of an image is run or written.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Unpacked = Annotated[int, typer.Option(min=1, help="Of what is packed in an image, so many MiB are unpacked.")]
Largest = Annotated[int, typer.Option(min=1, help="An image may have so many MiB.")]
Sarif = Annotated[Path | None, typer.Option(help="Also write SARIF 2.1.0 to this file.")]
Deep = Annotated[
    bool, typer.Option("--deep", help="Have unblob, if it is installed, open what none of the readers knows.")
]
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
    max_seconds: Seconds = SECONDS,
    workers: Workers = 1,
    deep: Deep = False,
    cyclonedx: Annotated[Path | None, typer.Option(help="Also write components as CycloneDX 1.6 to this file.")] = None,
    sarif: Sarif = None,
    lineage: Annotated[
        list[Path] | None,
        typer.Option(help="A reference of known code, to be held against; may be repeated."),
    ] = None,
    advisories: Annotated[
        list[Path] | None,
        typer.Option(help="Known faults of its programs: CSAF, NVD or CVE records, KEV, EPSS; may be repeated."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """What is in an image: files, programs in versions, abilities, services, accounts, addresses, keys."""
    ready()
    from custodes.cli import firmwares

    limits = firmwares.limits(max_image, max_unpacked, max_seconds)
    known = tuple(lineage or ())
    asked = firmwares.Asked(
        form.value,
        tuple(pack or ()),
        limits,
        workers,
        sarif,
        cyclonedx,
        known,
        deep,
        advisories=tuple(advisories or ()),
    )
    firmwares.inspect_main(image, asked)


@firmware_app.command()
def reference(
    images: Annotated[list[Path], typer.Argument(help="Images or programs of the code.")],
    name: Annotated[str, typer.Option(help="Whose code it is, as it is to be told.")],
    source: Annotated[str, typer.Option(help="Where the images are from, for whoever checks it.")],
    date: Annotated[str, typer.Option(help="The day on which they were got (YYYY-MM-DD).")],
    out: Annotated[Path, typer.Option(help="The file to write; it holds hashes, no code.")],
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Open code that many use: to be subtracted, never to be told.")
    ] = False,
) -> None:
    """Write down known code as hashes of its strings, for `inspect --lineage`."""
    ready()
    from custodes.cli import firmwares
    from custodes.model.firmware import Reference

    firmwares.reference_main(images, Reference(name, baseline, source, date, ()), out)


@firmware_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The image before the upgrade.")],
    new: Annotated[Path, typer.Argument(help="The image after it.")],
    max_unpacked: Unpacked = 256,
    max_image: Largest = 1024,
    max_seconds: Seconds = SECONDS,
    workers: Workers = 1,
    deep: Deep = False,
    page: Annotated[
        Path | None, typer.Option(help="Also write one page for a person who is no engineer (HTML) to this file.")
    ] = None,
    sarif: Sarif = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """What an upgrade added, removed, changed and moved."""
    ready()
    from custodes.cli import firmwares

    limits = firmwares.limits(max_image, max_unpacked, max_seconds)
    asked = firmwares.Asked(form.value, tuple(pack or ()), limits, workers, sarif, deep=deep, page=page)
    firmwares.diff_main(old, new, asked)
