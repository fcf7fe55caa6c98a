"""The program as a person runs it: a process of its own, with any attempt to connect made an error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_run import Run

NO_NETWORK = """
import sys
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"):
        raise RuntimeError(f"the program tried the network: {event}")
sys.addaudithook(watch)
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `custodes ARGUMENTS` offline in an empty folder; stdin and expected exit codes may be given."""
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    home = tmp_path / "work"
    home.mkdir()

    def call(
        *arguments: object, stdin: str | None = None, codes: tuple[int, ...] = (0,), columns: int = 100
    ) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(guard), "COLUMNS": str(columns), "TMPDIR": str(home)}
        done = subprocess.run(
            [sys.executable, "-m", "custodes.cli.main", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=home,
            env=environment,
            timeout=120,
            check=False,
        )
        assert done.returncode in codes, f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done

    return call
