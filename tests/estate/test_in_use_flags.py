"""Columns of yes and no, and of days, that say whether a unit is in use. Synthetic tables."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.model.assessment import Assessment

AS_AT = date(2026, 11, 22)


def assessed(folder: Path, head: str, cells: list[str]) -> Assessment:
    path = folder / "SYNTHETIC_r.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["Ref", "Make", head], *([str(n), "Axis", cell] for n, cell in enumerate(cells))])
    return assess(load_estate(path), Options(AS_AT)).assessment


@pytest.mark.parametrize(
    ("head", "cells", "live"),
    [
        ("In use", ["Yes", "No", "y", "N", ""], [True, False, True, False, True]),
        ("Active?", ["TRUE", "FALSE", "1", "0"], [True, False, True, False]),
        ("En service", ["oui", "non"], [True, False]),
        ("In Betrieb", ["ja", "nein"], [True, False]),
        ("Decommissioned", ["No", "Yes", "", "n"], [True, False, True, True]),
        ("Date removed", ["2021-05-04", "", "4 May 2021"], [False, True, False]),
        ("Working", ["Yes", "No"], [True, True]),  # out of order is not out of use
        ("Status", ["Yes", "decommissioned", "in use", "not in use"], [True, False, True, False]),
    ],
)
def test_whether_a_unit_is_in_use(head: str, cells: list[str], live: list[bool], tmp_path: Path) -> None:
    assert [device.live for device in assessed(tmp_path, head, cells).devices] == live


def test_a_planned_day_of_removal_takes_nothing_out_of_use(tmp_path: Path) -> None:
    found = assessed(tmp_path, "Removal date", ["2031-05-04", "2024-01-01", ""])
    assert [device.live for device in found.devices] == [True, False, True]


def test_states_that_nobody_understands_are_named_once_a_file(tmp_path: Path) -> None:
    found = assessed(tmp_path, "Status", ["P3", "P3", "zzz", "in use", "faulty", "removed"])
    (told,) = [one for one in found.findings if one.kind == "status-not-understood"]
    assert "“P3” (2), “zzz” (1)" in told.text
    assert [device.live for device in found.devices] == [True] * 5 + [False]


@pytest.mark.parametrize(
    ("status", "live"),
    [
        ("Live - housing replaced 2024", True),
        ("Not decommissioned", True),
        ("Never removed", True),
        ("Removal cancelled", True),
        ("Decommissioned? No", True),
        ("Live (spare PSU fitted)", True),
        ("Active - pending firmware update", True),
        ("In use - recordings stored 31 days", True),
        ("Not in storage - live", True),
        ("Due for replacement 2027", True),
        ("scheduled for disposal", True),
        ("Operational until removed", True),
        ("To be removed", True),
        ("Nicht außer Betrieb", True),
        ("awaiting repair", True),
        ("not working", True),
        ("removed 2020", False),
        ("installed 2015, removed 2020", False),
        ("no longer in use", False),
        ("not active", False),
        ("not yet live", False),
        ("to be installed", False),
        ("pending installation", False),
        ("was live until 2020, decommissioned", False),
        ("Decommissioned (previously operational)", False),
        ("spare - working", False),
        ("No - removed", False),
    ],
)
def test_the_words_of_a_status_govern_each_other(status: str, live: bool, tmp_path: Path) -> None:
    (device,) = assessed(tmp_path, "Status", [status]).devices
    assert device.live is live


@pytest.mark.parametrize(
    ("note", "live"),
    [
        ("returned from repair and refitted", True),
        ("overlooks stolen property store", True),
        ("retired officers club entrance", True),
        ("sold by ADT", True),
        ("old camera disposed of; this one fitted 2022", True),
        ("returned to service", True),
        ("not decommissioned", True),
        ("scrapped", False),
        ("trial, returned to supplier March 2025", False),
        ("camera decommissioned", False),
        ("unit stolen 2020", False),
    ],
)
def test_a_note_takes_a_unit_out_of_use_only_if_it_speaks_of_the_unit(note: str, live: bool, tmp_path: Path) -> None:
    (device,) = assessed(tmp_path, "Notes", [note]).devices
    assert device.live is live
    if not live:
        assert device.status_text == note


def test_a_status_that_says_both_is_to_be_checked(tmp_path: Path) -> None:
    found = assessed(tmp_path, "Status", ["Live (spare PSU fitted)", "Not decommissioned"])
    (told,) = [one for one in found.findings if one.kind == "status-not-understood"]
    assert "spare PSU" in told.text
    assert "Not decommissioned" not in told.text
