"""`custodes drone`: whose aircraft serial numbers are of; registers of serial numbers as reference data."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from custodes.attribution.batch import evidence_object
from custodes.attribution.drones import DroneSerial, look_up
from custodes.cli.output import note, print_json, printable
from custodes.evidence.drones.registries import read_registry
from custodes.knowledge import knowledge
from custodes.knowledge.drones import range_fault
from custodes.model.drones import COLUMNS, Declaration
from custodes.model.errors import BadUsage

_WORD = re.compile(r"[a-z0-9]+")
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
        "oem": [
            {
                "supplier": item.supplier,
                "name": item.name,
                "confidence": item.confidence,
                "established": item.established,
                "relation": item.relation,
                "source": item.source,
            }
            for item in answer.makers
        ],
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
