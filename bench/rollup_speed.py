"""Devices assessed as a table, the sums over them, and how long a table of the report takes from so many rows.

    python bench/rollup_speed.py [--rows 100000000] [--workers 2] [--seed 1]

The devices are made up (synthetic). The sums are compared with those that DuckDB makes of all rows of results at once,
which is what has to be read where no sums are kept.

    assess     `custodes assess --in`: makers and rules of every row
    sums       `custodes rollup`, the first time
    again      the same with one more file of results among those that were summed before
    table      body x supplier x month, of the sums
    all rows   DuckDB makes the same table of all rows of results
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from measuring import HEAD, custodes, measured

ROW_GROUP = 262_144
MAKES = (
    ("Hikvision", "DS-2CD2143G2-I"), ("Dahua", "IPC-HDW2831T-AS"), ("Honeywell", "HC35W45R2"), ("Axis", "P3245-V"),
    ("", "DS-2CD2T47G2-L"), ("LTS", "CMIP3342W-28M"), ("Huawei", "M2150-10-EI"), ("Hanwha", "QNV-8080R"), ("", ""),
    ("Bosch", "NBE-3502-AL"), ("Uniview", "IPC3614LE"), ("DJI", "Mavic 3E"),
)  # fmt: skip
BLOCKS = ("44:19:b6", "3c:ef:8c", "00:40:8c", "02:00:00")
COLUMNS = ("body", "make", "model", "mac", "status", "day", "kind")
KINDS = ("us-federal-contractor", "uk-police", "us-school-district")
BY_ROWS = """
    WITH d AS (SELECT *, coalesce(maker, '') AS firm, coalesce(candidates, '') AS others
               FROM read_parquet(?) WHERE live = 'yes'),
         who AS (SELECT body, month, firm AS supplier, quantity AS sure, quantity AS q FROM d
                 WHERE firm <> '' OR others = ''
                 UNION ALL SELECT body, month, unnest(string_split(others, ';')), 0, quantity FROM d
                 WHERE firm = '' AND others <> '')
    SELECT body, supplier, month, sum(sure)::BIGINT AS least, sum(q)::BIGINT AS most FROM who GROUP BY ALL ORDER BY ALL
"""


def write(out: Path, rows: int, seed: int) -> None:
    """Tables of devices: a body, a make, a model, an address, a state, a month."""
    numbers = np.random.default_rng(seed)
    out.mkdir(parents=True)
    each = 5_000_000
    for file in range(-(-rows // each)):
        left = min(each, rows - file * each)
        schema: dict[str, pa.DataType] = {name: pa.string() for name in COLUMNS}
        with pq.ParquetWriter(out / f"devices-{file:04}.parquet", pa.schema(schema), compression="zstd") as writer:
            while left:
                many = min(ROW_GROUP, left)
                left -= many
                writer.write_batch(_batch(numbers, many))


def _batch(numbers: np.random.Generator, many: int) -> pa.RecordBatch:
    body, what = numbers.integers(0, 43, many), numbers.integers(0, len(MAKES), many)
    blocks = np.array(BLOCKS)[numbers.integers(0, len(BLOCKS), many)].tolist()
    ends = numbers.integers(0, 1 << 24, many).tolist()
    states = np.array(("In use", "Active", "Decommissioned", ""))[numbers.integers(0, 4, many)]
    columns = (
        np.array([f"body-{number:02}" for number in range(43)])[body],
        *np.array(MAKES)[what].T,
        [
            f"{block}:{end >> 16:02x}:{end >> 8 & 255:02x}:{end & 255:02x}"
            for block, end in zip(blocks, ends, strict=True)
        ],
        states,
        np.array([f"2026-{month:02}-01" for month in range(1, 11)])[numbers.integers(0, 10, many)],
        np.array(KINDS)[body % 3],
    )
    return pa.record_batch([pa.array(one).cast(pa.string()) for one in columns], names=list(COLUMNS))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        with duckdb.connect(":memory:", config={"threads": 2}) as engine:
            found = engine.sql(BY_ROWS, params=[told.part + "/data/*.parquet"]).to_arrow_table()
        print(json.dumps(found.to_pylist()))
        return 0
    data = Path(tempfile.gettempdir()) / f"custodes-devices-{told.rows}-{told.seed}"
    if not data.exists():
        write(data.with_suffix(".coming"), told.rows, told.seed)
        data.with_suffix(".coming").rename(data)
        print(f"made {told.rows:,} rows at {data}")
    print(f"DuckDB {duckdb.__version__}, 2 threads; custodes with {told.workers} workers")
    print(HEAD)
    with tempfile.TemporaryDirectory() as place:
        out, cube = Path(place) / "out", Path(place) / "cube"
        columns = (
            "--column",
            "as_at=day",
            "--column",
            "body_kind=kind",
            "--keep",
            "body",
            "--workers",
            str(told.workers),
        )
        print(measured(custodes("assess", "--in", data, "--out", out, *columns)).line("assess", told.rows), flush=True)
        sums = custodes("rollup", out, "--cube", cube)
        print(measured(sums).line("sums", told.rows), flush=True)
        next(iter(sorted((cube / "parts").iterdir()))).unlink()  # as if one file had come anew
        print(measured(sums).line("again", told.rows), flush=True)
        table = measured(custodes("rollup", "--cube", cube, "--by", "body,supplier,month", "--format", "json"))
        print(table.line("table", told.rows), flush=True)
        whole = measured([sys.executable, __file__, "--part", out])
        print(whole.line("all rows", told.rows), flush=True)
        shutil.rmtree(out)
    if json.loads(table.said) != json.loads(whole.said):
        print("the sums differ")
        return 1
    print(f"the same {len(json.loads(whole.said)):,} sums")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
