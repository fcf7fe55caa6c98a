"""Timelines: every event by its day with who tells it, what has no day told as that, a rule with its force here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
from typer.testing import CliRunner

from custodes.cli.commands import app

SCHEMA = Path(__file__).parents[2] / "src/custodes/publication/schemas/timeline.schema.json"
HEAD = "Asset Tag,Site,Camera Name,Manufacturer,Model,Serial Number,MAC Address,Firmware,Purchase Date,Status\n"
CONFIG = """
[estate]
as_at = "2026-11-26"
[[body]]
id = "north"
name = "Northmarch"
kind = "police-force"
[[site]]
id = "quay"
name = "Quay"
sensitive = true
[[system]]
id = "cctv"
name = "CCTV"
body = "north"
contract = "C-7"
contract_end = "2027-03-31"
[[source]]
file = "old.csv"
body = "north"
system = "cctv"
dated = "2022-05"
[[source]]
file = "new.csv"
body = "north"
dated = "2026-02-03"
[[source]]
file = "loose.csv"
body = "north"
"""


def estate(folder: Path) -> Path:
    """Three registers of one unit, a judgement, a declaration and an attestation."""
    number = "DS-2CD2143G0-I20200101AAWRE12345678,44:19:B6:00:00:01"
    for name, firmware, status in (("old", "V5.5.0", "in use"), ("new", "V5.5.800", "in use"), ("loose", "", "")):
        row = f"A1,Quay,Gate,Hikvision,DS-2CD2143G0-I,{number},{firmware},2020-03-04,{status}\n"
        (folder / f"{name}.csv").write_text(HEAD + row, encoding="utf-8")
    (folder / "custodes.toml").write_text(CONFIG, encoding="utf-8")
    (folder / "judgements.yaml").write_text(
        '- {say: make, of: ["old.csv:2"], make: Hikvision, by: surveyor, date: 2024-01-02, because: label read}\n',
        encoding="utf-8",
    )
    (folder / "declared.yaml").write_text(
        "- {make: Hikvision, says: none, dated: 2025-06-01, source: reply 4}\n", encoding="utf-8"
    )
    (folder / "attested.yaml").write_text(
        "- {check: SCC-01, answer: yes, by: head of CCTV, date: 2026-10-01}\n"
        "- {check: SCC-02, answer: yes, by: head of CCTV, date: 2026-10-01}\n",
        encoding="utf-8",
    )
    return folder


def events(folder: Path, *more: str) -> list[dict[str, Any]]:
    """The events, each held against the schema."""
    done = CliRunner().invoke(app, ["timeline", str(folder), "--format", "json", *more])
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for one in found:
        jsonschema.validate(one, schema)
    assert [one["day"] for one in found] == sorted(one["day"] for one in found)
    return found


def of(found: list[dict[str, Any]], *what: str) -> list[tuple[str, str, str]]:
    """Day, text and source of the events of some kinds."""
    return [(one["day"], one["text"], one["source"]) for one in found if one["what"] in what]


def test_a_device_by_its_records(tmp_path: Path) -> None:
    found = events(estate(tmp_path), "--device", "Gate")
    assert of(found, "recorded", "bought", "judged", "contract ends") == [
        ("", "Hikvision, DS-2CD2143G0-I, Quay (joined by the same MAC address)", "loose.csv row 2"),
        ("2020-03-04", "Hikvision", "records"),
        ("2022-05", "Hikvision, DS-2CD2143G0-I, V5.5.0, Quay, in use", "old.csv row 2"),
        (
            "2024-01-02",
            "judged by surveyor on 2024-01-02: make Hikvision, because label read",
            "judgements.yaml judgement 1",
        ),
        (
            "2026-02-03",
            "Hikvision, DS-2CD2143G0-I, V5.5.800, Quay, in use (joined by the same MAC address)",
            "new.csv row 2",
        ),
        ("2027-03-31", "C-7", "custodes.toml"),
    ]
    assert [one["coming"] for one in found if one["what"] == "contract ends"] == [True]
    assert ("2022-01-10", "CVE-2021-36260", "known faults") in of(found, "listed as exploited")


def test_rules_are_told_with_their_force_here(tmp_path: Path) -> None:
    found = events(estate(tmp_path), "--device", "Gate")
    statement = [one for one in found if one["source"] == "uk-wms-2022-11-24"]
    assert [one["day"] for one in statement] == ["2022-11-24", "2022-11-24"]
    assert all("its force here: instructs" in one["text"] for one in statement)


def test_a_body_by_what_it_declared_and_attested(tmp_path: Path) -> None:
    found = events(estate(tmp_path), "--body", "Northmarch")
    assert of(found, "declared") == [("2025-06-01", "no Hikvision", "reply 4")]
    assert of(found, "attested") == [("2026-10-01", "“yes” by head of CCTV: SCC-01, SCC-02", "attested.yaml")]
    assert of(found, "recorded")[0] == ("", "1 record of its devices", "loose.csv")


def test_a_rule_by_its_days_and_what_it_reaches(tmp_path: Path) -> None:
    found = events(estate(tmp_path), "--rule", "UK-WMS-2022-11-24")
    assert of(found, "bought") == [("2020-03-04", "Hikvision", "records")]
    assert of(found, "reaches") == [("2026-11-26", "1 in use on that day", "this estate")]


def test_a_rule_that_was_not_known_yet_has_no_days(tmp_path: Path) -> None:
    found = events(estate(tmp_path), "--device", "Gate", "--as-at", "2022-06-01", "--as-known", "2022-06-01")
    assert not [one for one in found if one["source"] == "uk-wms-2022-11-24"]


def test_the_day_asked_about_stands_between(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["timeline", str(estate(tmp_path)), "--body", "north"])
    lines = done.stdout.splitlines()
    at = next(place for place, line in enumerate(lines) if "the day asked about" in line)
    assert "contract ends: C-7" in lines[at + 1]
    assert lines[0].startswith("day not told")


def test_what_is_asked_must_be_one_thing_that_is_there(tmp_path: Path) -> None:
    folder = str(estate(tmp_path))
    for more, said in (
        ([], "one thing"),
        (["--device", "Gate", "--body", "north"], "one thing"),
        (["--body", "south"], "no body 'south'"),
        (["--rule", "uk-wms"], "no rule 'uk-wms'"),
        (["--device", "nothing"], "no device"),
    ):
        done = CliRunner().invoke(app, ["timeline", folder, *more])
        assert done.exit_code != 0
        assert said in str(done.exception)
