"""`custodes diff`: two assessments, and why they differ."""

from __future__ import annotations

import json
from pathlib import Path

from cli_run import Run
from jsonschema import Draft202012Validator

from custodes.publication.schemas import schema


def test_the_command(run: Run, tmp_path: Path) -> None:
    head = "Name,Manufacturer,Model,Firmware,MAC\n"
    (tmp_path / "old.csv").write_text(head + "Gate,Dahua,IPC-HFW5442T,2.800.0000000.16.R.210301,3C:EF:8C:00:00:01\n")
    (tmp_path / "new.csv").write_text(head + "Gate,Dahua,IPC-HFW5442T,2.840.0000000.18.R.220705,3C:EF:8C:00:00:01\n")
    for name in ("old", "new"):
        done = run("assess", tmp_path / f"{name}.csv", "--format", "json", "--as-at", "2026-01-01")
        (tmp_path / f"{name}.json").write_text(done.stdout, encoding="utf-8")
    done = run("diff", tmp_path / "old.json", tmp_path / "new.json", "--format", "json")
    rows = json.loads(done.stdout)
    Draft202012Validator(schema("assessment-diff")).validate(rows)
    assert {row["cause"] for row in rows} == {"equipment"}
    assert {row["field"] for row in rows} == {"firmware", "finding"}
    table = run("diff", tmp_path / "old.json", tmp_path / "new.json").stdout
    assert "Equipment changed" in table and "no longer: CVE-2021-33044" in table
    same = run("diff", tmp_path / "old.json", tmp_path / "old.json")
    assert "Nothing differs." in same.stdout
    bad = run("diff", tmp_path / "old.csv", tmp_path / "new.json", codes=(2,))
    assert "OLD" in bad.stderr and len(bad.stderr.splitlines()) <= 12
