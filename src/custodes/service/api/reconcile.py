"""The Reconciliation Service API (version 0.2), so that OpenRefine matches columns of names with known suppliers."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Form, Router, Schema

from custodes.knowledge import knowledge
from custodes.service.api.schemas import Problem

router = Router()
_TYPE = {"id": "supplier", "name": "Supplier"}
_MOST_QUERIES, _MOST = 200, 25
_ANSWERS = {200: dict[str, Any], 400: Problem, 422: Problem}


class Queries(Schema):
    """Queries as OpenRefine sends them: a form field with JSON in it."""

    queries: str = ""


def manifest() -> dict[str, Any]:
    """What this service is."""
    base = f"{settings.BASE_URL}/api/v1/reconcile"
    return {
        "versions": ["0.2"],
        "name": "custodes: suppliers of surveillance equipment",
        "identifierSpace": "https://custodes.invalid/suppliers",
        "schemaSpace": "https://custodes.invalid/types",
        "defaultTypes": [_TYPE],
        "view": {"url": f"{base}/suppliers/{{{{id}}}}"},
    }


@router.get("", summary="The manifest, or queries in the address", response=_ANSWERS)
def get(request: HttpRequest, queries: str = "") -> HttpResponse:
    """The manifest; with `queries`, what they match."""
    return _answer(queries)


@router.post("", summary="Queries in a form", response=_ANSWERS)
def post(request: HttpRequest, told: Form[Queries]) -> HttpResponse:
    """What queries match."""
    return _answer(told.queries)


@router.get("/suppliers/{name}", summary="One supplier", response={200: dict[str, Any], 404: Problem})
def supplier(request: HttpRequest, name: str) -> HttpResponse:
    """A supplier of the reference data, with its names and its sources."""
    found = knowledge().pack.suppliers.get(name)
    if found is None:
        return _json({"word": "error_404", "text": "no such supplier", "field": "name"}, 404)
    told = {
        "id": found.id,
        "name": found.name,
        "legal_name": found.legal_name,
        "native_names": list(found.native_names),
        "country": found.country,
        "reference_data": knowledge().pack.version,
    }
    return _json(told)


def _answer(queries: str) -> HttpResponse:
    if not queries:
        return _json(manifest())
    try:
        asked = json.loads(queries)
        if not isinstance(asked, dict) or len(asked) > _MOST_QUERIES:
            raise ValueError
        return _json({str(key): {"result": _matches(one)} for key, one in asked.items()})
    except (ValueError, RecursionError):
        return _json({"word": "wrong_query", "text": "queries are an object of {query}", "field": "queries"}, 400)


def _matches(query: object) -> list[dict[str, Any]]:
    if not isinstance(query, dict) or not isinstance(query.get("query"), str):
        raise ValueError
    limit = query.get("limit", 5)
    most = max(1, min(limit, _MOST)) if isinstance(limit, int) else 5
    return list(matches(query["query"][:300])[:most])


@lru_cache(maxsize=4096)
def matches(text: str) -> tuple[dict[str, Any], ...]:
    """Suppliers that a name may stand for, the nearest first. Only a name that is known as it stands is a match."""
    from rapidfuzz import fuzz, process

    names = _names()
    told = " ".join(text.casefold().split())
    if not told:
        return ()
    best: dict[str, float] = {}
    for name, score, _ in process.extract(told, list(names), scorer=fuzz.ratio, limit=50, score_cutoff=60):
        for one in names[name]:
            best[one] = max(best.get(one, 0.0), score)
    exact = names.get(told, ())
    found = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        {
            "id": one,
            "name": knowledge().pack.suppliers[one].name,
            "score": round(score, 1),
            "match": exact == (one,),
            "type": [_TYPE],
        }
        for one, score in found
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """Every name of every supplier, folded, to the suppliers that have it."""
    found: dict[str, dict[str, None]] = {}
    for one in knowledge().pack.suppliers.values():
        for name in (one.name, one.legal_name, *one.native_names):
            if name:
                found.setdefault(" ".join(name.casefold().split()), {})[one.id] = None
    for brand in knowledge().pack.brands.values():
        if brand.supplier:  # a label leads to the firm that owns it, not to who made a unit
            found.setdefault(" ".join(brand.name.casefold().split()), {})[brand.supplier] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _json(told: object, status: int = 200) -> HttpResponse:
    response = HttpResponse(json.dumps(told, ensure_ascii=False), status=status, content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"  # public reference data, and OpenRefine asks from a browser
    return response
