"""Keys that look misspelt. More keys than the schema names are allowed, so a slip would pass in silence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from custodes.model.errors import did_you_mean
from custodes.survey.documents import Node
from custodes.survey.faults import Faults

#: How like a known key another key is before it is taken for a slip.
LIKE = 0.75


def note_odd_keys(top: Node, schema: str, file: str, faults: Faults) -> None:
    """Note every key of a document that is none of its schema's and looks like one. `schema`: name of its file."""
    _walk(top, _schema(schema), file, faults)


@lru_cache(maxsize=8)
def _schema(name: str) -> Mapping[str, Any]:
    text = files("custodes.survey").joinpath("schemas", f"{name}.schema.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _walk(node: Node, schema: Mapping[str, Any], file: str, faults: Faults) -> None:
    if isinstance(node.value, list):
        for item in node.value:
            _walk(item, schema.get("items", {}), file, faults)
    known = schema.get("properties", {})
    if not isinstance(node.value, dict) or not known:
        return
    for key, value in node.value.items():
        if key in known:
            _walk(value, known[key], file, faults)
        elif hint := did_you_mean(key, known, LIKE):
            faults.note(file, value.line, f"no key `{key[:40]}` is known here, and it says nothing; {hint}")
