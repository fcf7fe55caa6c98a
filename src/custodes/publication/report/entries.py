"""The devices of the report, one entry each. What stands at a sensitive site is counted, never placed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from custodes.model.assessment import Assessment, Because, Device
from custodes.publication import words as w
from custodes.publication.tables.rows import place
from custodes.publication.text import clean
from custodes.publication.totals import quantity

SHOW_ALL = 2_000
SHOWN = 500
WITHHELD = "withheld: sensitive site"


def device_entries(assessment: Assessment) -> list[dict[str, Any]]:
    """Two tables, live devices and those that are not; long lists cut, and the page says so."""
    limit = len(assessment.devices) if len(assessment.devices) <= SHOW_ALL else SHOWN
    live = [device for device in assessment.devices if device.live]
    apart = [device for device in assessment.devices if not device.live]
    return [
        _table("live", "Live devices", live, limit, assessment),
        _table("not-live", "Devices that are not live, in no total above", apart, limit, assessment),
    ]


def _table(key: str, title: str, devices: list[Device], limit: int, assessment: Assessment) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "entries": [_entry(device, assessment) for device in devices[:limit]],
        "total": len(devices),
        "quantity": quantity(devices),
    }


def _entry(device: Device, assessment: Assessment) -> dict[str, Any]:
    attribution, words = device.attribution, assessment.words
    placed = [device.body, device.site, device.location]
    return {
        "id": clean(device.id),
        "name": WITHHELD if device.sensitive else clean(device.name) or "no name in the register",
        "place": clean(device.body) if device.sensitive else ", ".join(filter(None, map(clean, placed))),
        "system": clean(device.system),
        "quantity": device.quantity,
        "status": clean(device.status_text),
        "made_by": w.made_by(attribution, words),
        "label": w.labelled(attribution, words),
        "owner": w.owner_chain(attribution) or w.owner_text(attribution),
        "because": [_because(piece, device) for piece in sorted(attribution.because, key=_order)],
        "candidates": [_candidate(c.name, c.relation, c.source) for c in attribution.candidates],
        "rules": [w.rule_line(measure, words) for measure in device.measures],
        "findings": [private_text(finding.text, device) for finding in device.findings],
        "places": _places(device),
    }


def _order(piece: Because) -> tuple[bool, float]:
    return (piece.against, -abs(piece.weight))


def _because(piece: Because, device: Device) -> dict[str, str]:
    column = f"in the column {w.say(piece.field, {})}" if piece.field else ""
    return {
        "word": "although" if piece.against else "because",
        "text": private_text(piece.text, device),
        "source": "; ".join(filter(None, (column, clean(piece.source)))),
    }


def _candidate(name: str, relation: str, source: str) -> str:
    told = "; ".join(filter(None, (clean(relation), clean(source))))
    return f"{clean(name)} ({told})" if told else clean(name)


def _places(device: Device) -> str:
    shown = [place(source) for source in device.sources[:3]]
    more = len(device.sources) - len(shown)
    return "; ".join([*shown, f"and {more} more"] if more > 0 else shown)


def private_text(text: str, device: Device | None) -> str:
    """`text` for the page: of a device at a sensitive site, its name and place are taken out."""
    told = clean(text)
    if device is None or not device.sensitive:
        return told
    for secret in _longest_first((device.site, device.location, device.name)):
        told = told.replace(secret, f"[{WITHHELD}]")
    return told


def _longest_first(values: Iterable[str]) -> list[str]:
    return sorted((text for text in map(clean, values) if len(text) > 2), key=len, reverse=True)
