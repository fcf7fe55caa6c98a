"""`custodes identify`: jsonl on stdin, one answer for each row whatever it holds."""

from __future__ import annotations

import codecs
import json
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
#: Characters of replies that are handled at a time, whatever --batch-rows says.
BATCH_CHARS = 32 * 1024 * 1024
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
    held = 0
    for line in _lines(stream):
        if not line.strip():
            continue
        key, row, problem = _row(line)
        ids.append((key, problem))
        rows.append(row)
        held += len(row[2])
        if len(rows) >= batch_rows or held >= BATCH_CHARS:
            yield _batch(rows)
            rows, held = [], 0
    if rows:
        yield _batch(rows)


def _lines(stream: Any) -> Iterator[bytes]:
    """Lines, each held up to MAX_LINE and one byte; the rest of a longer one is read and dropped."""
    first = True
    while line := stream.readline(MAX_LINE + 1):
        yield line.removeprefix(codecs.BOM_UTF8) if first else line
        first = False
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE + 1)


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
    key = _sayable(row.get("id"))
    raw = row.get("raw")
    if isinstance(raw, (dict, list)):
        return key, (_text(row.get("protocol")), "json", json.dumps(raw)), None
    if not isinstance(raw, str):
        return key, nothing, "no-raw"
    return key, (_text(row.get("protocol")), _text(row.get("encoding")) or "text", _clean(raw)), None


def _sayable(key: Any) -> Any:
    """An id as JSON can say it back: 1e999 is no number of it, at whatever depth."""
    try:
        json.dumps(key, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return key


def _text(value: Any) -> str:
    return _clean(value).replace("\0", " ")[:80] if isinstance(value, str) else ""


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
