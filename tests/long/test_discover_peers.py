"""`custodes discover` among programs of other hands: a third-party camera, avahi, plain hosts, nmap on one wire."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "discovery"))
from discovery_cable import Cable
from discovery_emulator import LABELS, kind_of

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
PEER = ROOT / ".venv-peer" / "bin" / "python"


@pytest.fixture
def cable() -> Iterator[Cable]:
    assert os.geteuid() == 0, "network namespaces want root"
    with Cable(f"p{os.getpid()}"[-9:]).laid() as made:
        yield made


def _scope(path: Path, *networks: str, rate: int = 300) -> Path:
    listed = ", ".join(networks)
    text = f"authorised_by: {{name: A. Tester, on: 2026-01-01}}\nnetworks: [{listed}]\nrate: {rate}\n"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_camera_of_another_hand_is_found_by_multicast_and_by_unicast(cable: Cable, tmp_path: Path) -> None:
    assert PEER.is_file(), "make long installs the peer"
    told = ("10.78.0.2", "Axis", "P3265-LV", "11.2.68", "ACCC8E000001")
    command = cable.inside(cable.cams, PEER, Path(__file__).with_name("peer_camera.py"), *told)
    with (tmp_path / "peer.log").open("w") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path)
        cable.children.append(child)
        for _ in range(100):
            time.sleep(0.2)
            if "ready" in (tmp_path / "peer.log").read_text():
                break
    out = tmp_path / "r.jsonl"
    done = cable.discover(_scope(tmp_path / "s.yaml", "10.78.0.0/30"), "--out", out, "--format", "jsonl")
    rows = {row["address"]: row for row in map(json.loads, done.stdout.splitlines())}
    camera = rows["10.78.0.2"]
    assert (camera["brand_name"], camera["model"], camera["firmware"]) == ("Axis", "P3265-LV", "11.2.68")
    assert (camera["surveillance"], camera["status"]) == (True, "asserted")
    assert rows["10.78.0.1"]["replies"] == 0
    replies = [json.loads(line) for line in out.read_text().splitlines()[1:]]
    probes = [reply for reply in replies if reply["protocol"] == "ws-discovery"]
    assert len(probes) == 2  # one answer to the group, one to the question put to it alone: other message ids


def test_hosts_that_announce_themselves_and_are_no_cameras(cable: Cable, tmp_path: Path) -> None:
    """avahi-daemon of Debian announces a workstation; a plain web server stands beside it; nmap's own ncat answers."""
    configuration = tmp_path / "avahi.conf"
    configuration.write_text(
        "[server]\nhost-name=office\nuse-ipv6=no\nallow-interfaces=vb\nenable-dbus=no\n"
        "[publish]\npublish-workstation=yes\npublish-hinfo=yes\n",
        encoding="utf-8",
    )
    for words in (
        ["avahi-daemon", "--no-drop-root", "--no-chroot", "--no-rlimits", "-f", configuration],
        [sys.executable, "-m", "http.server", "80", "--directory", tmp_path],
    ):
        log = (tmp_path / "log").open("w")
        cable.children.append(subprocess.Popen(cable.inside(cable.cams, *words), stdout=log, stderr=log))
    time.sleep(3)
    done = cable.discover(_scope(tmp_path / "s.yaml", "10.78.0.0/30"), "--out", tmp_path / "r", "--format", "jsonl")
    rows = {row["address"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows["10.78.0.2"]["state"] == "answered"
    assert rows["10.78.0.2"]["surveillance"] is not True
    assert rows["10.78.0.2"]["brand"] is None


def test_a_thousand_hosts_beside_nmap(cable: Cable, tmp_path: Path) -> None:
    cable.behind("10.77.0.0/22")
    cable.emulate("10.77.0.0/22", tmp_path / "log")
    began = time.monotonic()
    scope = _scope(tmp_path / "s.yaml", "10.77.0.0/22")
    done = cable.discover(scope, "--out", tmp_path / "r.jsonl", "--format", "jsonl")
    seconds = time.monotonic() - began
    rows = {row["address"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert len(rows) == 1022
    assert seconds < 60
    assert max(row["requests"] for row in rows.values()) <= 6
    named = {"hik": "Hikvision", "dahua": "Dahua", "relabel": "Lorex", "axis": "Axis"}
    for address, row in rows.items():
        kind = kind_of(address)
        if kind in named:
            assert (row["brand_name"], row["model"]) == (named[kind], LABELS[kind][1])
        else:
            assert row["brand"] is None
            assert kind == "plain" or row["surveillance"] is not True
    assert shutil.which("nmap"), "make long installs nmap"
    began = time.monotonic()
    command = cable.inside(
        cable.ask, "nmap", "-n", "-Pn", "-sV", "-p", "80,554", "--host-timeout", "60s", "10.77.1.1-50"
    )
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1200).stdout
    assert "50 IP addresses" in told
    nmap = time.monotonic() - began
    made = sum(bool(re.search(r"(?i)hikvision|dahua|axis|lorex", line)) for line in told.splitlines())
    print(f"\n1,022 hosts in {seconds:.1f} s; nmap -sV of 50 hosts {nmap:.1f} s, maker named on {made} lines")
    assert seconds < nmap * 1022 / 50
