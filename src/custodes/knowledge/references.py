"""What rows say of each other: every id named must be a row, and no company owns itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from custodes.knowledge import files
from custodes.knowledge.files import Folders
from custodes.knowledge.rows import Pack, Supplier
from custodes.model.errors import KnowledgeError

_OPEN = "9999"  # later than any day


def check_references(pack: Pack, folders: Folders) -> None:
    """Every id that a row names must be a row."""
    for kind, row, key in _named_suppliers(pack):
        if key not in pack.suppliers:
            raise _unknown(folders, kind, row, key)
    for grammar in pack.grammars.values():
        if grammar.brand not in pack.brands:
            raise _unknown(folders, "models", grammar.id, grammar.brand)


def _unknown(folders: Folders, kind: str, row: str, key: str) -> KnowledgeError:
    return KnowledgeError(
        f"it names {key!r}, which is in no file of the reference data",
        where=_place(folders, kind, row),
        remedy="add that row, or correct the id",
    )


def _named_suppliers(pack: Pack) -> Iterable[tuple[str, str, str]]:
    """(kind and id of a row, a supplier that it names)."""
    for supplier in pack.suppliers.values():
        yield from (("suppliers", supplier.id, owner.owner) for owner in supplier.owners)
    for brand in pack.brands.values():
        named = [edge.supplier for edge in brand.makers] + [part.supplier for part in brand.components]
        named += [brand.supplier] if brand.supplier else []
        yield from (("brands", brand.id, key) for key in named)
    for shape in pack.serials.values():
        yield "serials", shape.id, shape.supplier
    for registrant in pack.registrants:
        yield "registrants", registrant.supplier, registrant.supplier


def refuse_circles(suppliers: Mapping[str, Supplier], folders: Folders) -> None:
    """No company owns itself on any day, through however many others."""
    for start in suppliers:
        circle = _circle(start, start, "", _OPEN, suppliers, (start,))
        if circle:
            raise KnowledgeError(
                f"{' is owned by '.join(circle)}: a circle of owners",
                where=_place(folders, "suppliers", start),
                remedy="correct one of these owners, or give the days on which each held",
            )


def _circle(
    start: str, here: str, low: str, high: str, suppliers: Mapping[str, Supplier], path: tuple[str, ...]
) -> tuple[str, ...]:
    """The companies of a circle through `start` that holds on some day between `low` and `high`; empty if none."""
    for edge in suppliers[here].owners if here in suppliers else ():
        since, until = max(low, edge.since), min(high, edge.until or _OPEN)
        if since >= until or (edge.owner in path and edge.owner != start):
            continue
        if edge.owner == start:
            return (*path, start)
        found = _circle(start, edge.owner, since, until, suppliers, (*path, edge.owner))
        if found:
            return found
    return ()


def _place(folders: Folders, kind: str, key: str) -> str:
    """File, line and id of a row, for a message."""
    raw = files.merged(folders, kind).get(key)
    return files.place_of(raw) if raw else f"{kind} {key!r}"
