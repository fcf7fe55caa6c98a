"""The commands that publish and check, and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import AsAt, Country, Kind, Marking, Packs

Bundle = Annotated[Path, typer.Argument(metavar="BUNDLE", help="The folder that was published.")]


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A survey folder, or an estate folder or file.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write: pages, tables, proof.")],
    key: Annotated[
        Path | None, typer.Option("--key", help="The Ed25519 private key to sign with (`custodes key` makes one).")
    ] = None,
    boundaries: Annotated[
        Path | None, typer.Option("--boundaries", help="Areas of bodies as GeoJSON: adds a map beside the tiles.")
    ] = None,
    as_at: Annotated[
        str | None, typer.Option("--as-at", help="Of an estate: the day to answer for; today unless told.")
    ] = None,
    marking: Marking = "",
    below: Annotated[
        int, typer.Option("--below", min=0, max=100, help="Of an estate: counts of a system below this are not shown.")
    ] = 3,
    pack: Packs = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
) -> None:
    """Publish a survey as a folder that a stranger can read, use and check; of an estate, its totals."""
    from custodes.cli import publishing

    if not publishing.is_survey(folder):
        from custodes.cli.assessing import Request
        from custodes.cli.assuring import Assuring, estate_main

        request = Request(folder, form.value, as_at, marking, packs=tuple(pack or ()))
        estate_main(request, Assuring(out, key, public=True, below=below))
        return
    publishing.publish_main(publishing.Publishing(folder, out, key, boundaries, tuple(pack or ())), form.value)


def report(
    path: Annotated[Path, typer.Argument(help="An estate folder, or one file of any known format.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write: page, paper, tables, proof.")],
    key: Annotated[Path | None, typer.Option("--key", help="The Ed25519 private key to sign with.")] = None,
    as_at: AsAt = None,
    country: Country = None,
    body_kind: Kind = "",
    attested: Annotated[
        list[Path] | None, typer.Option("--attested", help="Attestations to the checks; may be repeated.")
    ] = None,
    marking: Marking = "",
    pack: Packs = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
) -> None:
    """An estate's own assurance report as a bundle that can be checked: page, PDF, tables, OSCAL, CycloneDX, proof."""
    from custodes.cli.assessing import Request, asking
    from custodes.cli.assuring import Assuring, estate_main

    request = asking(Request(path, form.value, as_at, marking, packs=tuple(pack or ())), (), country, None, body_kind)
    estate_main(request, Assuring(out, key, public=False, attested=tuple(attested or ())))


def verify(
    bundle: Bundle,
    key: Annotated[
        Path | None, typer.Option("--key", help="The key that it must be signed with, got from somewhere else.")
    ] = None,
    since: Annotated[
        Path | None, typer.Option("--since", help="A checkpoint that you kept: the log must continue that one.")
    ] = None,
    timestamp: Annotated[
        Path | None, typer.Option("--timestamp", help="A time-stamp over its checkpoint (RFC 3161) to check as well.")
    ] = None,
    authority: Annotated[
        Path | None, typer.Option("--authority", help="The root certificate of who gave the time-stamp, PEM or DER.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
) -> None:
    """Check every byte of a published folder, offline. Exit 1 with the path of the first file that is wrong.

    Of the folder of a service, its record of changes is checked.
    """
    from custodes.cli import publishing, service_commands

    if service_commands.is_service(bundle):
        service_commands.run(bundle, "verify")

    asked = publishing.Verifying(bundle, key, since, timestamp, authority)
    raise typer.Exit(publishing.verify_main(asked, form.value))


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


def timestamp(
    bundle: Bundle,
    out: Annotated[Path, typer.Option("--out", help="Where it goes, beside the bundle: the request, or the reply.")],
    url: Annotated[
        str, typer.Option("--url", help="The authority to ask over the network; without it, the request is written.")
    ] = "",
) -> None:
    """Have an authority say when it saw the checkpoint (RFC 3161): write the request, or ask for the reply."""
    from custodes.cli import timestamps

    timestamps.timestamp_main(bundle, out, url)


def key(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where the private key goes; FILE.pub is for others.")],
    name: Annotated[str, typer.Option("--name", help="What the key is called: a web address without its scheme.")],
) -> None:
    """Make a key to sign publications with. Keep FILE to yourself, and give FILE.pub to everybody."""
    from custodes.cli import publishing

    publishing.key_main(path, name)
