"""Begins a process that reads strange files, tells what it says of its progress, and what became of it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from custodes.model.errors import BadInput

log = logging.getLogger("custodes.service.limited")
#: A process that says nothing for so many seconds is ended.
PATIENCE = 900
#: Of what it writes about its faults, so much is read.
_MOST_SAID = 256 * 1024


def watch(job: Path, told: Callable[[str], None]) -> None:
    """Runs a job in a process that is held to limits. Raises BadInput with what it says of its input."""
    environment = {key: os.environ[key] for key in ("PATH", "LANG", "PYTHONPATH", "HOME") if key in os.environ}
    errors = job.with_name("errors.txt")
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "custodes.service.limited.child", str(job)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env={**environment, "TMPDIR": str(job.parent), "PYTHONDONTWRITEBYTECODE": "1"},
            text=True,
            start_new_session=True,
        )
        try:
            code = _watched(process, told)
        finally:
            _end(process)
    with errors.open("rb") as written:
        said = written.read(_MOST_SAID).decode("utf-8", "replace")
    if code == 0:
        return
    raise BadInput(_why(code, said), remedy="take the file out that it is about, or send it in smaller parts")


def _end(process: subprocess.Popen[str]) -> None:
    """Ends a process and all that it began."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _watched(process: subprocess.Popen[str], told: Callable[[str], None]) -> int:
    """The exit code of a process, each line of which is told; one that is silent for too long is ended."""
    assert process.stdout is not None
    timer = threading.Timer(PATIENCE, _end, (process,))
    timer.start()
    try:
        for line in process.stdout:
            timer.cancel()
            timer = threading.Timer(PATIENCE, _end, (process,))
            timer.start()
            told(line.strip())
        return process.wait(PATIENCE)
    finally:
        timer.cancel()


def _why(code: int, said: str) -> str:
    last = said.strip().rpartition("\n")[2]
    if code == 2:
        with contextlib.suppress(ValueError, KeyError):
            return str(json.loads(last)["error"])
    if code < 0 or "MemoryError" in last:
        return "reading took more time or memory than is allowed"
    log.error("a limited process ended in a fault", extra={"outcome": last[:200]})
    return "a fault of the program while reading; see the log"
