"""Identification of a large table beside what the machine needs merely to read it and to search it, in one run.

    python bench/scale_speed.py [--rows 10000000] [--data FOLDER] [--distinct 1.0] [--cameras 0.03] [--seed 1] [--spark]
                                [--polars FOLDER] [--limit-mb 600] [--growth]

`--data`: a folder of Parquet files with `protocol` and `banner`; without it one is made (`made_scan.py`, synthetic) and
kept beside the temporary files. Every contestant runs in a process of its own, whose CPU seconds (children's too) and
peak memory are printed:

    read      DuckDB reads the same columns and counts them
    matcher   the same columns are read, and every reply is searched once for all fingerprints, by Hyperscan
    here      `custodes identify --engine here`: read, identified, written
    workers   the same by two watched processes
    duckdb    the same, read by DuckDB
    spark     the same by Spark `local[2]` (`--spark`: it takes minutes)
    polars    the same function by `map_batches` of Polars, which FOLDER holds (site-packages); its answers are compared

The outputs of the engines are compared, file by file. `--limit-mb`: the engine `here` again, ended by the kernel if it
holds more. `--growth`: the engine `here` over 10^4, 10^5 ... rows of the same table, and one row, which is the start.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from measuring import HEAD, Cost, custodes, last, measured

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


def identify(data: Path, out: Path, engine: str) -> list[str | Path]:
    """The command of an engine."""
    more = {"workers": ["--workers", "2"], "spark": ["--master", "local[2]"]}.get(engine, [])
    return custodes("identify", "--in", data, "--out", out, "--column", "raw=banner", "--engine", engine, *more)


def polars(data: Path) -> str:
    """Rows, and the bytes of all answers, by the same batch function inside Polars."""
    import polars as pl  # type: ignore[import-not-found]  # of the folder that was given
    import pyarrow as pa
    import pyarrow.compute as pc

    from custodes.estate.wire import INPUT_SCHEMA
    from custodes.estate.wire import identify as call
    from custodes.knowledge import knowledge

    loaded, alone = knowledge(), Lock()

    def answered(frame: Any) -> Any:
        with alone:  # Polars asks from several threads; Hyperscan's working memory is of one at a time
            return pl.from_arrow(sizes_of(frame.to_arrow()))

    def sizes_of(table: Any) -> Any:
        told = [table.column("protocol"), pa.array(["text"] * len(table)), table.column("banner")]
        whole = pa.table(told, names=INPUT_SCHEMA.names).cast(INPUT_SCHEMA).combine_chunks()
        answers = [one.column("identity") for one in call(iter(whole.to_batches()), loaded)]
        sizes: Any = [pc.binary_length(pc.cast(one, pa.string())) for one in answers]  # type: ignore[call-overload]
        return pa.table({"size": pa.chunked_array(sizes).cast(pa.int64())})

    wanted = pl.scan_parquet(str(data / "*.parquet")).select("protocol", "banner")
    found = wanted.map_batches(answered, schema={"size": pl.Int64}, streamable=True)
    rows, size = found.select(pl.len(), pl.col("size").sum().alias("bytes")).collect(engine="streaming").row(0)
    return json.dumps({"rows": rows, "bytes": size})


def environment(polars_at: str = "") -> dict[str, str]:
    more = {"PYTHONPATH": polars_at} if polars_at else {}
    return {"SPARK_LOCAL_IP": "127.0.0.1", "OMP_NUM_THREADS": "2", "POLARS_MAX_THREADS": "2", **more}


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
    told = _asked()
    if told.part:
        print({"read": read_all, "matcher": match_all, "polars": polars}[told.part](told.data))
        return 0
    data = told.data or _made(told)
    print(versions())
    print(HEAD)
    parts = {}
    for name in ("read", "matcher"):
        parts[name] = measured([sys.executable, __file__, "--data", data, "--part", name], environment=environment())
        print(parts[name].line(name, int(parts[name].said)), flush=True)
    same, first = _engines(told, data)
    bound = parts["read"].cpu + parts["matcher"].cpu
    print(f"the engines wrote {'the same bytes' if same else 'OTHER BYTES'}")
    print(f"the first costs {first.cpu / bound:.2f} of read and matcher")
    if told.growth:
        _growth(data)
    return 0 if same else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--distinct", type=float, default=1.0)
    parser.add_argument("--cameras", type=float, default=0.03)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engines", default="here,workers,duckdb")
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--polars", default="")
    parser.add_argument("--limit-mb", type=int, default=0)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--part", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _engines(told: argparse.Namespace, data: Path) -> tuple[bool, Cost]:
    """Each engine, its files compared with the others'; the first one's cost."""
    runs = [(name, 0) for name in (*told.engines.split(","), *(("spark",) if told.spark else ()))]
    runs += [("here", told.limit_mb)] if told.limit_mb else []
    found, costs, answers = set(), [], {}
    with tempfile.TemporaryDirectory() as place:
        for name, limit in runs:
            out = Path(place) / name
            costs.append(measured(identify(data, out, name), limit, environment()))
            rows = int(str(last(costs[-1].said)["rows"]))
            print(costs[-1].line(f"<={limit} MB" if limit else name, rows), flush=True)
            found.add(json.dumps(written(out)))
            answers = _answered(out)
            shutil.rmtree(out)
    if told.polars:
        cost = measured([sys.executable, __file__, "--data", data, "--part", "polars"], 0, environment(told.polars))
        print(cost.line("polars", int(str(last(cost.said)["rows"]))), flush=True)
        if last(cost.said) != answers:
            found.add("polars")
    return len(found) == 1, costs[0]


def _answered(out: Path) -> dict[str, object]:
    """Rows of results, and the bytes of all their answers."""
    import duckdb

    with duckdb.connect(":memory:") as engine:
        query = "SELECT count(*), sum(strlen(identity))::BIGINT FROM read_parquet(?)"
        rows, size = engine.execute(query, [str(out / "data" / "*.parquet")]).fetchall()[0]
    return {"rows": rows, "bytes": size}


def _growth(data: Path) -> None:
    """Rows of the same table, more and more of them; what one row costs is the start, and taken off."""
    import pyarrow.parquet as pq

    files = sorted(data.glob("*.parquet"))
    total = sum(pq.ParquetFile(path).metadata.num_rows for path in files)
    start = 0.0
    with tempfile.TemporaryDirectory() as place:
        for rows in (1, *(10**power for power in range(4, 9) if 10**power <= total)):
            some, tries = Path(place) / str(rows), 3 if rows < 10**6 else 1
            some.mkdir()
            _some(files, some, rows)
            costs = [measured(identify(some, Path(place) / f"out-{rows}-{one}", "here")) for one in range(tries)]
            cost = min(costs, key=lambda one: one.cpu)
            start = start or cost.cpu
            each = (cost.cpu - start) / rows * 1e6
            print(f"{cost.line('growth', rows)}   {each:6.2f} behind the start", flush=True)


def _some(files: list[Path], place: Path, rows: int) -> None:
    """The first rows of some files."""
    import pyarrow.parquet as pq

    for path in files:
        if rows <= 0:
            return
        many = pq.ParquetFile(path).metadata.num_rows
        if many <= rows:
            (place / path.name).symlink_to(path.absolute())
        else:
            pq.write_table(pq.read_table(path).slice(0, rows), place / path.name, row_group_size=65_536)
        rows -= many


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
