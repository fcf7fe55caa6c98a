"""What of the reference data rules ask about: firms on a day, and kinds of body by any of their names."""

from __future__ import annotations

from datetime import date

from custodes.attribution import graph
from custodes.knowledge.compile import Knowledge
from custodes.measures.subject import Firms
from custodes.model.errors import BadInput
from custodes.model.rules import RuleBook


def firms_on(day: date, knowledge: Knowledge) -> Firms:
    """Seats, names and owner chains of all suppliers of the reference data on a day."""
    suppliers = knowledge.pack.suppliers
    owners = {key: graph.owner_sets(key, day, knowledge) for key in suppliers}
    return Firms(
        {key: row.country or "" for key, row in suppliers.items()},
        {key: sure for key, (sure, _) in owners.items()},
        {key: row.name for key, row in suppliers.items()},
        {key: maybe for key, (_, maybe) in owners.items() if maybe},
    )


def kind_of_body(text: str, book: RuleBook) -> str:
    """The kind of body that a word means, in any of its spellings; empty for none. Raises BadInput."""
    kind = book.body_aliases.get(text, text)
    if kind and kind not in book.bodies:
        known = ", ".join(sorted(book.bodies))
        raise BadInput(f"there is no kind of body {text[:60]!r}", remedy=f"one of: {known}")
    return kind
