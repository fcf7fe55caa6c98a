"""What a person judged of records: joined, held apart, make and site told; what is wrong is named and loses nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodes.estate.config import load_estate
from custodes.estate.flows import Assessed, Options, assess
from custodes.estate.joining import Joined
from custodes.model.vocab import Status

ROWS = """Name,Manufacturer,Model,MAC,Serial
gate,Axis,M3045-V,AC:CC:8E:00:00:01,
gate old,Axis,M3045-V,,ACCC8E000099
yard,Bosch,NBE-3502-AL,00:07:5F:00:00:02,
yard again,Bosch,NBE-3502-AL,00:07:5F:00:00:02,
roof,,,,
"""
WHO = "by: A. Tester, date: '2026-11-20'"


def estate(tmp_path: Path, judgements: str = "", rows: str = ROWS) -> Assessed:
    (tmp_path / "register.csv").write_text(rows, encoding="utf-8")
    head = '[estate]\ntitle = "made up"\n[[site]]\nid = "hq"\nname = "Headquarters"\nsensitive = true\n'
    (tmp_path / "custodes.toml").write_text(head + '[[source]]\nfile = "register.csv"\n', encoding="utf-8")
    if judgements:
        (tmp_path / "judgements.yaml").write_text(judgements, encoding="utf-8")
    return assess(load_estate(tmp_path), Options(date(2026, 11, 26)))


def units(done: Assessed) -> list[list[int]]:
    return sorted(sorted(row.row for row in device.sources) for device in done.assessment.devices)


def faults(done: Assessed) -> list[str]:
    return [one.text for one in done.assessment.findings if one.kind == "judgement-not-taken"]


def test_records_alone(tmp_path: Path) -> None:
    done = estate(tmp_path)
    assert units(done) == [[2], [3], [4, 5], [6]]
    assert [(one.row, one.why) for one in done.assessment.merged] == [(5, "the same MAC address")]


def test_what_is_one_unit_and_what_is_not(tmp_path: Path) -> None:
    text = f"""
- {{say: same, of: ['register.csv:2', 'serial:ACCC8E000099'], because: both labels seen, {WHO}}}
- {{say: not-same, of: ['register.csv:4', 'register.csv:5'], {WHO}}}
"""
    done = estate(tmp_path, text)
    assert units(done) == [[2, 3], [4], [5], [6]]
    (merged,) = done.assessment.merged
    assert merged.why == "judged by A. Tester on 2026-11-20: one unit, because both labels seen"
    said = [piece.text for device in done.assessment.devices for piece in device.attribution.because]
    assert sum("different units" in text for text in said) == 2
    assert not faults(done)


def test_a_device_is_named_by_the_id_that_was_printed(tmp_path: Path) -> None:
    (gate, old) = estate(tmp_path).assessment.devices[:2]
    done = estate(tmp_path, f"- {{say: same, of: [{gate.id}, {old.id}], {WHO}}}")
    assert units(done) == [[2, 3], [4, 5], [6]]


def test_make_and_site(tmp_path: Path) -> None:
    text = f"""
- {{say: make, of: ['register.csv:6'], make: Hikvision, because: photograph of the board, {WHO}}}
- {{say: site, of: ['register.csv:6'], site: hq, {WHO}}}
"""
    roof = next(device for device in estate(tmp_path, text).assessment.devices if device.name == "roof")
    assert (roof.attribution.brand, roof.attribution.status) == ("hikvision", Status.ASSERTED)
    assert (roof.site, roof.sensitive) == ("Headquarters", True)
    assert any("judged by A. Tester on 2026-11-20: make Hikvision" in piece.text for piece in roof.attribution.because)


def test_contradicting_and_wrong_judgements_are_named_and_the_rest_is_taken(tmp_path: Path) -> None:
    text = f"""
- {{say: same, of: ['register.csv:2', 'register.csv:3'], {WHO}}}
- {{say: not-same, of: ['register.csv:3', 'register.csv:2'], {WHO}}}
- {{say: same, of: ['register.csv:2', 'register.csv:78'], {WHO}}}
- {{say: perhaps, of: ['register.csv:2'], {WHO}}}
- {{say: same, of: ['register.csv:2'], {WHO}}}
- {{say: make, of: ['register.csv:6'], {WHO}}}
- {{say: make, of: ['register.csv:6'], make: Axis}}
- {{say: make, of: ['register.csv:6'], brand: Axis, {WHO}}}
- 7
- {{say: site, of: ['register.csv:6'], site: Annexe, {WHO}}}
"""
    done = estate(tmp_path, text)
    assert units(done) == [[2, 3], [4, 5], [6]]
    assert next(one.site for one in done.assessment.devices if one.name == "roof") == "Annexe"
    told = "\n".join(faults(done))
    assert len(faults(done)) == 8
    wanted = ["judgement 2 contradicts", "no record 'register.csv:78'", "judgement 4: say is one of", "two records"]
    for word in [*wanted, "tells no make", "by and date tell", "'brand' is no key", "judgement 9: it is no mapping"]:
        assert word in told, word


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    done = estate(tmp_path, "- {say: same")
    assert units(done) == [[2], [3], [4, 5], [6]]
    assert len(faults(done)) == 1 and "cannot be read" in faults(done)[0]


@pytest.mark.parametrize("odd", ["of: [1, 2]", "of: {a: b}", "of: 'register.csv:2'", "of: [[1], [2]]"])
def test_odd_references_are_refused(tmp_path: Path, odd: str) -> None:
    assert len(faults(estate(tmp_path, f"- {{say: same, {odd}, {WHO}}}"))) == 1


PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(PAIRS, PAIRS)
def test_what_is_held_apart_never_becomes_one(apart: list[tuple[int, int]], joins: list[tuple[int, int]]) -> None:
    joined = Joined(8)
    held = [pair for pair in apart if joined.hold_apart(*pair)]
    refused = [pair for pair in joins if not joined.unite(*pair, "why")]
    assert len(held) == len(apart)
    assert all(joined.root(one) != joined.root(other) for one, other in held)
    assert all(joined.root(one) != joined.root(other) for one, other in refused)
    taken = [pair for pair in joins if pair not in refused]
    assert all(joined.root(one) == joined.root(other) for one, other in taken)


def test_the_actual_maker_of_one_unit(tmp_path: Path) -> None:
    """The label stays, the maker is who the person says; other units of the name are as they were."""
    rows = ROWS + "shop,Lorex,LNB8005-C,,\nshop two,Lorex,LNB8005-C,,\n"
    alone = estate(tmp_path, rows=rows)
    before = {device.name: device.attribution for device in alone.assessment.devices}
    text = f"""
- {{say: maker, of: ['register.csv:7'], maker: Hikvision, because: board seen, {WHO}}}
- {{say: maker, of: ['register.csv:6'], maker: Dahua, {WHO}}}
- {{say: maker, of: ['register.csv:2'], maker: Nobody Ever, {WHO}}}
"""
    done = estate(tmp_path, text, rows)
    after = {device.name: device.attribution for device in done.assessment.devices}
    one = after["shop"]
    assert (one.brand, one.oem, one.maker_status) == (before["shop"].brand, "hikvision", Status.ASSERTED)
    assert [item.supplier for item in one.candidates if item.established] == ["hikvision"]
    assert any("judged by A. Tester" in piece.text for piece in one.because)
    assert after["shop two"] == before["shop two"]
    assert (after["roof"].status, after["roof"].oem) == (Status.UNKNOWN, "dahua")
    assert after["gate"] == before["gate"]
    assert [fault.split(": ")[0] for fault in faults(done)] == ["judgements.yaml judgement 3"]
