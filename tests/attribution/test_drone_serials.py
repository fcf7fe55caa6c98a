"""Serial numbers of unmanned aircraft: every declared one, what lies in no declaration, and what is taken back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.attribution.drones import look_up
from custodes.knowledge import knowledge
from custodes.knowledge.drones import drone_table, is_cta, range_fault
from custodes.model.drones import Declaration
from custodes.model.vocab import Status


def _declared() -> list[Declaration]:
    return [row for rows in knowledge().drones.exact.values() for row in rows]


def test_every_declared_serial_number_is_its_makers() -> None:
    rows = _declared()
    assert len(rows) == 4098
    for row in rows:
        found = look_up(row.first, knowledge())
        assert (found.maker, row.model in found.models) == (row.make, True), row
        assert found.status is not Status.UNKNOWN


def test_the_declarations_are_those_of_the_source(shared_data: Path) -> None:
    path = shared_data / "drones" / "faa_remote_id_doc_2025-11-28.sqlite"
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as base:
        exact = {tuple(row) for row in base.execute("SELECT serial_number, make, model FROM exact_serials")}
        ranges = base.execute("SELECT COUNT(*) FROM serial_ranges").fetchone()[0]
    table = knowledge().drones
    assert {(row.first, row.make, row.model) for row in _declared()} == exact
    assert sum(map(len, table.ranges.values())) + len(table.refused) == ranges


def test_the_range_with_two_digits_swapped_is_refused_and_takes_in_nobody() -> None:
    table = knowledge().drones
    (refused,) = table.refused
    assert refused[0].reference == "RID000000049"
    assert "different maker codes (1795 and 1975)" in refused[1]
    for row in _declared():
        assert refused[0] not in table.within(row.first)


@pytest.mark.parametrize(
    ("serial", "maker", "model", "status"),
    [
        ("1581F45T7228200D00A1", "DJI", "Mavic 3", "asserted"),
        ("  1581f6n87228200d00a1 ", "DJI", "Air 3", "asserted"),
        ("1581F4467228200D00A1", "DJI", "Agras T30 or Agras T10", "asserted"),  # one prefix, two models
        ("1581FZZZ7228200D00A1", "DJI", "", "asserted"),  # a model sold elsewhere: the code alone
        ("1581F08Q7228200D00A1", "DJI", "", "review"),  # its only declaration was rescinded
        ("1907F7US0000000000A1", "Anzu Robotics", "Raptor", "asserted"),
        ("9999F7US0000000000A1", None, "", "unknown"),
        ("MFG1A0123456789", None, "", "unknown"),
        ("1596F3000000000000AB", None, "", "unknown"),  # a code that a module's and an aircraft's maker share
        ("08QCE7T0120N38", "DJI", "", "review"),
    ],
)
def test_what_a_serial_number_says(serial: str, maker: str | None, model: str, status: str) -> None:
    found = look_up(serial, knowledge())
    assert (found.maker, set(found.models), str(found.status)) == (
        maker,
        set(filter(None, model.split(" or "))),
        status,
    )
    assert found.because


@pytest.mark.parametrize(
    "serial",
    [
        "1581F45T7228200D00A",  # a length sign that lies
        "1581F45T7228200D00A12",
        "1581045T",  # no length sign
        "1581FO5T7228200D00A1",  # the letter O
        "1581FI5T7228200D00A1",
        "158",
        "",
        "-bad",
        "1581F45T7228200D00\u00c41",
        "1" * 500,
    ],
)
def test_what_is_not_of_the_standard_form_names_no_maker(serial: str) -> None:
    found = look_up(serial, knowledge())
    assert (found.form, found.maker, found.status) == ("invalid", None, Status.UNKNOWN)


def test_a_relabelled_aircraft_has_its_own_code_and_a_reported_edge() -> None:
    found = look_up("1907F7US0000000000A1", knowledge())
    assert found.brand == "anzu"
    edge = next(item for item in found.because if item.kind == "edge")
    assert edge.text.startswith("reported (licensed)")
    assert edge.source
    assert not any(item.established for item in found.makers if item.supplier == "dji")


def test_a_module_names_its_own_maker_and_not_the_aircraft() -> None:
    found = look_up("1787F04BM23110016ABC", knowledge())
    assert (found.maker, found.module) == ("BlueMark", True)
    assert any("another's" in item.text for item in found.because)


@pytest.mark.parametrize("part", range(5))
def test_serial_numbers_left_out_of_the_table_still_find_their_maker(part: int) -> None:
    """A fifth of the declared ones taken away: those that are left tell the maker of nearly all, and wrongly of few."""
    loaded = knowledge()
    whole = loaded.drones
    rows = [row for row in _declared() if not row.first.endswith("0" * 8)]
    away = set(rows[part::5])
    kept = [row for row in _declared() if row not in away] + [row for rows in whole.ranges.values() for row in rows]
    table = drone_table(kept, whole.registries, whole.notes, whole.legacy)
    wrong = 0
    loaded.__dict__["drones"] = table
    try:
        for row in away:
            found = look_up(row.first, loaded)
            same = found.maker is not None and table.make(row) in (found.maker, _same(found.maker, row, table))
            wrong += not same
            assert same or found.status is not Status.ASSERTED, (row, found)
    finally:
        loaded.__dict__["drones"] = whole
    assert wrong <= 0.02 * len(away)


def _same(maker: str, row: Declaration, table) -> str:
    note = table.notes.get(row.first[:4])
    return note.same_as.get(maker, maker) if note else maker


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=24))
def test_the_form_is_that_of_the_standard(text: str) -> None:
    """Four signs, a length sign from 1 to F, as many as it says; no I and no O."""
    letters = set("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
    wanted = (
        len(text) > 5 and text[4] in "123456789ABCDEF" and len(text) - 5 == int(text[4], 16) and set(text) <= letters
    )
    assert is_cta(text) == wanted


@given(st.text(max_size=80))
def test_any_text_has_an_answer(text: str) -> None:
    found = look_up(text, knowledge())
    assert found.maker is None or found.status is not Status.UNKNOWN
    assert found.because


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("1111F00", "1111FZZ", ""),
        ("1111F00", "1112FZZ", "different maker codes"),
        ("1111F00", "1111FZZZ", "different lengths"),
        ("1111E00", "1111FZZ", "different length signs"),
        ("1111FZZ", "1111F00", "before its beginning"),
        ("1111F00", "", ""),
    ],
)
def test_which_ranges_are_used(first: str, last: str, fault: str) -> None:
    found = range_fault(Declaration(first, last, "accepted", "", "M", "X"))
    assert fault in found
    assert bool(found) == bool(fault)
