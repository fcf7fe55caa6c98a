"""Every figure of every part, one after the other, each beside its peer in the same run.

    python bench/all.py [--seed 1] [--peers VENV/bin] [--deep VENV/bin:VENV/bin] [--only WORD] [--small]

Each line is one of a benchmark of its own (`bench/*.py`), which compares the answers first; under it stand what the
whole benchmark took by the clock, its CPU seconds, and the most memory that all of it held at once.

`--small`: tables of a million rows, to see that all of it runs. `--peers`, `--deep`: the programs of environments with
the peers, as `make bench` sets them up; benchmarks that can do without leave those lines out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measuring import measured

HERE = Path(__file__).parent


@dataclass(frozen=True)
class One:
    """A benchmark. `part`: what it measures; `words`: its options; `wanted`: the figures that are aimed at."""

    part: str
    script: str
    words: tuple[str, ...]
    wanted: str


def every(told: argparse.Namespace) -> Iterator[One]:
    """All of them, in the order of the parts."""
    seed, many = ("--seed", str(told.seed)), "1000000" if told.small else "100000000"
    libraries = next(iter(map(str, Path(told.peers or "/").parent.glob("lib/python3*/site-packages"))), "")
    beside = ("--peers", told.peers) if told.peers else ()
    path = ("--peers", libraries) if libraries else ()
    yield One("names of makers in texts", "resolve_speed", seed, "300,000 rows/s, distinct 30,000")
    yield One("rules", "rules_speed", seed, "100,000 devices x every rule")
    yield One("survey", "survey_scale", (), "import 60 s, figures 15 s, 1 GB")
    yield One("identification", "identify_speed", seed, "10x re matching, 40x unknown, 1 M/s, start 0.5 s")
    yield One("captures", "capture_speed", (*seed, *path), "5x dpkt, 3x nfstream, 0.7x sha256sum, 200 MB")
    yield One("logs", "logs_speed", (*seed, "--rows", "2000000", *path), "500,000 rows/s")
    deep = ("--slow", "--peers", told.deep) if told.deep else ()
    yield One("firmware", "firmware_speed", (*seed, *deep), "6 CPU s, 300 MB, 7x unblob, 15x diffoscope, 500 MB/s")
    yield One("linking", "linking_speed", (*seed, *beside), "better than splink and 10x faster")
    yield One("plans", "plan_speed", seed, "200 devices 10 s, 5,000 within 1 % in 60 s")
    yield One("publication", "publish_speed", (*seed, *beside), "10x WeasyPrint, 1 M events 5 s, site 60 s")
    yield One("service", "service_load", seed, "8 ms CPU, 10 queries, p99 100 ms, 0 lost")
    rows = ("--rows", "1000000" if told.small else "10000000", "--limit-mb", "600", "--growth")
    polars = ("--polars", libraries) if libraries else ()
    yield One(
        "scans", "scale_speed", (*seed, *rows, "--spark", *polars), "30 CPU s, 450 MB, 2x of reading and matching"
    )
    yield One("flows", "flows_speed", (*seed, "--rows", many), "100 M rows: 5 min on 2 cores, 2 GB")
    yield One("sums", "rollup_speed", (*seed, "--rows", many), "any table in seconds")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default="")
    parser.add_argument("--deep", default="")
    parser.add_argument("--only", default="")
    parser.add_argument("--small", action="store_true")
    told = parser.parse_args()
    failed = 0
    for one in every(told):
        if told.only not in one.part:
            continue
        print(f"{one.part}  (aimed at: {one.wanted})", flush=True)
        try:
            cost = measured([sys.executable, HERE / f"{one.script}.py", *one.words])
        except SystemExit as error:
            print(f"    FAILED: {error}", flush=True)
            failed += 1
            continue
        for line in cost.said.splitlines():
            print(f"    {line}")
        print(f"    -- {cost.wall:,.0f} s by the clock, {cost.cpu:,.0f} CPU s, {cost.peak:,.0f} MB at once", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
