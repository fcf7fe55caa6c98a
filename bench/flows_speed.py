"""Rows of a flow log joined with names, networks and services, beside DuckDB that joins the names alone, in one run.

    python bench/flows_speed.py [--rows 100000000] [--data FOLDER] [--workers 2] [--seed 1]

`--data`: a folder with `flows` and `answers` as `made_flows.py` writes them; without it they are made (synthetic). The
names that both join are compared by how many rows have one.

    names      DuckDB reads both tables, joins each flow with the last answer before it, and counts the names
    custodes   `custodes destinations`: the same names, then whose each far end is, written
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

from measuring import HEAD, custodes, last, measured

COLUMNS = ("source=src", "target=dst", "port=dport", "name=sni")
JOINED = """
    SELECT count(*), count(name) FROM (
        SELECT f.src, n.name FROM read_parquet('{0}/flows/*.parquet') f ASOF LEFT JOIN (
            SELECT client, address, seen, min(name) AS name FROM read_parquet('{0}/answers/*.parquet') GROUP BY ALL) n
        ON f.src = n.client AND f.dst = n.address AND f.seen >= n.seen)
"""
WRITTEN = "SELECT count(*), count(*) FILTER (because LIKE '%was told this address%') FROM read_parquet(?)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        with duckdb.connect(":memory:", config={"threads": 2}) as engine:
            print(*engine.sql(JOINED.format(told.part)).fetchall()[0])
        return 0
    data = told.data or _made(told)
    print(f"DuckDB {duckdb.__version__}, 2 threads; custodes with {told.workers} workers")
    print(HEAD)
    alone = measured([sys.executable, __file__, "--part", data])
    rows, named = map(int, alone.said.split())
    print(alone.line("names", rows), flush=True)
    with tempfile.TemporaryDirectory() as place:
        columns = [word for one in COLUMNS for word in ("--column", one)]
        asked = ("--in", data / "flows", "--out", Path(place) / "out", "--names", data / "answers", *columns)
        cost = measured(custodes("destinations", *asked, "--workers", str(told.workers), "--keep", "body,bytes_up"))
        print(cost.line("custodes", rows), flush=True)
        with duckdb.connect(":memory:") as engine:
            engine.execute(WRITTEN, [f"{place}/out/data/*.parquet"])
            found = engine.fetchall()[0]
    if last(cost.said)["rows"] != rows or found != (rows, named):
        print(f"the names differ: {found} and {(rows, named)}")
        return 1
    print(f"the same {named:,} rows have a name; {cost.cpu / alone.cpu:.1f} times the CPU of joining names alone")
    return 0


def _made(told: argparse.Namespace) -> Path:
    from made_flows import write

    data = Path(tempfile.gettempdir()) / f"custodes-flows-{told.rows}-{told.seed}"
    if not data.exists():
        write(data.with_suffix(".coming"), told.rows, 40, 5_000, told.seed)
        data.with_suffix(".coming").rename(data)
        print(f"made {told.rows:,} rows at {data}")
    return data


if __name__ == "__main__":
    raise SystemExit(main())
