"""The shapes in which scanners write their objects: packed, printed over many lines, huge, damaged."""

from __future__ import annotations

import dataclasses
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.evidence.scans import open_scan
from custodes.evidence.scans.objects import MOST_ANSWERS, first_object
from custodes.model.errors import BadInput
from custodes.model.registers import Limits
from custodes.model.scans import Host


def _answer(number: int, text: str = "Server: Zorkcam") -> dict:
    return {"_shodan": {"module": "http"}, "data": text, "ip_str": f"192.0.2.{number}", "port": 80, "synthetic": True}


def _hosts(path: Path, limits: Limits | None = None) -> list[Host]:
    scan = open_scan(path, limits or Limits())
    assert scan is not None
    return list(scan.hosts)


THREE = [_answer(number) for number in (1, 2, 3)]
SHAPES = {
    "lines": "\n".join(map(json.dumps, THREE)),
    "array": json.dumps(THREE),
    "array of lines": "[\n" + ",\n".join(map(json.dumps, THREE)) + "\n]",
    "printed array": json.dumps(THREE, indent=4),
    "printed one after another": "\n".join(json.dumps(row, indent=2) for row in THREE),
    "with a byte order mark": "\ufeff" + "\n".join(map(json.dumps, THREE)),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_hosts(tmp_path: Path, shape: str, packed: bool) -> None:
    path = tmp_path / "scan.json"
    raw = SHAPES[shape].encode()
    path.write_bytes(gzip.compress(raw) if packed else raw)
    assert [host.address for host in _hosts(path)] == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "with a byte order mark"])
@pytest.mark.parametrize("broken", [0, 1])
def test_a_damaged_object_costs_no_other(tmp_path: Path, shape: str, broken: int) -> None:
    path = tmp_path / "scan.json"
    path.write_text(SHAPES[shape].replace(f'"192.0.2.{broken + 1}"', f'"192.0.2.{broken + 1}" "'), encoding="utf-8")
    hosts = _hosts(path)
    assert [host.address for host in hosts if not host.refused] == [
        row["ip_str"] for place, row in enumerate(THREE) if place != broken
    ]
    assert sum(bool(host.refused) for host in hosts) == 1


@pytest.mark.parametrize("shape", ["lines", "array", "printed array"])
def test_a_first_object_longer_than_the_head_is_still_known(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "scan.json"
    path.write_text(SHAPES[shape].replace("Server: Zorkcam", "x" * 200_000, 1), encoding="utf-8")
    assert len(_hosts(path)) == 3


def test_answers_beyond_what_is_looked_at_are_said(tmp_path: Path) -> None:
    path = tmp_path / "scan.json"
    ports = [{"port": number, "proto": "tcp", "status": "open"} for number in range(MOST_ANSWERS + 7)]
    path.write_text(json.dumps([{"ip": "192.0.2.1", "ports": ports}]), encoding="utf-8")
    (host,) = _hosts(path)
    assert host.left_out.startswith("7 answers beyond the first")


def test_packed_bytes_beyond_the_limit_or_damaged_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scan.json.gz"
    raw = gzip.compress("\n".join(json.dumps(_answer(1)) for _ in range(100_000)).encode())
    path.write_bytes(raw)
    small = dataclasses.replace(Limits(), max_expanded_bytes=1_000_000)
    with pytest.raises(BadInput, match="too large"):
        _hosts(path, small)
    path.write_bytes(raw[:-2_000])
    with pytest.raises(BadInput, match="damaged"):
        _hosts(path)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=6), _VALUES, max_size=5), st.integers(0, 400))
def test_the_beginning_of_an_object_tells_its_first_members(told: dict, cut: int) -> None:
    whole = json.dumps(told).encode()
    found = first_object(whole[:cut])
    assert first_object(whole) == told
    keys = list(told)
    assert list(found) == keys[: len(found)]  # in order, and none that the object does not have
    assert all(found[key] == told[key] for key in keys[: max(len(found) - 1, 0)])


def test_a_reply_that_names_a_format_is_no_head(tmp_path: Path) -> None:
    head = {"format": "custodes-replies-1"}
    reply = {"ip": "192.0.2.1", "protocol": "sadp", "encoding": "text", "raw": "x", "format": "custodes-replies-1"}
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(map(json.dumps, [head, reply, head])), encoding="utf-8")
    assert [host.address for host in _hosts(path)] == ["192.0.2.1"]
