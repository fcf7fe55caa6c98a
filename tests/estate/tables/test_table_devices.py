"""Tables of devices: each row assessed as a register's record is, and the sums over them."""

from __future__ import annotations

import csv
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.estate.ruling import Ruling
from custodes.estate.tables.rollup import CUBE, PARTS, table, update
from custodes.model.errors import BadInput, BadUsage
from custodes.scale.engines import Here
from custodes.scale.flow import Summary, run_job
from custodes.scale.job import Job

FUNCTION = "custodes.estate.tables.devices:assess"
DAY = date(2026, 9, 1)
KIND = "us-federal-contractor"
MAKES = (
    ("Hikvision", "DS-2CD2143G2-I"), ("Dahua", "IPC-HDW2831T-AS"), ("Honeywell", "HC35W45R2"), ("Axis", "P3245-V"),
    ("", "DS-2CD2T47G2-L"), ("LTS", "CMIP3342W-28M"), ("Huawei", "M2150-10-EI"), ("Unheard-of", "Q1"), ("", ""),
    ("Hikvision", "bracket for dome"), ("Dahua / Axis", ""), ("Advidia", "M-46-FW"),
)  # fmt: skip
FIELDS = ("name", "make", "model", "mac", "serial", "status", "quantity", "notes", "purchased")


def records(seed: int, many: int = 300) -> list[dict[str, str]]:
    """Records of units that share nothing: no two are one unit."""
    chance = random.Random(seed)
    rows = []
    for number in range(many):
        make, model = chance.choice(MAKES)
        block = chance.choice(("44:19:b6", "3c:ef:8c", "00:40:8c", "02:00:00"))
        rows.append({
            "name": f"Camera {number:05}", "make": make, "model": model,
            "mac": f"{block}:{number >> 8:02x}:{number & 255:02x}:01" if chance.random() < 0.7 else "",
            "serial": f"ZZ{number:07}Q" if chance.random() < 0.3 else "",
            "status": chance.choice(("In use", "Decommissioned", "", "Active")),
            "quantity": "" , "notes": chance.choice(("", "", "replaced Hikvision in 2019", "was removed in 2020")),
            "purchased": chance.choice(("", "2018-05-01", "2021")),
        })  # fmt: skip
    return rows


def tables(place: Path, rows: Sequence[dict[str, str]], **more: Sequence[str]) -> Path:
    place.mkdir(parents=True)
    columns: dict[str, Sequence[str]] = {name: [row[name] for row in rows] for name in FIELDS}
    pq.write_table(pa.table({**columns, **more}), place / "devices.parquet", row_group_size=64)
    return place


def run(source: Path, out: Path, columns: dict[str, str] | None = None, **more: Any) -> Summary:
    told = {"constants": {"body_kind": KIND, "as_at": DAY.isoformat()}, "batch_rows": 40, "piece_rows": 100, **more}
    return run_job(Job(FUNCTION, str(source), str(out), columns or {}, **told), Here(), (), lambda _: None)


@pytest.mark.parametrize("seed", range(2))
def test_a_row_is_assessed_as_the_record_of_a_register_is(seed: int, tmp_path: Path) -> None:
    rows = records(seed)
    register = tmp_path / "register.csv"
    with register.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    ruling = Ruling(body_kind=KIND)
    found = assess(load_estate(register), Options(DAY, ruling=ruling)).assessment
    by_row = {device.sources[0].row: device for device in found.devices}
    assert len(by_row) == len(found.devices)
    run(tables(tmp_path / "in", rows), tmp_path / "out", keep=("name",))
    told = {row["name"]: row for row in ds.dataset(tmp_path / "out" / "data").to_table().to_pylist()}
    for number, row in enumerate(rows, 2):  # the heading is row 1
        mine, device = told[row["name"]], by_row.get(number)
        if device is None:
            assert mine["left_out"], row
            continue
        made = device.attribution
        assert (mine["brand"], mine["status"], mine["model"]) == (made.brand, str(made.status), made.model), row
        assert (mine["maker"], mine["reason"]) == (made.oem, str(made.reason) if made.reason else None), row
        assert mine["live"] == ("yes" if device.live else "no"), row
        reached = {f"{one['id']}={one['force']}" for one in device.measures if one["reaches"] == "yes"}
        assert set(filter(None, (mine["reached"] or "").split(";"))) == reached, row
        others = set() if made.oem else {one.supplier for one in made.candidates}
        assert set(filter(None, (mine["candidates"] or "").split(";"))) == others, row


def test_a_kind_of_body_that_there_is_none_of_is_told_and_the_row_assessed(tmp_path: Path) -> None:
    rows = records(3, 4)
    source = tables(tmp_path / "in", rows, kind=["uk-police", "nonsense", "", KIND])
    run(source, tmp_path / "out", {"body_kind": "kind"}, constants={"as_at": DAY.isoformat()}, keep=("kind",))
    told = {row["kind"]: row for row in ds.dataset(tmp_path / "out" / "data").to_table().to_pylist()}
    assert "nonsense" in told["nonsense"]["problem"]
    assert all(row["problem"] is None for kind, row in told.items() if kind != "nonsense")
    assert len(told) == 4


def test_a_register_without_makes_is_told_from_a_row_without_one(tmp_path: Path) -> None:
    for name, columns in (("bare", {"notes": ["x", "y"]}), ("blank", {"notes": ["x", "y"], "make": ["", ""]})):
        (tmp_path / name).mkdir()
        pq.write_table(pa.table(columns), tmp_path / name / "a.parquet")
        run(tmp_path / name, tmp_path / f"{name}-out")
    reasons = [
        set(ds.dataset(tmp_path / f"{name}-out" / "data").to_table()["reason"].to_pylist())
        for name in ("bare", "blank")
    ]
    assert reasons == [{"no-make-column"}, {"blank"}]


def summed(out: Path, month: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """Body and supplier to the least and most, by looking at each row of results."""
    least: dict[tuple[str, ...], int] = defaultdict(int)
    most: dict[tuple[str, ...], int] = defaultdict(int)
    for row in ds.dataset(out / "data", partitioning="hive").to_table().to_pylist():
        if row["live"] != "yes" or row["month"] != month:
            continue
        sure = row["maker"] or ("" if not row["candidates"] else None)
        for firm in [sure] if sure is not None else row["candidates"].split(";"):
            most[row["body"], firm] += row["quantity"]
            least[row["body"], firm] += row["quantity"] if sure is not None else 0
    return {key: (least[key], most[key]) for key in most}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Two months of results, and the first again with its bodies as folders."""
    place, rows = tmp_path_factory.mktemp("months"), records(5)
    chance = random.Random(1)
    bodies = [chance.choice(("Northmarch", "A/B council", "Süd")) for _ in rows]
    source = tables(place / "in", rows, body=bodies)
    for name, day, how in (
        ("one", "2026-08-01", {"keep": ("body",)}), ("two", "2026-09-01", {"keep": ("body",)}),
        ("parted", "2026-08-01", {"partition": ("body",)}),
    ):  # fmt: skip
        run(source, place / name, constants={"body_kind": KIND, "as_at": day}, **how)
    return place / "one", place / "two", place / "parted"


def test_sums_are_those_of_the_rows(results: tuple[Path, Path, Path], tmp_path: Path) -> None:
    one, two, _ = results
    update([str(one), str(two)], tmp_path / "cube")
    for out, month in ((one, "2026-08"), (two, "2026-09")):
        told = table(tmp_path / "cube", ("body", "supplier"), {"month": month})
        assert {(row["body"], row["supplier"]): (row["least"], row["most"]) for row in told} == summed(out, month)
    (whole,) = table(tmp_path / "cube", (), {"month": "2026-08"})
    live = [row for row in ds.dataset(one / "data").to_table().to_pylist() if row["live"] == "yes"]
    assert whole == {"least": len(live), "most": len(live)}
    rules = table(tmp_path / "cube", ("rule", "force"), {"month": "2026-08"})
    for row in rules:
        said = f"{row['rule']}={row['force']}"
        sure = sum(said in (one["reached"] or "").split(";") for one in live)
        maybe = sum(said in (one["open"] or "").split(";") for one in live)
        assert (row["least"], row["most"]) == (sure, sure + maybe)
    assert rules


def test_only_what_is_new_is_summed(results: tuple[Path, Path, Path], tmp_path: Path) -> None:
    one, two, parted = results
    cube = tmp_path / "cube"
    first = update([str(one)], cube)
    again = update([str(one)], cube)
    assert (first.held, again.new, again.held) == (0, 0, first.new)
    held = (cube / CUBE).read_bytes()
    both = update([str(one), str(two)], cube)
    assert (both.held, both.new > 0) == (first.new, True)
    back = update([str(one)], cube)
    assert (back.removed, back.new) == (both.new, 0)
    assert (cube / CUBE).read_bytes() == held
    update([str(parted)], tmp_path / "other")
    assert (tmp_path / "other" / CUBE).read_bytes() == held
    assert len(list((cube / PARTS).iterdir())) == first.new


def test_what_cannot_be_summed_is_told(results: tuple[Path, Path, Path], tmp_path: Path) -> None:
    one, two, _ = results
    with pytest.raises(BadUsage, match="twice"):
        update([str(one), str(one)], tmp_path / "cube")
    update([str(one), str(two)], tmp_path / "cube")
    with pytest.raises(BadUsage, match="2 months"):
        table(tmp_path / "cube", ("supplier",), {})
    with pytest.raises(BadUsage, match="under each rule"):
        table(tmp_path / "cube", ("force",), {"month": "2026-08"})
    with pytest.raises(BadUsage, match="not told by"):
        table(tmp_path / "cube", ("colour",), {})
    with pytest.raises(BadInput, match="no sums"):
        table(tmp_path / "nowhere", ("supplier",), {})
    with pytest.raises(BadInput, match="not finished"):
        update([str(tmp_path)], tmp_path / "cube")
    with pytest.raises(BadInput, match="whose devices"):
        update([str(one)], tmp_path / "cube", "force")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(BadUsage, match="something else"):
        update([str(one)], tmp_path / "full")


def test_results_of_another_function_are_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"text": ["Axis"], "body": ["a"]}), tmp_path / "in" / "a.parquet")
    function = "custodes.attribution.batch:attribute"
    run_job(Job(function, str(tmp_path / "in"), str(tmp_path / "out"), {}, keep=("body",)), Here(), (), lambda _: None)
    with pytest.raises(BadInput, match="no column 'month'"):
        update([str(tmp_path / "out")], tmp_path / "cube")


def test_files_of_the_same_bytes_count_as_often_as_they_are_there(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        pq.write_table(pa.table({"make": ["Axis"] * 3, "body": ["x"] * 3}), tmp_path / "in" / f"{name}.parquet")
    run(tmp_path / "in", tmp_path / "out", keep=("body",))
    done = update([str(tmp_path / "out")], tmp_path / "cube")
    assert done.new == 1
    assert table(tmp_path / "cube", ("supplier",), {}) == [{"supplier": "axis", "least": 6, "most": 6}]


def test_one_table_assessed_twice_for_a_month_is_refused(tmp_path: Path) -> None:
    source = tables(tmp_path / "in", records(1, 20), body=["x"] * 20)
    for name, day in (("one", "2026-08-01"), ("two", "2026-08-20")):
        run(source, tmp_path / name, constants={"body_kind": KIND, "as_at": day}, keep=("body",))
    with pytest.raises(BadUsage, match="for one month"):
        update([str(tmp_path / "one"), str(tmp_path / "two")], tmp_path / "cube")


def test_a_body_that_is_missing_is_the_same_in_folders_and_columns(tmp_path: Path) -> None:
    source = tables(tmp_path / "in", records(1, 30), body=[None if place % 3 else "x" for place in range(30)])  # type: ignore[misc]
    run(source, tmp_path / "kept", keep=("body",))
    run(source, tmp_path / "parted", partition=("body",))
    told = []
    for name in ("kept", "parted"):
        update([str(tmp_path / name)], tmp_path / f"cube-{name}")
        told.append(table(tmp_path / f"cube-{name}", ("body",), {}))
    assert told[0] == told[1] and {row["body"] for row in told[0]} == {"", "x"}


def test_a_day_that_is_none_is_told_and_kept_columns_hide_no_result(tmp_path: Path) -> None:
    days = ["2026-08-01", "31/12/2024", "0001-01-01", "9999-12-31", "", "20260801", "2024"]
    source = tables(tmp_path / "in", records(1, 7), day=days, Open=["x"] * 7)
    run(source, tmp_path / "out", {"as_at": "day"}, constants={}, keep=("day",))
    told = {row["day"]: row for row in ds.dataset(tmp_path / "out" / "data").to_table().to_pylist()}
    assert [told[day]["problem"] is None for day in days] == [True, False, False, False, True, True, False]
    assert told["20260801"]["month"] == told["2026-08-01"]["month"] == "2026-08"
    with pytest.raises(BadUsage, match="name of a result: 'Open'"):
        run(source, tmp_path / "other", keep=("Open",))


def test_what_is_told_of_a_serial_number_hangs_on_no_other_row(tmp_path: Path) -> None:
    own = tmp_path / "own" / "serials"
    own.mkdir(parents=True)
    cited = {"source": "made up for a test", "date": "2026-01-01", "certainty": "medium"}
    shape: dict[str, Any] = {"id": "zz-second", "supplier": "dji", "pattern": "zq[0-9]{6,10}", **cited}
    shape["examples"] = {"match": ["ZQ1234567"], "near_miss": ["ZQ1"]}
    (own / "own.yaml").write_text(json.dumps([shape]), encoding="utf-8")
    serials = ["ZQ1234567", "1581F45T7228200D00A1"]
    found = []
    for name, listed in (("one", serials), ("two", serials[::-1])):
        (tmp_path / name).mkdir()
        pq.write_table(pa.table({"serial": listed, "make": [""] * 2}), tmp_path / name / "a.parquet")
        job = Job(FUNCTION, str(tmp_path / name), str(tmp_path / f"{name}-out"), {}, keep=("serial",))
        run_job(job, Here(), (tmp_path / "own",), lambda _: None)
        rows = ds.dataset(tmp_path / f"{name}-out" / "data").to_table().to_pylist()
        found.append({row["serial"]: row["because"] for row in rows})
    assert found[0] == found[1] and len(set(found[0].values())) == 2
