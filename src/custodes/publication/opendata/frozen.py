"""The files that an edition is frozen with: its figures, what it rests on, what it corrects."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from custodes.model.names import file_word
from custodes.publication.text import escape_json, no_formula
from custodes.survey.output import correction_object

if TYPE_CHECKING:
    from custodes.publication.edition.content import Frozen

FIGURE_COLUMNS = (
    "edition",
    "id",
    "title",
    "kind",
    "wave",
    "question",
    "unit",
    "numerator",
    "denominator",
    "percent",
    "invited",
    "returned",
    "lower",
    "upper",
    "lower_silence_unknown",
    "upper_silence_unknown",
    "lower_silence_no",
    "upper_silence_no",
    "assumption",
    "sentence",
)


def folder(edition: str) -> str:
    """Where an edition lies in a bundle."""
    return f"editions/{file_word(edition)}"


def files(one: Frozen) -> dict[str, bytes]:
    """Path to bytes."""
    home = folder(one.edition.id)
    found = {
        f"{home}/edition.json": dump({"hash": one.stamp.digest(), **one.stamp.record(), **_about(one)}),
        f"{home}/figures.json": dump([dict(told.content) for told in one.figures]),
        f"{home}/figures.csv": table(FIGURE_COLUMNS, (figure_row(told.content) for told in one.figures)),
    }
    if one.correction is not None:
        found[f"{home}/correction.json"] = dump(correction_object(one.correction))
    return found


def _about(one: Frozen) -> dict[str, Any]:
    edition = one.edition
    return {
        "title": edition.title,
        "published": edition.published.isoformat() if edition.published else None,
        "corrects": edition.corrects or None,
        "notice": dict(edition.notice),
        "confirmation": one.confirmation,
    }


def figure_row(content: Mapping[str, Any]) -> dict[str, Any]:
    """A figure as one flat row."""
    unknown, no = content["bounds"]["silence_unknown"], content["bounds"]["silence_no"]
    return {
        **{key: content.get(key) for key in FIGURE_COLUMNS},
        "title": content["title"].get("en") or content["id"],
        "lower_silence_unknown": unknown["lower"],
        "upper_silence_unknown": unknown["upper"],
        "lower_silence_no": no["lower"],
        "upper_silence_no": no["upper"],
    }


def table(columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A CSV file (RFC 4180, UTF-8); nothing in it runs in a spreadsheet; empty means not known or not applicable."""
    columns = tuple(columns)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if (cell := row.get(key)) is None else cell_text(cell) for key in columns])
    return out.getvalue().encode()


def cell_text(cell: Any) -> str:
    """A cell as text: numbers as they are, texts so that no spreadsheet runs them."""
    return str(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else no_formula(cell)


def dump(content: Any) -> bytes:
    """JSON as it is published."""
    return (escape_json(json.dumps(content, ensure_ascii=False, indent=1)) + "\n").encode()
