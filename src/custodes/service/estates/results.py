"""The files that a run leaves, written by its own process and read by the service."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from custodes.attribution.identifiers import normal_mac
from custodes.estate.differing import differences
from custodes.estate.flows import Assessed
from custodes.estate.linking import Unit
from custodes.findings.first import SEVERITIES
from custodes.knowledge.text import squash
from custodes.model.assessment import Assessment, Device
from custodes.model.contradictions import Standing
from custodes.model.questions import Question
from custodes.model.vocab import Field, Status
from custodes.publication import words as w
from custodes.publication.tables import (
    assessment_text,
    device_payload,
    device_rows,
    dumps,
    summary_payload,
    write_csv,
    write_findings,
    write_json,
    write_xlsx,
)
from custodes.publication.text import clean
from custodes.publication.totals import all_findings

ROWS, FOUND, ASKED, TOLD = "rows.arrow", "found.jsonl", "asked.jsonl", "told.json"
TRAFFIC, SKIPPED, CHANGES, REFUSED = "traffic.json", "skipped.json", "changes.json", "refused.json"
PLAN, IMAGE, DRIFT, PAPER = "plan.json", "image.json", "drift.json", "paper.json"
ASSESSMENT, REPORT = "assessment.json.gz", "report.html"
#: A folder that was taken apart, and which of the folders in it is the estate's.
BROUGHT, ROOT = "brought", "root.txt"
#: More devices are written into no workbook, and not compared with the last time: both take minutes.
MOST_TABLED = 20_000
BATCH = 2_000
#: Signs of a device that are searched: an entry of an index holds so many, whatever their script.
MOST_SEARCHED = 500
#: Letters of a name of a device (`models.Device.ref`).
LONGEST_NAME = 260
#: A shorter serial number names nothing (`estate.judging`).
SHORTEST_SERIAL = 4
#: Records that became no device, destinations, and devices with traffic that a page can show.
MOST_SKIPPED, MOST_DESTINATIONS, MOST_SEEN = 500, 400, 200
#: Differences that a page can show.
MOST_CHANGES = 2_000
#: Of the summary, what stands in files of its own.
_APART = ("merged", "skipped", "findings", "traffic")

_TEXTS = (
    "ident",
    "name",
    "make",
    "model",
    "maker",
    "sure",
    "system",
    "site",
    "place",
    "firmware",
    "search",
    "ref",
    "label",
)
_TYPES = {
    **{name: pa.string() for name in _TEXTS},
    "quantity": pa.int32(),
    "live": pa.bool_(),
    "sensitive": pa.bool_(),
    "severity": pa.int8(),
    "payload": pa.binary(),
}
SCHEMA = pa.schema([pa.field(name, kind) for name, kind in _TYPES.items()])


def write(done: Assessed, out: Path) -> None:
    """Everything that pages show of an assessment."""
    assessment = done.assessment
    summary = summary_payload(assessment)
    told = {key: value for key, value in summary.items() if key not in _APART}
    write_json(out / TOLD, told | {"facets": facets(assessment), "merged": len(summary["merged"])})
    write_json(out / SKIPPED, {"many": len(summary["skipped"]), "rows": summary["skipped"][:MOST_SKIPPED]})
    write_json(out / TRAFFIC, destinations(summary.get("traffic", [])))
    _write_rows(done, out / ROWS, summary.get("traffic", []))
    _write_lines(out / FOUND, _findings(assessment))
    _write_lines(out / ASKED, _questions(done))
    with gzip.open(out / ASSESSMENT, "wt", encoding="utf-8", compresslevel=3) as stream:
        stream.writelines(assessment_text(assessment))
    table = device_rows(assessment)
    write_csv(out / "devices.csv", assessment, table)
    write_findings(out / "findings.json", assessment)
    if len(assessment.devices) <= MOST_TABLED:
        from custodes.publication.report import render_report

        (out / REPORT).write_text(render_report(assessment), encoding="utf-8")
        write_xlsx(out / "devices.xlsx", assessment, table)


def facets(assessment: Assessment) -> dict[str, dict[str, int]]:
    """How many devices each choice of a filter has."""
    found: dict[str, Counter[str]] = {name: Counter() for name in ("sure", "make", "maker", "system", "site", "live")}
    for device in assessment.devices:
        told = device.attribution
        found["sure"][str(told.maker_status)] += 1
        found["make"][clean(told.brand_name or "")] += 1
        found["maker"][_maker(device)] += 1
        found["system"][clean(device.system)] += 1
        found["site"][clean(device.site)] += 1
        found["live"]["yes" if device.live else "no"] += 1
    return {name: dict(counts.most_common()) for name, counts in found.items()}


def _maker(device: Device) -> str:
    return clean(device.attribution.oem_name or "")


def _write_rows(done: Assessed, path: Path, summary_traffic: Sequence[Any]) -> None:
    units = {unit.id: unit for unit in done.units}
    traffic: dict[str, list[Any]] = {}
    for one in summary_traffic:
        traffic.setdefault(one["device"], []).append(one)
    names = Names(done.assessment.devices)
    devices = iter(done.assessment.devices)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, SCHEMA) as writer:
        while batch := list(islice(devices, BATCH)):
            rows = [
                _row(device, units.get(device.id), done, traffic.get(device.id, [])) | {"ref": names.of(device)}
                for device in batch
            ]
            writer.write_batch(pa.RecordBatch.from_pylist(rows, SCHEMA))


class Names:
    """By what a judgement names a device, so that it holds when the records are exported again: a MAC or a serial
    number that only one device has, else its first record."""

    def __init__(self, devices: Sequence[Device]) -> None:
        self._macs = Counter(normal_mac(device.mac) for device in devices)
        self._serials = Counter(squash(device.serial) for device in devices)

    def of(self, device: Device) -> str:
        """The name of a device."""
        mac, serial = normal_mac(device.mac), squash(device.serial)
        if mac and self._macs[mac] == 1 and device.quantity == 1:
            return f"mac:{mac}"
        if len(serial) >= SHORTEST_SERIAL and self._serials[serial] == 1 and device.quantity == 1:
            return _short_enough(f"serial:{device.serial}", device)
        first = device.sources[0]
        return _short_enough(":".join(filter(None, (first.file, first.sheet, str(first.row)))), device)


def _short_enough(name: str, device: Device) -> str:
    """A name, or the device's own id where it is too long to be kept: a part of a name is the name of another."""
    return name if len(name) <= LONGEST_NAME else device.id


def _row(device: Device, unit: Unit | None, done: Assessed, traffic: Sequence[Any]) -> dict[str, Any]:
    told = device.attribution
    records = list(_records(unit, done)) if unit is not None else []
    payload = device_payload(device, whole=False)
    payload |= {"sensitive": device.sensitive, "ports": list(device.ports), "records": records}
    payload |= {key: getattr(device, key) for key in ("owner", "operator", "controller", "status_text", "site_id")}
    payload |= {"said": _said(device, done.assessment.words), "traffic": traffic}
    words = (
        *(device.id, device.name, device.location, device.site, device.mac, device.serial, device.firmware),
        *(told.brand_name, told.model, told.oem_name, told.device_type),
        *(record["cells"].get(str(Field.ADDRESS), "") for record in records),
    )
    worst = max((SEVERITIES.index(one.severity) + 1 for one in device.findings), default=0)
    return {
        "ident": device.id,
        "name": clean(device.name)[:200],
        "make": clean(told.brand_name or "")[:80],
        "model": clean(told.model or "")[:120],
        "maker": _maker(device)[:160],
        "label": str(told.status),
        "sure": str(told.maker_status),
        "system": clean(device.system)[:200],
        "site": clean(device.site)[:200],
        "place": device.site_id[:64],
        "firmware": clean(device.firmware)[:80],
        "search": clean(" ".join(filter(None, words))).casefold()[:MOST_SEARCHED],
        "quantity": device.quantity,
        "live": device.live,
        "sensitive": device.sensitive,
        "severity": worst,
        "payload": zlib.compress(dumps(payload).encode(), 3),
    }


def _said(device: Device, words: Mapping[str, str]) -> dict[str, Any]:
    """The sentences of a device's page."""
    told = device.attribution
    return {
        "made": clean(w.made_by(told, words)),
        "label": clean(w.labelled(told, words)),
        "owner": clean(w.owner_chain(told)),
        "rules": [clean(w.rule_line(measure, words)) for measure in device.measures],
    }


def destinations(seen: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the page of destinations shows: those of one operator or network together, those that get most first. Who is
    only likely stays apart."""
    grouped: dict[tuple[str, str], dict[str, Any]] = {}
    for one in seen:
        for flow in one["flows"]:
            sure = flow["operator"]
            whose = sure or (f"perhaps {flow['lead']}" if flow["lead"] else "") or (
                f"in the network of {flow['network']}" if flow["network"] else "whose it is, is not known"
            )  # fmt: skip
            row = grouped.setdefault(
                ("sure" if sure else "", whose),
                {"whose": whose, "up": 0, "down": 0, "devices": set(), "ends": set(), "hosting": set(),
                 "registered": set(), "disputed": False, "placed": False},
            )  # fmt: skip
            row["up"] += flow["up"]
            row["down"] += flow["down"]
            row["devices"].add(one["device"] or one["mac"] or ", ".join(one["ips"][:1]))
            row["ends"].add(flow["name"] or flow["ip"])
            row["hosting"].update(flow["hosting"])
            row["registered"].update(flow["registered"])
            row["disputed"] = row["disputed"] or bool(flow["disputed"])
            row["placed"] = row["placed"] or flow["disputed"] is not None
    rows = sorted(grouped.values(), key=lambda row: (-row["up"], row["whose"]))
    told = [{key: sorted(value) if isinstance(value, set) else value for key, value in row.items()} for row in rows]
    keys = ("device", "file", "mac", "ips", "hours", "uploads", "updates", "credentials", "bypassed")
    return {
        "rows": told[:MOST_DESTINATIONS],
        "left": max(0, len(told) - MOST_DESTINATIONS),
        "seen": [
            {**{key: one[key] for key in keys}, "up": sum(flow["up"] for flow in one["flows"])}
            for one in seen[:MOST_SEEN]
        ],
        "many": len(seen),
        "hours": max((one["hours"] for one in seen), default=0),
    }


def _records(unit: Unit, done: Assessed) -> Iterator[dict[str, Any]]:
    """What each record said of a device, and why it is taken to be the same device."""
    for one, why in zip(unit.sightings, unit.whys, strict=True):
        source = done.estate.sources[one.source]
        standing = Standing.OBSERVED if one.seen else source.standing
        cells = {str(field): clean(text)[:500] for field, text in one.cells.items() if text}
        yield {"file": one.file, "sheet": one.sheet, "row": one.row, "dated": source.dated, "standing": str(standing),
               "joined": why, "cells": cells}  # fmt: skip


def _findings(assessment: Assessment) -> Iterator[dict[str, Any]]:
    names = {device.id: device.name for device in assessment.devices}
    for one in all_findings(assessment):
        yield {
            "key": one.id,
            "kind": one.kind,
            "severity": SEVERITIES.index(one.severity) + 1,
            "text": clean(one.text),
            "step": clean(one.next_step),
            "device": one.device,
            "name": clean(names.get(one.device, ""))[:200],
            "rule": (one.rule or one.fault)[:120],
        }


def _questions(done: Assessed) -> Iterator[dict[str, Any]]:
    """Questions with what hangs on each. What decides most comes first: devices, twice if at a sensitive site, and
    once more if what a rule says hangs on who made it."""
    devices = {device.id: device for device in done.assessment.devices}
    for one in done.questions:
        held = [devices[key] for key in one.devices if key in devices]
        sensitive = sum(device.quantity for device in held if device.sensitive)
        ruled = sum(device.quantity for device in held if _hangs(device))
        yield {
            "key": one.id,
            "value": one.settles + sensitive + ruled,
            "settles": one.settles,
            "sensitive": sensitive,
            "ruled": ruled,
            "addressee": clean(one.addressee)[:200],
            "subject": clean(one.subject)[:300],
            "answered": any(piece.kind == "stated-by" for device in held for piece in device.attribution.because),
            "told": _question(one, held),
        }


def _hangs(device: Device) -> bool:
    return device.attribution.maker_status is not Status.ASSERTED and any(
        measure.get("reaches") == "unknown" for measure in device.measures
    )


def _question(one: Question, held: Sequence[Device]) -> dict[str, Any]:
    """The question, and what is known so far of the first of its devices."""
    first = held[0].attribution if held else None
    return {
        "addressee_kind": one.addressee_kind,
        "site": clean(one.site),
        "place": clean(one.place),
        "missing": clean(one.missing),
        "todo": clean(one.todo),
        "devices": list(one.devices),
        "make": first.brand_name if first is not None else None,
        "candidates": [
            {"name": candidate.name, "source": candidate.source, "relation": candidate.relation}
            for candidate in (first.candidates if first is not None else ())
        ],
        "because": [
            {"text": clean(piece.text), "against": piece.against} for piece in (first.because if first else ())
        ],
    }


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{dumps(row)}\n" for row in rows)


def rows(path: Path) -> Iterator[list[dict[str, Any]]]:
    """The devices of a run, a batch at a time."""
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as reader:
        for batch in reader:
            yield batch.to_pylist()


def brought(out: Path) -> Path:
    """The estate's folder of one that was taken apart."""
    return out / BROUGHT / (out / ROOT).read_text(encoding="utf-8")


def read_json(path: Path) -> Any:
    """A file of JSON; None of one that is not there."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def write_changes(before: Path, out: Path) -> None:
    """What differs from an earlier run, by why; nothing where either has more devices than are compared."""
    old, new = assessment(before), assessment(out)
    if old is None or new is None or max(len(old["devices"]), len(new["devices"])) > MOST_TABLED:
        return
    found = differences(old["devices"], new["devices"])
    counts = Counter(one.cause.name.lower() for one in found)
    told = [
        {"cause": one.cause.name.lower(), "device": one.device, "name": clean(one.name), "field": one.field,
         "subject": one.subject, "old": clean(one.old), "new": clean(one.new)}
        for one in found[:MOST_CHANGES]
    ]  # fmt: skip
    days = {"before": old["summary"]["as_at"], "pack_before": old["summary"]["pack"]["version"]}
    write_json(out / CHANGES, {**days, "counts": dict(counts), "changes": told})


def assessment(folder: Path) -> Any:
    """The assessment of an earlier run, as JSON has it; None where it is no longer there."""
    path = folder / ASSESSMENT
    if not path.is_file():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return json.load(stream)
