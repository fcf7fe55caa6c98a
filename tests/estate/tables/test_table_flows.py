"""Flow logs at scale: each row as a capture's peer would be judged, and names joined as the device was told them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from custodes.attribution.destinations import destination
from custodes.estate.tables.flows import INPUT_SCHEMA, destinations
from custodes.knowledge import knowledge
from custodes.model.captures import Peer
from custodes.model.errors import BadInput, BadUsage
from custodes.scale import names
from custodes.scale.engines import Here, duck
from custodes.scale.flow import Summary, run_job
from custodes.scale.job import Job
from custodes.scale.supervised import Supervised

FUNCTION = "custodes.estate.tables.flows:destinations"
COLUMNS = {"source": "src", "target": "dst", "port": "dport", "name": "sni", "seen": "at"}
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
#: Addresses that are nobody's to be asked about here: documentation's are not global.
FAR, OTHER = "8.8.4.4", "2001:4860:4860::8888"


def judged(rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """What the batch function tells of rows of source, target, port, name, origin, told, seen."""
    columns = [
        pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), INPUT_SCHEMA, strict=True)
    ]
    (found,) = destinations(iter([pa.record_batch(columns, schema=INPUT_SCHEMA)]), knowledge())
    told: list[dict[str, Any]] = found.to_pylist()
    return told


@pytest.mark.parametrize(
    ("source", "target", "peer", "direction"),
    [
        ("10.0.0.5", FAR, FAR, "out"),
        (FAR, "10.0.0.5", FAR, "in"),
        ("10.0.0.5", "192.168.1.9", None, "within"),
        (FAR, "1.1.1.1", "1.1.1.1", "between"),
        ("fe80::1", OTHER, OTHER, "out"),
        ("10.0.0.5", "224.0.0.251", None, "within"),
        ("10.0.0.5", f"::ffff:{FAR}", FAR, "out"),
        ("10.0.0.5 ", f" {FAR} ", FAR, "out"),
        ("10.0.0.5", OTHER.upper(), OTHER, "out"),
        ("", FAR, FAR, "unknown"),
        ("nonsense", "10.0.0.5", None, "unknown"),
        (None, None, None, "unknown"),
    ],
)
def test_which_end_is_on_the_internet(source: str, target: str, peer: str | None, direction: str) -> None:
    (row,) = judged([(source, target, 443, "", "sni", "", NOON)])
    assert (row["peer"], row["direction"]) == (peer, direction)


def test_each_row_is_judged_as_a_peer_of_a_capture() -> None:
    services = list(knowledge().services.rows.values())
    chance = random.Random(1)
    asked = [name.replace("*.", "a.").replace("*", "x") for row in services for name in row.names][:150]
    told = ["", "", *(chance.choice(asked) for _ in range(40))]
    fixed = [(address, port) for row in services for address in row.addresses for port in (*row.ports, 443, 9)]
    places = [(FAR, 443), ("23.45.67.89", 80), *fixed[:40]]
    days = [NOON - timedelta(days=back) for back in (0, 40, 900)]
    rows = []
    for _ in range(400):
        called = chance.choice(("", *asked)), chance.choice(("sni", "host")), chance.choice(told)
        rows.append(("10.1.2.3", *chance.choice(places), *called, chance.choice(days)))
    for row, found in zip(rows, judged(rows), strict=True):
        _, address, port, name, origin, answered, seen = row
        known = {answered: "dns"} if answered else {}
        known |= {name: origin} if name and name not in known else {}
        wanted = destination(Peer(address, port, "tcp", names=known), seen.date(), knowledge())
        assert found["service"] == (wanted.service or None)
        assert found["supplier"] == wanted.supplier
        assert found["status"] == str(wanted.status)
        assert found["owners"] == ("; ".join(wanted.owners) or None)
        assert found["asn"] == (wanted.place.system or None)
        assert found["hosting_countries"] == (",".join(wanted.place.hosting) or None)
        texts = [one["text"] for one in json.loads(found["because"])]
        assert texts == [
            one.text for one in wanted.because if one.kind != "network" or one.rule.startswith("services/")
        ]


def test_a_name_in_a_connection_is_of_the_end_that_was_called() -> None:
    (row,) = judged([(FAR, "10.0.0.5", 443, "camera.example.net", "sni", "", NOON)])
    assert (row["direction"], row["domain"]) == ("in", None)


def test_a_row_without_a_time_is_judged_on_the_day_of_the_reference_data() -> None:
    (row,) = judged([("10.0.0.5", FAR, 443, "", "sni", "", None)])
    wanted = destination(Peer(FAR, 443, "tcp"), knowledge().pack.date, knowledge())
    assert row["asn"] == wanted.place.system


def written(place: Path, flows: pa.Table, answers: pa.Table) -> tuple[Path, Path]:
    for name, table in (("flows", flows), ("answers", answers)):
        (place / name).mkdir(parents=True)
        half = table.num_rows // 2
        pq.write_table(table.slice(0, half), place / name / "a.parquet", row_group_size=64)
        pq.write_table(table.slice(half), place / name / "b.parquet", row_group_size=64)
    return place / "flows", place / "answers"


def run(flows: Path, out: Path, answers: Path | None, engine: Any = None, **more: Any) -> Summary:
    told = Job(FUNCTION, str(flows), str(out), COLUMNS, keep=("row",), **{"batch_rows": 50, "piece_rows": 200, **more})
    asked = names.Answers(str(answers), {"client": "who", "seen": "at"}) if answers else None
    return run_job(told, engine or Here(), (), lambda _: None, asked)


def made(seed: int, many: int = 600) -> tuple[pa.Table, pa.Table, list[str | None]]:
    """Flows and answers at random, and by looking at all answers for each flow the name that it was told last."""
    chance = random.Random(seed)
    clients, far, called = (
        ["10.0.0.1", "10.0.0.2"],
        [FAR, "1.1.1.1", "9.9.9.9"],
        ["a.example.net", "b.example.org", "c.net"],
    )
    heard = [
        (chance.randint(0, 300), chance.choice(clients), chance.choice(far), chance.choice(called)) for _ in range(90)
    ]
    seen = [(chance.randint(0, 300), chance.choice((*clients, "10.0.0.3")), chance.choice(far)) for _ in range(many)]
    wanted: list[str | None] = []
    for when, who, where in seen:
        before = [one for one in heard if one[1:3] == (who, where) and one[0] <= when]
        last = max((one[0] for one in before), default=None)
        wanted.append(min((one[3] for one in before if one[0] == last), default=None))
    at = [NOON + timedelta(seconds=when) for when, *_ in seen]
    flows = pa.table({
        "at": at, "src": [one[1] for one in seen], "dst": [one[2] for one in seen], "dport": [443] * many,
        "sni": [""] * many, "row": list(range(many)),
    })  # fmt: skip
    answers = pa.table({
        "at": [(NOON + timedelta(seconds=one[0])).timestamp() for one in heard], "who": [one[1] for one in heard],
        "address": [one[2] for one in heard], "name": [one[3].upper() + "." for one in heard],
    })  # fmt: skip
    return flows, answers, wanted


@pytest.mark.parametrize("seed", range(4))
def test_a_row_takes_the_name_that_its_client_was_told_last(seed: int, tmp_path: Path) -> None:
    flows, answers, wanted = made(seed)
    run(*(written(tmp_path, flows, answers)[0], tmp_path / "out"), tmp_path / "answers")
    found = ds.dataset(tmp_path / "out" / "data").to_table().sort_by("row").to_pylist()
    domains = {"a.example.net": "example.net", "b.example.org": "example.org", "c.net": "c.net", None: None}
    assert [row["domain"] for row in found] == [domains[name] for name in wanted]
    assert None in wanted and len(set(wanted)) > 2


def test_the_same_bytes_from_every_engine_and_whatever_the_order_of_answers(tmp_path: Path) -> None:
    flows, answers, _ = made(9)
    place, told = written(tmp_path, flows, answers)
    _, turned = written(tmp_path / "turned", flows, answers.take(pa.array(range(answers.num_rows - 1, -1, -1))))
    hashes = []
    for number, (engine, heard) in enumerate(((Here(), told), (Supervised(2), told), (duck(), told), (Here(), turned))):
        run(place, tmp_path / f"out{number}", heard, engine)
        hashes.append({
            path.relative_to(tmp_path / f"out{number}"): path.read_bytes()
            for path in sorted((tmp_path / f"out{number}").rglob("*")) if path.is_file()
        })  # fmt: skip
    assert hashes[0] == hashes[1] == hashes[2] == hashes[3]


def test_tables_of_names_that_cannot_be_joined_are_refused(tmp_path: Path) -> None:
    flows, answers, _ = made(2)
    place, told = written(tmp_path, flows, answers)
    with pytest.raises(BadUsage, match="no column 'client'"):
        run_job(Job(FUNCTION, str(place), str(tmp_path / "x"), COLUMNS), Here(), (), print, names.Answers(str(told)))
    with pytest.raises(BadUsage, match="cannot be joined"):
        job = Job(FUNCTION, str(place), str(tmp_path / "y"), {"source": "src", "target": "dst"})
        run_job(job, Here(), (), print, names.Answers(str(told), {"client": "who", "seen": "at"}))
    with pytest.raises(BadInput, match="nothing"):
        run(place, tmp_path / "z", tmp_path / "nowhere")


def test_every_day_on_which_something_changes_divides_the_days() -> None:
    from custodes.estate.tables.flows import _turns

    turns = _turns(knowledge())
    dated = [row for row in knowledge().services.rows.values() if len(row.since) == 10]
    assert all(date.fromisoformat(row.since) in turns for row in dated)
    assert turns == sorted(set(turns))


def test_addresses_are_joined_whatever_their_spelling(tmp_path: Path) -> None:
    flows = pa.table({"source": ["::ffff:10.0.0.5"], "target": [OTHER], "seen": [1_790_000_000], "port": ["-"]})
    heard = {"client": ["10.0.0.5"], "address": ["2001:4860:4860:0::8888"], "seen": [1_789_999_999], "name": ["a.net"]}
    for name, told in (("flows", flows), ("dns", pa.table(heard))):
        (tmp_path / name).mkdir()
        pq.write_table(told, tmp_path / name / "a.parquet")
    job = Job(FUNCTION, str(tmp_path / "flows"), str(tmp_path / "out"), {})
    run_job(job, Here(), (), lambda _: None, names.Answers(str(tmp_path / "dns")))
    (row,) = ds.dataset(tmp_path / "out" / "data").to_table().to_pylist()
    assert (row["peer"], row["domain"]) == (OTHER, "a.net")


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (pa.array([["8.8.4.4"]]), "lists are to be taken apart first"),
        (pa.array([{"a": "8.8.4.4"}]), "tells no texts"),
    ],
)
def test_answers_of_another_shape_are_told(column: Any, told: str, tmp_path: Path) -> None:
    heard = {"client": ["10.0.0.5"], "seen": [1_790_000_000], "name": ["a.net"]}
    pq.write_table(pa.table({**heard, "address": ["8.8.4.4"]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({**heard, "address": column}), tmp_path / "b.parquet")
    with pytest.raises(BadInput, match="tells no texts") as found:
        names.condensed(names.Answers(str(tmp_path)))
    assert told in f"{found.value.what} {found.value.remedy}"
