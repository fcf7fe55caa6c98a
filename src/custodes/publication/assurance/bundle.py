"""Writes the bundle of an estate: the whole for its owner, or totals for everybody; each with its log and proof."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from custodes.model.assessment import Assessment
from custodes.model.checks import Result
from custodes.publication import tables
from custodes.publication.annual.print import pdf
from custodes.publication.assurance import machines
from custodes.publication.assurance.figures import BySystem, by_system, figures
from custodes.publication.assurance.page import page
from custodes.publication.assurance.paper import payload
from custodes.publication.checks.said import result_object
from custodes.publication.edition.stamp import Stamp, code_version, templates_version
from custodes.publication.opendata.frozen import dump, table
from custodes.publication.place import placed
from custodes.publication.proof.bundle import seal, write
from custodes.publication.proof.keys import Signer
from custodes.publication.proof.log import CHECK, DEVICE, EDITION, FIGURE, FINDING, SOURCE, Log
from custodes.publication.proof.notes import Checkpoint
from custodes.publication.proof.tree import Tree
from custodes.publication.publish import verification_code
from custodes.publication.report import render_report
from custodes.publication.site.build import Head
from custodes.publication.text import file_marking
from custodes.publication.totals import all_findings

_EDITION = "estate"


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    head: Checkpoint
    code: str
    hash: str
    entries: int


def publish_estate(
    assessment: Assessment,
    results: Sequence[Result],
    out: Path,
    signer: Signer | None,
    *,
    source: Path,
    public: bool,
    below: int = 0,
    origin: str = "",
    progress: Callable[[str], None] = lambda _: None,
) -> Made:
    """Writes the bundle of what was read from `source`.

    `public`: totals only, and counts from 1 up to `below` - 1 of a system are not shown.
    """
    told = list(figures(assessment))
    by = by_system(assessment, below if public else 0, public=public)
    name = origin or ("custodes/estate" if public else "custodes/assurance")
    stamp = _stamp(assessment, public, below)
    log = _log(assessment, told, by, results, stamp, name, public=public)
    tree = log.tree()
    code = verification_code(tree.root)
    head = Head(name, log.size, base64.b64encode(tree.root).decode(), code, signer.name if signer else "")
    with placed(out, source) as made:
        progress("report")
        paper = payload(assessment, told, by, results, head, public=public)
        tail = file_marking(assessment.marking)
        write(made, f"report{tail}.pdf", pdf(paper))
        write(made, "data/figures.json", dump(told))
        write(made, "data/systems.csv", table(("system", "maker", "devices"), _cells(by)))
        write(made, "edition.json", dump({"hash": stamp.digest(), **stamp.record()}))
        write(made, "proof/proofs.json", _proofs(log, tree))
        if public:
            write(made, "index.html", page(assessment, told, by, head))
        else:
            _whole(made, assessment, results, tail)
        sealed = seal(made, log, name, signer)
    return Made(sealed, code, stamp.digest(), log.size)


def _whole(made: Path, assessment: Assessment, results: Sequence[Result], tail: str) -> None:
    """What only the owner has: the page, every device, every finding, every check."""
    write(made, "index.html", render_report(assessment).encode())
    devices, rows = made / "data" / f"devices{tail}", tables.device_rows(assessment)
    devices.parent.mkdir(parents=True, exist_ok=True)
    tables.write_csv(devices.with_name(devices.name + ".csv"), assessment, rows)
    tables.write_xlsx(devices.with_name(devices.name + ".xlsx"), assessment, rows)
    tables.write_parquet(devices.with_name(devices.name + ".parquet"), assessment, rows)
    tables.write_text(devices.with_name(devices.name + ".json"), tables.assessment_text(assessment, indent=1))
    tables.write_findings(made / "data" / f"findings{tail}.json", assessment)
    write(made, f"data/checks{tail}.json", dump([result_object(one) for one in results]))
    write(made, f"data/oscal-assessment-results{tail}.json", machines.oscal(assessment, results))
    write(made, f"data/devices{tail}.cdx.json", machines.cyclonedx(assessment))


def _stamp(assessment: Assessment, public: bool, below: int) -> Stamp:
    policy = f"totals-1 below {below}" if public else "whole-1"
    files = {} if public else {account.file: account.sha256 for account in assessment.files}
    return Stamp(
        _EDITION,
        assessment.as_at.isoformat(),
        code_version(),
        assessment.pack_version,
        policy,
        templates_version(),
        files,
    )


def _log(
    assessment: Assessment,
    told: Sequence[Mapping[str, Any]],
    by: BySystem,
    results: Sequence[Result],
    stamp: Stamp,
    origin: str,
    *,
    public: bool,
) -> Log:
    log = Log.begun(
        origin, {"estate": assessment.title, "as_at": assessment.as_at.isoformat(), "format": "custodes-log-1"}
    )
    if not public:
        for account in assessment.files:
            log.add(SOURCE, {"file": account.file, "sha256": account.sha256, "rows": account.rows})
        for device in assessment.devices:
            log.add(DEVICE, tables.device_payload(device), device.id)
        for finding in all_findings(assessment):
            log.add(FINDING, {"id": finding.id, "severity": finding.severity, "text": finding.text}, finding.id)
        for one in results:
            log.add(CHECK, result_object(one))
    for figure in told:
        log.add(FIGURE, figure, _EDITION, str(figure["id"]))
    log.add(FIGURE, {"id": "systems", "cells": [list(row.values()) for row in _cells(by)]}, _EDITION, "systems")
    log.add(EDITION, {"id": _EDITION, "hash": stamp.digest(), "rests_on": stamp.record(), "files": {}}, _EDITION)
    return log


def _cells(by: BySystem) -> list[dict[str, Any]]:
    return [
        {"system": system, "maker": maker, "devices": "[c]" if many is None else many}
        for (system, maker), many in by.cells.items()
    ]


def _proofs(log: Log, tree: Tree) -> bytes:
    """For each device and finding: its place in the log, and the hash that its line has there."""
    rows = [
        {"kind": place[0], "id": place[1], "index": index, "leaf": tree.levels[0][index].hex()}
        for place, index in log.places.items()
        if place[0] in (DEVICE, FINDING)
    ]
    return (json.dumps({"entries": rows, "log": sha256(tree.root).hexdigest()}, indent=1) + "\n").encode()
