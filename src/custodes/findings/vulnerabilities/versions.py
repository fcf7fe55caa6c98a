"""Versions of firmware, compared in three values: before, after or the same, or it is not known.

A version is a row of numbers, tags between them ("R", "HW01", "NVR-B") and often the day of the build. Numbers decide
first, from the left. Behind equal numbers the day decides, if both have one: a version without its day says nothing
against one with it. Tags that differ are tracks that are not compared. A wildcard ("4.x") leaves open what is behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import takewhile

from custodes.model.rules import Answer
from custodes.model.vulnerabilities import Bound, Order, Range

_LONGEST = 200
_WORDS = re.compile(r"\b(?:version|versions|firmware|release|ver)\b[\s.:]*", re.IGNORECASE)
_BUILD = re.compile(r"[\s_.,(-]*build(?:\s*time)?(?:\s*before)?[\s_:.]*(\d{8}|\d{6})\b\)?", re.IGNORECASE)
_SPLIT_DAY = re.compile(r"(?<!\d)(20\d\d)[_-](\d\d)[_-](\d\d)(?!\d)")
_LAST = re.compile(r"(?:^|(?<=[._\-\s]))(\d{8}|\d{6})$")
_TOKEN = re.compile(r"\d{1,18}|[a-z]+|[*]", re.IGNORECASE)
_EARLIER = frozenset(("alpha", "beta", "rc", "pre", "preview", "dev"))
_LATER = frozenset(("p", "patch", "hotfix", "sp", "rev", "u", "update"))
_FIRST_YEAR, _LAST_YEAR = 2000, 2099


@dataclass(frozen=True, slots=True)
class Version:
    """A version, taken apart. `parts`: numbers and tags in order, "*" for what is left open; `day`: of the build."""

    parts: tuple[int | str, ...]
    day: date | None
    text: str


@lru_cache(maxsize=8_192)
def parse(text: str) -> Version:
    """Take a version apart. What has no digit has no parts and no day."""
    left = _WORDS.sub("", text[:_LONGEST]).strip().strip(",;")
    day: date | None = None
    for pattern in (_BUILD, _SPLIT_DAY, _LAST):
        match = pattern.search(left)
        found = _day("".join(match.groups())) if match else None
        if match and found:
            left, day = left[: match.start()] + left[match.end() :], found
            break
    left = re.sub(r"^v(?:er)?\.?(?=\s*\d)", "", left.strip().lower())
    left = re.sub(r"(?<=\.)x+(?=\.|$)", "*", left)
    parts = tuple(int(token) if token.isdigit() else token for token in _TOKEN.findall(left))
    if not any(isinstance(part, int) or part == "*" for part in parts):
        parts = () if day else parts
    return Version(parts, day, " ".join(text.lower().split()))


def _day(digits: str) -> date | None:
    """A day written as YYMMDD or YYYYMMDD, if it is one."""
    digits = digits if len(digits) == 8 else f"20{digits}"
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def compare(one: str, other: str) -> Order:
    """How the first version stands to the second."""
    left, right = parse(one), parse(other)
    if left.text == right.text:
        return Order.SAME if "*" not in left.parts else Order.UNKNOWN
    if not _numbered(left) or not _numbered(right):
        return Order.UNKNOWN
    return _of_parts(*_without_lead(left.parts, right.parts)) or _of_days(left, right)


def _without_lead(left: tuple[int | str, ...], right: tuple[int | str, ...]) -> tuple[tuple[int | str, ...], ...]:
    """Both without the tags that they begin with, where the one writes fewer of the same: "MX-V4.0.1", "4.0.1"."""
    leads = [tuple(takewhile(lambda part: isinstance(part, str) and part != "*", one)) for one in (left, right)]
    short, long = sorted(leads, key=len)
    if short != long and (not short or long[-len(short) :] == short):
        return left[len(leads[0]) :], right[len(leads[1]) :]
    return left, right


def _numbered(version: Version) -> bool:
    return version.day is not None or any(isinstance(part, int) for part in version.parts)


def _of_parts(left: tuple[int | str, ...], right: tuple[int | str, ...]) -> Order | None:
    """What numbers and tags decide; None where they are the same."""
    if not left or not right:
        return None  # one has a day alone, so that days decide
    for mine, theirs in zip(left, right, strict=False):
        if "*" in (mine, theirs):
            return Order.UNKNOWN
        if mine == theirs:
            continue
        if isinstance(mine, int) and isinstance(theirs, int):
            return Order.AFTER if mine > theirs else Order.BEFORE
        return _of_tags(mine, theirs)
    shared = min(len(left), len(right))
    more, sign = (left[shared:], Order.AFTER) if len(left) > len(right) else (right[shared:], Order.BEFORE)
    return _of_more(more, sign)


def _of_tags(mine: int | str, theirs: int | str) -> Order:
    """A tag against another or against a number: known only where one of them is the word for what comes earlier."""
    if isinstance(mine, str) and isinstance(theirs, str):
        if len(mine) == len(theirs) == 1 and not {mine, theirs} & {"r", "t"}:
            return Order.AFTER if mine > theirs else Order.BEFORE  # "1.1.1w", "2.60B15"
        ranks = [("alpha", "beta", "pre", "rc").index(tag) if tag in ("alpha", "beta", "pre", "rc") else None
                 for tag in (mine, theirs)]  # fmt: skip
        if ranks[0] is not None and ranks[1] is not None:
            return Order.AFTER if ranks[0] > ranks[1] else Order.BEFORE
        return Order.UNKNOWN
    tag, order = (mine, Order.BEFORE) if isinstance(mine, str) else (str(theirs), Order.AFTER)
    return order if tag in _EARLIER else Order.UNKNOWN


def _of_more(more: tuple[int | str, ...], sign: Order) -> Order | None:
    """What parts that only one of them has decide."""
    other = Order.BEFORE if sign is Order.AFTER else Order.AFTER
    for part in more:
        if part == "*":
            return Order.UNKNOWN
        if isinstance(part, str):
            single = len(part) == 1 and part not in ("r", "t", "x", "v")
            return other if part in _EARLIER else sign if part in _LATER or single else Order.UNKNOWN
        if part:
            return sign
    return None


def _of_days(left: Version, right: Version) -> Order:
    if left.day is None and right.day is None:
        return Order.SAME
    if left.day is None or right.day is None:
        return Order.UNKNOWN
    return Order.SAME if left.day == right.day else Order.AFTER if left.day > right.day else Order.BEFORE


def of_one_track(one: str, other: str) -> bool:
    """Whether two versions are written alike: the same tags between as many numbers; beside a day alone, whether there
    is a day. What is sold under another label is often of a track of its own."""
    left, right = parse(one), parse(other)
    if not right.parts:
        return left.day is not None
    shapes = [tuple(part if isinstance(part, str) else 0 for part in version.parts) for version in (left, right)]
    return shapes[0] == shapes[1] and len(shapes[0]) > 1


_HOLDS = {
    "<": (Order.BEFORE,),
    "<=": (Order.BEFORE, Order.SAME),
    ">": (Order.AFTER,),
    ">=": (Order.AFTER, Order.SAME),
    "=": (Order.SAME,),
}


def within(version: str, ranges: Iterable[Range]) -> Answer:
    """Whether a version lies in any of the ranges. Not known, where what is told does not decide it."""
    said = [_in_range(version, one) for one in ranges]
    if Answer.YES in said:
        return Answer.YES
    return Answer.UNKNOWN if Answer.UNKNOWN in said else Answer.NO


def _in_range(version: str, bounds: Range) -> Answer:
    said = [_holds(version, bound) for bound in bounds]
    if Answer.NO in said:
        return Answer.NO
    return Answer.UNKNOWN if Answer.UNKNOWN in said else Answer.YES


def _holds(version: str, bound: Bound) -> Answer:
    if _covers(bound.version, version):
        return Answer.YES if "=" in bound.sign else Answer.UNKNOWN
    order = compare(version, bound.version)
    if order is Order.UNKNOWN:
        return Answer.UNKNOWN
    return Answer.YES if order in _HOLDS[bound.sign] else Answer.NO


def _covers(pattern: str, version: str) -> bool:
    """Whether a wildcard ("4.x") covers a version."""
    told = parse(pattern).parts
    if "*" not in told:
        return False
    before = told[: told.index("*")]
    return parse(version).parts[: len(before)] == before and len(parse(version).parts) > len(before)
