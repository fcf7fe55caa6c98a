"""`custodes capture --again`: destinations of devices printed before, judged anew; the earlier findings stay beside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from custodes.attribution.destinations import destination
from custodes.cli.captures import Capturing, destination_object, knowledge_for, print_devices
from custodes.knowledge import Knowledge
from custodes.model.captures import Peer
from custodes.model.errors import BadInput

_REMEDY = "give what `custodes capture --format json` or `jsonl` printed"


def main(asked: Capturing) -> None:
    """Print the devices of earlier outputs with their destinations as the present tables have them."""
    loaded = knowledge_for(asked)
    rows = (again(row, loaded) for path in asked.files for row in _rows(path))
    print_devices(rows, asked.form, loaded)


def again(row: Mapping[str, Any], loaded: Knowledge) -> dict[str, Any]:
    """A device with its destinations judged anew. What changed keeps the finding before it in `earlier`."""
    last = row["coverage"]["last"]
    day = datetime.fromtimestamp(last, UTC).date() if last else loaded.pack.date
    external = []
    for peer in row["external"]:
        names = {one["name"]: one["origin"] for one in peer["names"]}
        new = destination_object(destination(Peer(peer["ip"], peer["port"], peer["proto"], names=names), day, loaded))
        old = {key: peer.get(key) for key in new}
        earlier = list(peer.get("earlier", ()))
        if any(old[key] != new[key] for key in new):
            earlier.insert(0, old)
        external.append(peer | new | ({"earlier": earlier} if earlier else {}))
    return {**row, "external": external}


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The devices of an earlier output. Raises BadInput where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
        listed = json.loads(text) if text.lstrip().startswith("[") else list(map(json.loads, text.splitlines()))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise BadInput("it is no output of `custodes capture`", where=str(path), remedy=_REMEDY) from error
    for number, row in enumerate(listed, 1):
        if not _is_device(row):
            raise BadInput("it is no device of a capture", where=f"{path} row {number}", remedy=_REMEDY)
        yield row


def _is_device(row: Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("external"), list):
        return False
    last = row.get("coverage", {}).get("last", "") if isinstance(row.get("coverage"), dict) else ""
    return (last is None or isinstance(last, (int, float))) and all(map(_is_peer, row["external"]))


def _is_peer(peer: Any) -> bool:
    return (
        isinstance(peer, dict)
        and {"ip", "port", "proto", "names"} <= peer.keys()
        and isinstance(peer["ip"], str)
        and isinstance(peer["names"], list)
        and all(isinstance(one, dict) and {"name", "origin"} <= one.keys() for one in peer["names"])
    )
