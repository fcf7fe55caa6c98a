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
