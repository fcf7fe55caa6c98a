"""Identification of a large table beside what the machine needs merely to read it and to search it, in one run.

    python bench/scale_speed.py [--rows 10000000] [--data FOLDER] [--distinct 1.0] [--cameras 0.03] [--seed 1] [--spark]

`--data`: a folder of Parquet files with `protocol` and `banner`; without it one is made (`made_scan.py`, synthetic) and
kept beside the temporary files. Every contestant runs in a process of its own, whose CPU seconds (children's too) and
peak memory are printed:

    read      DuckDB reads the same columns and counts them
    matcher   the same columns are read, and every reply is searched once for all fingerprints, by Hyperscan
    here      `custodes identify --engine here`: read, identified, written
    workers   the same by two watched processes
    duckdb    the same, read by DuckDB
    spark     the same by Spark `local[2]` (`--spark`: it takes minutes)

First the outputs of the engines are compared, file by file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

BATCH = 65_536


def read_all(data: Path) -> int:
    """Rows, as DuckDB counts them in all columns that are read."""
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 2}) as engine:
        query = "SELECT count(*), count(protocol), count(banner), sum(strlen(banner)) FROM read_parquet(?)"
        ((rows, *_),) = engine.sql(query, params=[str(data / "*.parquet")]).fetchall()
    return int(rows)


def match_all(data: Path) -> int:
    """Rows read and searched; the hits are counted and nothing is made of them."""
    import hyperscan
    import pyarrow.parquet as pq

    from custodes.attribution.wire.tails import without_tail
    from custodes.knowledge import knowledge

    patterns = [without_tail(rule.pattern).encode() for rule in knowledge().fingerprints]
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_SINGLEMATCH
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=patterns, flags=[flags] * len(patterns))
    rows = hits = 0

    def hit(*_: object) -> None:
        nonlocal hits
        hits += 1

    for path in sorted(data.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(BATCH, columns=["protocol", "banner"], use_threads=False):
            column = batch.column("banner")
            data_of: Any = column.buffers()[2]
            database.scan(data_of.to_pybytes(), match_event_handler=hit)
            rows += batch.num_rows
    print(f"  {hits:,} hits", file=sys.stderr)
    return rows


def identify(data: Path, out: Path, engine: str) -> list[str]:
    """The command of an engine."""
    words = ["identify", "--in", str(data), "--out", str(out), "--column", "raw=banner", "--engine", engine]
    more = {"workers": ["--workers", "2"], "spark": ["--master", "local[2]"]}.get(engine, [])
    return [sys.executable, "-m", "custodes.cli.main", *words, *more]


@dataclass(frozen=True)
class Cost:
    rows: int
    wall: float
    cpu: float
    peak: int

    def line(self, name: str) -> str:
        if name == "spark":  # its processes are begun by others: what they use is not in these figures
            return f"{name:9} {self.rows:>12,} {self.wall:8.1f} {'-':>8} {'-':>8} {'-':>8}"
        each = self.cpu / self.rows * 1e6
        return f"{name:9} {self.rows:>12,} {self.wall:8.1f} {self.cpu:8.1f} {each:8.2f} {self.peak:8,}"


def measured(words: list[str]) -> Cost:
    """A process, with all that it begins. Peak: of the largest single one, in MB."""
    probe = (
        "import resource,subprocess,sys,json,time\n"
        "t=time.monotonic();d=subprocess.run(sys.argv[1:],stdout=subprocess.PIPE)\n"
        "u=resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([d.returncode,d.stdout.decode(),time.monotonic()-t,u.ru_utime+u.ru_stime,u.ru_maxrss]))"
    )
    done = subprocess.run([sys.executable, "-c", probe, *words], stdout=subprocess.PIPE, check=True, env=environment())
    code, said, wall, cpu, peak = json.loads(done.stdout)
    if code:
        raise SystemExit(f"{words}: ended with {code}")
    rows = json.loads(said.strip().rpartition("\n")[2])
    return Cost(rows["rows"] if isinstance(rows, dict) else rows, wall, cpu, peak // 1024)


def environment() -> dict[str, str]:
    return {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "OMP_NUM_THREADS": "2"}


def written(out: Path) -> dict[str, str]:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def versions() -> str:
    import duckdb
    import pyarrow

    searched = f"hyperscan {version('hyperscan')}"
    told = f"DuckDB {duckdb.__version__} (2 threads), {searched}, pyarrow {pyarrow.__version__}"
    return f"Python {platform.python_version()}, {told}, {os.cpu_count()} cores"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--distinct", type=float, default=1.0)
    parser.add_argument("--cameras", type=float, default=0.03)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", default="here,workers,duckdb")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--part", default="", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        print({"read": read_all, "matcher": match_all}[told.part](told.data))
        return 0
    data = told.data or _made(told)
    engines = [*told.engines.split(","), *(["spark"] if told.spark else [])]
    print(versions())
    print(f"{'':9} {'rows':>12} {'wall s':>8} {'CPU s':>8} {'us a row':>8} {'peak MB':>8}")
    parts = {
        name: measured([sys.executable, __file__, "--data", str(data), "--part", name]) for name in ("read", "matcher")
    }
    for name, cost in parts.items():
        print(cost.line(name), flush=True)
    with tempfile.TemporaryDirectory() as place:
        found, costs = {}, {}
        for name in engines:
            out = Path(place) / name
            costs[name] = measured(identify(data, out, name))
            print(costs[name].line(name), flush=True)
            found[name] = written(out)
            shutil.rmtree(out)
    if len({json.dumps(one) for one in found.values()}) != 1:
        print("the engines differ")
        return 1
    bound = parts["read"].cpu + parts["matcher"].cpu
    print(
        f"the engines wrote the same bytes; {engines[0]} costs {costs[engines[0]].cpu / bound:.2f} of read and matcher"
    )
    return 0


def _made(told: argparse.Namespace) -> Path:
    from made_scan import write

    name = f"custodes-scan-{told.rows}-{told.distinct}-{told.cameras}-{told.seed}"
    data = Path(tempfile.gettempdir()) / name
    if not data.exists():
        begun = time.monotonic()
        write(data.with_suffix(".coming"), told.rows, 20, told.distinct, told.cameras, told.seed)
        data.with_suffix(".coming").rename(data)
        print(f"made {told.rows:,} rows in {time.monotonic() - begun:.0f} s at {data}")
    return data


if __name__ == "__main__":
    raise SystemExit(main())
