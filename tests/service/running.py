"""A service as a user runs it: `custodes serve` in a folder of its own, on any day, on SQLite or a real PostgreSQL."""

from __future__ import annotations

import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Running:
    """One service. `day`: on which it believes to be; empty: today."""

    home: Path
    url: str
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def told(self) -> str:
        return (self.home.parent / "serve.log").read_text(encoding="utf-8", errors="replace")

    def start(self, day: str = "") -> None:
        """Runs it, and waits until it is well."""
        port = self.url.rpartition(":")[2]
        service = [sys.executable, "-m", "custodes.service", "--home", str(self.home)]
        words = [*service, "serve", "--no-example", "--port", port]
        if day:
            words = ["faketime", "-f", f"@{day}", *words]
        environment = {**os.environ, "CUSTODES_URL": self.url, "PYTHONUNBUFFERED": "1", **self.environment}
        log = (self.home.parent / "serve.log").open("ab")
        self.process = subprocess.Popen(words, env=environment, stdout=log, stderr=log, start_new_session=True)
        self.wait()

    def wait(self, seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process is not None
            if self.process.poll() is not None:
                raise AssertionError(f"the service ended:\n{self.told[-4000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise AssertionError(f"the service is not well:\n{self.told[-4000:]}")

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Ends it and all that it began."""
        if self.process is None:
            return
        group = os.getpgid(self.process.pid)
        try:
            if number == signal.SIGKILL:
                os.killpg(group, number)
            else:
                self.process.send_signal(number)
            self.process.wait(30)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
            # what a killed `faketime` leaves makes a later one of the same number fail
            for left in Path("/dev/shm").glob(f"*faketime*_{self.process.pid}"):
                left.unlink(missing_ok=True)
            self.process = None

    def script(self, text: str, *words: str, ok: bool = True) -> str:
        """A script beside the service, in its environment; the last line that it prints."""
        environment = {**os.environ, **self.environment, "CUSTODES_HOME": str(self.home)}
        done = subprocess.run(
            [sys.executable, "-c", text, *words], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not ok, done.stderr[-3000:]
        return done.stdout.strip().rpartition("\n")[2]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the service."""
        return subprocess.run(
            [sys.executable, "-m", "custodes.service", "--home", str(self.home), *words],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            check=False,
        )


def program(name: str) -> str:
    """A program of PostgreSQL's server."""
    found = shutil.which(name)
    if found:
        return found
    return str(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[-1])


def crash_and_recover(url: str) -> None:
    """Kills every process of a PostgreSQL that a test began, as a power cut would, and starts it again."""
    port = url.rpartition(":")[2].partition("/")[0]
    place = next(one for one in Path("/tmp").glob("custodes-pg-*") if f"-p {port} " in _options(one))
    first = int((place / "data" / "postmaster.pid").read_text().split()[0])
    for one in [first, *children(first)]:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    time.sleep(0.5)
    # after a power cut no process has these numbers; here one may linger
    for lock in (place / "data" / "postmaster.pid", *place.glob(".s.PGSQL.*.lock")):
        lock.unlink(missing_ok=True)
    switch = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    words = [
        program("pg_ctl"),
        "-D",
        str(place / "data"),
        "-w",
        "-l",
        str(place / "log"),
        "-o",
        _options(place),
        "start",
    ]
    done = subprocess.run([*switch, *words], capture_output=True, text=True, check=False, cwd="/tmp")
    assert done.returncode == 0, done.stdout + done.stderr + (place / "log").read_text()[-2000:]


def _options(place: Path) -> str:
    """What a server was started with."""
    try:
        line = (place / "data" / "postmaster.opts").read_text()
    except OSError:
        return ""
    return " ".join(shlex.split(line)[3:])  # behind the program, -D and the folder


def children(parent: int) -> list[int]:
    """The processes that a process began."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                if int((folder / "stat").read_text().rpartition(") ")[2].split()[1]) == parent:
                    found.append(int(folder.name))
    return found


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own, begun by `initdb`; the address of an empty database whose owner is no superuser."""
    place = Path("/tmp") / f"custodes-pg-{secrets.token_hex(4)}"  # a socket's path must be short
    place.mkdir(mode=0o700)
    root = os.geteuid() == 0
    if root:
        user = pwd.getpwnam("postgres")
        os.chown(place, user.pw_uid, user.pw_gid)
    switch = ["runuser", "-u", "postgres", "--"] if root else []
    data, port = place / "data", free_port()

    def run(*words: str) -> None:
        done = subprocess.run([*switch, *words], capture_output=True, text=True, check=False, cwd="/tmp")
        assert done.returncode == 0, done.stderr

    run(program("initdb"), "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
    options = f"-k {place} -p {port} -c listen_addresses=127.0.0.1 -c max_connections=120"
    run(program("pg_ctl"), "-D", str(data), "-w", "-l", str(place / "log"), "-o", options, "start")
    try:
        ask = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-q"]
        run(*ask, "-c", "CREATE ROLE custodes LOGIN PASSWORD 'one' NOSUPERUSER")
        run(*ask, "-c", "CREATE DATABASE custodes OWNER custodes")
        yield f"postgres://custodes:one@127.0.0.1:{port}/custodes"
    finally:
        subprocess.run(
            [*switch, program("pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
            capture_output=True,
            check=False,
            cwd="/tmp",
        )
        shutil.rmtree(place, ignore_errors=True)
