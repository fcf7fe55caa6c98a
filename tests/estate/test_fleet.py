"""Fleets counted: every trap of a table of answers, by brand and by maker, at least and at most, with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from custodes.attribution.fleet import read_answer
from custodes.cli.commands import app
from custodes.knowledge import knowledge

TABLE = """Force,Make and model,Number,Notes
Avon,DJI Mavic 3E x4,,SYNTHETIC
Barset,"DJI Mavic 2, Parrot Anafi",6 (approx),
Camford,DJI Matrice 300 RTK,2No.,
Dale,Refused s.31,,
Eastshire,None,0,
Fenland,"DJI M30T (2), Autel EVO II x 3",,
Grantley,DJI,at least 10,
Hexham,Anzu Raptor T,3,
Ilk,Neither confirm nor deny,,
Jarrow,DJI Dock 2,1,
Kent,5 x DJI Mini 3 Pro and 1 x Skydio X10,,
Lorn,Unknown,4,
Moray,DJI Phantom 4 - disposed of 2022,2,
"""


def _counted(folder: Path, table: str) -> dict:
    path = folder / "SYNTHETIC_fleet.csv"
    path.write_text(table, encoding="utf-8")
    done = CliRunner().invoke(app, ["drone", "count", str(path), "--format", "json", "--as-at", "2026-11-26"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def _brand(found: dict, name: str) -> tuple[int, int | None, int | None]:
    (row,) = [row for row in found["by_brand"] if row["name"] == name]
    return row["lower"], row["upper"], row["upper_of_told"]


def test_a_table_with_every_trap(tmp_path: Path) -> None:
    found = _counted(tmp_path, TABLE)
    assert found["bodies"] == {"told": 9, "told_in_part": 0, "none": 1, "refused": 2}
    # 4 + (1 to 5) + 2 + 2 + (10 and more) + 5, and the four whose make nobody told
    assert _brand(found, "DJI") == (24, None, None)
    # 3, and the four
    assert _brand(found, "Autel") == (3, None, 7)
    assert _brand(found, "Parrot") == (1, None, 9)
    assert (found["docks"]["lower"], found["docks"]["upper"]) == (1, 1)
    assert found["aircraft"]["lower"] == 4 + 6 + 2 + 2 + 3 + 10 + 3 + 6 + 4
    assert [row["left_out"] for row in found["rows"] if row["body"] == "Moray"] == ["no longer in use"]
    reasons = {one["reason"] for row in found["by_brand"] if row["name"] == "DJI" for one in row["reasons"]}
    assert {"refused: not nought", "at least 10", "make not known for certain"} <= reasons


def test_relabels_stand_beside_and_are_never_among_the_certain(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,Make and model,Number\nA,Anzu Raptor T,3\nB,DJI Mavic 3E,2\n")
    (maker,) = [row for row in found["by_maker"] if row["supplier"] == "dji"]
    assert (maker["lower"], maker["upper"], maker["upper_with_relabels"]) == (2, 2, 5)
    assert maker["reasons_with_relabels"][0]["reason"].startswith("reported to be made by this firm")
    assert _brand(found, "Anzu") == (3, 3, 3)


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("DJI Mavic 3E x4", "", [("dji", 4, 4)]),
        ("4 x DJI Mavic 3E", "", [("dji", 4, 4)]),
        ("DJI Matrice 300 RTK", "2No.", [("dji", 2, 2)]),
        ("DJI Matrice 30T", "6 (approx)", [("dji", 6, 6)]),
        ("DJI Matrice 30T", "three", [("dji", 3, 3)]),
        ("DJI Matrice 30T", "3-5", [("dji", 3, 5)]),
        ("DJI", "at least 10", [("dji", 10, None)]),
        ("DJI", "10+", [("dji", 10, None)]),
        ("DJI", "more than 10", [("dji", 11, None)]),
        ("DJI", "<5", [("dji", 0, 4)]),
        ("DJI", "up to 3", [("dji", 0, 3)]),
        ("DJI Mavic 3", "", [("dji", 1, None)]),  # the 3 is of the model
        ("DJI Phantom 4 - 2; Inspire 2 - 1", "", [("dji", 2, 2), ("dji", 1, 1)]),
        ("2 DJI Matrice 210 & 3 Yuneec H520", "", [("dji", 2, 2), ("yuneec", 3, 3)]),
        ("DJI Mavic 2, Parrot Anafi", "6", [("dji", 1, 5), ("parrot", 1, 5)]),
        ("DJI Mavic 2 x2, Parrot Anafi", "6", [("dji", 2, 2), ("parrot", 4, 4)]),
        ("1,200 DJI Mavic", "", [("dji", 1200, 1200)]),
        ("", "7", [(None, 7, 7)]),
        ("4 drones", "", [(None, 4, 4)]),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str, expected: list) -> None:
    parts = read_answer(text, number, knowledge()).parts
    assert [(part.sure, part.number.lower, part.number.upper) for part in parts if part.number] == expected


@pytest.mark.parametrize(
    "text", ["Refused s.31", "Neither confirm nor deny", "Exempt under section 24", "Withheld", "NCND"]
)
def test_a_refusal_is_not_nought(text: str) -> None:
    for answer in (read_answer(text, "", knowledge()), read_answer("", text, knowledge())):
        assert (answer.refused, answer.none, answer.parts) == (True, False, ())


@pytest.mark.parametrize("text", ["None", "0", "nil", "no drones", "Nil.", "N/A"])
def test_none_is_nought(text: str) -> None:
    assert read_answer(text, "", knowledge()).none
    assert read_answer("", text, knowledge()).none


def test_a_part_that_is_refused_leaves_the_rest_at_least(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,Make and model,Number\nA,DJI Mavic 3E x 2 others exempt s31,\n")
    assert _brand(found, "DJI") == (2, None, 2)
    assert found["bodies"]["told_in_part"] == 1


def test_parts_of_one_brand_share_the_number_of_their_row(tmp_path: Path) -> None:
    found = _counted(tmp_path, 'Force,Make and model,Number\nA,"DJI Mavic 2, DJI Mavic 3",6\n')
    assert _brand(found, "DJI") == (6, 6, 6)


def test_numbers_that_do_not_add_up_are_bounds(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,Make and model,Number\nA,DJI Phantom 4 - 2; Parrot Anafi - 1,4\n")
    lower, upper, _ = _brand(found, "DJI")
    assert (lower, upper) == (2, 3)
    assert "add up to 3, the row says 4" in json.dumps(found)


def test_a_list_of_units_is_counted_unit_by_unit(tmp_path: Path) -> None:
    table = "Asset name,Make,Model,Serial number\nD1,DJI,M30T,1581F5BKD228200D00A1\nD2,,,1748CEV4HMA922501234\n"
    path = tmp_path / "SYNTHETIC_units.csv"
    path.write_text(table, encoding="utf-8")
    done = CliRunner().invoke(app, ["drone", "count", str(path), "--format", "json"])
    found = json.loads(done.stdout)
    assert _brand(found, "DJI")[0] == 1
    assert found["aircraft"]["upper"] is not None


_PIECES = st.sampled_from(
    ["DJI Mavic 3", "Parrot Anafi", "Autel EVO", "x4", "(2)", "and", ",", "approx", "refused", "6", "-", "<5"]
)


@given(st.lists(_PIECES, max_size=8).map(" ".join), st.sampled_from(["", "6", "about 3", "s.31", "none", "10+"]))
def test_any_row_has_bounds_in_order(text: str, number: str) -> None:
    for part in read_answer(text, number, knowledge()).parts:
        assert part.number is not None
        assert part.number.lower >= 0
        assert part.number.upper is None or part.number.lower <= part.number.upper
