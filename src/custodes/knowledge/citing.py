"""What every row of a pack has: texts, a source, a date and a certainty; and how it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from custodes.knowledge.check import shape_faults
from custodes.knowledge.files import Raw, place_of
from custodes.knowledge.rows import Cited
from custodes.model.errors import KnowledgeError
from custodes.model.vocab import Certainty


def fail(raw: Raw, what: str, remedy: str = "") -> KnowledgeError:
    """The error that names the row: what is wrong, and what to do."""
    return KnowledgeError(what, where=place_of(raw), remedy=remedy)


def require_shape(raw: Raw, kind: str) -> None:
    """A row that is laid over the pack must be of the published form of its folder."""
    for fault in shape_faults(kind, raw) if raw.overlay else ():
        raise fail(raw, f"the row is not of the published form: {fault}", f"`custodes schema {kind}` shows it")


def text_of(raw: Raw, row: Mapping[str, Any], key: str, default: str = "") -> str:
    """A text of the row, or the default where there is none; a number or a day is written out."""
    value = row.get(key, default)
    if value is None:
        return default
    if isinstance(value, (str, int, float, date)):
        return str(value).strip()
    raise fail(raw, f"{key} must be text")


def cited_of(raw: Raw, row: Mapping[str, Any], outer: Mapping[str, Any] | None = None) -> Cited:
    """Source, date, certainty. A user's own overlay may leave them out: it then stands for itself."""
    outer = outer or {}
    word = text_of(raw, row, "certainty") or text_of(raw, outer, "certainty") or ("high" if raw.overlay else "")
    source = text_of(raw, row, "source") or text_of(raw, outer, "source")
    if not source and raw.overlay:
        source = f"own reference data, {Path(raw.file).name}"
    try:
        certainty = Certainty(word)
    except ValueError:
        raise fail(raw, f"certainty {word!r} is not one of high, medium, low") from None
    if not source:
        raise fail(raw, "no source", "cite what a reader can open")
    return Cited(source, text_of(raw, row, "date") or text_of(raw, outer, "date"), certainty, row.get("reply"))
