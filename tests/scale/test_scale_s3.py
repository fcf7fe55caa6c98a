"""An object store: the same bytes as on this machine, gone on with, carried over; a server of its own on loopback."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import fs

from custodes.estate.tables.rollup import CUBE, update
from custodes.model.errors import BadInput
from custodes.scale import names
from custodes.scale.engines import Here
from custodes.scale.flow import Summary, run_job
from custodes.scale.job import Job
from custodes.scale.places import Place
from custodes.scale.supervised import Supervised

TEXTS = "custodes.attribution.batch:attribute_with_evidence"


_SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(*server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The end of addresses of the store, which holds no bucket yet."""
    words = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None and server.stdin is not None
        host, port = server.stdout.readline().split()
        yield f"?endpoint_override=http://{host}:{port}&allow_bucket_creation=true"
        server.stdin.close()


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the store of this test, which asks for none in particular; nothing else on the network is asked."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up-for-a-test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def texts() -> pa.Table:
    many = ["Hikvision DS-2CD2143G2-I", "an Axis P3245-V", "", "Dahua?", "zorbatron dome"] * 60
    return pa.table({"text": many, "body": [f"body {place % 3}" for place in range(len(many))]})


def put(address: str, table: pa.Table) -> None:
    system, path = fs.FileSystem.from_uri(address)
    system.create_dir(path.partition("/")[0])
    pq.write_table(table, path, filesystem=system, row_group_size=50)


def run(source: str, out: str, engine: Any = None, **more: Any) -> Summary:
    told = Job(TEXTS, source, out, {}, partition=("body",), batch_rows=40, piece_rows=100, **more)
    return run_job(told, engine or Here(), (), lambda _: None)


def bytes_of(out: str) -> dict[str, str]:
    place = Place.of(out)
    return {name: hashlib.sha256((place / name).read()).hexdigest() for name in place.files()}


def test_the_same_bytes_as_on_this_machine(store: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pq.write_table(texts(), tmp_path / "in" / "a.parquet", row_group_size=50)
    put(f"s3://tables/in/a.parquet{store}", texts())
    run(str(tmp_path / "in"), str(tmp_path / "out"))
    there = f"s3://tables/out{store}"
    first = run(f"s3://tables/in{store}", there, Supervised(2))
    assert bytes_of(there) == bytes_of(str(tmp_path / "out"))
    again = run(f"s3://tables/in{store}", there)
    assert (first.resumed, again.resumed, again.rows) == (0, 300, 300)


def test_a_run_is_gone_on_with_and_carried_over(store: str) -> None:
    put(f"s3://more/in/a.parquet{store}", texts())
    source, half, whole = (f"s3://more/{name}{store}" for name in ("in", "half", "whole"))

    class Stopped(Here):
        """Ends behind the first piece."""

        def run(self, job: Job, pieces: Any) -> Iterator[Any]:
            yield next(iter(super().run(job, pieces)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(source, half, Stopped())
    with pytest.raises(BadInput, match="not finished"):
        run(source, f"s3://more/x{store}", since=half)
    gone_on = run(source, half)
    run(source, whole)
    assert 0 < gone_on.resumed < gone_on.rows
    assert bytes_of(half) == bytes_of(whole)
    carried = run(source, f"s3://more/carried{store}", since=whole)
    assert carried.anew == 0
    assert bytes_of(f"s3://more/carried{store}") == bytes_of(whole)


def test_names_are_joined_and_devices_summed_there(store: str, tmp_path: Path) -> None:
    flows = pa.table(
        {"source": ["10.0.0.5"] * 3, "target": ["8.8.4.4"] * 3, "seen": [1_790_000_010, 1_790_000_020, 1_790_000_030]}
    )
    heard = {"client": ["10.0.0.5"], "address": ["8.8.4.4"], "seen": [1_790_000_015], "name": ["a.example.org"]}
    put(f"s3://flows/in/a.parquet{store}", flows)
    put(f"s3://flows/dns/a.parquet{store}", pa.table(heard))
    job = Job("custodes.estate.tables.flows:destinations", f"s3://flows/in{store}", f"s3://flows/out{store}", {})
    run_job(job, Here(), (), lambda _: None, names.Answers(f"s3://flows/dns{store}"))
    with (Place.of(f"s3://flows/out{store}") / "data/part-00000000.parquet").copied() as path:
        assert pq.read_table(path)["domain"].to_pylist() == [None, "example.org", "example.org"]
    put(f"s3://devices/in/a.parquet{store}", pa.table({"make": ["Axis"] * 3, "body": ["a", "a", "b"]}))
    job = Job("custodes.estate.tables.devices:assess", f"s3://devices/in{store}", f"s3://devices/out{store}", {},
              partition=("body",))  # fmt: skip
    run_job(job, Here(), (), lambda _: None)
    assert update([f"s3://devices/out{store}"], tmp_path / "cube").new == 2
    assert (tmp_path / "cube" / CUBE).is_file()


def test_a_store_that_does_not_answer_is_told(store: str) -> None:
    with pytest.raises(BadInput):
        run(f"s3://nowhere/in{store}".replace("&allow_bucket_creation=true", ""), f"s3://tables/z{store}")
