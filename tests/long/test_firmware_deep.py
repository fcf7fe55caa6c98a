"""unblob, where it is installed, opens what no reader here knows: within bounds, and without network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "evidence" / "firmware"))
import images_made as made

from custodes.evidence.firmware import deep
from custodes.evidence.firmware.opening import open_image
from custodes.model.firmware import Limits

pytestmark = pytest.mark.long


def test_a_format_that_only_unblob_knows(tmp_path: Path) -> None:
    made.write(tmp_path / "text", b"made-up text of a program\n" * 4_000)
    subprocess.run(["lzop", "-q", tmp_path / "text"], check=True)
    data = b"\1\2\3\4" * 3_000 + (tmp_path / "text.lzo").read_bytes() + b"\4\3\2\1" * 3_000
    plain = open_image(data, "image", Limits())
    assert any("--deep" in told for told in plain.coverage.missing)
    assert deep.ready() == ""
    image = open_image(data, "image", Limits(seconds=60.0), deep=True)
    assert (tmp_path / "text").read_bytes() in [bytes(entry.data) for entry in image.entries]
    assert any("unblob found" in told for told in image.coverage.missing)


def test_the_child_is_ended_at_its_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = deep.dig(b"\1\2\3\4" * 100_000, Limits(seconds=0.1))
    assert "ended after 0.1 seconds" in found.problem


def test_the_child_has_no_network() -> None:
    code = "import socket; s = socket.socket(); s.settimeout(2); s.connect(('127.0.0.1', 9))"
    done = subprocess.run([*deep._alone(), sys.executable, "-c", code], capture_output=True, text=True)
    assert "unreachable" in done.stderr.lower()
