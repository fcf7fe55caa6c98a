"""`custodes identify`: jsonl on stdin, one answer for each row whatever it holds."""

from __future__ import annotations

import json
import math
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from custodes.cli.output import note, print_json
from custodes.estate.wire import INPUT_SCHEMA
from custodes.knowledge import knowledge
from custodes.scale.run import run

FUNCTION = "custodes.estate.wire:identify"
MAX_LINE = 1 << 24
#: Refused rules that are named; the rest is counted.
MOST_TOLD = 8
_UNKNOWN: dict[str, Any] = {
    "brand": None,
    "brand_name": None,
    "model": None,
    "firmware": None,
    "serial": None,
    "mac": None,
    "device_type": None,
    "surveillance": None,
    "status": "unknown",
    "confidence": 0.0,
    "reason": None,
    "oem": [],
    "evidence": [],
}


def main(form: str, overlays: tuple[Path, ...], batch_rows: int, workers: int) -> None:
    """Read stdin, answer every row, print."""
    if form == "table":
        form = "jsonl"
    refused = knowledge(overlays).refused_fingerprints if overlays else ()
    for what in refused[:MOST_TOLD]:
        note(f"refused: {what}")
    if len(refused) > MOST_TOLD:
        note(f"and {len(refused) - MOST_TOLD:,} more refused")
    ids: deque[tuple[Any, str | None]] = deque()
    source = _batches(sys.stdin.buffer, batch_rows, ids)
    print_json(_answers(run(FUNCTION, source, overlays=overlays, workers=workers), ids), form)


def _answers(batches: Iterator[pa.RecordBatch], ids: deque[tuple[Any, str | None]]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        for told in batch.column("identity").to_pylist():
            key, problem = ids.popleft()
            yield {"id": key, **(_UNKNOWN | {"reason": problem} if problem else json.loads(told or "{}"))}


def _batches(stream: Any, batch_rows: int, ids: deque[tuple[Any, str | None]]) -> Iterator[pa.RecordBatch]:
    rows: list[tuple[str, str, str]] = []
    for line in stream:
        if not line.strip():
            continue
        key, row, problem = _row(line)
        ids.append((key, problem))
        rows.append(row)
        if len(rows) >= batch_rows:
            yield _batch(rows)
            rows = []
    if rows:
        yield _batch(rows)


def _batch(rows: list[tuple[str, str, str]]) -> pa.RecordBatch:
    return pa.record_batch([pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=INPUT_SCHEMA)


def _row(line: bytes) -> tuple[Any, tuple[str, str, str], str | None]:
    """(id, (protocol, encoding, raw), problem) of one input line. A row that cannot be read still gets an answer."""
    nothing = ("", "text", "")
    if len(line) > MAX_LINE:
        return None, nothing, "row-too-long"
    try:
        row = json.loads(line.decode("utf-8", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None, nothing, "not-json"
    if not isinstance(row, dict):
        return None, nothing, "not-an-object"
    key = row.get("id")
    if isinstance(key, float) and not math.isfinite(key):
        key = None  # 1e999 is no number that JSON could say back
    raw = row.get("raw")
    if isinstance(raw, (dict, list)):
        return key, (_text(row.get("protocol")), "json", json.dumps(raw, ensure_ascii=False)), None
    if not isinstance(raw, str):
        return key, nothing, "no-raw"
    return key, (_text(row.get("protocol")), _text(row.get("encoding")) or "text", _clean(raw)), None


def _text(value: Any) -> str:
    return _clean(value).replace("\0", " ")[:80] if isinstance(value, str) else ""


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
