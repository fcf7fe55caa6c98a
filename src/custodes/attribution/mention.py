"""What one text says about one brand: the mention, its evidence and how far it is carried."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from custodes.model.assessment import Because
from custodes.model.vocab import Reason, Status


class Evidence:
    """Evidence as it is gathered: the running sum of weights, and the pieces if they are asked for."""

    __slots__ = ("items", "tell", "total")

    def __init__(self, tell: bool) -> None:
        self.tell = tell
        self.total = 0.0
        self.items: list[Because] = []

    def add(self, weight: float, piece: Callable[[], Because]) -> None:
        """Count a weight; `piece` writes the evidence out, and is called only if that is wanted."""
        self.total += weight
        if self.tell:
            self.items.append(piece())


class Mention(NamedTuple):
    """One brand that a text names or points to.

    `score` is the sum of the evidence weights (nats); `confidence` the calibrated share of mentions of this
    kind that were right. `code_brand` is the brand a model code in the same text points to, if another.
    """

    brand: str
    brand_name: str
    model: str | None
    device_type: str | None
    status: Status
    reason: Reason | None
    score: float
    confidence: float
    kind: str
    evidence: tuple[Because, ...]
    code_brand: str | None = None


class Resolution(NamedTuple):
    """All mentions of one text, or the reason why there is none. `flags` are what the words around said."""

    mentions: tuple[Mention, ...]
    reason: Reason | None
    flags: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    model: str | None = None
    device_type: str | None = None
    code_brands: tuple[str, ...] = ()  # brands that model codes of the text may belong to, named or not
    squashed: str = ""  # the letters and digits of the text, folded
