"""The example estate: what is committed is what the generator makes, and TRUTH.json points where it says."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "src" / "custodes" / "estate" / "example"
TRUTH: dict[str, Any] = json.loads((EXAMPLE / "TRUTH.json").read_text(encoding="utf-8"))
FILES = {entry["file"]: entry for entry in TRUTH["files"]}


def records(name: str) -> list[list[str]]:
    """Every record of a file as text, counted as TRUTH.json counts: titles, header and blank lines too."""
    path, entry = EXAMPLE / name, FILES[name]
    if entry["container"] == "xlsx":
        page = load_workbook(path).worksheets[0]
        return [["" if cell is None else str(cell) for cell in row] for row in page.values]
    text = path.read_bytes().decode(entry["encoding"])
    if entry["container"] == "jsonl":
        return [[str(value) for value in json.loads(line).values()] for line in text.splitlines()]
    delimiter = ";" if "sdm2" in name else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_the_generator_makes_exactly_the_committed_files() -> None:
    command = [sys.executable, str(ROOT / "tools" / "make_example.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", FILES)
def test_counts(name: str) -> None:
    found, entry = records(name), FILES[name]
    assert len(found) == entry["records"]
    assert len(found) - entry["first_row"] + 1 == entry["rows"]
    assert all(any(cell for cell in record) for record in found[entry["first_row"] - 1 :])
    assert name.startswith("SYNTHETIC_")


@pytest.mark.parametrize("trap", TRUTH["traps"], ids=lambda trap: str(trap["id"]))
def test_a_trap_stands_where_it_says(trap: dict[str, Any]) -> None:
    record = records(trap["file"])[trap["row"] - 1]
    assert any(trap["shows"] in cell for cell in record), record
    assert trap["what"] and trap["must"]
    assert set(trap["must"]) <= set(TRUTH["must_words"])
    for key in ("merges_with", "may_merge_with", "never_merges_with"):
        for where in trap["must"].get(key, []):
            assert FILES[where["file"]]["first_row"] <= where["row"] <= FILES[where["file"]]["records"]


@pytest.mark.parametrize("group", TRUTH["same_device"], ids=lambda group: str(group["mac"]))
def test_rows_of_one_device_name_one_mac(group: dict[str, Any]) -> None:
    for where in group["rows"]:
        record = records(where["file"])[where["row"] - 1]
        assert any(re.sub(r"[^0-9a-f]", "", cell.lower()) == group["mac"] for cell in record)


@pytest.mark.parametrize("name", FILES)
def test_planted_passwords_are_counted_and_plainly_fake(name: str) -> None:
    found, entry = records(name), FILES[name]
    cells = [cell for record in found for cell in record]
    assert sum(TRUTH["secret_prefix"] in cell for cell in cells) == entry["secrets"]
    header = found[entry["header_row"] - 1] if entry["header_row"] else []
    for column in entry["password_columns"]:
        values = [record[header.index(column)] for record in found[entry["first_row"] - 1 :]]
        assert all(value.startswith(TRUTH["secret_prefix"]) for value in values if value)


def test_the_configuration_names_every_file_once() -> None:
    config = tomllib.loads((EXAMPLE / "custodes.toml").read_text(encoding="utf-8"))
    assert config["estate"]["synthetic"] is True
    assert len(config["source"]) == len(FILES)
    assert {source["file"] for source in config["source"]} == set(FILES)
    bodies, sites = ({row["id"] for row in config[table]} for table in ("body", "site"))
    systems = {row["id"] for row in config["system"]}
    for source in config["source"]:
        assert source["body"] in bodies and source["system"] in systems
        assert source.get("site") is None or source["site"] in sites
        header = FILES[source["file"]]["header_row"]
        if "mapping" in source and header is not None:
            assert set(source["mapping"]) <= set(records(source["file"])[header - 1])


def test_the_traps_asked_for_are_all_there() -> None:
    found = {key for trap in TRUTH["traps"] for key in trap["must"]}
    assert found == set(TRUTH["must_words"])
    assert 150 <= TRUTH["rows"] <= 250
