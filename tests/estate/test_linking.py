"""Which records become one device: numbers, weak signs together, and what keeps units apart."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess, scans_of
from custodes.estate.linking import Unit
from custodes.estate.marks import near
from custodes.estate.sightings import read_sources
from custodes.estate.uniting import unite
from custodes.knowledge import knowledge
from custodes.model.registers import Limits

BENCH = Path(__file__).parents[2] / "bench"
HEAD = "Asset Tag,Body,Site,Camera Name,Manufacturer,Model,Serial Number,MAC Address,IP Address\n"
HOST = '<host><address addr="{}" addrtype="ipv4"/>{}</host>'


def units_of(folder: Path) -> list[Unit]:
    """The units of an estate folder."""
    estate = load_estate(folder)
    reading = read_sources(estate.sources, Limits(), (), lambda _: None, scans_of(knowledge()))
    return unite(reading.sightings, estate, knowledge()).units


def grouped(folder: Path) -> set[frozenset[tuple[str, int]]]:
    """The records of each unit, as (file, row)."""
    return {frozenset((one.file, one.row) for one in unit.sightings) for unit in units_of(folder)}


def register(path: Path, *rows: str) -> None:
    """A register with these rows, the first being row 2."""
    path.write_text(HEAD + "".join(row + "\n" for row in rows), encoding="utf-8")


def together(folder: Path) -> bool:
    """Whether row 2 of a.csv and row 2 of b.csv are one unit."""
    return any({("a.csv", 2), ("b.csv", 2)} <= records for records in grouped(folder))


CASES = {
    "a number alone joins": (",,,,,,SER100200,,", ",,,,,,SER-100200,,", True),
    "another number tells apart": (
        ",,,,,,SER100200,00:40:8C:10:00:01,", ",,,,,,SER100200,00:40:8C:77:55:33,", False),
    "a slip in the other number does not": (
        ",,,,,,SER100200,00:40:8C:10:00:01,", ",,,,,,SER100200,00:40:8C:01:00:01,", True),
    "of two bodies only both numbers": (",one,,,,,SER100200,,", ",two,,,,,SER100200,,", False),
    "of two bodies both numbers": (
        ",one,,,,,SER100200,00:40:8C:10:00:01,", ",two,,,,,SER100200,00:40:8C:10:00:01,", True),
    "a name alone joins nothing": (",,Quay,Gate 1,,,,,", ",,Quay,Gate 1,,,,,", False),
    "a name and a model": (",,Quay,Gate 1,Axis,P3225-LV,,,", ",,Quay,GATE_01,AXIS,P3225-LV,,,", True),
    "a name at another site": (",,Quay,Gate 1,Axis,P3225-LV,,,", ",,Mill,Gate 1,Axis,P3225-LV,,,", False),
    "a name of another model": (",,Quay,Gate 1,Axis,P3225-LV,,,", ",,Quay,Gate 1,Axis,Q6045-E,,,", False),
    "a name of another unit": (
        ",,Quay,Gate 1,Axis,P3225-LV,SER100200,,", ",,Quay,Gate 1,Axis,P3225-LV,SER998877,,", False),
    "a name and a slip": (
        ",,Quay,Gate 1,Axis,P3225-LV,SER100200,,", ",,Quay,Gate 1,Axis,P3225-LV,SER900200,,", True),
    "slips in both numbers are two units of one box": (
        ",,Quay,Gate 1,Axis,P3225-LV,SER100200,00:40:8C:10:00:01,",
        ",,Quay,Gate 1,Axis,P3225-LV,SER100201,00:40:8C:10:00:02,", False),
    "a slip without a name": (",,,,Axis,P3225-LV,SER100200,,", ",,,,Axis,P3225-LV,SER100201,,", False),
    "a name and an address at no site": (",,,Gate 1,,,,,10.0.0.5", ",,,Gate 1,,,,,10.0.0.5", False),
    "an address at no site": (",,,Front,Axis,,,,10.0.0.5", ",,,Roof,Axis,,,,10.0.0.5", False),
    "a name and a model at no site": (",,,Camera 1,Axis,P3225-LV,,,", ",,,Camera 1,Axis,P3225-LV,,,", False),
    "a tag at no site": ("C001,,,Front,Axis,P3225-LV,,,", "C001,,,Roof,Axis,P3225-LV,,,", False),
    "a tag at another site": ("C001,,Quay,Front,Axis,P3225-LV,,,", "C001,,Mill,Roof,Axis,P3225-LV,,,", False),
    "a tag at its site": ("C-001,,Quay,Front,Axis,P3225-LV,,,", "c001,,Quay,Roof,Axis,P3225-LV,,,", True),
    "a name of another make": (",,Quay,Gate 1,Axis,Dome,,,", ",,Quay,Gate 1,Bosch,Dome,,,", False),
    "numbers run together": (",,Quay,Cam 1-12,Axis,P3225-LV,,,", ",,Quay,Cam 11-2,Axis,P3225-LV,,,", False),
    "a model with another ending": (",,Quay,Gate 1,Axis,P3245-V,,,", ",,Quay,Gate 1,Axis,P3245-VE,,,", False),
    "a model in other words": (",,Quay,Gate 1,Axis,P3225-LV dome,,,", ",,Quay,Gate 1,Axis,P3225-LV Camera,,,", True),
    "the next number of a box": (
        ",,Quay,Gate 1,Axis,P3225-LV,SER100200,,", ",,Quay,Gate 1,Axis,P3225-LV,SER100201,,", False),
    "bodies that are spelled otherwise": (
        ",North Police,Quay,Gate 1,,,SER100200,,", ",North Constabulary,Quay,Gate 1,,,SER100200,,", True),
    "a body that one file tells": (",one,Quay,Gate 1,Axis,P3225-LV,,,", ",,Quay,Gate 1,Axis,P3225-LV,,,", True),
    "a serial number and its end": (
        ",,Quay,Gate,Hikvision,DS-2CD2385G1-I,C91234567,44:19:B6:10:00:01,",
        ",,Quay,Gate,Hikvision,DS-2CD2385G1-I,DS-2CD2385G1-I20190101AAWRC91234567,44:19:B6:10:00:01,", True),
    "a label before a serial number": (",,,,,,S/N 094454407210,,", ",,,,,,094454407210,,", True),
    "a serial number that is a MAC address": (
        ",,,,Axis,,ACCC8E112233,,", ",,,,Axis,,,AC:CC:8E:11:22:33,", True),
    "a serial number that is another MAC address": (
        ",,Quay,Gate,Axis,P3225-LV,ACCC8E112233,,", ",,Quay,Gate,Axis,P3225-LV,,AC:CC:8E:99:88:77,", False),
    "a name that only says what it is": (
        ",,Quay,CCTV camera,Axis,P3225-LV,,,", ",,Quay,CCTV camera,Axis,P3225-LV,,,", False),
    "the recorder's number on a camera": (
        ",,Quay,NVR 1,Hikvision,DS-7616NI-K2,,44:19:B6:10:00:01,",
        ",,Quay,Gate,Axis,P3225-LV,,44:19:B6:10:00:01,", False),
    "words for a number": (",,,,Axis,,Not visible,,", ",,,,Axis,,Not visible,,", False),
    "a number of other goods": (",,Quay,Gate,Axis,P3225-LV,100234,,", ",,Mill,Roof,Bosch,NDE-3502-AL,100234,,", False),
    "an address alone joins no registers": (",,,,,,,,10.0.0.5", ",,,,,,,,10.0.0.5", False),
    "a name of two bodies": (",one,Quay,Gate 1,Axis,P3225-LV,,,", ",two,Quay,Gate 1,Axis,P3225-LV,,,", False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_two_registers(case: str, tmp_path: Path) -> None:
    one, other, joined = CASES[case]
    register(tmp_path / "a.csv", one)
    register(tmp_path / "b.csv", other)
    assert together(tmp_path) is joined


def test_nothing_joins_where_two_could_be_meant(tmp_path: Path) -> None:
    register(tmp_path / "a.csv", ",,Quay,Gate 1,Axis,P3225-LV,,,")
    register(tmp_path / "b.csv", ",,Quay,Gate 1,Axis,P3225-LV,,,", ",,Quay,Gate 01,Axis,P3225-LV,,,")
    assert len(grouped(tmp_path)) == 3


def test_the_better_of_two_is_taken(tmp_path: Path) -> None:
    register(tmp_path / "a.csv", ",,Quay,Gate 1,Axis,P3225-LV,,,10.0.0.5")
    register(tmp_path / "b.csv", ",,Quay,Gate 1,Axis,P3225-LV,,,10.0.0.9", ",,Quay,Gate 01,Axis,P3225-LV,,,10.0.0.5")
    assert frozenset({("a.csv", 2), ("b.csv", 3)}) in grouped(tmp_path)


def test_a_rival_that_a_number_tells_apart_keeps_both_open(tmp_path: Path) -> None:
    register(tmp_path / "a.csv", ",,Quay,Gate 1,Axis,P3225-LV,SER100200,,")
    register(tmp_path / "b.csv", ",,Quay,Gate 1,Axis,P3225-LV,SER998877,,")
    register(tmp_path / "c.csv", ",,Quay,Gate 1,Axis,P3225-LV,,,")
    assert len(grouped(tmp_path)) == 3


def test_a_unit_that_is_gone_is_neither_met_nor_a_rival(tmp_path: Path) -> None:
    head, row = "Site,Camera Name,Make,Model,Status\n", "Quay,Gate 1,Axis,P3225-LV,"
    (tmp_path / "a.csv").write_text(f"{head}{row}Decommissioned 2024\n{row}In use\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"{head}{row}\n", encoding="utf-8")
    assert grouped(tmp_path) == {frozenset({("a.csv", 2)}), frozenset({("a.csv", 3), ("b.csv", 2)})}


def test_lines_of_a_fleet_are_no_units(tmp_path: Path) -> None:
    for name, number in (("a", 40), ("b", 25)):
        text = f"Site,Name,Make,Model,Quantity\nQuay,Body worn,Axon,Body 3,{number}\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    found = assess(load_estate(tmp_path), Options(date(2026, 11, 26))).assessment.devices
    assert sorted(one.quantity for one in found) == [25, 40]


@pytest.mark.parametrize("addresses", [("rtsp://10.0.0.5/x?camera=1", "rtsp://10.0.0.5/x?camera=2"), ("10.0.0.5",) * 2])
def test_views_of_one_box_are_one(addresses: tuple[str, str], tmp_path: Path) -> None:
    rows = [f"T-{n},,Quay,View {n},Axis,P3719-PLE,,00:40:8C:10:00:01,{at}" for n, at in enumerate(addresses)]
    register(tmp_path / "a.csv", *rows)
    assert len(grouped(tmp_path)) == 1


def test_systems_and_floors_tell_apart(tmp_path: Path) -> None:
    head = "Site,Camera Name,Make,Model,Location\n"
    for systems, floors, number in (
        (("one", "two"), (1, 1), 2),
        (("one", "one"), (1, 2), 2),
        (("one", "one"), (1, 1), 1),
    ):
        text = "".join(f'[[system]]\nid = "{name}"\nname = "{name}"\n' for name in ("one", "two"))
        for file, system, floor in zip("ab", systems, floors, strict=True):
            row = f"Quay,Camera 1,Axis,P3245-LV,Floor {floor}\n"
            (tmp_path / f"{file}.csv").write_text(head + row, encoding="utf-8")
            text += f'[[source]]\nfile = "{file}.csv"\nsystem = "{system}"\n'
        (tmp_path / "custodes.toml").write_text(text, encoding="utf-8")
        assert len(grouped(tmp_path)) == number


def test_hosts_that_are_called_alike_are_not_one(tmp_path: Path) -> None:
    for place, host in (("library", "192.168.1.64"), ("depot", "192.168.7.91")):
        name = '<hostnames><hostname name="ipcam.lan"/></hostnames>'
        (tmp_path / f"{place}.xml").write_text(f"<nmaprun>{HOST.format(host, name)}</nmaprun>", encoding="utf-8")
    assert len([unit for unit in units_of(tmp_path)]) == 2


def test_networks_of_two_sites_are_two(tmp_path: Path) -> None:
    text = '[[site]]\nid = "lib"\nname = "Library"\n[[site]]\nid = "dep"\nname = "Depot"\n'
    for place in ("lib", "dep"):
        (tmp_path / f"{place}.xml").write_text(
            f"<nmaprun>{HOST.format('192.168.1.64', '')}</nmaprun>", encoding="utf-8"
        )
        text += f'[[source]]\nfile = "{place}.xml"\nsite = "{place}"\n'
    (tmp_path / "custodes.toml").write_text(text, encoding="utf-8")
    assert len(grouped(tmp_path)) == 2


def test_a_number_copied_down_a_column_joins_no_rows_with_their_own_tags(tmp_path: Path) -> None:
    copied = "00:40:8C:10:00:01"
    register(tmp_path / "a.csv", f"T-001,,Quay,Gate 1,Axis,,,{copied},", f"T-002,,Quay,Gate 2,Axis,,,{copied},")
    register(tmp_path / "b.csv", f",,Quay,Gate 2,Axis,,,{copied},")
    units = units_of(tmp_path)
    assert grouped(tmp_path) == {frozenset({("a.csv", 2)}), frozenset({("a.csv", 3), ("b.csv", 2)})}
    assert all("the same MAC address stands on records of different units" in unit.clashes for unit in units)
    assert [why for unit in units for why in unit.whys if why] == ["the same MAC address, name and make"]


def test_two_bodies_with_one_address_are_told(tmp_path: Path) -> None:
    register(tmp_path / "a.csv", ",one,,,,,,00:40:8C:10:00:01,", ",two,,,,,,00:40:8C:10:00:01,")
    units = units_of(tmp_path)
    assert [unit.clashes for unit in units] == [["the same MAC address stands on records of different bodies"]] * 2


def test_an_address_of_another_year_is_another_unit_s(tmp_path: Path) -> None:
    register(tmp_path / "a.csv", ",,,,Axis,P3225-LV,,,10.0.0.5")
    (tmp_path / "s.xml").write_text(f"<nmaprun>{HOST.format('10.0.0.5', '')}</nmaprun>", encoding="utf-8")
    for day, units in (("2026-10-20", 1), ("2025-01-15", 2), ("", 1)):
        dated = f'dated = "{day}"' if day else ""
        text = f'[[source]]\nfile = "a.csv"\n{dated}\n[[source]]\nfile = "s.xml"\ndated = "2026-11-01"\n'
        (tmp_path / "custodes.toml").write_text(text, encoding="utf-8")
        assert len(grouped(tmp_path)) == units, day


def test_a_host_is_met_by_its_site_and_name(tmp_path: Path) -> None:
    register(tmp_path / "a.csv", ",,Mill House,Gate 1,,,,,10.0.0.5")
    name = '<hostnames><hostname name="mill-house-gate-01.example"/></hostnames>'
    (tmp_path / "s.xml").write_text(f"<nmaprun>{HOST.format('10.0.0.5', name)}</nmaprun>", encoding="utf-8")
    assert len(grouped(tmp_path)) == 1


def test_sites_of_two_bodies_that_have_one_name(tmp_path: Path) -> None:
    sites = [("s1", "one", "true"), ("s2", "two", "false")]
    told = [f'[[body]]\nid = "{body}"\n' for _, body, _ in sites]
    told += [f'[[site]]\nid = "{id_}"\nname = "Mill"\nbody = "{body}"\nsensitive = {s}\n' for id_, body, s in sites]
    text = "".join(told) + '[[source]]\nfile = "a.csv"\n'
    (tmp_path / "custodes.toml").write_text(text, encoding="utf-8")
    register(tmp_path / "a.csv", ",one,Mill,Gate 1,Axis,P3225-LV,,,", ",two,Mill,Gate 1,Axis,P3225-LV,,,")
    found = assess(load_estate(tmp_path), Options(date(2026, 11, 26))).assessment.devices
    assert [(one.body, one.sensitive, one.site_id) for one in found] == [("one", True, "s1"), ("two", False, "s2")]


@given(st.text("0123456789abc", max_size=8), st.text("0123456789abc", max_size=8))
def test_near_is_an_edit_distance_of_at_most_one(one: str, other: str) -> None:
    assert near(one, other) is near(other, one) is (OSA.distance(one, other) <= 1)


def _made(folder: Path, seed: int, size: int) -> dict:
    order = [sys.executable, BENCH / "estate.py", "--seed", str(seed), "--size", str(size), "--out", folder]
    subprocess.run(list(map(str, order)), check=True, capture_output=True)
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("seed", [3, 4])
def test_made_up_estates(seed: int, tmp_path: Path) -> None:
    truth = _made(tmp_path, seed, 2_000)
    sys.path.insert(0, str(BENCH))
    from made_estate.scoring import records, score

    placed, body = records(truth)
    found = {(one.file, one.row): unit.id for unit in units_of(tmp_path) for one in unit.sightings}
    assert set(found) == set(placed)
    scored = score(placed, found, body)
    assert scored.f1 >= 0.99 and scored.across == 0, scored
    assert scored.precision >= 0.999, scored


def test_the_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    _made(tmp_path, 5, 300)
    before = _contents(tmp_path)
    chance = random.Random(1)
    for name in ("register.csv", "handover.csv"):
        head, *rows = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        chance.shuffle(rows)
        (tmp_path / name).write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    assert _contents(tmp_path) == before


def test_the_answer_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    """Whatever order the interpreter keeps its sets in."""
    _made(tmp_path, 6, 1_000)
    order = [sys.executable, "-m", "custodes.cli.main", "assess", str(tmp_path), "--format", "json"]
    told = {
        subprocess.run(order, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def _contents(folder: Path) -> set[frozenset[str]]:
    return {frozenset(f"{one.file} {sorted(one.cells.items())}" for one in unit.sightings) for unit in units_of(folder)}
