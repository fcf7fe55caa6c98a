"""Every kind of scan against its own folder; damage loses no host before it; nothing else is taken for a scan."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.evidence.scans import open_scan
from custodes.evidence.scans.reader import KINDS
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

GOLDEN = Path(__file__).with_name("golden")
CASES = sorted(path.name for path in GOLDEN.iterdir())


def _input(name: str) -> Path:
    (path,) = (GOLDEN / name / "__input__").iterdir()
    return path


def test_every_kind_has_an_example() -> None:
    assert {kind.id for kind in KINDS} <= {
        name.split("-")[0] if name.startswith("neighbours") else name for name in CASES
    }


@pytest.mark.parametrize("name", CASES)
def test_a_scan_is_read_as_expected(name: str) -> None:
    scan = open_scan(_input(name), Limits())
    assert scan is not None
    assert name.startswith(scan.kind.id)
    expected = json.loads((GOLDEN / name / "__expected__" / "hosts.json").read_text(encoding="utf-8"))
    found = [dataclasses.asdict(host) for host in scan.hosts]
    for host in found:
        host["listens"] = list(host["listens"])
        host["heard"] = [[item["protocol"], item["raw"], item["encoding"], item["port"]] for item in host["heard"]]
    assert found == expected


@pytest.mark.parametrize("name", CASES)
def test_a_scan_that_breaks_off_gives_what_came_before(name: str, tmp_path: Path) -> None:
    raw = _input(name).read_bytes()
    whole = [host for host in open_scan(_input(name), Limits()).hosts if not host.refused]  # type: ignore[union-attr]
    for share in (0.55, 0.8, 0.95):
        path = tmp_path / f"{share}{_input(name).suffix}"
        path.write_bytes(raw[: int(len(raw) * share)])
        scan = open_scan(path, Limits())
        if scan is None:
            continue
        try:
            hosts = list(scan.hosts)
        except BadInput as error:
            assert path.name in str(error)
            continue
        kept = [host for host in hosts if not host.refused]
        assert len(kept) <= len(whole)
        assert kept[:-1] == whole[: max(len(kept) - 1, 0)]


@given(st.binary(max_size=300), st.sampled_from(["a.xml", "a.json", "a.csv", "a.txt"]))
def test_any_bytes_are_sniffed(head: bytes, name: str) -> None:
    assert all(0 <= kind.sniff(head, name) <= 1 for kind in KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "Ref,Maker,MAC\n1,Axis,02:00:00:00:00:01\n",
        '[{"ip": "192.0.2.1", "make": "Axis"}]',
        '{"ip": "192.0.2.1", "ports": "80"}\n',
        "<root><device/></root>",
        "Camera 192.0.2.1 at the gate\n",
    ],
)
def test_a_register_is_no_scan(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(text, encoding="utf-8")
    assert open_scan(path, Limits()) is None


def test_entities_in_a_port_scan_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_text('<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun><host>&a;</host></nmaprun>', encoding="utf-8")
    scan = open_scan(path, Limits())
    assert scan is not None
    with pytest.raises(BadInput):
        list(scan.hosts)
