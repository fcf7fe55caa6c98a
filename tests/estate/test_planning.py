"""`custodes plan` on an estate: what the file says becomes limits, what stands against a plan is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.model.errors import BadInput

SCHEMA = Path(__file__).parents[2] / "src/custodes/publication/schemas/plan.schema.json"
CONFIG = """
[estate]
as_at = "2026-11-26"
[[body]]
id = "n"
name = "N"
kind = "police-force"
[[site]]
id = "quay"
name = "Quay"
sensitive = true
landlord = "Quay Estates"
[[site]]
id = "mill"
name = "Mill"
[[system]]
id = "cctv"
name = "CCTV"
contract = "C-1"
contract_end = "2027-02-15"
[[source]]
file = "a.csv"
body = "n"
system = "cctv"
"""
PLAN = """
start: 2026-12-01
periods: 6
remove: {makes: [Hikvision]}
costs: [{make: Hikvision, cost: 300, hours: 3}, {cost: 1, hours: 1}]
crews: [{name: team, hours: 6}]
"""


def _estate(folder: Path, plan: str) -> Path:
    (folder / "custodes.toml").write_text(CONFIG, encoding="utf-8")
    cameras = "".join(
        f"{site},{site} {n},Hikvision,DS-2CD2385G1-I,In use\n" for site in ("Quay", "Mill") for n in (1, 2)
    )
    more = "Mill,Other,Axis,P3245-LV,In use\nMill,Gone,Hikvision,DS-2CD2385G1-I,Disposed\n"
    text = "Site,Camera Name,Make,Model,Status\n" + cameras + more
    (folder / "a.csv").write_text(text, encoding="utf-8")
    (folder / "plan.yaml").write_text(plan, encoding="utf-8")
    return folder


def _planned(folder: Path, code: int = 0) -> dict[str, Any]:
    done = CliRunner().invoke(app, ["plan", str(folder), "--format", "json"])
    assert done.exit_code == code, done.output
    told: dict[str, Any] = json.loads(done.stdout)
    jsonschema.validate(told, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return told


def _months(told: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["period"] for step in told["steps"]}


def test_the_heaviest_go_first_and_only_what_is_meant_goes(tmp_path: Path) -> None:
    """Two a month; those of the sensitive site weigh more; neither another make nor what is gone is in it."""
    told = _planned(_estate(tmp_path, PLAN))
    assert _months(told) == {"Quay 1": "2026-12", "Quay 2": "2026-12", "Mill 1": "2027-01", "Mill 2": "2027-01"}
    assert (told["state"], told["cost"], told["exposure"]) == ("best", 1_200, 5 * 2 + 1 * 2 * 2)


@pytest.mark.parametrize(
    ("more", "first"),
    [
        ("landlords: {Quay Estates: {consent_from: 2027-01-10}}", "2027-02"),  # the first whole month behind it
        ("sites: {quay: {closed: [[2026-12-24, 2027-01-02]]}}", "2027-02"),
        ("contracts: {C-1: {wait: true}}", "2027-03"),
        ("contracts: {C-1: {wait: true, ends: 2026-12-31}}", "2027-01"),
    ],
)
def test_what_keeps_a_site_closed(more: str, first: str, tmp_path: Path) -> None:
    told = _planned(_estate(tmp_path, PLAN + more))
    assert min(month for name, month in _months(told).items() if name.startswith("Quay")) == first


def test_going_before_a_contract_ends_costs_its_fee(tmp_path: Path) -> None:
    told = _planned(_estate(tmp_path, PLAN + "contracts: {C-1: {fee: 50}}"))
    assert [step["cost"] for step in told["steps"]] == [350] * 4
    money = "budgets: [{name: until March, from: 2026-12-01, to: 2027-02-28, amount: 700}]\n"
    told = _planned(_estate(tmp_path, PLAN + money + "contracts: {C-1: {fee: 50}}"))
    assert sorted(_months(told).values()) == ["2026-12", "2026-12", "2027-03", "2027-03"] and told["cost"] == 1_300


def test_a_day_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    told = _planned(_estate(tmp_path, PLAN + "by: 2026-12-31"), 1)
    assert told["state"] == "impossible" and told["steps"] == []
    assert {(one["kind"], one["way"]) for one in told["shortfalls"]} == {("crew", 1), ("date", 2)}
    done = CliRunner().invoke(app, ["plan", str(tmp_path)])
    assert "There is no plan for 4 devices" in done.stdout and "or the plan's own day, 2026-12-31" in done.stdout
    assert _planned(_estate(tmp_path, PLAN + "by: 2026-12-31\nkeep_dates: false"))["state"] == "best"


def _refused(folder: Path) -> str:
    done = CliRunner().invoke(app, ["plan", str(folder)])
    assert isinstance(done.exception, BadInput), done.output
    return str(done.exception)


def test_without_makes_only_what_a_rule_demands_gone_goes(tmp_path: Path) -> None:
    told = _refused(_estate(tmp_path, PLAN.replace("remove: {makes: [Hikvision]}\n", "")))
    assert "nothing to remove" in told and "rule that asks the body" in told


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ("start: soon\ncrews: [{name: a, hours: 1}]", "start"),
        ("start: 2026-12-01", "crews"),
        (PLAN + "budget: 3", "budget"),
        (PLAN.replace("hours: 6", "hours: six"), "crews.0.hours"),
        (PLAN + "sites: {harbour: {}}", "'harbour' is no configured site"),
        (PLAN.replace("[Hikvision]", "[Bosch]"), "nothing to remove"),
        (PLAN.replace("hours: 6", "hours: 6, sites: [mill]"), "no crew serves Quay"),
        (PLAN.replace("2026-12-01", "2026-02-31"), "no day of the calendar"),
        ("- [", "cannot be read"),
    ],
)
def test_a_plan_file_that_is_wrong(plan: str, told: str, tmp_path: Path) -> None:
    assert told in _refused(_estate(tmp_path, plan))


def test_without_a_file(tmp_path: Path) -> None:
    (_estate(tmp_path, "") / "plan.yaml").unlink()
    assert "there is no plan file" in _refused(tmp_path)
