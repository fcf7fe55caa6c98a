"""A made-up log of flows and the DNS answers before them, as large as one likes. Synthetic: no row is a real device.

    python bench/made_flows.py OUT [--rows 10000000] [--files 20] [--cameras 5000] [--seed 1]

OUT/flows and OUT/answers: Parquet, in the order of time. Each camera talks to a few services of the reference data (by
names that match theirs), to other hosts, and within its site; it asks for a name from time to time and is given an
address, which changes. A share of flows carries the name in the connection. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 131_072
START, LENGTH = 1_793_000_000, 30 * 86_400  # thirty days of October and November 2026
_TIME: pa.DataType = pa.timestamp("us", "UTC")
_FIELDS: dict[str, pa.DataType] = {"seen": _TIME, "body": pa.string(), "src": pa.string(), "dst": pa.string()}
_FIELDS |= {"dport": pa.int32(), "sni": pa.string(), "bytes_up": pa.int64(), "bytes_down": pa.int64()}
FLOWS = pa.schema(_FIELDS)
_HEARD: dict[str, pa.DataType] = {name: pa.string() for name in ("client", "address", "name")}
ANSWERS = pa.schema({"seen": _TIME, **_HEARD})
#: Names, addresses of each, and pairs of camera and name.
NAMES, EACH, HABITS = 5_000, 6, 6


def names() -> list[str]:
    """Names of services of the reference data, and of hosts that nobody knows."""
    from custodes.knowledge import knowledge

    known = [name for row in knowledge().services.rows.values() for name in row.names]
    told = [name.replace("*.", "edge7.").replace("*", "7") for name in known][: NAMES // 4]
    return [*told, *(f"host{number}.example-{number % 900}.net" for number in range(NAMES - len(told)))]


def addresses(numbers: np.random.Generator, many: int) -> list[str]:
    """Addresses that are out on the internet."""
    blocks = np.array([3, 8, 13, 17, 23, 34, 47, 52, 91, 104, 120, 139, 151, 185])
    parts = [blocks[numbers.integers(0, len(blocks), many)], *(numbers.integers(1, 255, many) for _ in range(3))]
    return [".".join(map(str, row)) for row in zip(*(part.tolist() for part in parts), strict=True)]


def write(out: Path, rows: int, files: int, cameras: int, seed: int) -> None:
    """Both tables."""
    numbers = np.random.default_rng(seed)
    named, far = np.array(names()), np.array(addresses(numbers, NAMES * EACH))
    own = np.array([f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in range(1, cameras + 1)])
    bodies = np.array([f"body-{n % 43:02}" for n in range(cameras)])
    habits = numbers.integers(0, len(named), (cameras, HABITS))
    (out / "flows").mkdir(parents=True, exist_ok=True)
    (out / "answers").mkdir(parents=True, exist_ok=True)
    each = -(-rows // files)
    for file in range(files):
        left, begun = min(each, rows - file * each), START + LENGTH * file / files
        many = max(left // 10, 1)
        when = np.sort(begun + numbers.random(many) * LENGTH / files)
        who = numbers.integers(0, cameras, many)
        what = habits[who, numbers.integers(0, HABITS, many)]
        where = what * EACH + numbers.integers(0, EACH, many)
        answers: list[Any] = [_times(when), *(pa.array(one) for one in (own[who], far[where], named[what]))]
        table = pa.Table.from_arrays(
            [one.cast(kind.type) for one, kind in zip(answers, ANSWERS, strict=True)], schema=ANSWERS
        )
        pq.write_table(table, out / "answers" / f"answers-{file:04}.parquet", compression="zstd")
        with pq.ParquetWriter(out / "flows" / f"flows-{file:04}.parquet", FLOWS, compression="zstd") as writer:
            done = 0
            while done < left:
                part = min(ROW_GROUP, left - done)
                start = begun + LENGTH / files * done / left
                writer.write_batch(
                    _flows(numbers, part, start, LENGTH / files * part / left, own, bodies, habits, far, named)
                )
                done += part


def _flows(
    numbers: np.random.Generator, many: int, start: float, length: float, own: np.ndarray, bodies: np.ndarray,
    habits: np.ndarray, far: np.ndarray, named: np.ndarray,
) -> pa.RecordBatch:  # fmt: skip
    when = np.sort(start + numbers.random(many) * length)
    who = numbers.integers(0, len(own), many)
    what = habits[who, numbers.integers(0, HABITS, many)]
    where = far[what * EACH + numbers.integers(0, EACH, many)]
    kind = numbers.random(many)
    target = np.where(kind < 0.15, own[numbers.integers(0, len(own), many)], where)
    sni = np.where((kind > 0.6) & (kind < 0.9), named[what], "")
    sizes = [pa.array(numbers.integers(64, 1 << 20, many)) for _ in range(2)]
    ports = pa.array(numbers.choice(np.array([443, 443, 80, 8800, 32100, 123], np.int32), many))
    columns = [_times(when), pa.array(bodies[who]), pa.array(own[who]), pa.array(target), ports, pa.array(sni), *sizes]
    return pa.record_batch([one.cast(kind.type) for one, kind in zip(columns, FLOWS, strict=True)], schema=FLOWS)


def _times(seconds: np.ndarray) -> Any:
    return pa.array((seconds * 1e6).astype(np.int64)).cast(pa.timestamp("us", "UTC"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--cameras", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    write(told.out, told.rows, told.files, told.cameras, told.seed)


if __name__ == "__main__":
    main()
