"""`--in` tables at the command line: what comes out is as its schema says, and what does not fit is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from custodes.publication.schemas import schema

HIKVISION = 'HTTP/1.1 401 Unauthorized\r\nDate: {}\r\nWWW-Authenticate: Digest realm="DS-2CD2143G2-I"\r\n\r\n'
BANNERS = [
    ("http", HIKVISION.replace("\r\nDate", "\r\nServer: App-webs/\r\nDate")),
    ("http", "HTTP/1.1 200 OK\r\nServer: nginx/1.2\r\nDate: {}\r\n\r\n"),
    ("rtsp", "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Dahua Rtsp Server\r\n\r\n"),
]


def custodes(*words: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "custodes.cli.main", *map(str, words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    rows = [(protocol, text.format(number)) for number in range(50) for protocol, text in BANNERS]
    folder = tmp_path / "scans"
    folder.mkdir()
    table = pa.table(
        {
            "protocol": [protocol for protocol, _ in rows],
            "banner": [text for _, text in rows],
            "ip": pa.array(range(len(rows)), pa.int64()),
            "body": [f"body {number % 2}" for number in range(len(rows))],
        }
    )
    pq.write_table(table, folder / "scan.parquet", row_group_size=40)
    return folder


def test_a_table_is_identified_as_its_rows_are(scans: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = custodes(
        "identify", "--in", scans, "--out", out, "--column", "raw=banner", "--keep", "ip", "--part-by", "body",
        "--piece-rows", "40", "--workers", "2",
    )  # fmt: skip
    said = json.loads(told.stdout)
    jsonschema.validate(said, schema("tables"))
    assert (said["rows"], said["pieces"], said["quarantined"]) == (150, 4, [])
    found = ds.dataset(out / "data", partitioning="hive").to_table().to_pylist()
    of = {row["ip"]: json.loads(row["identity"]) for row in found}
    lines = "".join(json.dumps({"id": number, "protocol": p, "encoding": "text", "raw": t}) + "\n"
                    for number, (p, t) in enumerate(BANNERS))  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "custodes.cli.main", "identify"], input=lines, capture_output=True, text=True, check=True
    )
    for line in done.stdout.splitlines():
        answer: dict[str, Any] = json.loads(line)
        number = answer.pop("id")
        assert [of[ip] for ip in range(150) if ip % 3 == number] == [answer] * 50
    assert of[0]["brand"] == "hikvision" and of[2]["brand"] == "dahua" and of[1]["brand"] is None
    again = json.loads(custodes("identify", "--in", scans, "--out", out, "--column", "raw=banner", "--keep", "ip",
                                "--part-by", "body", "--piece-rows", "40").stdout)  # fmt: skip
    assert again["resumed"] == 150


def test_an_estimate_is_as_its_schema_says(scans: Path) -> None:
    words = ("estimate", "identify", "--in", scans, "--column", "raw=banner", "--workers", "2")
    said = json.loads(custodes(*words, "--format", "json").stdout)
    jsonschema.validate(said, schema("estimate"))
    assert said["rows"] == 150
    assert "150 in 1 pieces" in custodes(*words).stdout


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--column", "raw"], "--column 'raw' says nothing"),
        (["--column", "raw=banners"], "did you mean 'banner'"),
        ([], "say which: --column raw=NAME"),
        (["--column", "raw=banner", "--engine", "spark"], "a cluster wants its address"),
        (["--column", "raw=banner", "--master", "local[2]"], "add --engine spark"),
    ],
)
def test_what_does_not_fit_is_told(scans: Path, tmp_path: Path, more: list[str], told: str) -> None:
    done = custodes("identify", "--in", scans, "--out", tmp_path / "out", *more, code=2)
    assert told in done.stderr and not done.stdout
    assert custodes("identify", "--in", scans, code=2).stderr.startswith("tables want both ends")


@pytest.fixture
def devices(tmp_path: Path) -> Path:
    """A hundred devices of two bodies, some of them told to be of one make, some only by their model."""
    folder = tmp_path / "devices"
    folder.mkdir()
    makes = [("Hikvision", "DS-2CD2143G2-I"), ("", "DS-2CD2T47G2-L"), ("Axis", "P3245-V"), ("", "")] * 25
    table = pa.table(
        {
            "make": [make for make, _ in makes],
            "type": [model for _, model in makes],
            "body": [f"body {number % 2}" for number in range(100)],
        }
    )
    pq.write_table(table, folder / "devices.parquet", row_group_size=30)
    return folder


def test_devices_are_assessed_and_summed(devices: Path, tmp_path: Path) -> None:
    out, cube = tmp_path / "out", tmp_path / "cube"
    words = ("--in", devices, "--column", "model=type", "--keep", "body", "--body-kind", "us-federal-contractor")
    told = custodes("assess", *words, "--out", out, "--as-at", "2026-09-01", "--workers", "2")
    said = json.loads(told.stdout)
    jsonschema.validate(said, schema("tables"))
    assert (said["rows"], said["anew"]) == (100, 100)
    rows = json.loads(custodes("rollup", out, "--cube", cube, "--by", "supplier", "--format", "json").stdout)
    jsonschema.validate(rows, schema("rollup"))
    held = {row["supplier"]: (row["least"], row["most"]) for row in rows}
    assert held["axis"] == (25, 25) and held["hikvision"][0] >= 25
    plain = custodes("rollup", "--cube", cube, "--by", "body,rule", "--where", "supplier=hikvision").stdout
    assert plain.splitlines()[0].split() == ["body", "rule", "at", "least", "at", "most"]
    assert "body 1  us-ndaa-889-B" in plain
    again = custodes("assess", *words, "--out", tmp_path / "new", "--as-at", "2026-09-01", "--since", out)
    carried = json.loads(again.stdout)
    assert (carried["rows"], carried["anew"]) == (100, 0)


def test_a_day_that_the_table_tells_comes_before_any_other(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pq.write_table(
        pa.table({"make": ["Axis"] * 2, "as_at": ["2024-03-01", "2025-04-01"]}), tmp_path / "in" / "a.parquet"
    )
    for name, more in (("today", ()), ("told", ("--as-at", "2026-09-01"))):
        custodes("assess", "--in", tmp_path / "in", "--out", tmp_path / name, *more)
        found = ds.dataset(tmp_path / name / "data").to_table()["month"].to_pylist()
        assert found == ["2024-03", "2025-04"]


def test_flows_are_joined_with_names(tmp_path: Path) -> None:
    for name, columns in (
        ("flows", {"src": ["10.0.0.5"] * 2, "dst": ["8.8.4.4", "10.0.0.9"], "ts": [1_790_000_060.5] * 2}),
        (
            "dns",
            {"client": ["10.0.0.5"], "address": ["8.8.4.4"], "seen": [1_790_000_000], "name": ["A.Example.ORG."]},
        ),
    ):
        (tmp_path / name).mkdir()
        pq.write_table(pa.table(columns), tmp_path / name / "a.parquet")
    words = ("--column", "source=src", "--column", "target=dst", "--column", "seen=ts", "--names", tmp_path / "dns")
    custodes("destinations", "--in", tmp_path / "flows", "--out", tmp_path / "out", *words, "--keep", "dst")
    first, second = ds.dataset(tmp_path / "out" / "data").to_table().to_pylist()
    assert (first["direction"], first["domain"], first["peer"]) == ("out", "example.org", "8.8.4.4")
    assert "a.example.org" in first["because"]
    assert (second["direction"], second["peer"]) == ("within", None)
    told = custodes("estimate", "destinations", "--in", tmp_path / "flows", *words[:6], "--format", "json").stdout
    jsonschema.validate(json.loads(told), schema("estimate"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["assess"], "give a register, an estate folder, or tables with --in"),
        (["assess", "register.csv", "--in", "x", "--out", "y"], "this is not asked of tables"),
        (["assess", "--in", "nowhere", "--out", "y"], "there is nothing"),
        (["assess", "--in", "x", "--out", "y", "--as-at", "yesterday"], "write YYYY-MM-DD"),
        (["assess", "--in", "x", "--out", "y", "--body-kind", "polise"], "there is no kind of body 'polise'"),
        (["rollup"], "give results of `assess --in`"),
        (["rollup", "--cube", "nowhere", "--by", "body"], "there are no sums here"),
        (["destinations", "--in", "x", "--out", "y", "--name-column", "a=b"], "give --names FOLDER"),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], told: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert told in custodes(*words, code=2).stderr
