"""An estate made up whole: sources as bodies keep them, and the truth about every row.

    python bench/estate.py --seed 1 --size 10000 --out DIR

Written are `custodes.toml`, the sources it names, `declared.yaml`, and `truth.json`:

    {"synthetic": true, "seed": 1, "size": 10000,
     "devices": [{"id": "u0", "body": "b0", "rows": [["register.csv", 1], ...]}, ...],
     "contradictions": [{"about": "make", "device": "u7", "body": "b0", "rows": [...]}, ...],
     "near_misses": [{"about": "firmware", "device": "u9"}, ...],
     "faults": [{"cve": "CVE-...", "device": "u5", "affected": true, "rows": [...]}, ...]}

Row numbers are those of the program's own outputs: the lines of a table, its headings being 1; hosts counted from 1.
A device is one physical unit; rows of one unit belong together whatever was written wrong in them, and a unit that was
put in another's place is another unit.
Each body has the same private networks and names its cameras alike; some address blocks come up in two bodies.

What is written wrong, by source: the register (kept by hand, addresses a year old), the video system's list (machine
made, places by recorder and channel), the installer's hand-over list (typed, with slips), a scan for each body (MAC
addresses for the near networks only). Makes and models are examples of the reference data; the devices are invented.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from made_estate.units import make
from made_estate.writing import write


def main() -> None:
    """Write an estate."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1, help="the same seed and size give the same bytes")
    parser.add_argument("--size", type=int, default=1_000, help="devices")
    parser.add_argument("--out", type=Path, default=None, help="folder to write (made-estate-SEED-SIZE)")
    asked = parser.parse_args()
    folder = asked.out or Path(f"made-estate-{asked.seed}-{asked.size}")
    rows = write(make(asked.seed, asked.size), folder)
    print(f"{folder}: {asked.size} devices, {rows} rows in four kinds of sources")


if __name__ == "__main__":
    main()
