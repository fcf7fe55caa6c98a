"""The batch function of text attribution: Arrow in, Arrow out, the same code in a test, a worker or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from custodes.attribution import graph
from custodes.attribution.changes import changes
from custodes.attribution.mention import Mention, Resolution
from custodes.attribution.text import resolve_text
from custodes.attribution.touching import Touching
from custodes.knowledge import Knowledge
from custodes.knowledge.text import squash
from custodes.model.assessment import Because, Candidate
from custodes.model.compact import compact
from custodes.model.vocab import Status
from custodes.scale.columns import each

#: `otherwise`: what a column holds where a table has none.
INPUT_SCHEMA = pa.schema([pa.field("text", pa.string()), pa.field("question", pa.string(), metadata={"otherwise": ""})])
OUTPUT_SCHEMA = pa.schema([("mentions", pa.string()), ("reason", pa.string()), ("knowledge", pa.string())])
CACHE_ROWS = 100_000

#: Text (or text and question) to its answer: the array of mentions, or `!` and the reason why there is none.
_Memo = dict[str | tuple[str, str], str]
_Render = Callable[[Resolution, str, Knowledge], str]


def attribute(batches: Iterator[pa.RecordBatch], knowledge: Knowledge) -> Iterator[pa.RecordBatch]:
    """Resolve the `text` of each row (INPUT_SCHEMA) to `mentions` and `reason` (OUTPUT_SCHEMA).

    `mentions`: a JSON array of {brand, model, status, confidence, makers[]}, without evidence. Distinct texts of
    a batch are resolved once, and remembered over batches up to CACHE_ROWS texts.
    """
    memo = _memory_of(knowledge, render_short)
    for batch in batches:
        yield _one_batch(batch, knowledge, memo, render_short)


def attribute_with_evidence(batches: Iterator[pa.RecordBatch], knowledge: Knowledge) -> Iterator[pa.RecordBatch]:
    """As `attribute`, each mention as the full object of `custodes resolve`, evidence included."""
    memo = _memory_of(knowledge, render)
    for batch in batches:
        yield _one_batch(batch, knowledge, memo, render)


def touched(old: Knowledge, new: Knowledge) -> Callable[[pa.RecordBatch], Any] | str:
    """Of two editions of the reference data: which rows (INPUT_SCHEMA) may be answered otherwise by the newer one, as a
    column of yes and no; or why any may."""
    found = changes(old, new)
    if found.everything:
        return found.everything
    touching = Touching(found, old, new)

    def rows(batch: pa.RecordBatch) -> Any:
        first, second = (any_of(batch.column(name), touching.text) for name in ("text", "question"))
        return pc.or_(first, second)

    return rows


def any_of(column: Any, holds: Callable[[str], bool]) -> Any:
    """For each text of a column whether something holds of it, asked once of each distinct one; no where none is."""
    told = each(column, lambda text: bool(text) and holds(text), pa.bool_())
    return pc.fill_null(told, pa.scalar(False))


@lru_cache(maxsize=4)
def _memory_of(_knowledge: Knowledge, _form: _Render) -> _Memo:
    """Texts and their answers, as this pack gives them in this form."""
    return {}


def _one_batch(batch: pa.RecordBatch, knowledge: Knowledge, memo: _Memo, form: _Render) -> pa.RecordBatch:
    texts, questions = batch.column("text"), batch.column("question")
    if questions.null_count == len(questions):
        encoded = texts.fill_null("").dictionary_encode()
        answers = [_answer(text or "", "", knowledge, memo, form) for text in encoded.dictionary.to_pylist()]
        mentions, reasons = (column.take(encoded.indices) for column in _columns(answers))
    else:
        pairs = zip(texts.to_pylist(), questions.to_pylist(), strict=True)
        answers = [_answer(text or "", question or "", knowledge, memo, form) for text, question in pairs]
        mentions, reasons = _columns(answers)
    version = pa.array([knowledge.version]).take(pa.array([0] * batch.num_rows, pa.int8()))
    return pa.record_batch([mentions, reasons, version], schema=OUTPUT_SCHEMA)


def _columns(answers: Sequence[str]) -> tuple[Any, Any]:
    """Mentions and reasons of answers as they are remembered."""
    mentions = ["[]" if answer[0] == "!" else answer for answer in answers]
    reasons = [answer[1:] if answer[0] == "!" else None for answer in answers]
    return pa.array(mentions, pa.string()), pa.array(reasons, pa.string())


def _answer(text: str, question: str, knowledge: Knowledge, memo: _Memo, form: _Render) -> str:
    key = (text, question) if question else text
    held = memo.get(key)
    if held is None:
        resolution = resolve_text(text, knowledge, question, explain=form is render)
        held = form(resolution, text, knowledge) if resolution.mentions else f"!{resolution.reason}"
        if len(memo) < CACHE_ROWS:
            memo[key] = held
    return held


def render_short(resolution: Resolution, text: str, knowledge: Knowledge) -> str:
    """The mentions of a text as a short JSON array."""
    model = _quoted(resolution.model)
    parts = []
    for item in resolution.mentions:
        if item.status is Status.UNKNOWN:
            makers = "[]"
        elif not _named_in(item.brand, resolution.squashed, knowledge):
            makers = _plain_makers_json(item.brand, knowledge)
        else:
            makers = _makers_json(makers_of(item, text, knowledge))
        parts.append(f'{{"brand":"{item.brand}","model":{model},{_how_sure(item.status, item.confidence)}{makers}}}')
    return f"[{','.join(parts)}]"


@lru_cache(maxsize=1024)
def _how_sure(status: Status, confidence: float) -> str:
    return f'"status":"{status}","confidence":{confidence},"makers":'


def _quoted(text: str | None) -> str:
    if text is None:
        return "null"
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return compact(text).decode()


def _makers_json(found: Sequence[Candidate]) -> str:
    return compact([maker.supplier for maker in found]).decode()


@lru_cache(maxsize=4096)
def _plain_makers_json(brand: str, knowledge: Knowledge) -> str:
    return _makers_json(_plain_makers(brand, knowledge))


def makers_of(mention: Mention, text: str, knowledge: Knowledge) -> tuple[Candidate, ...]:
    """The makers of a mention; remembered where no line or model of an edge is named."""
    if not _named_in(mention.brand, squash(text), knowledge):
        return _plain_makers(mention.brand, knowledge)
    brand = knowledge.brand(mention.brand)
    return graph.makers(brand, mention.model, text, "", knowledge.pack.date, knowledge)


def _named_in(brand: str, squashed: str, knowledge: Knowledge) -> bool:
    """Whether a text names a line or model that an edge of the brand depends on."""
    keys = knowledge.edge_keys[brand]
    return bool(keys) and any([key in squashed for key in keys])


@lru_cache(maxsize=4096)
def _plain_makers(brand: str, knowledge: Knowledge) -> tuple[Candidate, ...]:
    return graph.makers(knowledge.brand(brand), None, "", "", knowledge.pack.date, knowledge)


def render(resolution: Resolution, text: str, knowledge: Knowledge) -> str:
    """The mentions of a text as the JSON array of `custodes resolve`."""
    objects = [mention_object(item, text, knowledge) for item in resolution.mentions]
    return compact(objects).decode()


def mention_object(mention: Mention, text: str, knowledge: Knowledge) -> dict[str, Any]:
    """One mention as the object that `custodes resolve` prints."""
    found = makers_of(mention, text, knowledge)
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


def maker_object(item: Candidate) -> dict[str, Any]:
    """Who may have made it, as the commands that name devices and aircraft print it."""
    return {
        "supplier": item.supplier,
        "name": item.name,
        "confidence": item.confidence,
        "established": item.established,
        "relation": item.relation,
        "source": item.source,
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
