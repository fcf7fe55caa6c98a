"""What a body declared of its equipment: to a survey, a parliament, a newspaper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Says(StrEnum):
    """What is declared: none of a make, some of it, a number of it."""

    NONE = "none"
    SOME = "some"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration. `brands`, `suppliers`: ids of what `make` names; `body`, `system`: configured ids, empty for
    all; `source`: where it was said; `place`: where it stands in the file, for messages."""

    says: Says
    make: str
    brands: frozenset[str]
    suppliers: frozenset[str]
    body: str = ""
    system: str = ""
    number: int = 0
    dated: str = ""
    source: str = ""
    place: str = ""
