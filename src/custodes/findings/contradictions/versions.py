"""Whether two texts for the firmware of one unit cannot both hold.

Not the comparison that known faults are matched with: there a short version is the first of its row. Here people and
tools write one version shorter or longer ("10.12" for 10.12.213, "9.8" for 9.80), and everything that is not plainly
one version, a range, a history, a list of parts, the version of something else, tells nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from custodes.findings.vulnerabilities.versions import compare
from custodes.model.vulnerabilities import Order

#: One dotted row with what may stand around it: a word for a version before it, letters at its end, its build.
_PLAIN = re.compile(
    r"(?:firmware|software|fw|version|ver|rev|lts|v)?[\s.:]{0,3}[a-z]?"
    r"(\d{1,9}(?:[._]\d{1,9}){1,6})(?:[._-]?[a-z]{1,4}\d{0,3})?"
    r"(?:[\s,_;(-]{0,4}(?:build|b|date)[\s:.]{0,2}(?:date)?[\s:.]{0,2}[\d._-]{4,14})?\)?",
)


def cannot_both_be(one: str, other: str) -> bool:
    """Whether both texts are plainly one version each, and surely not the same."""
    mine, theirs = _row(one), _row(other)
    if not mine or not theirs or _shorter(mine, theirs) or _shorter(theirs, mine):
        return False
    return compare(one, other) in (Order.BEFORE, Order.AFTER)


def is_older(one: str, other: str) -> bool:
    """Whether the first version is surely before the second."""
    return compare(one, other) is Order.BEFORE


@lru_cache(16_384)
def _row(text: str) -> tuple[str, ...]:
    """The numbers of a text that is plainly one version; none otherwise, and for what is filled in for want of one."""
    found = _PLAIN.fullmatch(" ".join(text.lower().split()))
    row = tuple(re.split("[._]", found[1])) if found else ()
    told = [int(part) for part in row]
    return row if any(told[1:]) or (told and told[0] > 1) else ()


def _shorter(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the first is the second, or its beginning, also with the zeros lost that a spreadsheet drops."""
    if len(one) > len(other):
        return False
    *first, last = one
    told = other[len(one) - 1]
    return first == list(other[: len(one) - 1]) and (
        int(last) == int(told) or (len(last) < len(told) and last.ljust(len(told), "0") == told)
    )
