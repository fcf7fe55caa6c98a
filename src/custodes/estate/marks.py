"""What a unit's records say that may tell it from another or show it to be the same, and how far two units agree.

Weak signs (a name, a place in the video system, a network address, a number written with one slip) join nothing alone.
Two units are one where the signs that they share weigh enough, nothing tells them apart, and no third unit of the same
file could be meant as well. Weights are points, not probabilities: what two of them prove is said beside `ENOUGH`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Sign(StrEnum):
    """The first letter of a sign: what of a record it was read from."""

    MAC = "M"
    SERIAL = "S"
    TAG = "T"
    POSITION = "P"
    NAME = "N"  # with its site
    ADDRESS = "A"


#: Enough: a name, a place or an address of the same weeks, with the same make or model or one another.
ENOUGH = 4
_POINTS = {"M": 3, "S": 3, "T": 3, "P": 3, "N": 3}
_WORDS = {"M": "MAC address", "S": "serial number", "T": "asset tag", "P": "place in the video system", "N": "name"}
_ADDRESS, _OLD_ADDRESS, _GOODS = 3, 1, 1
#: Taken where both numbers agree but for one slip each: units bought in one box differ so.
_SLIPS = -3
#: Days between two records of one address after which it may well be another unit's.
_ADDRESS_DAYS = 62


@dataclass(slots=True)
class Marks:
    """What the records of one unit say. `signs`: each a letter (`Sign`) and a comparable text; `names`: without a site;
    `days`: network addresses with the days of the files that have them."""

    body: str
    sources: set[int] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)
    macs: set[str] = field(default_factory=set)
    serials: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    makes: set[str] = field(default_factory=set)
    days: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def take(self, other: Marks) -> None:
        """Add what another unit's records say."""
        self.sources |= other.sources
        self.signs |= other.signs
        self.names |= other.names
        self.sites |= other.sites
        self.macs |= other.macs
        self.serials |= other.serials
        self.models |= other.models
        self.makes |= other.makes
        for address, days in other.days.items():
            self.days[address] = (*self.days.get(address, ()), *days)


def near(one: str, other: str) -> bool:
    """Whether two numbers differ by one slip of the fingers: a sign wrong, left out or doubled, or two changed over."""
    one, other = one.replace(":", ""), other.replace(":", "")
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )


def agreement(one: Marks, other: Marks) -> tuple[int, list[str]]:
    """Points for what two units share, with the words for it; no points where something tells them apart."""
    if not one.sources.isdisjoint(other.sources):
        return 0, []
    points, words = 0, []
    slips = _slips(one, other)
    if slips is None or (one.models and other.models and not _one_model(one.models, other.models)):
        return 0, []
    if len(slips) > 1:
        points = _SLIPS
    shared = one.signs & other.signs
    kinds = {sign[0] for sign in shared}
    if not (one.sites and other.sites) and not one.names.isdisjoint(other.names):
        kinds.add(Sign.NAME)
    for kind in sorted(kinds - {Sign.ADDRESS}):
        points += _POINTS[kind]
        words.append(_WORDS[kind])
    if Sign.ADDRESS in kinds:
        recent = any(close(one.days[at[1:]], other.days[at[1:]]) for at in shared if at[0] == Sign.ADDRESS)
        points += _ADDRESS if recent else _OLD_ADDRESS
        words.append("network address" if recent else "network address at another time")
    if (one.models and other.models) or not one.makes.isdisjoint(other.makes):
        points += _GOODS
        words.append("model" if one.models and other.models else "make")
    return points, [*words, *slips]


def _slips(one: Marks, other: Marks) -> list[str] | None:
    """Which of the two numbers agree but for one slip; None where a number tells the units apart."""
    found = []
    for ones, others, words in ((one.macs, other.macs, "MAC address"), (one.serials, other.serials, "serial number")):
        if ones and others and ones.isdisjoint(others):
            if not any(near(a, b) for a in ones for b in others):
                return None
            found.append(f"{words} but for one slip")
    return found


def _one_model(ones: Iterable[str], others: Iterable[str]) -> bool:
    """Whether a model of one is one of the other, alone or with something before or behind it."""
    return any(a in b or b in a for a in ones for b in others)


def close(ones: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two records of an address may be of the same weeks; days that are not told may be."""
    return any(not (a and b) or abs((day(a) - day(b)).days) <= _ADDRESS_DAYS for a in ones for b in others)


def day(text: str) -> date:
    """The first day of a day, month or year as `model.days` has it."""
    parts = [int(part) for part in text.split("-")]
    return date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1)
