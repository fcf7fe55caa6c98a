"""A fuzzer beside the tests: the readers of files that strangers made are run under it, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

#: 15 seconds for each reader, ten minutes in `make long`.
SECONDS = 600 if os.environ.get("CUSTODES_LONG") else 15
#: A shell that stays between the tests and the fuzzer. The kernel hands the most memory that a process ever held on to
#: what it begins (`getrusage` after `exec`), and the fuzzer would take what these tests once held for its own.
FORKS_AGAIN = ("/bin/sh", "-c", '"$@"; exit $?', "sh")

Fuzz = Callable[[Path, str, Sequence[bytes], int], None]


@pytest.fixture
def fuzz(tmp_path: Path) -> Fuzz:
    """Runs a script against its target from some seeds, with inputs of at most so many bytes; fails with its words."""
    pytest.importorskip("atheris", reason="no wheel of it for this machine")

    def run(script: Path, target: str, seeds: Sequence[bytes], longest: int) -> None:
        corpus = tmp_path / "seeds"
        corpus.mkdir()
        for number, held in enumerate(seeds):
            (corpus / str(number)).write_bytes(held)
        limits = (f"-max_total_time={SECONDS}", f"-max_len={longest}", "-rss_limit_mb=2048", "-timeout=20")
        command = [*FORKS_AGAIN, sys.executable, script, target, *limits, f"-artifact_prefix={tmp_path}/", corpus]
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stderr[-3_000:]
        assert "Done" in done.stderr

    return run
