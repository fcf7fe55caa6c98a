"""`custodes resolve`: jsonl on stdin, one answer for each row whatever it holds."""

from __future__ import annotations

import json
import math
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from custodes.attribution.batch import INPUT_SCHEMA
from custodes.cli.output import print_json
from custodes.scale.run import run

FUNCTION = "custodes.attribution.batch:attribute_with_evidence"
MAX_LINE = 1 << 20


def main(form: str, overlays: tuple[Path, ...], batch_rows: int, workers: int) -> None:
    """Read stdin, answer every row, print."""
    if form == "table":
        form = "jsonl"
    ids: deque[tuple[Any, str | None]] = deque()
    source = _batches(sys.stdin.buffer, batch_rows, ids)
    print_json(_answers(run(FUNCTION, source, overlays=overlays, workers=workers), ids), form)


def _answers(batches: Iterator[pa.RecordBatch], ids: deque[tuple[Any, str | None]]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        mentions, reasons = batch.column("mentions").to_pylist(), batch.column("reason").to_pylist()
        for found, reason in zip(mentions, reasons, strict=True):
            key, problem = ids.popleft()
            yield {
                "id": key,
                "mentions": [] if problem else json.loads(found or "[]"),
                "reason": problem or reason,
            }


def _batches(stream: Any, batch_rows: int, ids: deque[tuple[Any, str | None]]) -> Iterator[pa.RecordBatch]:
    texts: list[str] = []
    questions: list[str | None] = []
    for line in stream:
        if not line.strip():
            continue
        key, text, question, problem = _row(line)
        ids.append((key, problem))
        texts.append(text)
        questions.append(question)
        if len(texts) >= batch_rows:
            yield _batch(texts, questions)
            texts, questions = [], []
    if texts:
        yield _batch(texts, questions)


def _batch(texts: list[str], questions: list[str | None]) -> pa.RecordBatch:
    return pa.record_batch([pa.array(texts, pa.string()), pa.array(questions, pa.string())], schema=INPUT_SCHEMA)


def _row(line: bytes) -> tuple[Any, str, str | None, str | None]:
    """(id, text, question, problem) of one input line. A row that cannot be read still gets an answer."""
    if len(line) > MAX_LINE:
        return None, "", None, "row-too-long"
    try:
        row = json.loads(line.decode("utf-8", "replace"), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None, "", None, "not-json"
    if not isinstance(row, dict):
        return None, "", None, "not-an-object"
    text = row.get("text")
    if text is not None and not isinstance(text, str):
        text = str(text) if isinstance(text, (int, float)) else ""
    context = row.get("context")
    question = context.get("question") if isinstance(context, dict) else context
    clean = (text or "").encode("utf-8", "replace").decode("utf-8")
    asked = question.encode("utf-8", "replace").decode() if isinstance(question, str) else None
    key = row.get("id")
    if isinstance(key, float) and not math.isfinite(key):
        key = None  # 1e999 is no number that JSON could say back
    return key, clean, asked, None
