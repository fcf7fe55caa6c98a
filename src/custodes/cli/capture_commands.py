"""The commands on traffic and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from custodes.cli.forms import Form
from custodes.cli.options import Packs


def capture(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Captures (pcap, pcapng) or logs of one's own networks, also packed, or a folder of them."),
    ] = None,
    live: Annotated[str, typer.Option(help="Listen on this interface instead; nothing is sent.")] = "",
    seconds: Annotated[float, typer.Option(min=0.1, help="With --live: for so long.")] = 60.0,
    keep: Annotated[
        Path | None, typer.Option(help="With --live: keep what was captured, footage and all, in this file.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="FILES are earlier outputs: judge their destinations anew, keep the old.")
    ] = False,
    networks: Annotated[
        list[Path] | None,
        typer.Option(help="Your own table of networks (.mmdb or CSV), before the bundled ones; may be repeated."),
    ] = None,
    suricata: Annotated[
        bool, typer.Option("--suricata", help="Have Suricata read the captures too, if it is installed: further names.")
    ] = False,
    inspect: Annotated[
        bool, typer.Option("--inspect", help="Look into the files that devices fetched, as into firmware (extra).")
    ] = False,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """Where the traffic of each device goes, what it asked for and fetched, and what it says it is."""
    from custodes.cli import capture_again, captures

    listening = captures.Listening(live, seconds, keep) if live else None
    asked = captures.Capturing(
        tuple(files or ()), form.value, tuple(pack or ()), tuple(networks or ()), suricata, inspect, live=listening
    )
    (capture_again if again else captures).main(asked)


def claims(
    stated: Annotated[Path, typer.Argument(help="Claims as CSV: device, claim, values, said_by, source, date.")],
    files: Annotated[list[Path], typer.Argument(help="Captures or logs of one's own networks, or a folder of them.")],
    networks: Annotated[
        list[Path] | None,
        typer.Option(help="Your own table of networks (.mmdb or CSV), before the bundled ones; may be repeated."),
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="table, json or jsonl.")] = Form.TABLE,
    pack: Packs = None,
) -> None:
    """Whether what was claimed of devices is contradicted by their traffic, is not so far, or cannot be tested."""
    from custodes.cli import capture_claims, captures

    asked = captures.Capturing(tuple(files), form.value, tuple(pack or ()), tuple(networks or ()))
    capture_claims.main(stated, asked)


def sanitise(
    file: Annotated[Path, typer.Argument(help="A capture of one's own network.")],
    out: Annotated[Path, typer.Argument(help="The file to write: frames, headers, names and timing.")],
) -> None:
    """Write a capture that can be given away: payloads, pictures, passwords and parties of calls are left out."""
    from custodes.cli import sanitising

    sanitising.main(file, out)
