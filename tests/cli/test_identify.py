"""`custodes identify`: one answer for each row, in order, whatever it holds; figures on the labelled rows."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections import deque
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from custodes.cli import identifying
from custodes.cli.commands import app
from custodes.publication import schemas

SADP = (
    "<ProbeMatch><Types>inquiry</Types><DeviceDescription>DS-2CD2143G2-I</DeviceDescription>"
    "<DeviceSN>DS-2CD2143G2-I20210101AAWR000000001</DeviceSN><MAC>44-19-b6-12-34-56</MAC>"
    "<SoftwareVersion>V5.7.1build 210101</SoftwareVersion></ProbeMatch>"
)


def _asked(rows: list[object], *options: str) -> list[dict]:
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    done = CliRunner().invoke(app, ["identify", *options], input=text)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def _one(protocol: str, raw: object, encoding: str = "text") -> dict:
    (found,) = _asked([{"id": "a", "protocol": protocol, "encoding": encoding, "raw": raw}])
    return found


def test_an_answer_follows_the_published_schema() -> None:
    found = _one("sadp-37020", SADP)
    Draft202012Validator(schemas.schema("identify")).validate(found)
    assert (found["brand"], found["model"], found["firmware"]) == ("hikvision", "DS-2CD2143G2-I", "V5.7.1build 210101")
    assert (found["status"], found["surveillance"]) == ("asserted", True)
    assert found["oem"][0]["supplier"] == "hikvision"
    assert {item["kind"] for item in found["evidence"]} >= {"protocol", "model-code", "mac-block"}


def test_the_protocol_is_evidence_of_the_maker_under_another_label() -> None:
    device = {"DeviceType": "W1", "Vendor": "Zork", "Version": "2.800"}
    found = _one("dhip", {"mac": "02:00:00:00:00:01", "params": {"deviceInfo": device}}, "json")
    assert found["surveillance"] is True
    assert any(maker["supplier"] == "dahua" and not maker["established"] for maker in found["oem"])
    assert found["status"] != "asserted"  # nobody knows the label


def test_a_relay_does_not_take_the_name_of_the_device_behind_it() -> None:
    raw = (
        "<e><GetDeviceInformationResponse><Manufacturer>Dahua</Manufacturer><Model>Dahua P2P Bridge</Model>"
        "</GetDeviceInformationResponse></e>"
    )
    found = _one("onvif.GetDeviceInformation", raw)
    assert (found["brand"], found["status"], found["surveillance"], found["reason"]) == (
        None,
        "unknown",
        False,
        "relay",
    )


def test_a_label_against_another_is_review_with_both_shown() -> None:
    raw = "<root><device><manufacturer>Axis</manufacturer><modelName>DS-2CD2143G2-I</modelName></device></root>"
    found = _one("upnp.rootDesc", raw)
    assert found["status"] == "review"
    assert found["reason"] == "contradiction"
    assert any(item.get("against") for item in found["evidence"])


ODD: list[object] = [
    {"id": 1, "protocol": "http.header.server", "encoding": "text", "raw": "Netwave IP Camera"},
    {"id": 2},
    "not json",
    "[1, 2]",
    {"id": 5, "protocol": 7, "encoding": None, "raw": "x"},
    {"id": 6, "protocol": "x", "encoding": "base64", "raw": "%"},
    {"id": 7, "protocol": "x", "encoding": "text", "raw": None},
    {"id": 8, "protocol": "ftp.banner", "encoding": "text", "raw": "\ud800 \u0000"},
    {"id": 9, "protocol": "http.header.server", "encoding": "text", "raw": "Netwave IP Camera"},
]


def test_one_answer_for_each_row_in_order() -> None:
    found = _asked(ODD)
    assert [row["id"] for row in found] == [1, 2, None, None, 5, 6, 7, 8, 9]
    assert found[0]["brand"] == found[-1]["brand"] == "netwave"
    assert [row["reason"] for row in found[1:4]] == ["no-raw", "not-json", "not-an-object"]


def test_batches_and_workers_give_the_same_bytes() -> None:
    row = [
        {"id": n, "protocol": "http.header.server", "encoding": "text", "raw": f"uc-httpd 1.{n % 7}"} for n in range(60)
    ]
    assert _asked(row, "--batch-rows", "7") == _asked(row) == _asked(row, "--workers", "2", "--batch-rows", "9")


def test_the_labelled_rows_meet_their_needs(tmp_path: Path, shared_data: Path) -> None:
    data = shared_data
    score = data.parent / "score" / "identify.py"
    needs = {
        "wire_brand": ">=0.95",
        "wire_model": ">=0.9",
        "wire_firmware": ">=0.9",
        "wire_camera_recall": ">=0.95",
        "rules_brand": ">=0.85",
        "rebrand_oem": ">=0.8",
        "false_camera_claims": "<=0",
        "false_watched_brand_claims": "<=0",
        "clean_not_called": ">=0.97",
        "clean_not_accused": ">=0.98",
    }
    command = f"{Path(sys.executable).with_name('custodes')} identify --format jsonl"
    options = [word for figure, need in needs.items() for word in ("--need", f"{figure}{need}")]
    done = subprocess.run(
        [sys.executable, str(score), str(data / "ident"), "--command", command, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "key", "brand"),
    [
        (rb'{"id":1,"raw":{"manufacturer":"\ud800Hikvision"}}', 1, "hikvision"),
        (b'\xef\xbb\xbf{"id":1,"protocol":"onvif.manufacturer","raw":"Hikvision"}', 1, "hikvision"),
        (b'{"id":[1e999],"protocol":"x","raw":"y"}', None, None),
        (b'{"id":1,"raw":"' + b"x" * (40 << 20) + b'"}', None, None),
    ],
)
def test_a_strange_line_costs_no_other_its_answer(line: bytes, key: object, brand: str | None) -> None:
    after = b'\n{"id":2,"protocol":"onvif.manufacturer","raw":"Hikvision"}\n'
    program = Path(sys.executable).with_name("custodes")
    done = subprocess.run([program, "identify"], input=line + after, capture_output=True, check=True)
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["brand"]) == (key, brand)
    assert (second["id"], second["brand"]) == (2, "hikvision")


def test_batches_end_by_size_too() -> None:
    ids: deque[tuple[object, str | None]] = deque()
    line = json.dumps({"id": 1, "protocol": "x", "raw": "y" * (10 << 20)}).encode() + b"\n"
    rows = [batch.num_rows for batch in identifying._batches(io.BytesIO(line * 9), 8192, ids)]
    assert sum(rows) == len(ids) == 9
    assert max(rows) <= 4
