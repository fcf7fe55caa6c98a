"""Registers of serial numbers as others keep them, made reference data and looked into."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.evidence.drones.registries import read_registry
from custodes.model.drones import Declaration
from custodes.model.errors import BadInput

CAA = (
    "Registration mark;UAS serial number;Manufacturer;Model;Status\n"
    "SYN-1;9999F00000000000000A;Zork;Flyer 1;registered\n"
    ";;;;\n"
    "SYN-2;;Zork;Flyer 2;registered\n"
    "SYN-3;9999F00000000000000B;Zork;Flyer 1;Cancelled\n"
)


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, ["drone", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def _answers(*arguments: str) -> list[dict]:
    return [json.loads(line) for line in _run("serial", "--format", "jsonl", *arguments).splitlines()]


def test_a_register_in_columns_is_read_by_its_headings(tmp_path: Path) -> None:
    path = tmp_path / "SYNTHETIC_register.csv"
    path.write_text(CAA, encoding="utf-8")
    first, none, third = read_registry(path)
    assert first == Declaration("9999F00000000000000A", "", "registered", "SYN-1", "Zork", "Flyer 1")
    assert none == "line 4: no serial number"
    assert isinstance(third, Declaration)
    assert third.withdrawn


def test_a_register_becomes_reference_data(tmp_path: Path) -> None:
    path = tmp_path / "SYNTHETIC_register.csv"
    path.write_text(CAA, encoding="utf-8")
    _run("registry", str(path), "--out", str(tmp_path / "own"), "--name", "Test register", "--as-at", "2026-05-01")
    (before,) = _answers("9999F00000000000000A")
    after, cancelled = _answers("--pack", str(tmp_path / "own"), "9999F00000000000000A", "9999F00000000000000B")
    assert before["maker"] is None
    assert (after["maker"], after["model"], after["status"]) == ("Zork", "Flyer 1", "asserted")
    assert "Test register (2026-05-01, SYN-1)" in after["because"][0]["text"]
    assert cancelled["status"] == "review"
    checked = CliRunner().invoke(app, ["knowledge", "check", "--pack", str(tmp_path / "own")])
    assert checked.exit_code == 0, checked.output


def test_the_regulators_database_is_read(tmp_path: Path) -> None:
    path = tmp_path / "SYNTHETIC.sqlite"
    columns = "status TEXT, rid_tracking TEXT, make TEXT, model TEXT, deleted INTEGER"
    with sqlite3.connect(path) as base:
        base.execute(f"CREATE TABLE exact_serials (serial_number TEXT, {columns})")
        base.execute(f"CREATE TABLE serial_ranges (serial_start TEXT, serial_end TEXT, {columns})")
        base.execute("INSERT INTO exact_serials VALUES ('9999520001', 'accepted', 'RID1', 'Zork', 'A', 0)")
        base.execute("INSERT INTO exact_serials VALUES ('9999520002', 'accepted', 'RID1', 'Zork', 'A', 1)")
        base.execute(
            "INSERT INTO serial_ranges VALUES ('9999530000', '9999539999', 'accepted', 'RID2', 'Zork', 'B', 0)"
        )
    base.close()
    assert list(read_registry(path)) == [
        Declaration("9999520001", "", "accepted", "RID1", "Zork", "A"),
        Declaration("9999530000", "9999539999", "accepted", "RID2", "Zork", "B"),
    ]


@pytest.mark.parametrize("content", [b"SQLite format 3\x00" + b"x" * 600, b"a,b\n1,2\n", b""])
def test_what_is_no_register_is_refused_with_one_message(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput):
        list(read_registry(path))


def test_answers_come_in_order_and_dashes_end_the_options() -> None:
    found = _answers("1581F45T7228200D00A1", "9999F00000000000000A", "--", "-x", "--format")
    assert [row["serial"] for row in found] == ["1581F45T7228200D00A1", "9999F00000000000000A", "-X", "--FORMAT"]
    assert [row["form"] for row in found] == ["cta-2063-a", "cta-2063-a", "invalid", "invalid"]
