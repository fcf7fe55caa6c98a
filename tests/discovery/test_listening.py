"""Listening on a cable while a capture is played on its other end: the same devices as in the file. Nothing is sent."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from discovery_cable import PROGRAM, Cable
from typer.testing import CliRunner

from custodes.cli.commands import app

sys.path.insert(0, str(Path(__file__).parents[1] / "evidence" / "captures"))
import wire_made as made


def _devices(text: str) -> list[dict]:
    rows = [json.loads(line) for line in text.splitlines()]
    for row in rows:
        del row["capture"], row["coverage"]
    return [row for row in rows if row["mac"] in (made.CAMERA, made.GATEWAY)]


def test_live_gives_the_devices_that_the_file_gives(cable: Cable, tmp_path: Path) -> None:
    if shutil.which("tcpreplay") is None:
        pytest.skip("tcpreplay is not installed")
    frames = [
        made.arp(made.CAMERA, made.HOME),
        made.out(made.udp(5_000, 53, made.query("live.example"))),
        made.out(made.tcp(40_001, 443, 1, made.record(made.hello("cam.cloud.example"))), made.TCP),
        *made.talk(made.get("/a", "fw.example"), made.answer(bytes(range(256)) * 90), source=40_002),
    ]
    path = made.pcap(tmp_path / "SYNTHETIC.pcap", frames)
    command = [PROGRAM, "capture", "--live", "va", "--seconds", "4", "--format", "jsonl", "--keep", tmp_path / "kept"]
    listening = subprocess.Popen(
        cable.inside(cable.ask, *command), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    cable.children.append(listening)
    deadline = time.monotonic() + 10
    while not (tmp_path / "kept").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    played = cable.inside(cable.cams, "tcpreplay", "--topspeed", "-i", "vb", path)
    subprocess.run(played, check=True, capture_output=True)
    told, said = listening.communicate(timeout=60)
    assert listening.returncode == 0, said
    assert "0 lost" in said
    wanted = CliRunner().invoke(app, ["capture", str(path), "--format", "jsonl"])
    assert _devices(told) == _devices(wanted.stdout)
    assert len(_devices(told)) == 2
    sent = subprocess.run(
        cable.inside(cable.cams, "cat", "/sys/class/net/vb/statistics/rx_packets"), capture_output=True, text=True
    )
    assert int(sent.stdout) < 20  # the system's own neighbour discovery, nothing of ours


def test_an_interface_that_is_not_there_is_one_clear_message() -> None:
    done = subprocess.run([PROGRAM, "capture", "--live", "nosuch0"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "nosuch0" in done.stderr and "to do" in done.stderr
    both = subprocess.run([PROGRAM, "capture", "x.pcap", "--live", "lo"], capture_output=True, text=True)
    assert both.returncode == 2
