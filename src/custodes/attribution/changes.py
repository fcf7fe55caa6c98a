"""What differs between two editions of the reference data, as far as it can change what is made of a text.

Whatever is not known to touch few texts touches all: `everything` then says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace

from custodes.knowledge import Knowledge
from custodes.knowledge.compile import PREFIX_LENGTH
from custodes.knowledge.rows import Brand, Component, MakerEdge, Pack

#: Parts of a pack that no text's meaning depends on, and those of which the differences are looked at row by row.
_ELSEWHERE = frozenset(("id", "version", "date", "rulebook", "countries", "overlays", "digest", "base", "serials"))
_LOOKED_AT = frozenset(("suppliers", "brands", "grammars", "others"))
#: Rows of which the first that fits is cited.
_ORDERED = ("suppliers", "brands", "grammars", "others", "serials")
#: What of a brand's row is names alone.
_NAMES = ("aliases", "weak_aliases", "lines")


@dataclass(frozen=True, slots=True)
class Changes:
    """`keys`: names that are others now, as they stand in a text without anything between its words; `spelled`: those
    that near spellings are taken for, and are others now; `words`: of a brand, those that are its own in one edition
    only; `brands`, `suppliers`: those of which something else is told; `prefixes`: beginnings of model codes of which
    the grammar is another; `organisations`: registered names that are whole texts.
    """

    everything: str = ""
    keys: AbstractSet[str] = frozenset()
    spelled: AbstractSet[str] = frozenset()
    words: Mapping[str, AbstractSet[str]] = field(default_factory=dict)
    brands: AbstractSet[str] = frozenset()
    suppliers: AbstractSet[str] = frozenset()
    prefixes: AbstractSet[str] = frozenset()
    organisations: AbstractSet[str] = frozenset()


def changes(old: Knowledge, new: Knowledge) -> Changes:
    """What differs, for texts."""
    for part in fields(Pack):
        if part.name in _ELSEWHERE or part.name in _LOOKED_AT:
            continue
        if getattr(old.pack, part.name) != getattr(new.pack, part.name):
            return Changes(f"the {part.name} of the reference data differ")
    if old.pack.date.year != new.pack.date.year:
        return Changes("the reference data are of another year")
    for name in _ORDERED:
        if reordered(*(getattr(one.pack, name) for one in (old, new))):
            return Changes(f"the rows of {name} stand in another order")
    before, after = _names(old), _names(new)
    suppliers = _owned(others(old.pack.suppliers, new.pack.suppliers), old, new)
    rows = others(old.pack.brands, new.pack.brands)
    owned = _brands_of(suppliers, old, new)
    return Changes(
        "",
        frozenset(key for key in before.keys() | after.keys() if before.get(key) != after.get(key)),
        frozenset(name for name, _ in _spelled(old) ^ _spelled(new)),
        _own_words(old, new, rows | owned),
        frozenset(_told_otherwise(old, new, rows)) | owned,
        suppliers,
        frozenset(_prefixes(old, new)),
        _organisations(old, new, suppliers),
    )


def reordered(old: Mapping[str, object], new: Mapping[str, object]) -> bool:
    """Whether rows that are in both stand in another order."""
    return [key for key in old if key in new] != [key for key in new if key in old]


def others(old: Mapping[str, object], new: Mapping[str, object]) -> frozenset[str]:
    """Keys of rows that are not the same in both."""
    return frozenset(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))


def _owned(suppliers: frozenset[str], old: Knowledge, new: Knowledge) -> frozenset[str]:
    """These firms, and all that they own, nearly or remotely, in any edition."""
    edges = [(key, edge.owner) for one in (old, new) for key, row in one.pack.suppliers.items() for edge in row.owners]
    while True:
        more = suppliers | {key for key, owner in edges if owner in suppliers}
        if more == suppliers:
            return suppliers
        suppliers = more


def _names(knowledge: Knowledge) -> dict[str, tuple[object, ...]]:
    """Every name with all that is told of it."""
    others = knowledge.pack.others
    return {
        one.key: (
            *(one.shown, one.kind, one.target, one.weak, one.device_type, one.beside, one.pieces),
            others[one.target] if one.kind == "other" else None,
        )
        for one in knowledge.aliases
    }


def _spelled(knowledge: Knowledge) -> set[tuple[str, str]]:
    return {pair for pairs in knowledge.spelling_targets.values() for pair in pairs}


def _own_words(old: Knowledge, new: Knowledge, brands: AbstractSet[str]) -> dict[str, AbstractSet[str]]:
    """Of each brand, the words that are its own in one edition only."""
    if old.mac_table != new.mac_table:
        brands = old.pack.brands.keys() | new.pack.brands.keys()
    found: dict[str, AbstractSet[str]] = {}
    for brand in brands:
        spoken = [set(one.own_words(brand)) if brand in one.pack.brands else set() for one in (old, new)]
        if spoken[0] != spoken[1]:
            found[brand] = spoken[0] ^ spoken[1]
    return found


def _brands_of(suppliers: AbstractSet[str], old: Knowledge, new: Knowledge) -> frozenset[str]:
    """The brands that are of some suppliers, or may be made by them."""
    return frozenset(
        row.id
        for one in (old, new)
        for row in one.pack.brands.values()
        if not suppliers.isdisjoint(filter(None, (row.supplier, *(part.supplier for part in _parts(row)))))
    )


def _parts(row: Brand) -> Iterator[MakerEdge | Component]:
    """Whoever may have made a brand's goods, or a part of them."""
    yield from row.makers
    yield from row.components


def _told_otherwise(old: Knowledge, new: Knowledge, rows: AbstractSet[str]) -> Iterator[str]:
    """Brands of which more than names differs, and those of which an edge begins between the days of the editions."""
    nothing: dict[str, tuple[()]] = dict.fromkeys(_NAMES, ())
    for key in rows:
        pair = [one.pack.brands.get(key) for one in (old, new)]
        if pair[0] is None or pair[1] is None or replace(pair[0], **nothing) != replace(pair[1], **nothing):  # type: ignore[arg-type]
            yield key
    if old.pack.date != new.pack.date:
        yield from (row.id for row in new.pack.brands.values() if _begun(row, old) != _begun(row, new))


def _begun(row: Brand, knowledge: Knowledge) -> list[bool]:
    """Which edges of a brand have begun on the day of an edition."""
    day = knowledge.pack.date.isoformat()
    return [not edge.since or day[: len(edge.since)] >= edge.since for edge in row.makers]


def _prefixes(old: Knowledge, new: Knowledge) -> Iterator[str]:
    for key in others(old.pack.grammars, new.pack.grammars):
        for one in (old, new):
            if key in one.pack.grammars:
                yield from (prefix[:PREFIX_LENGTH] for prefix in one.pack.grammars[key].prefixes)


def _organisations(old: Knowledge, new: Knowledge, suppliers: AbstractSet[str]) -> frozenset[str]:
    """Registered names that are of another firm, or brand, or in one edition only."""
    moved = others(old.brand_of_supplier, new.brand_of_supplier) | suppliers
    if old.mac_table == new.mac_table and not moved:
        return frozenset()
    both = old.registered_organisations | new.registered_organisations
    found = old.registered_organisations ^ new.registered_organisations
    return found | {name for name in both if new.registrants.supplier(name) in moved}
