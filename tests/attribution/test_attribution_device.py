"""The cells of one device joined: which cell names, which confirms, which takes an assertion away."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodes.attribution.device import Attributor
from custodes.attribution.text import resolve_text
from custodes.knowledge import knowledge
from custodes.model.assessment import Attribution
from custodes.model.vocab import Field, Reason, Status

AS_AT = date(2026, 1, 1)
Cells = dict[str, str]


def attributed(*records: Cells) -> Attribution:
    loaded = knowledge()
    rows = [{Field(name): text for name, text in record.items()} for record in records]
    mapped = frozenset(name for row in rows for name in row)
    return Attributor(lambda text: resolve_text(text, loaded), loaded, AS_AT).of(rows, mapped)


@pytest.mark.parametrize(
    "cells",
    [
        {"make": "Hikvision", "model": "bracket"},
        {"make": "Hikvision", "model": "DS-1273ZJ-140"},
        {"make": "Hikvision", "model": "P3245-LVE"},
        {"make": "Hikvision", "device_type": "licence"},
        {"make": "Hikvision", "device_type": "PSU"},
        {"make": "Hikvision", "description": "junction box"},
        {"make": "Hikvision", "description": "training course"},
        {"make": "Hikvision", "description": "dummy camera"},
        {"make": "Hikvision", "description": "Axis camera"},
        {"make": "Hikvision", "notes": "removed"},
        {"make": "Hikvision", "notes": "not Hikvision"},
        {"make": "Hikvision", "notes": "never installed"},
        {"make": "Hikvision", "notes": "actually Axis"},
        {"make": "Hikvision", "notes": "now Axis"},
        {"make": "Axis", "model": "DS-2CD2143G2-I"},
        {"make": "Axis", "description": "Hikvision"},
        {"name": "Honeywell"},
        {"name": "Hikvision"},
        {"notes": "Hikvision"},
        {"driver": "Hikvision"},
        {"firmware": "Hikvision"},
        {"notes": "was DS-2CD2143G2-I", "make": "other"},
        {"name": "old DS-2CD2143G2-I"},
    ],
    ids=str,
)
def test_cells_that_keep_a_make_from_being_asserted(cells: Cells) -> None:
    assert attributed(cells).status is not Status.ASSERTED


@pytest.mark.parametrize(
    ("brand", "cells"),
    [
        ("hikvision", {"make": "Hikvision"}),
        ("hikvision", {"model": "DS-2CD2143G2-I"}),
        ("hikvision", {"make": "unknown", "model": "DS-2CD2143G2-I"}),
        ("hikvision", {"make": "Hikvision", "model": "N/A"}),
        ("hikvision", {"make": "Hikvision", "model": "4MP dome"}),
        ("hikvision", {"make": "Hikvision", "notes": "working, installed 2019"}),
        ("hikvision", {"make": "Hikvision", "description": "Car park entrance"}),
        ("hikvision", {"make": "Hikvision", "description": "High Street / Market Road"}),
        ("hikvision", {"make": "Hikvision", "description": "Pole mounted PTZ"}),
        ("hikvision", {"make": "Hikvision", "description": "Wall mounted dome"}),
        ("hikvision", {"make": "Hikvision", "description": "PTZ on mast"}),
        ("hikvision", {"make": "Hikvision", "name": "Mr Smith's office"}),
        ("dji", {"make": "DJI", "model": "Mavic 3T"}),
        ("honeywell", {"make": "Honeywell", "model": "HC30W45R3", "description": "Reception dome"}),
        ("huawei", {"make": "Huawei", "model": "S5720"}),
    ],
    ids=str,
)
def test_cells_of_a_plain_register_row_are_asserted(brand: str, cells: Cells) -> None:
    found = attributed(cells)
    assert (found.status, found.brand) == (Status.ASSERTED, brand)


@pytest.mark.parametrize(
    "notes",
    [
        "unit is in fact a Dahua",
        "since swapped for Axis",
        "now an Axis P3245-LV",
        "Make per old list; replaced since",
        "wrong make recorded",
        "make to be confirmed",
        "guess",
        "misidentified",
        "typo",
        "falsch",
        "should read Axis",
        "disputed",
        "Was here until the fire",
        "wish list",
        "to be purchased",
        "on order",
    ],
)
def test_a_note_against_the_make_takes_the_assertion_away(notes: str) -> None:
    assert attributed({"make": "Hikvision", "notes": notes}).status is not Status.ASSERTED


@pytest.mark.parametrize(
    "notes",
    [
        "not working",
        "No issues",
        "no fault found",
        "out of focus?",
        "warranty until 2027",
        "https://intranet.example/asset?id=12",
        "make confirmed",
    ],
)
def test_a_note_on_the_units_condition_changes_nothing(notes: str) -> None:
    told = attributed({"make": "Hikvision", "model": "DS-2CD2143G2-I", "notes": notes})
    assert told.status is Status.ASSERTED and told.oem == "hikvision"


@pytest.mark.parametrize(
    "text", ["Swan neck", "Fixings", "Lanyard", "Tripod", "Memory card", "Ladegerät", "電源", "Wandarm"]
)
def test_a_description_nobody_understands_takes_the_assertion_away(text: str) -> None:
    assert attributed({"make": "Hikvision", "description": text}).status is not Status.ASSERTED
    coded = {"make": "Hikvision", "model": "DS-2CD2143G2-I", "description": text}
    assert attributed(coded).status is Status.ASSERTED or text == "Memory card"


@pytest.mark.parametrize("make", ["3rd party", "own build", "Zorblatt", "Northgate Security"])
def test_a_make_nobody_knows_is_not_replaced_by_a_name_elsewhere(make: str) -> None:
    assert attributed({"make": make, "description": "Hikvision"}).status is not Status.ASSERTED


@pytest.mark.parametrize("goods", ["TV", "tablet", "Life", "Fridge"])
def test_other_goods_of_a_firm_have_no_maker_of_cameras(goods: str) -> None:
    told = attributed({"make": f"Samsung {goods}"})
    assert told.oem is None and told.maker_status is not Status.ASSERTED


@pytest.mark.parametrize("name", ["Cam 0", "Camera 0", "Deck 0", "channel 0"])
def test_a_camera_numbered_nought_is_there(name: str) -> None:
    assert attributed({"name": name, "make": "Axis", "model": "P3245-LV"}).status is Status.ASSERTED


def test_two_records_of_one_device_that_disagree_assert_nothing() -> None:
    assert attributed({"make": "Hikvision"}, {"make": "Axis"}).status is Status.REVIEW
    found = attributed({"make": "Hikvision"}, {"model": "P3245-LVE"})
    assert (found.status, found.reason) == (Status.REVIEW, Reason.CONTRADICTION)
    assert found.oem is None and found.owner is None


def test_why_nothing_is_known_is_told_apart() -> None:
    assert attributed({"make": "", "name": "Cam 1"}).reason is Reason.BLANK
    assert attributed({"name": "Cam 1"}).reason is Reason.NO_MAKE_COLUMN
    assert attributed({"make": "Information not held"}).reason is Reason.NOT_HELD
    assert attributed({"make": "Exempt under section 31"}).reason is Reason.REFUSED


def test_the_order_of_records_changes_nothing() -> None:
    rows: list[Cells] = [
        {"make": "Hikvision", "name": "Cam 1"},
        {"model": "DS-2CD2143G2-I"},
        {"notes": "working"},
    ]
    first = attributed(*rows)
    second = attributed(*reversed(rows))
    same = ("status", "brand", "model", "oem", "owner", "confidence", "reason")
    assert [getattr(first, name) for name in same] == [getattr(second, name) for name in same]


CELLS = st.dictionaries(
    st.sampled_from([str(name) for name in Field]),
    st.one_of(
        st.sampled_from(["Hikvision", "Axis P3245-LVE", "removed", "n/a", "44:19:B6:00:00:01"]), st.text(max_size=20)
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=3))
def test_any_cells_get_a_consistent_answer(records: list[Cells]) -> None:
    found = attributed(*records)
    assert 0 <= found.confidence < 1
    assert found == attributed(*records)
    if found.oem:
        assert found.status is Status.ASSERTED
        assert found.maker_status is Status.ASSERTED
    if found.status is Status.ASSERTED:
        assert found.brand and found.because and found.reason in (None, Reason.CONTRADICTION)
    if found.status is Status.UNKNOWN:
        assert found.brand is None and found.oem is None and found.reason is not None
