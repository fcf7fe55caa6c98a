"""Measures how often each kind of mention was right, on labelled texts, and writes the pack's calibration table.

    python tools/calibrate.py LABELLED.jsonl

Rows: {text, expected_brand|null, accept[], expected_all[], kind}. Each (band, kind) gets the share that was
right with one right and one wrong added, so that a rare kind claims little. The labelled set is not shipped.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

import yaml

from custodes.attribution.text import resolve_text
from custodes.knowledge import knowledge
from custodes.knowledge.text import squash

OUT = Path(__file__).parent.parent / "src/custodes/knowledge/pack/vocabulary/calibration.yaml"
#: A kind seen more rarely takes the figure of its whole band.
FEWEST = 5
HEAD = (
    "# Written by tools/calibrate.py. p: share of mentions of this band and kind that were right, one right and\n"
    "# one wrong added; n: mentions measured; right: how many named the labelled brand.\n"
)


def main(path: Path) -> None:
    """Resolve every labelled text and write the table."""
    loaded = knowledge()
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    total = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["kind"] == "unrelated-org":
            continue
        total += 1
        names = [row["expected_brand"], *(row.get("accept") or []), *(row.get("expected_all") or [])]
        good = {squash(name) for name in names if name}
        for mention in resolve_text(row["text"], loaded).mentions:
            if mention.status == "unknown":
                continue
            for key in (f"{mention.status}:{mention.kind}", str(mention.status)):
                counts[key][0] += 1
                counts[key][1] += squash(mention.brand_name) in good
    classes = {
        key: {"p": round((right + 1) / (n + 2), 3), "n": n, "right": right}
        for key, (n, right) in sorted(counts.items())
        if n >= FEWEST
    }
    document = {"rows": total, "classes": classes}
    OUT.write_text(HEAD + yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    print(yaml.safe_dump(document, sort_keys=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
