"""The batch function of text attribution: Arrow in, Arrow out, the same code in a test, a worker or a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from custodes.attribution import graph
from custodes.attribution.mention import Mention, Resolution
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.model.assessment import Because

INPUT_SCHEMA = pa.schema([("text", pa.string()), ("question", pa.string())])
OUTPUT_SCHEMA = pa.schema(
    [("mentions", pa.string()), ("reason", pa.string()), ("knowledge", pa.string())]
)
CACHE_ROWS = 100_000


def attribute(batches: Iterator[pa.RecordBatch], knowledge: Knowledge) -> Iterator[pa.RecordBatch]:
    """Resolve the `text` of each row (INPUT_SCHEMA) to `mentions` (a JSON array) and `reason` (OUTPUT_SCHEMA).

    Distinct texts of a batch are resolved once, and remembered over batches up to CACHE_ROWS texts.
    """
    memo: dict[tuple[str, str], tuple[str, str | None]] = {}
    for batch in batches:
        yield _one_batch(batch, knowledge, memo)


def _one_batch(
    batch: pa.RecordBatch, knowledge: Knowledge, memo: dict[tuple[str, str], tuple[str, str | None]]
) -> pa.RecordBatch:
    texts, questions = batch.column("text"), batch.column("question")
    if questions.null_count == len(questions):
        encoded = texts.dictionary_encode()
        answers = [_answer(text or "", "", knowledge, memo) for text in encoded.dictionary.to_pylist()]
        blank = _answer("", "", knowledge, memo) if texts.null_count else None
        if blank is not None:
            answers.append(blank)
        indices = encoded.indices.fill_null(len(answers) - 1)
        mentions = pa.array([answer[0] for answer in answers], pa.string()).take(indices)
        reasons = pa.array([answer[1] for answer in answers], pa.string()).take(indices)
    else:
        pairs = zip(texts.to_pylist(), questions.to_pylist(), strict=True)
        rows = [_answer(text or "", question or "", knowledge, memo) for text, question in pairs]
        mentions = pa.array([row[0] for row in rows], pa.string())
        reasons = pa.array([row[1] for row in rows], pa.string())
    version = pa.array([knowledge.version]).take(pa.array([0] * batch.num_rows, pa.int8()))
    return pa.record_batch([mentions, reasons, version], schema=OUTPUT_SCHEMA)


def _answer(
    text: str, question: str, knowledge: Knowledge, memo: dict[tuple[str, str], tuple[str, str | None]]
) -> tuple[str, str | None]:
    key = (text, question)
    held = memo.get(key)
    if held is None:
        resolution = resolve_text(text, knowledge, question)
        body = render(resolution, text, knowledge) if resolution.mentions else "[]"
        held = (body, str(resolution.reason) if resolution.reason else None)
        if len(memo) < CACHE_ROWS:
            memo[key] = held
    return held


def render(resolution: Resolution, text: str, knowledge: Knowledge) -> str:
    """The mentions of a text as the JSON array of `custodes resolve`."""
    objects = [mention_object(item, text, knowledge) for item in resolution.mentions]
    return json.dumps(objects, ensure_ascii=False, separators=(",", ":"))


def mention_object(mention: Mention, text: str, knowledge: Knowledge) -> dict[str, Any]:
    """One mention as the object that `custodes resolve` prints."""
    brand = knowledge.brand(mention.brand)
    found = graph.makers(brand, mention.model, text, "", knowledge.pack.date, knowledge)
    return {
        "brand": mention.brand,
        "brand_name": mention.brand_name,
        "model": mention.model,
        "device_type": mention.device_type,
        "status": str(mention.status),
        "confidence": mention.confidence,
        "reason": str(mention.reason) if mention.reason else None,
        "oem": [
            {
                "supplier": item.supplier,
                "name": item.name,
                "confidence": item.confidence,
                "established": item.established,
                "source": item.source,
            }
            for item in found
        ]
        if mention.status != "unknown"
        else [],
        "evidence": [evidence_object(item) for item in mention.evidence],
    }


def evidence_object(item: Because) -> dict[str, Any]:
    """One piece of evidence, empty keys left out."""
    whole: dict[str, Any] = {
        "kind": item.kind,
        "text": item.text,
        "rule": item.rule,
        "span": list(item.span) if item.span else None,
        "weight": item.weight,
        "source": item.source,
        "against": item.against or None,
    }
    return {key: value for key, value in whole.items() if value not in (None, "")}


def as_at_default(knowledge: Knowledge) -> date:
    """The day of the reference data: what "today" means where no day was given."""
    return knowledge.pack.date
