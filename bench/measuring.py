"""A command with all that it begins, measured: seconds by the clock, CPU seconds, and the most memory held at once."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: Seconds between two looks at what is held.
_LOOK = 0.2
#: Where groups of processes are kept within a limit of memory (version 1, then 2 of the kernel's interface).
_GROUPS = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))


@dataclass(frozen=True)
class Cost:
    """`peak`: MB that a process and all below it held together, shared pages counted once (PSS)."""

    said: str
    wall: float
    cpu: float
    peak: float

    def line(self, name: str, rows: int) -> str:
        """One line of a table."""
        each = self.cpu / rows * 1e6
        return f"{name:10} {rows:>13,} {self.wall:8.1f} {self.cpu:8.1f} {each:8.2f} {self.peak:8,.0f}"


HEAD = f"{'':10} {'rows':>13} {'wall s':>8} {'CPU s':>8} {'us a row':>8} {'peak MB':>8}"


def measured(words: Sequence[str | Path], limit_mb: int = 0, environment: Mapping[str, str] | None = None) -> Cost:
    """Runs it; what it said on stdout, and what it cost. `limit_mb`: ended by the kernel when all of it holds more."""
    before, begun, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    with _limited(limit_mb) as group, tempfile.TemporaryFile("w+") as out:
        command, whole = [*group, *map(str, words)], {**os.environ, **(environment or {})}
        with subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL, env=whole) as process:
            while process.poll() is None:
                peak = max(peak, _held(process.pid))
                time.sleep(_LOOK)
        out.seek(0)
        said = out.read()
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, words))[:300]}: ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(said, time.monotonic() - begun, cpu, peak / 1024)


def custodes(*words: str | Path) -> list[str | Path]:
    """A command of this program."""
    return [sys.executable, "-m", "custodes.cli.main", *words]


def last(said: str) -> dict[str, object]:
    """The object that a command printed last."""
    told: dict[str, object] = json.loads(said.strip().splitlines()[-1])
    return told


def _held(pid: int) -> int:
    """Kilobytes of a process and all below it."""
    total, left = 0, [pid]
    while left:
        one = left.pop()
        with suppress(OSError, ValueError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
            for task in Path(f"/proc/{one}/task").iterdir():
                left += map(int, (task / "children").read_text().split())
    return total


class _limited:
    """A group of processes within a limit; entering it gives the words before a command that put it there."""

    def __init__(self, megabytes: int) -> None:
        self._bytes, self._group = megabytes * 2**20, Path()

    def __enter__(self) -> list[str]:
        if not self._bytes:
            return []
        root = next((one for one in _GROUPS if (one / "cgroup.procs").exists()), None)
        if root is None:
            raise SystemExit("this kernel keeps no groups: the limit of memory cannot be set")
        self._group = root / f"custodes-bench-{os.getpid()}"
        self._group.mkdir()
        first, second = (self._group / name for name in ("memory.limit_in_bytes", "memory.max"))
        (first if first.exists() else second).write_text(str(self._bytes))
        return ["sh", "-c", f'echo $$ > {self._group}/cgroup.procs && exec "$@"', "limited"]

    def __exit__(self, *_: object) -> None:
        if self._bytes:
            self._group.rmdir()
