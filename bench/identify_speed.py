"""Speed of fingerprint matching beside Python's `re`, rule after rule, on the same banners in one run.

    python bench/identify_speed.py [--rows 1000000] [--distinct 100000] [--data BANNERS] [--seed 1]

`--data`: jsonl with `protocol` and `raw`, text banners; without it banners are made from the fingerprints' own
examples, with other digits in them. Every contestant runs in a process of its own. First the answers are compared:
the same rules with the same captures for every banner that the peer is asked (what Python's engine finds, RE2 must
find). The peer is asked a sample, because it is slow; its figure is per banner. Unknown banners are words that no rule
has. Rows that repeat are drawn as 1/rank from the distinct banners, known and unknown.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

UNKNOWN = ("Apache", "nginx", "lighttpd", "Boa", "Jetty", "IIS", "thttpd", "Tomcat", "Kestrel", "build", "SSH", "ready")


def banners(seed: int, count: int, data: Path | None) -> list[tuple[str, str]]:
    """`count` distinct (field, text) pairs that fingerprints hold for, the same for the same seed."""
    from custodes.knowledge import knowledge

    chance = random.Random(seed)
    if data is not None:
        from custodes.evidence.wire.read import field_of

        rows = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
        base = [(field_of(row["protocol"]), row["raw"]) for row in rows if row.get("encoding", "text") == "text"]
    else:
        base = [
            (rule.fields[0], sample.text)
            for rule in knowledge().fingerprints
            for sample in rule.samples
            if rule.captures
        ]
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        field, text = chance.choice(base)
        digits = re.sub(r"[0-9]", lambda _: str(chance.randint(0, 9)), text) if chance.random() < 0.9 else text
        found[field, f"{digits} {chance.randint(1, 999999)}"] = None
    return list(found)


def unknown(seed: int, count: int) -> list[tuple[str, str]]:
    """`count` distinct banners that no fingerprint is meant for."""
    chance = random.Random(seed + 1)
    fields = ["http.server", "http.title", "ftp.banner", "telnet.banner", "snmp.sysdescr"]
    made: dict[tuple[str, str], None] = {}
    while len(made) < count:
        words = " ".join(chance.choices(UNKNOWN, k=4))
        made[chance.choice(fields), f"{words} {chance.randint(1, 10**9)}"] = None
    return list(made)


def by_field(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Texts by their field."""
    found: dict[str, list[str]] = {}
    for field, text in pairs:
        found.setdefault(field, []).append(text)
    return found


def ours(pairs: Sequence[tuple[str, str]], engine: str) -> tuple[float, Any]:
    """CPU seconds to match, and every (rule, captures) found."""
    from custodes.attribution.wire.match import Matcher
    from custodes.knowledge import knowledge

    matcher = Matcher.of(knowledge().fingerprints, engine)
    grouped = by_field(pairs)
    began = time.process_time()
    found = {field: matcher.fields[field].columns(texts) for field, texts in grouped.items() if field in matcher.fields}
    seconds = time.process_time() - began
    return seconds, {field: matcher.match(field, grouped[field]) for field in grouped} if len(pairs) <= 5000 else found


def in_turn(pairs: Sequence[tuple[str, str]]) -> tuple[float, Any]:
    """The peer: Python's `re`, the rules of a field in turn, compiled before the clock starts."""
    from custodes.attribution.wire.match import folded
    from custodes.knowledge import knowledge
    from custodes.knowledge.fingerprints import compiled

    rules: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for rule in knowledge().fingerprints:
        for field in rule.fields:
            rules.setdefault(field, []).append((rule.id, compiled(rule.pattern)))
    grouped = by_field(pairs)
    found: dict[str, list[list[tuple[str, dict[str, str]]]]] = {}
    began = time.process_time()
    for field, texts in grouped.items():
        here = rules.get(field, [])
        found[field] = []
        for text in texts:
            text = folded(text)
            hits = []
            for name, pattern in here:
                match = pattern.search(text)
                if match is not None:
                    hits.append(
                        (
                            name,
                            {key: value.strip() for key, value in match.groupdict().items() if value and value.strip()},
                        )
                    )
            found[field].append(hits)
    return time.process_time() - began, found


def same(left: Any, right: Any) -> bool:
    """Whether both found the same rules with the same captures."""
    plain = {
        field: [[(hit.rule.id, dict(hit.captures)) for hit in hits] for hits in rows] for field, rows in left.items()
    }
    return bool(plain == right)


def whole(pairs: Sequence[tuple[str, str]], rows: int, seed: int) -> float:
    """CPU seconds of the batch function over `rows` banners that repeat as drawn from `pairs`."""
    import pyarrow as pa

    from custodes.estate.wire import INPUT_SCHEMA, identify
    from custodes.knowledge import knowledge

    chance = random.Random(seed)
    weights = [1 / (place + 1) for place in range(len(pairs))]
    drawn = chance.choices(range(len(pairs)), weights, k=rows)
    index = pa.array(drawn, pa.int32())
    columns = [pa.array([pair[part] for pair in pairs], pa.string()).take(index) for part in (0, 1)]
    table = pa.table([columns[0], pa.array(["text"] * rows), columns[1]], schema=INPUT_SCHEMA)
    loaded = knowledge()
    list(identify(iter(table.slice(0, 10).to_batches()), loaded))
    began = time.process_time()
    done = sum(batch.num_rows for batch in identify(iter(table.to_batches(max_chunksize=262_144)), loaded))
    assert done == rows
    return time.process_time() - began


def contest(call: Callable[[], dict[str, float]]) -> dict[str, float]:
    """Figures of a contestant with the peak memory of its process."""
    figures = call()
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def run(part: str, args: argparse.Namespace) -> dict[str, float]:
    """One contestant, in this process."""
    known, strange = banners(args.seed, args.distinct, args.data), unknown(args.seed, args.distinct)
    if part == "compare":
        sample = known[: args.peer]
        results = [ours(sample, engine)[1] for engine in ("hyperscan", "re2")]
        peer = in_turn(sample)[1]
        return {"hyperscan_same": float(same(results[0], peer)), "re2_same": float(same(results[1], peer))}
    if part == "re in turn":
        return {
            "known": args.peer / in_turn(known[: args.peer])[0],
            "unknown": args.peer / in_turn(strange[: args.peer])[0],
        }
    if part == "start":
        began = time.process_time()
        from custodes.estate.wire import matcher_of
        from custodes.knowledge import knowledge

        matcher_of(knowledge())
        return {"seconds": time.process_time() - began}
    if part == "whole":
        return {
            "repeating": args.rows / whole(known[: args.kinds] + strange[: args.kinds], args.rows, args.seed),
            "distinct": args.kinds / _distinct(known[: args.kinds]),
        }
    return {"known": len(known) / ours(known, part)[0], "unknown": len(strange) / ours(strange, part)[0]}


def _distinct(pairs: Sequence[tuple[str, str]]) -> float:
    import pyarrow as pa

    from custodes.estate.wire import INPUT_SCHEMA, identify
    from custodes.knowledge import knowledge

    fields, texts = zip(*pairs, strict=True)
    table = pa.table([pa.array(fields), pa.array(["text"] * len(pairs)), pa.array(texts)], schema=INPUT_SCHEMA)
    loaded = knowledge()
    began = time.process_time()
    list(identify(iter(table.to_batches(max_chunksize=8192)), loaded))
    return time.process_time() - began


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--distinct", type=int, default=100_000, help="distinct banners for the engines")
    parser.add_argument(
        "--kinds", type=int, default=10_000, help="distinct banners of each sort among rows that repeat"
    )
    parser.add_argument("--peer", type=int, default=2_000, help="banners that the slow peer is asked")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part")
    args = parser.parse_args()
    if args.part:
        print(json.dumps(contest(lambda: run(args.part, args))))
        return
    told = {}
    for part in ("compare", "start", "start", "re in turn", "re2", "hyperscan", "whole"):
        command = [sys.executable, __file__, *sys.argv[1:], "--part", part]
        told[part] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if not (told["compare"]["hyperscan_same"] and told["compare"]["re2_same"]):
        sys.exit("the engines do not agree with Python's re: no figure is worth printing")
    peer = told["re in turn"]
    engine = f"re of Python {platform.python_version()}, flags IGNORECASE|ASCII"
    print(f"answers equal; seed {args.seed}, {args.distinct:,} distinct banners; {engine}")
    print(f"{'banners a CPU second':<28}{'matching':>14}{'unknown':>14}{'peak MB':>10}")
    for part in ("re in turn", "re2", "hyperscan"):
        row = told[part]
        print(f"{part:<28}{row['known']:>14,.0f}{row['unknown']:>14,.0f}{row['peak_mb']:>10,.0f}")
    fast = told["hyperscan"]
    print(f"{'  times the peer':<28}{fast['known'] / peer['known']:>13.1f}x{fast['unknown'] / peer['unknown']:>13.1f}x")
    row = told["whole"]
    print(f"whole answers (`identify`), {args.rows:,} rows that repeat: {row['repeating']:,.0f} a CPU second;")
    print(f"  all distinct: {row['distinct']:,.0f} a CPU second; peak {row['peak_mb']:,.0f} MB")
    print(f"start from the cache: {told['start']['seconds']:.2f} s CPU")


if __name__ == "__main__":
    main()
