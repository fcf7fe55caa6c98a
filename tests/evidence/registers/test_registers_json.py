"""JSON as other programs write it: several lists, sites with their cameras, devices kept by key, GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.evidence.registers import open_register, raw_tables
from custodes.evidence.registers.containers import json_rows

A = {"make": "Alder", "model": "AC-200"}
B = {"make": "Birch", "model": "B-7"}


def read(folder: Path, document: Any, name: str = "r.json") -> tuple[list[dict[str, Any]], list[Any]]:
    """(rows without empty values, accounts) of every table."""
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    rows, accounts = [], []
    for reading in open_register(path):
        rows += [row for batch in reading.batches for row in batch.to_pylist()]
        accounts.append(reading.account)
    return [{name: value for name, value in row.items() if value} for row in rows], accounts


def test_two_lists_of_devices_are_both_read(tmp_path: Path) -> None:
    rows, accounts = read(tmp_path, {"version": 3, "inside": [A, A], "outside": [B]})
    assert [(row["sheet"], row["row"], row["make"]) for row in rows] == [
        ("inside", 1, "Alder"),
        ("inside", 2, "Alder"),
        ("outside", 1, "Birch"),
    ]
    assert [account.gaps for account in accounts] == [[], []]


def test_a_list_of_something_else_is_named_as_not_read(tmp_path: Path) -> None:
    rows, accounts = read(tmp_path, {"sites": [{"name": "Depot"}, {"name": "Hall"}], "cameras": [A]})
    assert [row["make"] for row in rows] == ["Alder"]
    assert len(accounts) == 1 and "“sites” was not read" in accounts[0].gaps[0]


def test_cameras_inside_sites_are_devices_of_the_site(tmp_path: Path) -> None:
    hall = {"name": "Town Hall", "id": 7, "cameras": [{**A, "id": 1, "name": "c1"}, {**B, "name": "c2"}]}
    rows, accounts = read(tmp_path, {"sites": [hall, {"name": "Depot", "cameras": []}]})
    assert [(row["row"], row["make"], row["name"], row["site"]) for row in rows] == [
        (1, "Alder", "c1", "Town Hall"),
        (2, "Birch", "c2", "Town Hall"),
    ]
    assert rows[0]["asset_tag"] == "1" and "asset_tag" not in rows[1]
    assert [(skip.row, skip.reason) for skip in accounts[0].skipped] == [(3, "a site or group without devices in it")]


def test_a_device_takes_nothing_from_the_group_above_its_site(tmp_path: Path) -> None:
    document = {"regions": [{"name": "North", "sites": [{"name": "Hall", "cameras": [A]}]}]}
    (row,), _ = read(tmp_path, document)
    assert row["site"] == "Hall" and "name" not in row and dict(row["extra"])["region.name"] == "North"


def test_parts_of_a_device_stay_parts(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, {"devices": [{**A, "lenses": [{"make": "Birch", "model": "L-1"}]}]})
    assert row["make"] == "Alder"


@pytest.mark.parametrize("document", [{"devices": {"c1": A, "c2": B}}, {"c1": A, "c2": B}], ids=["inside", "top"])
def test_devices_kept_by_key(tmp_path: Path, document: Any) -> None:
    rows, _ = read(tmp_path, document)
    assert [(row["row"], row["asset_tag"], row["make"]) for row in rows] == [(1, "c1", "Alder"), (2, "c2", "Birch")]


def test_one_device_is_one_row(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, {**A, "network": {"mac": "00:11:22:33:44:55"}})
    assert [(row["make"], row["mac"]) for row in rows] == [("Alder", "00:11:22:33:44:55")]


def test_geojson_properties_are_the_devices_own(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [1.5, 2.5]}
    feature = {"type": "Feature", "properties": {"manufacturer": "Alder", "model": "AC-200"}, "geometry": point}
    (row,), _ = read(tmp_path, {"type": "FeatureCollection", "features": [feature]})
    assert (row["make"], row["model"]) == ("Alder", "AC-200") and "device_type" not in row


def test_a_recorder_inside_a_device_does_not_give_it_its_make(tmp_path: Path) -> None:
    (row,), _ = read(tmp_path, [{"name": "Gate", "recorder": {"manufacturer": "Birch"}}])
    assert "make" not in row


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12))
def test_rows_are_the_same_when_not_all_fit_the_memory(tmp_path_factory: Any, sizes: list[int]) -> None:
    folder = tmp_path_factory.mktemp("json")
    sites = [{"site": f"s{n}", "cameras": [A] * size} for n, size in enumerate(sizes)]
    document = [{"site": "first", "cameras": [B]}, *sites]
    whole, _ = read(folder, document)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "_KEPT", 100)
        again, accounts = read(folder, document)
    assert again == whole and sum(account.rows for account in accounts) == 1 + sum(max(size, 1) for size in sizes)


def test_raw_tables_count_rows_as_the_reader_does(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('Our cameras\n\nmake,note\nAlder,"two\nlines"\n', encoding="utf-8")
    (table,) = raw_tables(path)
    assert table.records == [["Our cameras"], [], ["make", "note"], ["Alder", "two\nlines"]] and not table.headed
    path = tmp_path / "r.json"
    path.write_text('{"a":[{"make":"Alder"}],"b":[{"make":"Birch"}]}', encoding="utf-8")
    assert [(t.sheet, t.headed, t.records) for t in raw_tables(path)] == [
        ("a", True, [["make"], ["Alder"]]),
        ("b", True, [["make"], ["Birch"]]),
    ]


def test_lists_in_different_places_are_all_read(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, {"data": {"site": "X", "cameras": [A, A]}, "more": {"recorders": [B]}})
    assert [(row["sheet"], row["make"]) for row in rows] == [
        ("data.cameras", "Alder"),
        ("data.cameras", "Alder"),
        ("more.recorders", "Birch"),
    ]


def test_a_recorder_with_its_cameras_is_a_device_too(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, {"recorders": [{"name": "N1", **B, "cameras": [{"name": "c1", **A}]}]})
    assert [(row["name"], row["make"]) for row in rows] == [("N1", "Birch"), ("c1", "Alder")]


def test_lists_in_json_lines(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"site": site, "cameras": [A, B]}) for site in "XY")
    rows, _ = read(tmp_path, lines, "r.jsonl")
    assert [(row["row"], row["site"], row["make"]) for row in rows] == [
        (1, "X", "Alder"),
        (1, "X", "Birch"),
        (2, "Y", "Alder"),
        (2, "Y", "Birch"),
    ]


def test_what_stands_behind_the_list_is_named(tmp_path: Path) -> None:
    _, accounts = read(tmp_path, json.dumps([A]) + "\n" + json.dumps(B))
    assert accounts[0].gaps == ["something stands behind the end of the list: it was not read"]
