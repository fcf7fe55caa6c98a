"""Real and documented files: those of tests/real, and those in the folder that CUSTODES_DATA names, if it does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from custodes.evidence.registers import open_register

DATA = os.environ.get("CUSTODES_DATA", "")
HERE = Path(__file__).parents[2] / "real"

CASES = [
    (
        "registers/austin_traffic_cameras_2020.csv",
        "city-traffic-cameras",
        758,
        {"make": 610, "location": 758, "status": 758},
    ),
    ("registers/trafford_cctv_cameras.csv", "council-open-data-cameras", 163, {"make": 0, "location": 163}),
    ("estate/SYNTHETIC_milestone_camera_report.csv", "milestone-camera-report", 6, {"model": 6, "driver": 6}),
    (
        "estate/SYNTHETIC_milestone_export_hardware.csv",
        "milestone-export-hardware",
        6,
        {"mac": 5, "driver": 6},
    ),
    ("estate/SYNTHETIC_sadp_gbk.csv", "sadp", 3, {"serial": 3, "mac": 3, "cloud": 3}),
    ("estate/SYNTHETIC_sdm2_devices.csv", "sdm2-devices", 6, {"model": 6, "serial": 4}),
    ("estate/SYNTHETIC_snipeit_assets.csv", "snipe-it", 6, {"make": 6, "asset_tag": 6}),
    ("estate/cyclonedx_hbom_pcie_sata.json", "cyclonedx-hbom", 6, {"make": 6, "quantity": 6}),
]


def real(name: str) -> Path:
    """Where a real file lies; the test is skipped if it is not in the repository and no folder is named."""
    kept = HERE / Path(name).name
    if not kept.is_file() and not DATA:
        pytest.skip("CUSTODES_DATA is not set")
    return kept if kept.is_file() else Path(DATA) / name


@pytest.mark.parametrize(("name", "format_id", "count", "filled"), CASES)
def test_real_file(name: str, format_id: str, count: int, filled: dict[str, int]) -> None:
    (reading,) = open_register(real(name))
    rows = [row for batch in reading.batches for row in batch.to_pylist()]
    assert reading.account.format_id == format_id and len(rows) == count == reading.account.rows
    assert {key: sum(1 for row in rows if row[key]) for key in filled} == filled
    assert "Example-Secret" not in repr(rows) + repr(reading.account)
