"""The same bytes from a Spark cluster: a standalone master with two workers on this machine, killed and poisoned."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from test_scale_jobs import ROWS, bytes_of, done, job, rows_of, write

from custodes.scale.job import Job

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.timeout(400),
    pytest.mark.skipif(find_spec("pyspark") is None, reason="the extra `spark` is not installed"),
]
HERE = Path(__file__).parent
RUN = """
import json, sys
from dataclasses import asdict
from custodes.scale import engines
from custodes.scale.flow import run_job
from custodes.scale.job import Job
job = Job.read(sys.argv[2])
note = lambda text: sys.stderr.write(text + "\\n")
found = run_job(job, engines.cluster(sys.argv[1], note), (), lambda told: note(f"{told.rows} of {told.of}"))
print(json.dumps(asdict(found)))
"""


@dataclass
class Standalone:
    """A master and its workers, each a process with all that it begins."""

    master: str
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, told: Job) -> dict[str, Any]:
        """A job by a driver of its own; what came of it."""
        ended = self.begun(told)
        out, errors = ended.communicate(timeout=300)
        assert ended.returncode == 0, errors.decode()[-3000:]
        return dict(json.loads(out.decode().strip().rpartition("\n")[2]))

    def begun(self, told: Job) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", RUN, self.master, told.line()]
        return subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), start_new_session=True
        )


def environment() -> dict[str, str]:
    told = {"PYTHONPATH": str(HERE), "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    return {**os.environ, **told, "SPARK_WORKER_MEMORY": "1g"}


def java(folder: Path, name: str, *words: str) -> subprocess.Popen[bytes]:
    """A daemon of Spark."""
    spec = find_spec("pyspark")
    assert spec is not None and spec.origin is not None
    program = Path(spec.origin).parent / "bin/spark-class"
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [str(program), *words], stdout=log, stderr=log, env=environment(), cwd=folder, start_new_session=True
        )


def said(folder: Path, name: str, text: str, seconds: float = 90) -> str:
    """The line of a log that says something, once it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        lines = (folder / f"{name}.log").read_text(errors="replace").splitlines()
        found = [line for line in lines if text in line]
        if found:
            return found[0]
        time.sleep(0.2)
    raise AssertionError((folder / f"{name}.log").read_text(errors="replace")[-3000:])


def ended(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Standalone]:
    folder = tmp_path / "spark"
    folder.mkdir()
    words = ("org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
    master = java(folder, "master", *words)
    try:
        line = said(folder, "master", "Starting Spark master at spark://")
        made = Standalone(line.rpartition(" at ")[2].strip(), folder)
        for number in (1, 2):
            name = f"worker-{number}"
            words = (
                "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g",
                "--webui-port", "0", "--work-dir", str(folder / name), made.master,
            )  # fmt: skip
            made.workers.append(java(folder, name, *words))
        for number in (1, 2):
            said(folder, f"worker-{number}", "Successfully registered with master")
        yield made
        for one in made.workers:
            ended(one)
    finally:
        ended(master)


def test_the_same_bytes_from_a_cluster_also_after_a_worker_is_killed(cluster: Standalone, tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(ROWS)]
    texts[::250] = ["slow"] * len(texts[::250])
    source = tmp_path / "source"
    write(source, texts)
    done(job(source, tmp_path / "here", piece_rows=400))
    told = job(source, tmp_path / "cluster", piece_rows=400)
    summary = cluster.run(told)
    assert (summary["rows"], summary["quarantined"]) == (ROWS, [])
    assert bytes_of(tmp_path / "cluster") == bytes_of(tmp_path / "here")

    told = job(source, tmp_path / "killed", piece_rows=400)
    driver = cluster.begun(told)
    marks = tmp_path / "killed/done"
    end = time.monotonic() + 120
    while not (marks.exists() and any(marks.iterdir())) and time.monotonic() < end:
        time.sleep(0.1)
    ended(cluster.workers[0])  # with its executor and all that it began
    assert not (tmp_path / "killed/manifest.json").exists(), "it was over before the worker was killed"
    _, errors = driver.communicate(timeout=240)
    assert driver.returncode == 0, errors.decode()[-3000:]
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "here")


def test_a_poisoned_batch_is_isolated_and_a_killed_driver_gone_on_with(cluster: Standalone, tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(ROWS)]
    texts[2_345] = "die"
    source = tmp_path / "source"
    write(source, texts)
    told = job(source, tmp_path / "out")
    driver = cluster.begun(told)
    marks = tmp_path / "out/done"
    end = time.monotonic() + 120
    while not (marks.exists() and any(marks.iterdir())) and time.monotonic() < end:
        time.sleep(0.05)
    ended(driver)
    summary = cluster.run(told)
    assert summary["resumed"] > 0 and summary["rows"] == ROWS
    (left,) = summary["quarantined"]
    assert left["why"] == "its process ended by signal 9"
    assert len(rows_of(tmp_path / "out")) == ROWS - left["rows"]


def test_a_cluster_that_is_not_there_is_told(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, ["a"] * 900)
    told = job(source, tmp_path / "out")
    words = [sys.executable, "-c", RUN, "nonsense", told.line()]
    process = subprocess.run(words, capture_output=True, text=True, env=environment(), check=False)
    assert process.returncode != 0 and "there is no cluster" in process.stderr
