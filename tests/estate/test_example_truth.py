"""Every trap of the bundled example estate, against what TRUTH.json states by construction."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.knowledge import knowledge
from custodes.model.assessment import Assessment, Device
from custodes.model.vocab import Status

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
TRUTH = json.loads((EXAMPLE / "TRUTH.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return assess(load_estate(EXAMPLE), Options(date.fromisoformat(TRUTH["as_at"]))).assessment


@pytest.fixture(scope="module")
def places(assessment: Assessment) -> dict[tuple[str, int], Device]:
    return {(source.file, source.row): device for device in assessment.devices for source in device.sources}


def test_every_row_is_in_exactly_one_place(assessment: Assessment) -> None:
    rows = [(s.file, s.row, s.sheet) for d in assessment.devices for s in d.sources]
    rows += [(s.file, s.row, s.sheet) for s in assessment.skipped]
    assert len(rows) == len(set(rows))
    for file in TRUTH["files"]:
        told = sum(account.rows for account in assessment.files if account.file == file["file"])
        assert told == file["rows"], file["file"]
        assert sum(row[0] == file["file"] for row in rows) == file["rows"], file["file"]


def makers(device: Device) -> dict[str, Any]:
    a = device.attribution
    return {"brand": a.brand, "status": a.status.value, "oem": a.oem, "maker_status": a.maker_status.value}


def asserted(device: Device | None) -> set[str]:
    """Firms that a device is asserted to be of: by its label or its maker."""
    if device is None:
        return set()
    a = device.attribution
    found = {a.brand} if a.status is Status.ASSERTED else set()
    return {name for name in found | {a.oem} if name}


TRAPS = [pytest.param(trap, id=f"{trap['id']}") for trap in TRUTH["traps"]]


@pytest.mark.parametrize("trap", TRAPS)
def test_trap(trap: dict[str, Any], assessment: Assessment, places: dict[tuple[str, int], Device]) -> None:
    device = places.get((trap["file"], trap["row"]))
    must = trap["must"]
    checks = [CHECKS[key] for key in must if key in CHECKS]
    for key in must:
        if key in CHECKS:
            fault = CHECKS[key](must[key], device, trap, assessment, places)
            assert not fault, f"{trap['file']} row {trap['row']} ({trap['shows']}): {key}: {fault}"
    assert checks or set(must) <= UNCHECKED, f"no check for {set(must)}"


#: Keys that other tests hold (planted secrets), that are remarks, or that a later part reads.
UNCHECKED = {
    "note",
    "because",
    "secret_dropped",
    "may_merge_with",
    "answer",
    "at_least",
    "reason",
    "text_kept",
    "asset_tag",
}


def same_firm(want: str, brand_id: str | None) -> bool:
    """TRUTH names firms by supplier id where there is one, else by brand id."""
    row = knowledge().pack.brands.get(brand_id or "")
    return row is not None and want in (row.id, row.supplier)


def brand(want: str, device: Device | None, *_: Any) -> str:
    ok = device is not None and same_firm(want, device.attribution.brand)
    ok = ok and device is not None and device.attribution.status is Status.ASSERTED
    return "" if ok else f"wanted brand {want}, got {device and makers(device)}"


def maker(want: str, device: Device | None, *_: Any) -> str:
    return (
        ""
        if device is not None and device.attribution.oem == want
        else f"wanted {want}, got {device and makers(device)}"
    )


def candidate(want: str, device: Device | None, *_: Any) -> str:
    if device is None:
        return "no device"
    a = device.attribution
    names = {a.oem} if a.oem else {c.supplier for c in a.candidates}
    return "" if want in names and (a.oem in (None, want)) else f"wanted {want}, got {makers(device)} {names}"


def not_established(_: Any, device: Device | None, *__: Any) -> str:
    return "" if device is None or device.attribution.oem is None else f"established {device.attribution.oem}"


def never(want: list[str], device: Device | None, *_: Any) -> str:
    wrong = asserted(device) & set(want)
    return f"asserted {wrong}" if wrong else ""


def never_maker(want: list[str], device: Device | None, *_: Any) -> str:
    return f"maker {device.attribution.oem}" if device and device.attribution.oem in want else ""


def not_device(_: Any, device: Device | None, *__: Any) -> str:
    return f"asserted {asserted(device)}" if asserted(device) else ""


def live(want: bool, device: Device | None, *_: Any) -> str:
    return "" if device is not None and device.live is want else f"live is {device and device.live}"


def quantity(want: int, device: Device | None, *_: Any) -> str:
    return "" if device is not None and device.quantity == want else f"quantity {device and device.quantity}"


def status_at_most(want: str, device: Device | None, *_: Any) -> str:
    order = ["unknown", "review", "asserted"]
    got = device.attribution.status.value if device else "unknown"
    return "" if order.index(got) <= order.index(want) else got


def merges(
    want: list[dict[str, Any]], device: Device | None, _: Any, __: Any, places: dict[tuple[str, int], Device]
) -> str:
    ok = device is not None and all(places.get((w["file"], w["row"])) is device for w in want)
    return "" if ok else "not merged"


def never_merges(
    want: list[dict[str, Any]], device: Device | None, _: Any, __: Any, places: dict[tuple[str, int], Device]
) -> str:
    wrong = [w for w in want if device is not None and places.get((w["file"], w["row"])) is device]
    return f"merged with {wrong}" if wrong else ""


def damaged(want: dict[str, str], device: Device | None, *_: Any) -> str:
    if device is None:
        return "no device"
    found = {b.field: b.text for b in device.attribution.because if b.kind == "damage"}
    missing = set(want) - set(found)
    used = [b.kind for b in device.attribution.because if b.field in want and b.kind in ("mac-block", "serial-shape")]
    return f"missing {missing}, used {used}" if missing or used else ""


def contradiction(_: Any, device: Device | None, *__: Any) -> str:
    if device is None:
        return "no device"
    kinds = {finding.kind for finding in device.findings}
    against = any(
        b.against and b.kind in ("mac-block", "serial-shape", "context", "model-code")
        for b in device.attribution.because
    )
    both = device.attribution.brand is not None and device.attribution.oem not in (
        None,
        device.attribution.brand,
    )
    told = kinds & {"label-contradicts-identifier", "records-contradict"}
    return "" if told or against or both else f"nobody is told: {kinds}"


def cloud(_: Any, device: Device | None, *__: Any) -> str:
    return "" if device and any(f.kind == "cloud-enrolled" for f in device.findings) else "no cloud finding"


def sensitive(_: Any, device: Device | None, *__: Any) -> str:
    return "" if device is not None and device.sensitive else "not at a sensitive site"


def channels(want: int, device: Device | None, *_: Any) -> str:
    return "" if device is not None and device.channels == want else f"channels {device and device.channels}"


def several(want: list[str], device: Device | None, *_: Any) -> str:
    return "" if not asserted(device) else f"asserted {asserted(device)}"


def location(want: str, device: Device | None, *_: Any) -> str:
    return "" if device is not None and want in device.location else f"location {device and device.location}"


def contract(want: str, device: Device | None, *_: Any) -> str:
    return "" if device is not None and device.contract == want else f"contract {device and device.contract}"


CHECKS = {
    "brand": brand,
    "maker": maker,
    "maker_candidate": candidate,
    "maker_not_established": not_established,
    "never": never,
    "never_maker": never_maker,
    "not_a_device": not_device,
    "live": live,
    "quantity": quantity,
    "quantity_about": quantity,
    "status_at_most": status_at_most,
    "merges_with": merges,
    "never_merges_with": never_merges,
    "damaged": damaged,
    "contradiction": contradiction,
    "cloud": cloud,
    "sensitive": sensitive,
    "one_device_with_channels": channels,
    "several_brands": several,
    "location_from_merge": location,
    "contract": contract,
}
