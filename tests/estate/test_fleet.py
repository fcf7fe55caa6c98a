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
    assert found["bodies"] == {"told": 9, "told_in_part": 0, "none": 1, "refused": 2, "unclear": 0}
    # 4 + (1 and more, of about six) + 2 + 2 + (10 and more) + 5, and the four whose make nobody told
    assert _brand(found, "DJI") == (24, None, None)
    # 3, and the four
    assert _brand(found, "Autel") == (3, None, 7)
    assert _brand(found, "Parrot") == (1, None, None)
    assert (found["docks"]["lower"], found["docks"]["upper"]) == (1, 1)
    # of about six, of two models, two are sure
    assert found["aircraft"]["lower"] == 4 + 2 + 2 + 2 + 3 + 10 + 3 + 6 + 4
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
        ("DJI Matrice 30T", "6 (approx)", [("dji", 1, None)]),
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


ANY = None


@pytest.mark.parametrize(
    ("text", "number", "lower", "upper"),
    [
        # a number of a model is no count
        ("DJI Phantom 4 x 2", "", 2, 2),
        ("DJI Mavic 2 x 5", "", 5, 5),
        ("DJI Mavic 3 drones", "", 1, ANY),
        ("DJI Phantom 4 drones", "", 1, ANY),
        ("DJI Air 2 aircraft", "", 1, ANY),
        ("DJI Mavic 3E X4", "", 4, 4),
        ("DJI Matrice 300 2No.", "", 2, 2),
        # a year is none
        ("DJI Mavic 3 (2021)", "", 1, ANY),
        ("DJI", "2022", 1, ANY),
        ("DJI Phantom 4 - 2022", "", 1, ANY),
        # words
        ("DJI", "seventeen", 17, 17),
        ("DJI M30T", "a pair of", 2, 2),
        # comparisons, in both ways of saying them
        ("DJI", "no more than 5", 0, 5),
        ("DJI", "not more than 5", 0, 5),
        ("DJI", ">=5", 5, ANY),
        ("DJI", "<=5", 0, 5),
        ("DJI", "not less than 5", 5, ANY),
        ("DJI", "10 or more", 10, ANY),
        ("DJI", "5 or less", 0, 5),
        ("DJI", "3 or 4", 3, 4),
        ("DJI", "between 5 and 10", 5, 10),
        ("DJI", "two or three", 2, 3),
        ("DJI M300 RTK x 5-7", "", 5, 7),
        # what stands in brackets is said besides
        ("DJI M30T", "2 (1 spare)", 2, 2),
        ("DJI", "3 (as of 2022)", 3, 3),
        ("DJI", "-3", 1, ANY),
        ("DJI", "3,000,000", 1, ANY),
        ("DJI M30T", "N/A", 1, ANY),
        # wholes and their parts
        ("8 drones: 5 DJI, 3 Parrot", "", 5, 5),
        ("8 drones (5 DJI, 3 Parrot)", "", 5, 5),
        ("Total 8: 5 DJI, 3 Autel", "", 5, 5),
        ("5 drones, 3 of which are DJI", "", 3, 5),
        ("10 drones, all DJI", "", 10, 10),
        # the brand is not carried to what is not of it
        ("2 DJI; 1 fixed wing", "", 2, 3),
        ("2 DJI M300, 1 H520", "", 2, 3),  # three in all; whose the third is, the reference data does not know
        ("DJI M300 x2, M30T x1", "", 3, 3),
        # goods beside aircraft
        ("DJI M300 x2, Zenmuse H20T x2", "", 2, 2),
        ("2 DJI Mavic; 3 controllers", "", 2, 2),
        ("2 DJI M300 with 4 spare batteries", "", 2, 2),
        ("2 DJI M300. 3 Autel EVO II", "", 2, 2),
        ("DJI M300 x2/DJI Mavic 2 x3", "", 5, 5),
        ("DJI and others", "10", 1, 10),
        ("DJI M30T (6) Mavic 3T (4)", "", 6, ANY),
        ("10 drones (4 DJI)", "", 4, 10),
        ("DJI x10, Autel x2, Total: 12", "", 10, 10),
        ("DJI", "50%", 1, ANY),
        ("90% DJI", "10", 0, 10),
        ("DJI", "20 plus", 20, ANY),
        ("DJI", "5 (2 Parrot)", 0, 5),
        ("DJI", "5 (incl. 2 Autel)", 0, 5),
        ("2 x DJI Mini under 250g", "", 2, 2),
        ("DJI M300, Autel EVO II", "1", 0, 1),
        ("DJI M30T (2 batteries)", "", 0, ANY),
        ("DJI M300 RTK x 1, DJI Smart Controller x 1", "", 1, 1),
        ("5 (all DJI)", "", 5, 5),
        ("12, all DJI", "", 12, 12),
        ("2 - DJI M30T", "", 2, 2),
        ("DJI 5, Autel 2", "", 5, 5),
        ("DJI <5", "", 0, 4),
        ("DJI Mavic 3Tx2", "", 2, 2),
        ("2xDJI M30T", "", 2, 2),
        ("We hold 12 DJI drones.", "", 12, 12),
        ("DJI", "2.0", 2, 2),
        ("DJI", "5 as at 1 April 2023", 5, 5),
        ("DJI M30T x 2 (VAT exempt)", "", 0, 2),
        ("DJI Mavic 3T x 2 - NCND other", "", 2, ANY),
        # a refusal of a part
        ("DJI M300 x 2 (others exempt under s31)", "", 2, ANY),
        ("DJI", "5 (s.31 for rest)", 5, ANY),
    ],
)
def test_at_least_is_sure_and_at_most_is_not_passed(
    tmp_path: Path, text: str, number: str, lower: int, upper: int | None
) -> None:
    found = _counted(tmp_path, f'Force,Make and model,Number\nA,"{text}","{number}"\n')
    assert _brand(found, "DJI")[:2] == (lower, upper)


def test_a_dash_of_a_model_begins_no_range(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,Make and model,Number\nA,Motorola VB-400 - 900,\n")
    assert (found["aircraft"]["lower"], found["aircraft"]["upper"]) == (900, 900)


@pytest.mark.parametrize("text", ["Skydio X10", "Skydio X2"])
def test_the_letter_of_a_model_is_no_times(tmp_path: Path, text: str) -> None:
    found = _counted(tmp_path, f"Force,Make and model,Number\nA,{text},\n")
    assert _brand(found, "Skydio")[:2] == (1, None)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("DJI", "none held"),
        ("", "NIL HELD"),
        ("Nil return", ""),
        ("No UAS", ""),
        ("no drones owned", ""),
        ("Zero drones", ""),
        ("None - uses NPAS", ""),
        ("We do not have any drones", ""),
        ("The force does not own any drones", ""),
        ("DJI M30T", "0 (2 on order)"),
        ("The Council does not own drones", ""),
        ("No drones are owned by the council", ""),
        ("No - we use NPAS", ""),
    ],
)
def test_none_in_other_words(tmp_path: Path, text: str, number: str) -> None:
    found = _counted(tmp_path, f'Force,Make and model,Number\nA,"{text}","{number}"\n')
    assert found["bodies"]["none"] == 1
    assert (found["aircraft"]["lower"], found["aircraft"]["upper"]) == (0, 0)


@pytest.mark.parametrize(
    "text", ["No information held", "Not held", "See attached", "none are DJI", "no DJI drones", "-"]
)
def test_what_cannot_be_read_is_neither_told_nor_nought(tmp_path: Path, text: str) -> None:
    found = _counted(tmp_path, f"Force,Make and model,Number\nA,{text},\n")
    assert (found["aircraft"]["lower"], found["aircraft"]["upper"]) == (0, None)
    assert (found["bodies"]["told"], found["bodies"]["none"]) == (0, 0)


@pytest.mark.parametrize(
    ("note", "lower", "upper"),
    [
        ("1 decommissioned", 0, 5),
        ("2 of these not DJI", 0, 5),
        ("others exempt s.31", 5, None),
        ("SYNTHETIC", 5, 5),
    ],
)
def test_a_note_may_take_away_or_refuse(tmp_path: Path, note: str, lower: int, upper: int | None) -> None:
    found = _counted(tmp_path, f"Force,Make and model,Number,Notes\nA,DJI M30T,5,{note}\n")
    assert _brand(found, "DJI")[:2] == (lower, upper)


def test_a_refusal_in_the_note_alone_is_one(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,Make and model,Number,Notes\nA,,,Refused s.31\n")
    assert (found["bodies"]["refused"], found["aircraft"]["lower"], found["aircraft"]["upper"]) == (1, 0, None)


def test_totals_and_serials_told_twice_are_counted_once(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,Make and model,Number\nA,DJI M30T,5\nTotal,DJI,5\n")
    assert _brand(found, "DJI")[:2] == (5, 5)
    unit = "A,DJI,M30T,1581F5BKD228200D00A1\n"
    found = _counted(tmp_path, f"Force,Make,Model,Serial number\n{unit}{unit}")
    assert _brand(found, "DJI")[:2] == (1, 1)


def test_a_serial_that_contradicts_the_make_leaves_both_open(tmp_path: Path) -> None:
    found = _counted(tmp_path, "Force,Make,Model,Serial number\nA,Parrot,Anafi,1581F5BKD228200D00A1\n")
    assert (_brand(found, "DJI")[:2], _brand(found, "Parrot")[:2]) == ((0, 1), (0, 1))


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
