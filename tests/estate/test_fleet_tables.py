"""Tables of fleets whose rows tell more than their text: shares out of use, a column a make, lists of serials."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app

ANY = None


def _counted(folder: Path, table: str) -> dict:
    path = folder / "SYNTHETIC_fleet.csv"
    path.write_text(table, encoding="utf-8")
    done = CliRunner().invoke(app, ["drone", "count", str(path), "--format", "json", "--as-at", "2026-11-26"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _brand(found: dict, brand: str) -> tuple[int, int | None]:
    (row,) = [row for row in found["by_brand"] if row["brand"] == brand]
    return row["lower"], row["upper"]


@pytest.mark.parametrize(
    ("text", "number", "lower", "upper"),
    [
        ("3 DJI M30T, of which 1 is decommissioned", "", 2, 3),
        ("3 DJI M30T (1 decommissioned)", "", 2, 3),
        ("DJI M30T", "3 (1 decommissioned)", 2, 3),
        ("5 DJI M30T, 2 on order", "", 3, 5),
        ("2 DJI M30T, 1 Phantom 4 (retired)", "", 2, 3),
        ("3 DJI M30T, of which none are decommissioned", "", 3, 3),
    ],
)
def test_a_row_of_which_some_are_out_of_use_is_not_left_out(
    tmp_path: Path, text: str, number: str, lower: int, upper: int
) -> None:
    found = _counted(tmp_path, f'Force,Make and model,Number\nA,"{text}","{number}"\n')
    assert _brand(found, "dji") == (lower, upper)
    assert [row["left_out"] for row in found["rows"]] == [None]


@pytest.mark.parametrize(
    "table",
    [
        "Force,Make and model,Number\nA,DJI Phantom 4 - disposed of 2022,2\n",
        "Force,Make and model,Number,Status\nA,3 DJI M30T (1 lost),3,Decommissioned\n",
        'Force,Make and model,Number,Notes\nA,"3 DJI M30T, of which 1 is lost",,Decommissioned\n',
    ],
)
def test_a_row_of_which_all_is_out_of_use_is_left_out(tmp_path: Path, table: str) -> None:
    (row,) = _counted(tmp_path, table)["rows"]
    assert row["left_out"] == "no longer in use"


def test_a_column_for_each_make(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,DJI,Autel,Parrot\nA,4,1,0\nB,2,None,none\nC,approx 3,0,0\n")
    # 4 + 2 + about three
    assert _brand(found, "dji") == (7, ANY)
    assert _brand(found, "autel") == (1, 1)
    assert found["bodies"]["told"] == 3


def test_an_empty_cell_of_a_make_is_not_nought_and_a_refusal_neither(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,DJI,Autel\nA,2,\nB,Refused s.31,Refused s.31\nC,0,0\nD,3,5\n")
    assert _brand(found, "dji") == (5, ANY)
    assert _brand(found, "autel") == (5, ANY)
    assert (found["bodies"]["refused"], found["bodies"]["none"]) == (1, 1)


def test_a_total_beside_the_columns_of_makes_may_hold_others(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,DJI,Autel,Number\nA,4,1,5\nB,2,1,6\n")
    assert (found["aircraft"]["lower"], found["aircraft"]["upper"]) == (8, 11)
    assert _brand(found, "dji") == (6, 9)


SERIALS = [f"1581F5BKD228200D00A{one}" for one in range(1, 8)]


@pytest.mark.parametrize("between", [", ", "; ", " ", " / ", " and "])
def test_serials_in_one_cell_are_a_unit_each(tmp_path: Path, between: str) -> None:
    cell = between.join(SERIALS[:3])
    found = _counted(tmp_path, f'Force,Make,Model,Serial number\nA,DJI,M30T,"{cell}"\nB,DJI,M30T,{SERIALS[3]}\n')
    assert _brand(found, "dji") == (4, 4)


def test_serials_name_the_brand_that_their_row_does_not(tmp_path: Path) -> None:
    found = _counted(tmp_path, f'Force,Make,Model,Serial number\nA,,,"{SERIALS[0]}, {SERIALS[1]}"\n')
    assert _brand(found, "dji") == (2, 2)


def test_serials_told_again_are_not_counted_again(tmp_path: Path) -> None:
    rows = f'A,DJI,M30T,"{SERIALS[0]}, {SERIALS[1]}"\nA,DJI,M30T,"{SERIALS[1]}, {SERIALS[2]}"\n'
    lower, upper = _brand(_counted(tmp_path, f"Force,Make,Model,Serial number\n{rows}"), "dji")
    assert lower == 3
    assert upper is not None
    assert upper <= 4


def test_serials_and_a_number_that_differ_are_bounds(tmp_path: Path) -> None:
    rows = f'A,DJI,M30T,5,"{SERIALS[0]}, {SERIALS[1]}"\n'
    found = _counted(tmp_path, f"Force,Make,Model,Number,Serial number\n{rows}")
    assert _brand(found, "dji") == (2, 5)
    assert "2 serial numbers are listed" in json.dumps(found)
