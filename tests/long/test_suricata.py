"""Suricata itself as our child: it and we count the same bytes, and its names are added. It comes out of Debian 13."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "evidence" / "captures"))
import wire_made as made

from custodes.evidence.captures.logs.book import Book
from custodes.evidence.captures.logs.eve import read_eve
from custodes.evidence.captures.reading import read_capture
from custodes.evidence.captures.suricata import _run, with_suricata
from custodes.model.captures import Layer
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Suricata, unpacked into a folder of its own; run by its own loader, so that it sees our files."""
    folder = tmp_path_factory.mktemp("debian")
    root = folder / "root"
    assert shutil.which("debootstrap") is not None, "debootstrap is missing: `make long` installs it"
    command = ["debootstrap", "--variant=minbase", "--include=suricata", "trixie", str(root)]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
    path = folder / "bin" / "suricata"
    path.parent.mkdir()
    loader = next(root.glob("usr/lib64/ld-linux-*.so.*"))
    libraries = next(path for path in root.glob("usr/lib/*-linux-gnu"))
    path.write_text(f'#!/bin/sh\nexec {loader} --library-path {libraries} {root}/usr/bin/suricata "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    frames = [
        made.arp(made.CAMERA, made.HOME),
        made.out(made.udp(5_000, 53, made.query("cloud.example")), target="8.8.8.8"),
        made.back(made.udp(53, 5_000, made.reply("cloud.example", made.SERVER)), source="8.8.8.8"),
        made.out(made.udp(6_000, 123, b"n" * 48), target=made.OTHER),
        *made.talk(made.get("/a", "updates.example"), made.answer(b"\x7fELF" + b"z" * 900), source=40_002),
    ]
    return made.pcap(tmp_path / "SYNTHETIC.pcap", frames)


@pytest.mark.timeout(1_200)
def test_it_counts_the_same_bytes_and_its_names_are_added(
    program: Path, capture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    book = Book(Layer.FRAME)
    read_eve(_run(str(program), capture, folder), capture.name, book)
    theirs, ours = book.close(capture.name), read_capture(capture, Limits())
    for station in theirs.stations:
        (same,) = (one for one in ours.stations if one.mac == station.mac)
        count = {(p.ip, p.port, p.proto): (p.up.bytes, p.down.bytes, p.up.frames, p.down.frames) for p in same.external}
        assert count == {
            (p.ip, p.port, p.proto): (p.up.bytes, p.down.bytes, p.up.frames, p.down.frames) for p in station.external
        }
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    for station in ours.stations:  # as if we had read no name ourselves
        station.notes.dns.clear()
        station.notes.http_hosts.clear()
    both = with_suricata(capture, ours)
    camera = next(one for one in both.stations if one.mac == made.CAMERA)
    assert (set(camera.notes.dns), set(camera.notes.http_hosts)) == ({"cloud.example"}, {"updates.example"})
    assert any("Suricata read it too, and found 2 further names" in gap for gap in both.coverage.gaps)
    broken = tmp_path / "broken.pcap"
    broken.write_bytes(b"no capture at all")
    with pytest.raises(BadInput, match="could not read"):
        with_suricata(broken, ours)
