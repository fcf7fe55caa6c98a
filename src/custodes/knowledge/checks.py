"""The checks of a pack: what an estate is looked through for, and on what that rests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from custodes.knowledge import files
from custodes.knowledge.citing import cited_of, fail, require_shape, text_of
from custodes.knowledge.files import Folders, Raw
from custodes.model.checks import Check, Of, Way


def load_checks(folders: Folders, rules: Collection[str], classes: Collection[str]) -> tuple[Check, ...]:
    """The checks in the order in which the pack has them. `rules`: ids that `regard` may name; `classes`: of equipment.
    Raises KnowledgeError."""
    return tuple(_check(raw, rules, classes) for raw in files.merged(folders, "checks").values())


def _check(raw: Raw, rules: Collection[str], classes: Collection[str]) -> Check:
    require_shape(raw, "checks")
    row = raw.row
    cited = cited_of(raw, row)
    regard, kinds = text_of(raw, row, "regard"), frozenset(map(str, row.get("kinds") or ()))
    way = Way(text_of(raw, row, "way"))
    if regard and regard not in rules:
        raise fail(raw, f"regard names no rule of the reference data: {regard[:60]!r}")
    if unknown := sorted(kinds - set(classes)):
        raise fail(raw, f"there is no class of equipment {unknown[0][:40]!r}")
    if bool(row.get("test")) is not (way in (Way.AUTOMATIC, Way.BOTH)):
        raise fail(raw, "what is automatic has a test, and nothing else has one")
    return Check(
        raw.row["id"],
        text_of(raw, row, "area"),
        text_of(raw, row, "asks"),
        way,
        Of(text_of(raw, row, "of")),
        text_of(raw, row, "reference"),
        cited.source,
        cited.certainty,
        kinds,
        text_of(raw, row, "test"),
        tuple(map(str, row.get("fields") or ())),
        _texts(row.get("ports")),
        frozenset(map(str, row.get("formats") or ())),
        text_of(raw, row, "fact"),
        regard,
        text_of(raw, row, "term"),
        _texts(row.get("editions")),
        text_of(raw, row, "note"),
    )


def _texts(value: Any) -> Mapping[str, str]:
    return {str(key): str(one) for key, one in value.items()} if isinstance(value, Mapping) else {}
