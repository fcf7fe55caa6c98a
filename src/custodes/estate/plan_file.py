"""`plan.yaml` of an estate: what is to be removed, what that costs, and what limits there are."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from custodes.estate.config import Estate
from custodes.knowledge.files import read_document
from custodes.model.errors import BadInput, KnowledgeError

NAME = "plan.yaml"


def read_plan_file(path: Path, estate: Estate) -> dict[str, Any]:
    """The file, checked against its schema. Raises BadInput."""
    try:
        told = _plain(read_document(path))
    except KnowledgeError as error:
        raise BadInput("the plan cannot be read", where=path.name, why=error.why or error.what) from None
    wrong = shape_fault(told)
    if wrong:
        raise BadInput(wrong, where=path.name, remedy="see docs/plan.md")
    found: dict[str, Any] = told
    for key in ("site", "system"):
        known = {one.id for one in (estate.sites if key == "site" else estate.systems).values()}
        named = [row[key] for row in found.get("costs", ()) if key in row]
        named += [name for row in found.get("crews", ()) for name in row.get(f"{key}s", ())]
        named += list(found.get("sites", {})) if key == "site" else []
        unknown = [name for name in named if name not in known]
        if unknown:
            raise BadInput(f"{unknown[0][:60]!r} is no configured {key}", where=path.name, remedy="use its id")
    return found


def shape_fault(told: Any) -> str:
    """The first thing that is not of the published form, with its place; empty if all is."""
    schema = json.loads(resources.files("custodes.estate").joinpath("plan.schema.json").read_text(encoding="utf-8"))
    wrong = sorted(Draft202012Validator(schema).iter_errors(told), key=lambda one: list(map(str, one.path)))
    return f"{'.'.join(map(str, wrong[0].path)) or 'the file'}: {wrong[0].message[:160]}" if wrong else ""


def _plain(value: Any) -> Any:
    """A document with its days as texts."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
