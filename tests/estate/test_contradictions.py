"""What sources tell in two ways: both sides with their records and ages, and nothing where both may hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app

BENCH = Path(__file__).parents[2] / "bench"
SCHEMA = Path(__file__).parents[2] / "src/custodes/publication/schemas/assess.schema.json"
HEAD = "Asset Tag,Site,Camera Name,Manufacturer,Model,Serial Number,MAC Address,Firmware,Status\n"
MAC = "00:40:8C:10:00:01"
HOST = (
    '<nmaprun><host><address addr="192.0.2.1" addrtype="ipv4"/><address addr="{mac}" addrtype="mac"/><ports>'
    '<port protocol="tcp" portid="80"><state state="open"/><script id="{script}" output="{text}"/></port></ports>'
    "</host></nmaprun>"
)
CONFIG = """
[estate]
as_at = "2026-11-26"
[[body]]
id = "north"
name = "Northmarch"
[[site]]
id = "quay"
name = "Quay"
[[site]]
id = "mill"
name = "Mill"
[[system]]
id = "cctv"
name = "CCTV"
"""


def assessed(folder: Path) -> dict[str, Any]:
    """The JSON of an assessment."""
    done = CliRunner().invoke(app, ["assess", str(folder), "--format", "json"])
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(told, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return told


def source(name: str, dated: str, more: str = "") -> str:
    """A source of the configuration."""
    return f'[[source]]\nfile = "{name}"\nbody = "north"\ndated = "{dated}"\n{more}\n'


def estate(folder: Path, *rows: tuple[str, str, str], scan: str = "", scanned: str = "2026-11-01") -> None:
    """Registers a.csv, b.csv ... of (row, day, more configuration), and a scan."""
    config = CONFIG
    for name, (row, dated, more) in zip("abc", rows, strict=False):
        (folder / f"{name}.csv").write_text(HEAD + row + "\n", encoding="utf-8")
        config += source(f"{name}.csv", dated, more)
    if scan:
        (folder / "scan.xml").write_text(scan, encoding="utf-8")
        config += source("scan.xml", scanned)
    (folder / "custodes.toml").write_text(config, encoding="utf-8")


def told(folder: Path, kind: str = "contradiction") -> list[dict[str, Any]]:
    """The findings of one kind."""
    return [one for one in assessed(folder)["summary"]["findings"] if one["kind"] == kind]


CASES = {
    "firmware": (f",,,,,S100200,{MAC},5.4.0,", f",,,,,,{MAC},5.6.0,", "firmware"),
    "firmware written otherwise": (f",,,,,S100200,{MAC},V5.4.0,", f",,,,,,{MAC},5.4.0,", ""),
    "firmware with its build": (f",,,,,S100200,{MAC},5.4.0 build 160530,", f",,,,,,{MAC},5.4.0,", ""),
    "firmware not told": (f",,,,,S100200,{MAC},,", f",,,,,,{MAC},5.6.0,", ""),
    "make": (f",,,Axis,,,{MAC},,", f",,,Bosch,,,{MAC},,", "make"),
    "make in capitals": (f",,,Axis,,,{MAC},,", f",,,AXIS,,,{MAC},,", ""),
    "make that nobody knows": (f",,,Axis,,,{MAC},,", f",,,Wombatcam,,,{MAC},,", ""),
    "names of one house": (f",,,Hikvision,,,{MAC},,", f",,,HiLook,,,{MAC},,", ""),
    "a label and who may have made it": (f",,,ABUS,,,{MAC},,", f",,,Hikvision,,,{MAC},,", ""),
    "model": (f",Quay,Gate 1,Axis,Q6045,,{MAC},,", f",Quay,Gate 1,Axis,P3225-LV,,{MAC},,", "model"),
    "model with more": (f",,,Axis,P3225-LV,,{MAC},,", f",,,Axis,P3225-LV Mk II,,{MAC},,", ""),
    "model in words": (f",,,Axis,P3225-LV,,{MAC},,", f",,,Axis,dome camera,,{MAC},,", ""),
    "site": (f",Quay,Gate 1,Axis,Q6045,,{MAC},,", f",Mill,Gate 1,Axis,Q6045,,{MAC},,", "site"),
    "site that is not configured": (f",Quay,Gate,,,,{MAC},,", f",Somewhere,Gate,,,,{MAC},,", ""),
    "unit": (f",Quay,Gate 1,Axis,Q6045,S100200,{MAC},,", ",Quay,Gate 1,Axis,Q6045,S998877,00:40:8C:77:55:33,,", "unit"),
    "unit at another site": (f",Quay,Gate 1,Axis,Q6045,,{MAC},,", ",Mill,Gate 1,Axis,Q6045,,00:40:8C:77:55:33,,", ""),
    "a unit that is gone": (
        f",Quay,Gate 1,Axis,Q6045,,{MAC},,Disposed", ",Quay,Gate 1,Axis,Q6045,,00:40:8C:77:55:33,,In use", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_two_registers(case: str, tmp_path: Path) -> None:
    one, other, about = CASES[case]
    estate(tmp_path, (one, "2025-01-15", ""), (other, "2026-11-02", 'standing = "stated"'))
    found = told(tmp_path)
    assert [row["about"] for row in found] == ([about] if about else [])
    for row in found:
        sides = {side["file"]: side for side in row["sides"]}
        assert [sides[name]["standing"] for name in ("a.csv", "b.csv")] == ["recorded", "stated"]
        assert [sides[name]["age"] for name in ("a.csv", "b.csv")] == [680, 24]  # days to 26 November 2026
        assert all(side["row"] == 2 and side["dated"] in row["text"] for side in row["sides"])


def _seen(text: str = "AXIS", mac: str = MAC) -> str:
    return HOST.format(mac=mac, script="http-title", text=text)


def test_the_network_shows_another_make(tmp_path: Path) -> None:
    estate(tmp_path, (f",,Gate,Bosch,,,{MAC},,", "2025-01-15", ""), scan=_seen())
    (found,) = told(tmp_path)
    assert (found["about"], found["severity"]) == ("make", "serious")
    assert [(side["standing"], side["value"]) for side in found["sides"]] == [
        ("recorded", "Bosch"), ("observed", "Axis")]  # fmt: skip


@pytest.mark.parametrize(("scanned", "told_twice"), [("2026-11-01", True), ("2024-06-01", False), ("", True)])
def test_gone_and_at_work(tmp_path: Path, scanned: str, told_twice: bool) -> None:
    """Seen before it was recorded as gone is no contradiction."""
    estate(tmp_path, (f",,Gate,Axis,,,{MAC},,Decommissioned", "2025-01-15", ""), scan=_seen(), scanned=scanned)
    if not scanned:
        config = (tmp_path / "custodes.toml").read_text(encoding="utf-8").replace('dated = ""', "")
        (tmp_path / "custodes.toml").write_text(config, encoding="utf-8")
    assert [one["about"] for one in told(tmp_path)] == (["life"] if told_twice else [])


@pytest.mark.parametrize(
    ("row", "alone"),
    [
        (",,Gate,Axis,,,00:40:8C:99:00:01,,", True),  # has a number of its own
        (",,Gate,Bosch,,,,,", True),  # another make
        (",,Gate,Axis,,,,,", False),  # no number: it could be it
        (",,Gate,,,,,,", False),
        (",,Gate,Axis,,,00:40:8C:10:00:91,,", False),  # a slip away
    ],
)
def test_on_the_network_in_no_record(tmp_path: Path, row: str, alone: bool) -> None:
    estate(tmp_path, (row, "2025-01-15", ""), scan=_seen())
    assert [one["about"] for one in told(tmp_path)] == (["not-recorded"] if alone else [])


def test_not_seen_is_not_absent(tmp_path: Path) -> None:
    estate(tmp_path, (",,Gate,Bosch,,,00:07:5F:10:00:01,,", "2025-01-15", ""), scan=_seen())
    (found,) = told(tmp_path, "not-seen")
    assert "1 of 1 units of north were not seen on the network on 2026-11-01" in found["text"]
    assert "not absent" in found["text"] and found["severity"] == "note"
    assert not [one for one in told(tmp_path) if "Bosch" in one["text"]]


def test_numbers_that_differ_by_one_sign_are_for_a_person(tmp_path: Path) -> None:
    one, other = (f",Quay,Gate 1,Axis,Q6045,S10020{last},,," for last in "12")
    estate(tmp_path, (one, "2025-01-15", ""), (other, "2026-11-02", ""))
    assert told(tmp_path) == []
    (found,) = told(tmp_path, "perhaps-one-unit")
    assert [side["value"].split(",")[0] for side in found["sides"]] == [
        "serial number S100201",
        "serial number S100202",
    ]


DECLARED = {
    "none, and there is one": ("{make: Axis, says: none, dated: 2026-03-01, source: reply 4}", True),
    "none of another": ("{make: Bosch, says: none}", False),
    "some": ("{make: Axis, says: some}", False),
    "a smaller number": ("{make: Axis, says: count, number: 0}", True),
    "a number": ("{make: Axis, says: count, number: 1}", False),
    "a larger number": ("{make: Axis, says: count, number: 9}", False),
    "none, of the body": ("{make: axis, says: none, body: Northmarch}", True),
    "none, of a system that has none": ("{make: axis, says: none, system: cctv}", False),
}


@pytest.mark.parametrize("case", DECLARED, ids=str)
def test_what_the_body_declared(case: str, tmp_path: Path) -> None:
    text, told_twice = DECLARED[case]
    estate(tmp_path, (f",,Gate,Axis,Q6045,,{MAC},,", "2026-01-15", ""))
    (tmp_path / "declared.yaml").write_text(f"- {text}\n", encoding="utf-8")
    found = told(tmp_path)
    assert [one["about"] for one in found] == (["declared"] if told_twice else [])
    for one in found:
        assert [side["standing"] for side in one["sides"]] == ["declared", "recorded"]
        assert one["sources"] == [{"file": "a.csv", "row": 2}] and "Gate" in one["text"]


def test_only_what_is_sure_contradicts_a_declaration(tmp_path: Path) -> None:
    """A make that is probable, and one of a unit that is gone, contradict nobody."""
    for row in (",,Hikvison gate,,,,,,", f",,Gate,Hikvision,,,{MAC},,Disposed"):
        estate(tmp_path, (row, "2026-01-15", ""))
        (tmp_path / "declared.yaml").write_text("- {make: Hikvision, says: none}\n", encoding="utf-8")
        assert told(tmp_path) == []


def test_declarations_that_cannot_be_taken(tmp_path: Path) -> None:
    estate(tmp_path, (f",,Gate,Axis,Q6045,,{MAC},,", "2026-01-15", ""))
    wrong = ["{make: Wombatcam, says: none}", "{make: Axis, says: never}", "{make: Axis, says: count}", "[1]",
             "{make: Axis, says: none, body: nobody}", "{make: Axis, says: none, system: x}",
             "{make: Axis, says: none, dated: soon}", "{make: Axis, says: none, because: x}"]  # fmt: skip
    lines = [*wrong, "{make: Axis, says: none}"]
    (tmp_path / "declared.yaml").write_text("".join(f"- {line}\n" for line in lines), encoding="utf-8")
    faults = told(tmp_path, "declaration-not-taken")
    assert [fault["text"].split(":")[0] for fault in faults] == [f"declared.yaml declaration {n}" for n in range(1, 9)]
    assert len(told(tmp_path)) == 1
    (tmp_path / "declared.yaml").write_text("- {make: [\n", encoding="utf-8")
    assert len(told(tmp_path, "declaration-not-taken")) == 1


@pytest.mark.parametrize("seed", [3, 4])
def test_made_up_estates(seed: int, tmp_path: Path) -> None:
    """Every contradiction that was planted is found, and no other."""
    order = [sys.executable, BENCH / "estate.py", "--seed", str(seed), "--size", "2000", "--out", tmp_path]
    subprocess.run(list(map(str, order)), check=True, capture_output=True)
    sys.path.insert(0, str(BENCH))
    from made_estate.scoring import contradicted

    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert {one["about"] for one in truth["contradictions"]} == {
        "make", "model", "firmware", "life", "unit", "not-recorded", "declared"}  # fmt: skip
    assert contradicted(truth, assessed(tmp_path)) == (set(), set())
