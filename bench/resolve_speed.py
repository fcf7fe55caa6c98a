"""Speed and memory of text attribution beside two peers, in one run.

    python bench/resolve_speed.py [--rows 1000000] [--distinct 54000] [--data TEXTS] [--seed 1]

`--data`: one text a line, or jsonl with `text`; without it texts are made from the pack's own examples, model
codes and register words. Each contestant runs in a process of its own; CPU seconds and peak memory are of the
work alone and of the whole process. First the answers are compared: batch against row by row, whatever the
batch size. The peers answer a smaller question (is a name in the text?), which is said beside their figures.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

WORDS = [
    "camera",
    "dome",
    "bullet",
    "turret",
    "ptz",
    "nvr",
    "dvr",
    "entrance",
    "corridor",
    "yard",
    "gate",
    "north",
    "rear",
    "external",
    "internal",
    "4MP",
    "IP",
]


def texts(seed: int, count: int, data: Path | None) -> list[str]:
    """`count` distinct equipment texts, the same for the same seed."""
    chance = random.Random(seed)
    if data is not None:
        lines = data.read_text(encoding="utf-8").splitlines()
        base = [json.loads(line)["text"] if line.startswith("{") else line for line in lines if line.strip()]
    else:
        from custodes.knowledge import knowledge

        pack = knowledge().pack
        names = [brand.name for brand in pack.brands.values()]
        codes = [text for row in pack.grammars.values() for text in row.examples.match]
        base = [f"{chance.choice(names)} {code}" for code in codes] + names + codes
    found: dict[str, None] = {}
    while len(found) < count:
        start = chance.choice(base)
        found[f"{start} {chance.choice(WORDS)} {chance.randint(1, 99999)}".strip()] = None
    return list(found)


def rows(distinct: list[str], count: int, seed: int) -> list[str]:
    """`count` rows over the distinct texts, drawn as registers repeat them (few texts very often)."""
    chance = random.Random(seed + 1)
    weights = [1 / (place + 1) for place in range(len(distinct))]
    drawn = chance.choices(distinct, weights, k=max(0, count - len(distinct)))
    drawn += distinct[: max(0, count - len(drawn))]
    chance.shuffle(drawn)
    return drawn


def custodes(lines: list[str]) -> int:
    """All rows through the batch function; returns how many rows have a mention."""
    import gc

    import pyarrow as pa

    from custodes.attribution.batch import INPUT_SCHEMA, attribute
    from custodes.knowledge import knowledge

    loaded = knowledge()
    gc.freeze()
    step = 65_536
    batches = (
        pa.record_batch([pa.array(part), pa.nulls(len(part), pa.string())], schema=INPUT_SCHEMA)
        for part in (lines[at : at + step] for at in range(0, len(lines), step))
    )
    named = 0
    for batch in attribute(batches, loaded):
        named += sum(value != "[]" for value in batch.column("mentions").to_pylist())
    return named


def alias_search(lines: list[str]) -> int:
    """Peer: plain alias search, longest name wins, no judgement of context."""
    import ahocorasick_rs

    from custodes.knowledge import knowledge

    names = sorted({alias.shown.lower() for alias in knowledge().aliases})
    automaton = ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)
    return sum(bool(automaton.find_matches_as_indexes(line.lower())) for line in lines)


def rapidfuzz_search(lines: list[str]) -> int:
    """Peer: rapidfuzz extractOne, token_set_ratio >= 90 over the brand names, texts prepared once; a sample."""
    from rapidfuzz import fuzz, process, utils

    from custodes.knowledge import knowledge

    names = [utils.default_process(brand.name) for brand in knowledge().pack.brands.values()]
    prepared = (utils.default_process(line) for line in lines)
    return sum(
        process.extractOne(line, names, scorer=fuzz.token_set_ratio, score_cutoff=90) is not None for line in prepared
    )


CONTESTANTS = {"custodes": custodes, "alias-search": alias_search, "rapidfuzz": rapidfuzz_search}


def one(name: str, arguments: argparse.Namespace) -> None:
    """Run one contestant in this process and print its figures as JSON."""
    distinct = texts(arguments.seed, arguments.distinct, arguments.data)
    lines = distinct if arguments.all_distinct else rows(distinct, arguments.rows, arguments.seed)
    if name == "rapidfuzz":
        lines = lines[: arguments.sample]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    CONTESTANTS[name](lines[:50])
    start = time.process_time()
    named = CONTESTANTS[name](lines)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "rows": len(lines),
                "named": named,
                "cpu": seconds,
                "peak_mb": peak / 1024,
                "base_mb": before / 1024,
            }
        )
    )


def equal_answers(arguments: argparse.Namespace) -> int:
    """Compare batch answers with row-by-row ones, at three batch sizes; returns how many rows were compared."""
    import pyarrow as pa

    from custodes.attribution.batch import INPUT_SCHEMA, attribute
    from custodes.knowledge import knowledge

    lines = texts(arguments.seed, 2000, arguments.data)
    answers = []
    for step in (1, 97, 2000):
        batches = (
            pa.record_batch([pa.array(part), pa.nulls(len(part), pa.string())], schema=INPUT_SCHEMA)
            for part in (lines[at : at + step] for at in range(0, len(lines), step))
        )
        answers.append([m for batch in attribute(batches, knowledge()) for m in batch.column("mentions").to_pylist()])
    if not answers[0] == answers[1] == answers[2]:
        sys.exit("answers differ between batch sizes: no figures are given")
    return len(lines)


def main() -> None:
    """Run every contestant and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--distinct", type=int, default=54_000)
    parser.add_argument("--sample", type=int, default=5_000, help="rows for the slowest peer")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all-distinct", action="store_true")
    parser.add_argument("--one", choices=sorted(CONTESTANTS))
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one, arguments)
        return
    print(f"answers equal over batch sizes 1, 97, 2000: {equal_answers(arguments)} rows")
    print("peers: " + ", ".join(f"{name} {version(name)}" for name in ("ahocorasick-rs", "rapidfuzz", "pyarrow")))
    print(f"{'':34}{'rows':>10}{'rows/CPU s':>12}{'peak MB':>9}{'named':>10}")
    runs = [("custodes", False), ("custodes", True), ("alias-search", False), ("rapidfuzz", False)]
    for name, distinct in runs:
        command = [sys.executable, __file__, "--one", name, "--rows", str(arguments.rows)]
        command += [
            "--distinct",
            str(arguments.distinct),
            "--sample",
            str(arguments.sample),
            "--seed",
            str(arguments.seed),
        ]
        command += ["--all-distinct"] if distinct else []
        command += ["--data", str(arguments.data)] if arguments.data else []
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        label = f"{name}, every row distinct" if distinct else name
        rate = found["rows"] / found["cpu"]
        print(f"{label:34}{found['rows']:>10,}{rate:>12,.0f}{found['peak_mb']:>9.0f}{found['named']:>10,}")


if __name__ == "__main__":
    main()
