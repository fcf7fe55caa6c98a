"""A made-up scan of the internet, as large as one likes: Parquet files of replies. Synthetic: no row is a real device.

    python bench/made_scan.py OUT [--rows 10000000] [--files 20] [--distinct 1.0] [--cameras 0.03] [--seed 1]

`--distinct`: share of rows whose reply no other row has; the others repeat, drawn as 1/rank. `--cameras`: share of rows
whose reply is one of the fingerprints' own examples with other digits in it; the others are of servers, printers and
routers that no fingerprint names. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
import random
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 65_536
_TEXTS = ("protocol", "banner", "mac", "body", "day")
_COLUMNS: list[tuple[str, pa.DataType]] = [("ip", pa.uint32()), ("port", pa.uint16())]
SCHEMA = pa.schema([*_COLUMNS, *((name, pa.string()) for name in _TEXTS)])
SERVERS = (
    "Apache/2.4.{a} (Unix) OpenSSL/3.0.{b}", "nginx/1.{a}.{b}", "lighttpd/1.4.{a}", "Microsoft-IIS/10.{b}",
    "Jetty(9.4.{a}.v2025{b:04})", "openresty/1.{a}.{b}.1", "LiteSpeed", "cloudflare", "gunicorn/2{b}.{a}", "Caddy",
)  # fmt: skip
PAGE = (
    "HTTP/1.1 {status} OK\r\nServer: {server}\r\nDate: Tue, {day:02} Nov 2026 {hour:02}:{minute:02}:{second:02} GMT\r\n"
    'Content-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\nETag: "{tag:016x}"\r\n'
    "Connection: close\r\nX-Request-Id: {request:016x}{more:016x}\r\n\r\n"
)


def examples() -> list[tuple[str, str]]:
    """Protocol and text of the fingerprints' own examples."""
    from custodes.knowledge import knowledge

    return [(rule.fields[0], one.text) for rule in knowledge().fingerprints for one in rule.samples]


def camera(chance: random.Random, known: list[tuple[str, str]]) -> tuple[str, str]:
    protocol, text = chance.choice(known)
    return protocol, re.sub(r"[0-9]", lambda _: str(chance.randint(0, 9)), text) if chance.random() < 0.9 else text


def other(chance: random.Random) -> tuple[str, str]:
    server = chance.choice(SERVERS).format(a=chance.randint(0, 60), b=chance.randint(0, 19))
    return "http", PAGE.format(
        status=chance.choice((200, 301, 401, 403, 404)), server=server, day=chance.randint(1, 28),
        hour=chance.randint(0, 23), minute=chance.randint(0, 59), second=chance.randint(0, 59),
        length=chance.randint(100, 90000), tag=chance.getrandbits(64), request=chance.getrandbits(64),
        more=chance.getrandbits(64),
    )  # fmt: skip


def write(out: Path, rows: int, files: int, distinct: float, cameras: float, seed: int) -> None:
    """The files, one after the other."""
    out.mkdir(parents=True, exist_ok=True)
    chance, numbers = random.Random(seed), np.random.default_rng(seed)
    known = examples()
    pool = [camera(chance, known) if chance.random() < cameras else other(chance) for _ in range(20_000)]
    ranks = 1 / np.arange(1, len(pool) + 1)
    ranks /= ranks.sum()
    each = -(-rows // files)
    for file in range(files):
        left = min(each, rows - file * each)
        with pq.ParquetWriter(out / f"scan-{file:04}.parquet", SCHEMA, compression="zstd") as writer:
            while left > 0:
                many = min(ROW_GROUP, left)
                fresh, picked = numbers.random(many) < distinct, numbers.choice(len(pool), many, p=ranks)
                told = [
                    (camera(chance, known) if chance.random() < cameras else other(chance)) if new else pool[place]
                    for new, place in zip(fresh, picked, strict=True)
                ]
                writer.write_batch(_batch(told, numbers), row_group_size=ROW_GROUP)
                left -= many


def _batch(told: list[tuple[str, str]], numbers: np.random.Generator) -> pa.RecordBatch:
    many = len(told)
    macs = numbers.integers(0, 1 << 48, many)
    columns = [
        pa.array(numbers.integers(0, 1 << 32, many, dtype=np.uint32)),
        pa.array(numbers.choice(np.array([80, 443, 554, 8000, 8080, 37777], np.uint16), many)),
        pa.array([protocol for protocol, _ in told], pa.string()),
        pa.array([text for _, text in told], pa.string()),
        pa.array([f"{mac:012x}" for mac in macs.tolist()], pa.string()),
        pa.array([f"body-{one:02}" for one in numbers.integers(0, 43, many).tolist()], pa.string()),
        pa.array([f"2026-11-{one:02}" for one in numbers.integers(1, 4, many).tolist()], pa.string()),
    ]
    return pa.record_batch(columns, schema=SCHEMA)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--distinct", type=float, default=1.0)
    parser.add_argument("--cameras", type=float, default=0.03)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    write(told.out, told.rows, told.files, told.distinct, told.cameras, told.seed)


if __name__ == "__main__":
    main()
