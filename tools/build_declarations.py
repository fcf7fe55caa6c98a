"""Build a register's table of the pack from a copy of the FAA's Remote ID declarations of compliance.

python tools/build_declarations.py faa_remote_id_doc.sqlite
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from custodes.evidence.drones.registries import read_registry
from custodes.model.drones import COLUMNS, Declaration

OUT = Path(__file__).resolve().parent.parent / "src/custodes/knowledge/pack/registries/faa-remote-id.csv"


def main(path: Path) -> None:
    """Write every declaration, sorted, one a line."""
    rows = [row for row in read_registry(path) if isinstance(row, Declaration)]
    rows.sort(key=lambda row: (row.first, row.last, row.reference, row.make, row.model))
    with OUT.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([getattr(row, column) for column in COLUMNS] for row in rows)
    print(f"{len(rows):,} declarations")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
