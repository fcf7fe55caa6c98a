"""Known faults of programs inside an image: by records that a user brings, in the JSON, the table and CycloneDX."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from custodes.publication.schemas import schema


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An image with two programs that tell their versions. Made up."""
    path = tmp_path / "image.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bin/busybox", b"\x7fELF" + bytes(60) + b"BusyBox v1.30.1 (made up)\0" + bytes(60))
        archive.writestr("usr/sbin/dnsmasq", b"\x7fELF" + bytes(60) + b"\0dnsmasq-2.90\0" + bytes(60))
    return path


def record(cve: str, vendor: str, product: str, **bounds: str) -> dict[str, Any]:
    """A record as the NVD gives it."""
    match = {"vulnerable": True, "criteria": f"cpe:2.3:a:{vendor}:{product}:*:*:*:*:*:*:*:*"} | bounds
    return {
        "cve": {
            "id": cve,
            "lastModified": "2024-01-02T00:00:00",
            "configurations": [{"nodes": [{"cpeMatch": [match]}]}],
        }
    }


def inspect(image: Path, *words: str | Path) -> str:
    command = [sys.executable, "-m", "custodes.cli.main", "firmware", "inspect", str(image), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_version_in_the_range_is_told_and_another_is_not(image: Path, tmp_path: Path) -> None:
    records = [
        record("CVE-2024-0001", "busybox", "busybox", versionEndExcluding="1.31.0"),
        record("CVE-2024-0002", "busybox", "busybox", versionStartIncluding="1.33.0", versionEndExcluding="1.34.0"),
        record("CVE-2024-0003", "thekelleys", "dnsmasq", versionEndExcluding="2.90"),
        record("CVE-2024-0004", "another", "busybox", versionEndExcluding="9"),
        record("CVE-2024-0005", "thekelleys", "dnsmasq"),
    ]
    answer = tmp_path / "nvd.json"
    answer.write_text(json.dumps({"format": "NVD_CVE", "vulnerabilities": records}), encoding="utf-8")
    kev = tmp_path / "kev.json"
    listed = {
        "catalogVersion": "2024.02.02",
        "vulnerabilities": [{"cveID": "CVE-2024-0001", "dateAdded": "2024-02-01"}],
    }
    kev.write_text(json.dumps(listed), encoding="utf-8")
    bill = tmp_path / "bill.json"
    words = ["--advisories", answer, "--advisories", kev]
    told = json.loads(inspect(image, *words, "--format", "json", "--cyclonedx", bill))
    Draft202012Validator(schema("firmware-inspect")).validate(told)
    (one,) = told["vulnerabilities"]
    assert (one["id"], one["component"], one["version"], one["status"]) == (
        "CVE-2024-0001",
        "busybox",
        "1.30.1",
        "affected",
    )
    assert one["exploited_since"] == "2024-02-01"
    (fault,) = json.loads(bill.read_text())["vulnerabilities"]
    assert (fault["id"], fault["affects"]) == ("CVE-2024-0001", [{"ref": "busybox@1.30.1"}])
    table = " ".join(inspect(image, *words).split())
    assert "CVE-2024-0001 busybox 1.30.1: in the affected range, exploited since 2024-02-01" in table


def test_without_records_nothing_is_claimed(image: Path) -> None:
    assert json.loads(inspect(image, "--format", "json"))["vulnerabilities"] == []
    assert "Known faults" not in inspect(image)
