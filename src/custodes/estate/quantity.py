"""How many units one row stands for, from what people write: "x4", "2No.", "6 (approx)", "none", "refused"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from custodes.knowledge.text import fold

_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:[,  ]\d{3})+|\d{1,6})(?:\.0+)?(?![\w])")
_IN_TEXT = re.compile(r"(?:^|[\s(])(?:x\s?(\d{1,5})|(\d{1,5})\s?(?:x|no\.?|nos\.?|off|pcs?|units?))(?=[\s).,;]|$)")
_COUNTED = re.compile(r"(?:^|[\s(,])(\d{1,5})\s*(?:of\b|\((?:approx|about|circa|c\.))")
_NONE = re.compile(r"^\W*(none|nil|zero|0|no|nought|not any)\W*$")
_REFUSED = re.compile(r"\b(refused|exempt|withheld|ncnd|neither confirm nor deny|section 31|s\.?\s?31|s\.?\s?24)\b")
_ODD = re.compile(
    r"^\W*[-−–]\s*\d|^\W*\(\s*\d+\s*\)\W*$|\d[.]\d*[1-9]|\d,\d{1,2}(?!\d)"
)  # below zero, or no whole number
_MONEY = re.compile(r"[$£€¥₩₹]\s?\d|\d\s?[$£€¥₩₹]|\b(?:usd|gbp|eur|chf)\b")
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Quantity:
    """`number` of units; `none` and `refused` are answers, not numbers. `approximate`: said to be.

    Not `known`: the cell says a number that no count of units can be; then one unit is counted.
    """

    number: int = 1
    none: bool = False
    refused: bool = False
    approximate: bool = False
    known: bool = True


@lru_cache(20_000)
def read_quantity(cell: str, text: str = "") -> Quantity:
    """The quantity of a row from its quantity cell, or from the equipment text of a fleet row."""
    folded = fold(cell)
    if folded.strip():
        if _REFUSED.search(folded):
            return Quantity(0, refused=True, known=False)
        if _NONE.match(folded):
            return Quantity(0, none=True)
        match = (
            None if _ODD.search(folded) or _MONEY.search(folded) else _NUMBER.search(folded) or _IN_TEXT.search(folded)
        )
        number = int(re.sub(r"\D", "", next(group for group in match.groups() if group))) if match else 0
        if 0 < number <= MOST:
            return Quantity(number, approximate=_about(folded))
        return Quantity(1, known=False)
    return _from_text(fold(text))


def _from_text(folded: str) -> Quantity:
    match = _IN_TEXT.search(folded) or _COUNTED.search(folded)
    if match:
        number = int(next(group for group in match.groups() if group))
        if 0 < number < 10_000:
            return Quantity(number, approximate=_about(folded))
    return Quantity(1)


def _about(folded: str) -> bool:
    return any(word in folded for word in ("approx", "about", "circa", "~", "around", "c."))
