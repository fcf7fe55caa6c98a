"""Captures and logs among the files of an estate: joined to the register by link address, told in the report."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.publication import schemas

sys.path.insert(0, str(Path(__file__).parents[1] / "evidence" / "captures"))
import wire_made as made

CLOUD, OTHER_CAMERA = "signal.mydlink.com", "ac:cc:8e:00:00:77"
#: A link address that a maker was given: only such ones tell one device from all others.
CAMERA = "b0:c5:54:25:5b:0e"
HOSTILE = "</text><script>alert(1)</script>.example.com"


def frames() -> list[bytes]:
    return [
        made.arp(made.CAMERA, made.HOME),
        made.back(made.udp(53, 5_000, made.reply(CLOUD, made.SERVER)), source="8.8.8.8"),
        made.out(made.tcp(40_001, 443, 1, b"x" * 200), made.TCP),
        made.back(made.tcp(443, 40_001, 1, b"y" * 50), made.TCP),
        *made.talk(
            made.get("/firmware/IPC.bin?fwver=V5.7.1&pwd=geheim", "updates.example"),
            made.answer(b"\x7fELF" + b"z" * 900),
            source=40_002,
            server=made.OTHER,
        ),
    ]


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    folder = tmp_path / "estate"
    folder.mkdir()
    capture = made.pcap(folder / "SYNTHETIC.pcap", frames())
    capture.write_bytes(capture.read_bytes().replace(made.mac(made.CAMERA), made.mac(CAMERA)))
    head = "Name,Make,Model,MAC,Status\n"
    rows = f"Front door,D-Link,DCS-935L,{CAMERA.upper()},active\nYard,Axis,P3245,{OTHER_CAMERA},active\n"
    (folder / "register.csv").write_text(head + rows, encoding="utf-8")
    return folder


def assessed(folder: Path, out: Path) -> dict:
    done = CliRunner().invoke(app, ["assess", str(folder), "--format", "json", "--out", str(out)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    Draft202012Validator(schemas.schema("assess")).validate(told)
    return told


def test_the_traffic_is_joined_to_the_register_by_link_address(estate: Path, tmp_path: Path) -> None:
    told = assessed(estate, tmp_path / "out")
    (door,) = (device for device in told["devices"] if device["name"] == "Front door")
    assert len(told["devices"]) == 2
    assert {source["file"] for source in door["sources"]} == {"register.csv", "SYNTHETIC.pcap"}
    (traffic,) = told["summary"]["traffic"]
    assert (traffic["device"], traffic["mac"], traffic["layer"]) == (door["device"], CAMERA, "frame")
    cloud = next(flow for flow in traffic["flows"] if flow["ip"] == made.SERVER)
    assert (cloud["name"], cloud["operator"], cloud["up"], cloud["down"]) == (CLOUD, "D-Link", 254, 104)
    kinds = {finding["kind"] for finding in told["summary"]["findings"] if finding["device"] == door["device"]}
    assert {"traffic-update", "traffic-credentials"} <= kinds
    files = {one["file"]: one for one in told["summary"]["files"]}
    capture = files["SYNTHETIC.pcap"]
    assert capture["rows"] == capture["devices"] + len(
        [one for one in (*told["summary"]["skipped"], *told["summary"]["merged"]) if one["file"] == "SYNTHETIC.pcap"]
    )


def test_the_report_has_the_diagram_and_its_table_and_no_payload(estate: Path, tmp_path: Path) -> None:
    assessed(estate, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="traffic"') : page.index('<section id="sites"')]
    assert section.count("<svg") == 1
    assert "Front door" in section
    assert f"{made.SERVER}:443/tcp" in section
    assert "254 bytes" in section
    assert "geheim" not in page
    assert "zzzz" not in page


def test_an_estate_without_captures_has_no_such_section(estate: Path, tmp_path: Path) -> None:
    (estate / "SYNTHETIC.pcap").unlink()
    told = assessed(estate, tmp_path / "out")
    assert "traffic" not in told["summary"]
    assert 'id="traffic"' not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_a_device_that_is_in_no_record_is_told_as_that(estate: Path, tmp_path: Path) -> None:
    (estate / "register.csv").write_text(f"Name,Make,MAC\nYard,Axis,{OTHER_CAMERA}\n", encoding="utf-8")
    told = assessed(estate, tmp_path / "out")
    (traffic,) = told["summary"]["traffic"]
    assert traffic["device"] == ""
    assert f"{CAMERA} (in no record)" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_names_from_traffic_cannot_write_into_the_page(estate: Path, tmp_path: Path) -> None:
    row = {
        "timestamp": "2026-11-26T08:00:00+0000", "event_type": "tls", "src_ip": made.HOME, "src_port": 1,
        "dest_ip": made.SERVER, "dest_port": 443, "proto": "TCP", "ether": {"src_mac": CAMERA},
        "tls": {"sni": HOSTILE},
    }  # fmt: skip
    flow = row | {"event_type": "flow", "flow": {"bytes_toserver": 9, "pkts_toserver": 1}}
    (estate / "eve.json").write_text("".join(json.dumps(one) + "\n" for one in (row, flow)))
    assessed(estate, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script" in page


def test_a_log_is_read_as_one_and_a_register_never_is(estate: Path, tmp_path: Path) -> None:
    (estate / "other.csv").write_text("uid\tname\tmake\n1\tGate\tAxis\n".replace("\t", ","), encoding="utf-8")
    (estate / "tabs.tsv").write_text("uid\tname\tmake\n2\tLobby\tAxis\n", encoding="utf-8")
    told = assessed(estate, tmp_path / "out")
    assert {"Gate", "Lobby"} <= {device["name"] for device in told["devices"]}
