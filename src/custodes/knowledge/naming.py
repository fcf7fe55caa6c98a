"""What a name that a person wrote means in the reference data: brands, and the firms behind them."""

from __future__ import annotations

from custodes.knowledge.compile import Knowledge
from custodes.knowledge.text import squash


def named(name: str, knowledge: Knowledge) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of the brands and suppliers of that name or id; a brand's supplier is among them."""
    told = squash(name)
    brands = {
        key
        for key, row in knowledge.pack.brands.items()
        if told in (squash(key), *map(squash, (row.name, *row.aliases)))
    }
    suppliers = {key for key, row in knowledge.pack.suppliers.items() if told in (squash(key), squash(row.name))}
    suppliers |= {supplier for key in brands if (supplier := knowledge.brand(key).supplier)}
    return frozenset(brands), frozenset(suppliers)
