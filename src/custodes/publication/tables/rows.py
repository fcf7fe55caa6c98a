"""One flat row a device: the columns of devices.csv, devices.xlsx and devices.parquet."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from custodes.model.assessment import Assessment, Device, Skipped
from custodes.model.sources import SourceRow
from custodes.publication import words as w
from custodes.publication.text import clean

Cell = str | int | float | bool | None
FlatTable = tuple[list[str], list[list[Cell]]]  # names of the columns, rows
_Words = Mapping[str, str]
_Make = Callable[[Device, _Words], Cell]

_CELLS: dict[str, tuple[str, _Make]] = {
    "device": ("text", lambda d, _: d.id),
    "name": ("text", lambda d, _: d.name),
    "body": ("text", lambda d, _: d.body),
    "site": ("text", lambda d, _: d.site),
    "sensitive_site": ("flag", lambda d, _: d.sensitive),
    "system": ("text", lambda d, _: d.system),
    "location": ("text", lambda d, _: d.location),
    "quantity": ("count", lambda d, _: d.quantity),
    "channels": ("count", lambda d, _: d.channels),
    "lenses": ("count", lambda d, _: d.lenses),
    "live": ("flag", lambda d, _: d.live),
    "status_in_register": ("text", lambda d, _: d.status_text),
    "made_by": ("text", lambda d, _: w.maker_name(d.attribution)),
    "how_sure": ("text", lambda d, _: w.HOW_SURE[d.attribution.maker_status]),
    "maker_in_words": ("text", lambda d, words: w.made_by(d.attribution, words)),
    "owner_of_maker": ("text", lambda d, _: w.owner_text(d.attribution)),
    "owner_chain": ("text", lambda d, _: w.owner_chain(d.attribution)),
    "label": ("text", lambda d, _: w.label_name(d.attribution)),
    "label_how_sure": ("text", lambda d, _: w.HOW_SURE[d.attribution.status]),
    "label_in_words": ("text", lambda d, words: w.labelled(d.attribution, words)),
    "model": ("text", lambda d, _: d.attribution.model),
    "device_type": ("text", lambda d, _: d.attribution.device_type),
    "named_part": ("text", lambda d, _: d.attribution.component),
    "because": ("text", lambda d, _: "; ".join(w.because_lines(d.attribution))),
    "brand_id": ("text", lambda d, _: d.attribution.brand),
    "maker_id": ("text", lambda d, _: d.attribution.oem),
    "owner_id": ("text", lambda d, _: d.attribution.owner),
    "label_status": ("text", lambda d, _: d.attribution.status.value),
    "maker_status": ("text", lambda d, _: d.attribution.maker_status.value),
    "confidence": ("number", lambda d, _: d.attribution.confidence),
    "reading_brand": ("text", lambda d, _: d.origin.get("brand", "")),
    "reading_maker": ("text", lambda d, _: d.origin.get("maker", "")),
    "reading_owner": ("text", lambda d, _: d.origin.get("owner", "")),
    "reading_component": ("text", lambda d, _: d.origin.get("component", "")),
    "reading_assembled": ("text", lambda d, _: d.origin.get("assembled", "")),
    "rules": ("text", lambda d, words: " | ".join(w.rule_line(m, words) for m in d.measures)),
    "findings": ("text", lambda d, _: " | ".join(clean(f.text) for f in d.findings)),
    "what_would_settle_it": ("text", lambda d, _: what_settles(d)),
    "mac": ("text", lambda d, _: d.mac),
    "serial": ("text", lambda d, _: d.serial),
    "firmware": ("text", lambda d, _: d.firmware),
    "owner": ("text", lambda d, _: d.owner),
    "operator": ("text", lambda d, _: d.operator),
    "controller": ("text", lambda d, _: d.controller),
    "landlord": ("text", lambda d, _: d.landlord),
    "installer": ("text", lambda d, _: d.installer),
    "contract": ("text", lambda d, _: d.contract),
    "read_in": ("text", lambda d, _: "; ".join(map(place, d.sources))),
}

#: Column name -> "text", "count", "number" or "flag", in the order of every table.
COLUMNS: dict[str, str] = {name: kind for name, (kind, _) in _CELLS.items()}


def what_settles(device: Device) -> str:
    """The next steps that the findings of one device name, each once."""
    return "; ".join(dict.fromkeys(clean(f.next_step) for f in device.findings if f.next_step))


def place(source: SourceRow | Skipped) -> str:
    """Where a row stands: file, sheet if there is one, and row."""
    sheet = f", sheet {clean(source.sheet)}" if source.sheet else ""
    return f"{clean(source.file)}{sheet}, row {source.row}"


def device_rows(assessment: Assessment) -> FlatTable:
    """The flat table: column names, and one row a device (live or not: the column `live` says)."""
    makers = [make for name, (_, make) in _CELLS.items() if name != "rules"]
    words, place, rules = assessment.words, list(_CELLS).index("rules"), _CELLS["rules"][1]
    told: dict[int, Cell] = {}  # many devices share what is said of their rules
    rows = []
    for device in assessment.devices:
        said = told.get(id(device.measures))
        if said is None:
            said = told[id(device.measures)] = rules(device, words)
        row = [_shown(make(device, words)) for make in makers]
        row.insert(place, said or None)
        rows.append(row)
    return list(_CELLS), rows


def _shown(value: Cell) -> Cell:
    if value is None or value == "":
        return None
    return clean(value) if isinstance(value, str) else value
