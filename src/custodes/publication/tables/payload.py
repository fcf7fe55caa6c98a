"""The machine objects of `assess`: published names, exact text, numbers of certainty. Schema beside it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from custodes.model.assessment import Assessment, Attribution, Because, Device, FileAccount, Finding, Paid
from custodes.model.contradictions import Side
from custodes.model.sources import SourceRow
from custodes.model.traffic import Traffic
from custodes.publication.text import escape_json
from custodes.publication.totals import all_findings, quantity, totals

Payload = dict[str, Any]


#: What `devices` leaves to the summary's `rules`, where it stands once: a device has many rules.
_ONCE = ("name", "doing")


def device_payload(device: Device, *, whole: bool = True) -> Payload:
    """One device as `explain` gives it; not `whole`: as the command line, the service and devices.json do."""
    origin = device.origin
    return {
        "device": device.id,
        "name": device.name,
        "body": device.body,
        "site": device.site,
        "system": device.system,
        "location": device.location,
        "quantity": device.quantity,
        "live": device.live,
        "attribution": _attribution(device.attribution),
        "origin": {key: origin.get(key) for key in ("brand", "maker", "owner", "component", "assembled")},
        "measures": [_plain(measure) if whole else _short(measure) for measure in device.measures],
        "findings": findings_payload(device.findings),
        "sources": _sources(device.sources),
        "mac": device.mac,
        "serial": device.serial,
        "firmware": device.firmware,
        "landlord": device.landlord,
        "installer": device.installer,
        "contract": device.contract,
        "channels": device.channels,
        "lenses": device.lenses,
        **({"assembled": device.assembled} if device.assembled else {}),
        **({"part": device.part} if device.part else {}),
        **({"bought": device.bought} if device.bought else {}),
        **({"paid": [_paid(one) for one in device.paid]} if device.paid else {}),
        **({"seen_on_network": True} if device.seen else {}),
    }


def _short(measure: Mapping[str, object]) -> Payload:
    return {key: _plain(value) for key, value in measure.items() if key not in _ONCE}


def _attribution(a: Attribution) -> Payload:
    return {
        "brand": a.brand,
        "brand_name": a.brand_name,
        "model": a.model,
        "device_type": a.device_type,
        "oem": a.oem,
        "oem_name": a.oem_name,
        "maker_status": a.maker_status.value,
        "maker_reason": a.maker_reason,
        "candidates": [_flat(candidate) for candidate in a.candidates],
        "component": a.component,
        "owner": a.owner,
        "owner_name": a.owner_name,
        "owners": [_flat(link) for link in a.owners],
        "status": a.status.value,
        "confidence": a.confidence,
        "reason": a.reason.value if a.reason else None,
        "because": [_because(piece) for piece in a.because],
    }


_NAMES: dict[type, tuple[str, ...]] = {}


def _names(kind: type) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(one.name for one in dataclasses.fields(kind))
    return _NAMES[kind]


def _flat(record: Any) -> Payload:
    """The fields of a record of plain values (`asdict` copies each of them, and there are many)."""
    return {name: getattr(record, name) for name in _names(type(record))}


def _because(piece: Because) -> Payload:
    return {**_flat(piece), "span": list(piece.span) if piece.span else None}


def _paid(paid: Paid) -> Payload:
    return {"what": paid.what, "text": paid.text, **_row(paid.where.file, paid.where.row, paid.where.sheet)}


def _sources(sources: Iterable[SourceRow]) -> list[Payload]:
    return [_row(source.file, source.row, source.sheet) for source in sources]


def _row(file: str, row: int, sheet: str, **more: str) -> Payload:
    return {"file": file, "row": row, **more, **({"sheet": sheet} if sheet else {})}


def findings_payload(findings: Iterable[Finding]) -> list[Payload]:
    """Findings as findings.json gives them."""
    return [
        {
            "id": finding.id,
            "kind": finding.kind,
            "severity": finding.severity,
            "text": finding.text,
            "device": finding.device,
            "sources": _sources(finding.sources),
            "next_step": finding.next_step,
            **({"rule": finding.rule, "identified_at": finding.identified_at} if finding.rule else {}),
            **({"fault": finding.fault} if finding.fault else {}),
            **({"about": finding.about} if finding.about else {}),
            **({"sides": [_side(side) for side in finding.sides]} if finding.sides else {}),
        }
        for finding in findings
    ]


def _side(side: Side) -> Payload:
    where = _row(side.where.file, side.where.row, side.where.sheet) if side.where else {}
    told = {"told_in": side.told_in} if side.told_in else {}
    return {"standing": str(side.standing), "value": side.value, **where, **told, "dated": side.dated, "age": side.age}


def summary_payload(assessment: Assessment) -> Payload:
    """The summary object. `live`, `established`, `probable` and `unknown` are quantities, of live devices."""
    sums = totals(assessment)
    return {
        "title": assessment.title,
        "rows": sum(account.rows for account in assessment.files),
        "devices": len(assessment.devices),
        "live": sums.live,
        "not_live": sums.not_live,
        "quantity": quantity(assessment.devices),
        "merged": [
            _row(m.file, m.row, m.sheet, into=m.into, **({"why": m.why} if m.why else {})) for m in assessment.merged
        ],
        "skipped": [_row(s.file, s.row, s.sheet, reason=s.reason) for s in assessment.skipped],
        "credentials": {
            "columns": list(dict.fromkeys(c for f in assessment.files for c in f.credentials.columns)),
            "values": sum(account.credentials.values for account in assessment.files),
        },
        "established": sums.makers.established,
        "probable": sums.makers.probable,
        "unknown": sums.makers.unknown,
        "label": {
            "established": sums.labels.established,
            "probable": sums.labels.probable,
            "unknown": sums.labels.unknown,
        },
        "files": [_file(account) for account in assessment.files],
        "as_at": assessment.as_at.isoformat(),
        "pack": {"version": assessment.pack_version, "date": assessment.pack_date.isoformat()},
        "program": assessment.program_version,
        "marking": assessment.marking,
        "synthetic": assessment.synthetic,
        "findings": findings_payload(all_findings(assessment)),
        "next_steps": [asdict(step) for step in assessment.next_steps],
        "rules": [_plain(row) for row in assessment.rules or ()],
        "country": assessment.country,
        **({"traffic": [_traffic(one) for one in assessment.traffic]} if assessment.traffic else {}),
    }


def _traffic(one: Traffic) -> Payload:
    """The traffic of a device, a flow each destination; bytes are those that `layer` counts."""
    return {**asdict(one), "ips": list(one.ips), "hours": round(one.hours, 4)}


def _file(account: FileAccount) -> Payload:
    return {
        "file": account.file,
        "format": account.format_name,
        "score": account.score,
        "encoding": account.encoding,
        "delimiter": account.delimiter,
        "header_row": account.header_row,
        "mapped": [{"header": header, "field": field} for header, field in account.mapped],
        "unmapped": list(account.unmapped),
        "rows": account.rows,
        "devices": account.devices,
        "merged": account.merged,
        "skipped": account.skipped,
        "credentials": {"columns": list(account.credentials.columns), "values": account.credentials.values},
        "gaps": list(account.gaps),
        "sha256": account.sha256,
        **({"dated": account.dated} if account.dated else {}),
    }


def assessment_text(assessment: Assessment, *, indent: int | None = None) -> Iterator[str]:
    """`{summary, devices}` as JSON, as `assess` prints it: a piece at a time, one device held as objects."""
    mark = "\n" if indent else ""
    yield f'{{{mark}"summary": {dumps(summary_payload(assessment), indent=indent)},{mark}"devices": ['
    for place, text in enumerate(device_texts(assessment)):
        yield f"{',' if place else ''}{mark}{text}"
    yield f"{mark}]{mark}}}"


def device_texts(assessment: Assessment) -> Iterator[str]:
    """Each device as JSON on one line. What many devices share of their rules is written out once."""
    rules: dict[int, str] = {}
    for device in assessment.devices:
        payload = device_payload(dataclasses.replace(device, measures=()), whole=False)
        head, _, tail = dumps(payload).partition('"measures": []')
        said = rules.get(id(device.measures))
        if said is None:
            said = rules[id(device.measures)] = dumps([_short(measure) for measure in device.measures])
        yield f'{head}"measures": {said}{tail}'


def _plain(value: object) -> Any:
    """`value` as JSON types only: mappings, lists, text, numbers; dates and the rest as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def dumps(payload: object, *, indent: int | None = None) -> str:
    """JSON that a terminal may show: exact text, every invisible character as an escape, no NaN."""
    return escape_json(json.dumps(payload, ensure_ascii=False, indent=indent, allow_nan=False))


def write_text(path: Path, pieces: Iterable[str]) -> Path:
    """Writes pieces of text as UTF-8 with a final line end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(pieces)
        stream.write("\n")
    return path


def write_json(path: Path, payload: object) -> Path:
    """Writes `payload` as UTF-8 JSON with a final line end; same payload, same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dumps(payload, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def write_findings(path: Path, assessment: Assessment) -> Path:
    """Writes findings.json: the marking, the date, and every finding once, serious first."""
    payload = {
        "marking": assessment.marking,
        "as_at": assessment.as_at.isoformat(),
        "findings": findings_payload(all_findings(assessment)),
    }
    return write_json(path, payload)
