"""Titles and headings inside a table that say what stands below is not in use. Wordings of attacks and registers."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.model.assessment import Assessment

HEADS = ["Asset", "Make", "Model"]
ROW = ["A1", "Hikvision", "DS-2CD2143G2-I"]


def assessed(folder: Path, rows: list[list[str]]) -> Assessment:
    path = folder / "SYNTHETIC_sections.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return assess(load_estate(path), Options(date(2026, 1, 1))).assessment


def lives(done: Assessment) -> dict[int, bool]:
    return {source.row: device.live for device in done.devices for source in device.sources}


@pytest.mark.parametrize("text", ["Decommissioned:", "Rejected tender offers", "Abgebaut", "Retirés", "已拆除"])
def test_a_heading_speaks_of_the_rows_below_it_until_the_next(tmp_path: Path, text: str) -> None:
    rows = [HEADS, ROW, [text, "", ""], ["A2", *ROW[1:]], ["In use:", "", ""], ["A3", *ROW[1:]]]
    done = assessed(tmp_path, rows)
    assert lives(done) == {2: True, 4: False, 6: True}
    assert {(skip.row, skip.reason) for skip in done.skipped} == {
        (3, "a heading inside the table, not a device"),
        (5, "a heading inside the table, not a device"),
    }


@pytest.mark.parametrize(
    "text", ["Cameras removed from service 2019-2023", "Planned cameras", "Verschrottete Kameras: Verschrottet"]
)
def test_a_title_speaks_of_the_whole_table(tmp_path: Path, text: str) -> None:
    assert lives(assessed(tmp_path, [[text, "", ""], HEADS, ROW])) == {3: False}


@pytest.mark.parametrize(
    "text",
    ["Stock list of cameras", "Cameras installed and removed", "Register of cameras", "Ground floor", "Ground floor:"],
)
def test_any_other_title_or_heading_takes_nothing_away(tmp_path: Path, text: str) -> None:
    assert lives(assessed(tmp_path, [[text, "", ""], HEADS, ROW])) == {3: True}
    assert lives(assessed(tmp_path, [HEADS, [text, "", ""], ["A2", *ROW[1:]]]))[3] is True


def test_a_rows_own_status_is_stronger(tmp_path: Path) -> None:
    rows = [[*HEADS, "Status"], ["Decommissioned:", "", "", ""], [*ROW, "In use"]]
    assert lives(assessed(tmp_path, rows)) == {3: True}


def test_a_lone_name_is_a_device_of_unknown_make(tmp_path: Path) -> None:
    done = assessed(tmp_path, [HEADS, ROW, ["Yard camera", "", ""]])
    assert lives(done) == {2: True, 3: True}


@pytest.mark.parametrize(
    "row", [["Subtotal Hikvision", "Hikvision", "3"], ["ASSET", "MAKE", "MODEL"], ["Zwischensumme", "", "3"]]
)
def test_totals_of_groups_and_headings_in_capitals_are_no_devices(tmp_path: Path, row: list[str]) -> None:
    done = assessed(tmp_path, [HEADS, ROW, row])
    assert lives(done) == {2: True}
    assert [skip.row for skip in done.skipped] == [3]
