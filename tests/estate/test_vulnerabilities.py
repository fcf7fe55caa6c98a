"""Known faults of devices in registers: every camera-related entry of the catalogue of exploited faults of 2025-08-25
on a made-up device of the product that its NVD record names, and none on its mended twin."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.model.assessment import Device

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))
from made_estate.faults import KEV, PARTS  # noqa: E402


def devices(
    tmp_path: Path, rows: Sequence[dict[str, str]], as_at: date = date(2026, 11, 26), **more: Any
) -> list[Device]:
    path = tmp_path / "register.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["Name", "Manufacturer", "Model", "Firmware", "Notes"])
        writer.writeheader()
        writer.writerows(rows)
    return list(assess(load_estate(path), Options(as_at, **more)).assessment.devices)


def row(name: str, make: str, model: str, firmware: str = "", part: str = "") -> dict[str, str]:
    return {"Name": name, "Manufacturer": make, "Model": model, "Firmware": firmware, "Notes": part}


def faults(device: Device, kind: str = "vulnerability") -> set[str]:
    """The faults that are told of a device; of the kind, or of one that begins so."""
    return {one.fault for one in device.findings if one.kind.startswith(kind)}


def test_every_entry_is_found_on_its_device_and_on_no_mended_twin(tmp_path: Path) -> None:
    rows = [row(f"old {cve}", make, model, old) for cve, make, model, old, _ in KEV]
    rows += [row(f"new {cve}", make, model, new) for cve, make, model, _, new in KEV if new]
    rows += [row(f"old {cve}", "", "", "", part) for cve, part in PARTS]
    found = {device.name: device for device in devices(tmp_path, rows)}
    assert len(KEV) + len(PARTS) == 24
    for cve, *_ in [*KEV, *PARTS]:
        assert cve in faults(found[f"old {cve}"]), cve
        twin = found.get(f"new {cve}")
        assert twin is None or cve not in faults(twin), cve


def test_only_what_is_certain_is_told_as_affected(tmp_path: Path) -> None:
    sure, silent, strange, series = devices(tmp_path, [
        row("a", "Dahua", "IPC-HFW5442T-ASE", "2.800.0000000.16.R.210301"), row("b", "Dahua", "IPC-HFW5442T-ASE"),
        row("c", "Dahua", "IPC-HFW5442T-ASE", "see label"),
        row("d", "Hikvision", "DS-2CD2143G0-I", "V5.5.53 build 180730"),
    ])  # fmt: skip
    assert "CVE-2021-33044" in {one.fault for one in sure.findings if one.kind == "vulnerability"}
    for device in (silent, strange, series):
        assert not [one for one in device.findings if one.kind == "vulnerability"]
    (text,) = (one.text for one in silent.findings if one.fault == "CVE-2021-33044")
    assert "its firmware is not on record" in text
    (text,) = (one.text for one in strange.findings if one.fault == "CVE-2021-33044")
    assert "cannot be told" in text


def test_neighbours_and_other_makes_are_not_accused(tmp_path: Path) -> None:
    for device in devices(tmp_path, [
        row("a", "Dahua", "NVR4108HS-8P-4KS2", "9.9"),
        row("b", "Axis", "IPC-HFW5442T-ASE", "2.800.0000000.16.R.210301"),
        row("c", "Reolink", "RLC-410", "1.0.227"), row("d", "PTZOptics", "PT20X-SDI", "6.3.34"),
        row("e", "Bosch", "NVRmini2", "3.9.1"),
    ]):  # fmt: skip
        assert not faults(device) & {cve for cve, *_ in KEV}, device.name


def test_what_was_listed_later_is_not_known_earlier(tmp_path: Path) -> None:
    rows = [row("a", "Dahua", "IPC-HFW5442T-ASE", "2.800.0000000.16.R.210301")]
    (before,) = devices(tmp_path, rows, date(2020, 12, 31))
    (between,) = devices(tmp_path, rows, date(2022, 1, 1))
    (after,) = devices(tmp_path, rows)
    assert not faults(before)
    (earlier,) = (one for one in between.findings if one.fault == "CVE-2021-33044")
    (later,) = (one for one in after.findings if one.fault == "CVE-2021-33044")
    assert "listed as exploited" not in earlier.text and earlier.severity == "check"
    assert "listed as exploited since 2024-08-21" in later.text and later.severity == "serious"


def test_a_fault_of_the_actual_maker_is_a_candidate(tmp_path: Path) -> None:
    rebrand, other_track = devices(tmp_path, [row("a", "Annke", "C800", "V5.5.53 build 180730"),
                                              row("b", "Annke", "C800", "V9")])  # fmt: skip
    assert rebrand.attribution.oem == "hikvision"
    (one,) = (finding for finding in rebrand.findings if finding.fault == "CVE-2021-36260")
    assert one.kind == "vulnerability-candidate" and "candidate, because it is made by Hikvision" in one.text
    assert "CVE-2021-36260" not in faults(other_track)


def test_files_that_are_brought_are_read_and_a_bad_one_is_named(tmp_path: Path) -> None:
    cve = "CVE-2024-7777"
    versions = [{"version": "0", "lessThan": "4.0", "status": "affected"}]
    affected = [{"vendor": "Uniview", "product": "IPC-B999", "versions": versions}]
    record = {"cveMetadata": {"cveId": cve}, "containers": {"cna": {"affected": affected}}}
    kev = {"catalogVersion": "2025.01.02", "vulnerabilities": [{"cveID": cve, "dateAdded": "2025-01-01"}]}
    texts = {"fault.json": json.dumps(record), "kev.json": json.dumps(kev), "bad.json": "{"}
    texts["epss.csv"] = f"cve,epss,percentile\n{cve},0.5,0.9\n"
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    path = tmp_path / "register.csv"
    path.write_text(
        "Name,Manufacturer,Model,Firmware\na,Uniview,IPC-B999,3.1\nb,Uniview,IPC-B999,4.0\n", encoding="utf-8"
    )
    options = Options(date(2026, 11, 26), advisories=tuple(tmp_path / name for name in texts))
    told = assess(load_estate(path), options).assessment
    (one,) = (finding for finding in told.devices[0].findings if finding.fault == cve)
    assert "listed as exploited since 2025-01-01 (catalogue of 2025-01-02)" in one.text and "50.0%" in one.text
    assert cve not in faults(told.devices[1])
    assert [finding.kind for finding in told.findings if "bad.json" in finding.text] == ["not-read"]


def test_an_overlay_adds_a_fault_without_code(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "vulnerabilities").mkdir(parents=True)
    (pack / "vulnerabilities" / "own.yaml").write_text(
        "- id: own-1\n  cve: CVE-2025-99999\n  affected:\n  - {vendor: Axis, products: [M3045-V], versions: '<9.0'}\n"
        "  source: made up\n  date: '2026-01-01'\n  certainty: high\n",
        encoding="utf-8",
    )
    old, new = devices(
        tmp_path, [row("a", "Axis", "M3045-V", "8.40"), row("b", "Axis", "M3045-V", "9.0")], packs=(pack,)
    )
    assert faults(old) == {"CVE-2025-99999"} and not faults(new)


def test_an_overlay_with_a_wrong_version_is_refused(tmp_path: Path) -> None:
    from custodes.model.errors import KnowledgeError

    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "vulnerabilities.yaml").write_text(
        "- id: own-1\n  cve: CVE-2025-99999\n  affected:\n  - vendor: Axis\n    versions: soon\n"
        "  source: made up\n  date: '2026-01-01'\n  certainty: high\n",
        encoding="utf-8",
    )
    with pytest.raises(KnowledgeError, match="holds no version"):
        devices(tmp_path, [row("a", "Axis", "M3045-V")], packs=(pack,))
