"""`custodes drone`: whose aircraft serial numbers are of; registers of serial numbers as reference data."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from custodes.attribution.batch import evidence_object, maker_object
from custodes.attribution.drone_radio import judged
from custodes.attribution.drones import DroneSerial, look_up
from custodes.cli.output import note, print_json, printable
from custodes.evidence.drones.heard import Heard, listen
from custodes.evidence.drones.registries import read_registry
from custodes.knowledge import knowledge
from custodes.knowledge.drones import range_fault
from custodes.model.drones import COLUMNS, Declaration, RadioIdentity
from custodes.model.errors import BadUsage
from custodes.model.registers import Limits

#: Rows of a register that are named where they cannot be used; the rest is counted.
MOST_TOLD = 6


def serial(texts: Sequence[str], form: str, overlays: tuple[Path, ...]) -> None:
    """Answer each serial number, in the order given."""
    loaded = knowledge(overlays)
    found = (look_up(text, loaded) for text in texts)
    if form == "table":
        for answer in found:
            sys.stdout.write("\n".join(map(printable, _lines(answer))) + "\n")
        return
    print_json(map(serial_object, found), form)


def serial_object(answer: DroneSerial) -> dict[str, Any]:
    """An answer as it is printed. `model`: the models it may be of, joined by " or "."""
    return {
        "serial": answer.serial,
        "form": answer.form,
        "maker_code": answer.maker_code,
        "maker": answer.maker,
        "brand": answer.brand,
        "model": " or ".join(answer.models) or None,
        "models": list(answer.models),
        "module": answer.module,
        "status": str(answer.status),
        "oem": [maker_object(item) for item in answer.makers],
        "because": [evidence_object(item) for item in answer.because],
    }


def _lines(answer: DroneSerial) -> list[str]:
    maker = answer.maker or "maker not known"
    if answer.status == "review":
        maker = f"probably {maker}, check"
    model = " or ".join(answer.models)
    kind = {"cta-2063-a": "", "legacy": "older form", "invalid": "no valid serial number"}[answer.form]
    head = "  ".join(filter(None, (answer.serial, maker, model, kind, "module" if answer.module else "")))
    return [head, *(f"    {item.text}" for item in answer.because)]


def capture(paths: Sequence[Path], form: str, overlays: tuple[Path, ...], *, operator: bool) -> None:
    """Print every identity of captures; what was left out is told on stderr."""
    loaded = knowledge(overlays)
    heard = []
    for path in paths:
        found = listen(path, Limits(), operator=operator)
        heard.append(found)
        _tell_heard(found)
    identities = [identity for found in heard for identity in found.identities]
    answers = judged(identities, loaded)
    rows = (identity_object(*pair, operator=operator) for pair in zip(identities, answers, strict=True))
    if form != "table":
        print_json(rows, form)
        return
    for row in rows:
        sys.stdout.write("\n".join(map(printable, _identity_lines(row))) + "\n")


def identity_object(identity: RadioIdentity, answer: DroneSerial, *, operator: bool) -> dict[str, Any]:
    """An identity as it is printed. `serial`: the identity as sent, of whatever kind; null where none was."""
    told = serial_object(answer)
    row: dict[str, Any] = {
        "capture": identity.capture,
        "protocol": identity.protocol,
        "transmitter": identity.transmitter,
        "serial": identity.text or None,
        "kind": identity.kind or None,
        "frames": identity.frames,
    }
    row |= {key: told[key] for key in ("form", "maker_code", "maker", "brand", "model", "module", "status", "oem")}
    if operator:
        row["operator"] = identity.operator or None
        row["operator_place"] = list(identity.operator_place) if identity.operator_place else None
    return row | {"because": told["because"]}


def _identity_lines(row: dict[str, Any]) -> list[str]:
    maker = row["maker"] or "maker not known"
    if row["status"] == "review":
        maker = f"probably {maker}, check"
    named = row["serial"] or "no identity sent"
    head = f"{named}  {maker}{'  ' + row['model'] if row['model'] else ''}"
    where = f"{row['capture']}: {row['protocol']} from {row['transmitter']}, {row['frames']:,} frames"
    operator = f"operator {row['operator']}" if row.get("operator") else ""
    return [head, *(f"    {text}" for text in (where, operator, *(item["text"] for item in row["because"])) if text)]


def _tell_heard(heard: Heard) -> None:
    note(f"{heard.capture}: {heard.frames:,} frames, {heard.carrying:,} of unmanned aircraft")
    for reason, count in heard.refused.most_common(MOST_TOLD):
        note(f"  left out: {count:,} x {reason}")
    for link, count in heard.links.most_common(MOST_TOLD):
        note(f"  not looked into: {count:,} frames of link type {link}")
    if heard.problem:
        note(f"  {heard.problem}: what stands before it was read")


@dataclass(frozen=True, slots=True)
class Registering:
    """A register to be made reference data. `on`: the day it was taken; `kind`: declaration or registration."""

    path: Path
    out: Path
    name: str
    kind: str
    source: str
    on: date


def registry(asked: Registering) -> None:
    """Read a register and write it as a pack that `--pack` lays over the bundled one."""
    folder = asked.out / "registries"
    if folder.exists():
        raise BadUsage("this folder is there already", where=str(folder), remedy="name another --out")
    rows: list[Declaration] = []
    unused: list[str] = []
    for row in read_registry(asked.path):
        if isinstance(row, str):
            unused.append(row)
        else:
            rows.append(row)
    key = (
        "own-"
        + "-".join(filter(None, "".join(c if c.isalnum() else " " for c in asked.path.stem.lower()).split()))[:50]
    )
    folder.mkdir(parents=True)
    with (folder / f"{key}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, column) for column in COLUMNS] for row in rows)
    head = {
        "id": key,
        "name": asked.name or asked.path.name,
        "kind": asked.kind,
        "file": f"{key}.csv",
        "source": asked.source or asked.path.name,
        "date": asked.on.isoformat(),
        "certainty": "high",
        "reply": None,
    }
    told = yaml.safe_dump([head], sort_keys=False, allow_unicode=True)
    (folder / f"{key}.yaml").write_text(told, encoding="utf-8")
    _tell(rows, unused, asked)


def _tell(rows: Sequence[Declaration], unused: Sequence[str], asked: Registering) -> None:
    exact = sum(row.exact for row in rows)
    note(f"{len(rows):,} declarations: {exact:,} serial numbers, {len(rows) - exact:,} ranges")
    faults = list(_faults(rows))
    for text in (*faults[:MOST_TOLD], *unused[:MOST_TOLD]):
        note(f"not used: {text}")
    more = max(len(faults) - MOST_TOLD, 0) + max(len(unused) - MOST_TOLD, 0)
    if more:
        note(f"and {more:,} more not used")
    note(f"custodes drone serial --pack {asked.out} SERIAL looks into it")


def _faults(rows: Sequence[Declaration]) -> Iterator[str]:
    for row in rows:
        fault = range_fault(row)
        if fault:
            yield f"the range {row.first} to {row.last} of {row.make}: {fault}"
        elif row.withdrawn:
            yield f"{row.first} of {row.make}: {row.status}; it proves nothing"
