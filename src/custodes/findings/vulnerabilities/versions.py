"""Versions of firmware, compared in three values: before, after or the same, or it is not known.

A version is its dotted row of numbers and tags ("5.4.0", "2.820.0000000.5.R"), what stands behind it, and often the day
of the build. The row decides first, from the left; behind equal rows the day, if both have one: a version without its
day says nothing against one with it. Letters that stand before the row at its first number ("B3801", "SS016") name a
platform; platforms and tags that differ are tracks that are not compared. A wildcard ("4.x") leaves open what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from custodes.model.rules import Answer
from custodes.model.vulnerabilities import Bound, Order, Range

_LONGEST = 200
_BUILD = re.compile(
    r"[\s_.,(-]{0,4}build(?:\s{0,2}(?:date|time))?(?:\s{1,2}before)?[\s_:.]{0,3}"
    r"(\d{8}|\d{6}|20\d\d[-./_]\d\d[-./_]\d\d)(?![0-9])\)?",
    re.IGNORECASE,
)
_SPLIT_DAY = re.compile(r"[\s_.,(-]?(?<![\d.])(20\d\d([-._/])\d\d\2\d\d)(?![\d.])\)?")
_DAY = re.compile(r"(?:^|[\s_.,(-]|(?<=[\s_.,(-])b)(20\d{6}|\d{6})(?=$|[\s_.,)-])\)?", re.IGNORECASE)
#: The dotted row with the letters that stand at its first number.
_ROW = re.compile(r"(?<![A-Za-z0-9.])([A-Za-z]{0,8})(\d+(?:\.[0-9A-Za-z*]+)+)")
_NO_PLATFORM = frozenset(("", "v", "ver", "version", "rel", "fw", "firmware"))
_TOKEN = re.compile(r"\d{1,18}|[a-z]+|[*]")
_EARLIER = ("alpha", "beta", "pre", "rc")
_LATER = frozenset(("p", "patch", "hotfix", "sp", "rev", "u", "update"))
_FIRST_YEAR, _LAST_YEAR = 2000, 2060
#: A number so long that is no day is a day written otherwise, or a counter of builds: neither decides.
_LONG = 10**5
#: A number from here on behind a letter names a platform, not a version.
_PLATFORM = 1_000

Parts = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version, taken apart. `parts`: numbers and tags up to the day, "*" for what is left open, a letter that ends
    the row at a number as "^w" ("1.1.1w"); `day`: of the build; `behind`: what follows the day."""

    parts: Parts
    day: date | None
    behind: Parts
    text: str


@lru_cache(maxsize=16_384)
def parse(text: str) -> Version:
    """Take a version apart. What has no digit has no parts and no day."""
    plain = " ".join(text[:_LONGEST].split()).strip(",; ")
    before, day, behind = _around_day(plain)
    return Version(_parts(before), day, _tokens(behind), plain.lower())


def _around_day(text: str) -> tuple[str, date | None, str]:
    """What stands before the day of the build, the day, and what stands behind it."""
    for pattern in (_BUILD, _SPLIT_DAY, _DAY):
        for match in pattern.finditer(text):
            found = _day(re.sub(r"\D", "", match[1]))
            if found:
                return text[: match.start()], found, text[match.end() :]
    return text, None, ""


def _day(digits: str) -> date | None:
    """A day written as YYMMDD or YYYYMMDD, if it is one."""
    digits = digits if len(digits) == 8 else f"20{digits}"
    try:
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _parts(text: str) -> Parts:
    spaced = text.replace("_", " ")
    rows = list(_ROW.finditer(spaced))
    if not rows:
        return _tokens(text)
    row = rows[-1]
    platform = row[1].lower()
    numbers = re.sub(r"(?<=\.)x+(?=\.|$)", "*", row[2].lower())
    first, _, rest = numbers.partition(".")
    head: Parts = (int(first[:18]),)
    if platform not in _NO_PLATFORM:  # "M2.1" is a series M in its version 2.1; "B3801.20" is a platform in version 20
        single = len(platform) == 1 and int(first[:18]) < _PLATFORM
        head = (platform, *head) if single else (f"{platform}{int(first[:18])}",)
    tail = _tokens(spaced[row.end() :])
    found = (*head, *_tokens(rest), *tail)
    ends = re.search(r"\d([a-z])$", numbers)
    return (*found[:-1], f"^{ends[1]}") if ends and not tail and found[-1] == ends[1] else found


def _tokens(text: str) -> Parts:
    found = tuple(int(token) if token.isdigit() else token for token in _TOKEN.findall(text.lower()))
    return found if any(isinstance(part, int) or part == "*" or len(part) < 12 for part in found) else ()


def compare(one: str, other: str) -> Order:
    """How the first version stands to the second."""
    left, right = parse(one), parse(other)
    if left.text == right.text:
        return Order.SAME if "*" not in left.parts and _numbered(left) else Order.UNKNOWN
    if not _numbered(left) or not _numbered(right):
        return Order.UNKNOWN
    if left.parts and right.parts:
        decided = _of_parts(left.parts, right.parts)
        if decided is not None:
            return decided
    return _of_days(left, right)


def _numbered(version: Version) -> bool:
    return version.day is not None or any(isinstance(part, int) for part in version.parts)


def _of_parts(left: Parts, right: Parts) -> Order | None:
    """What numbers and tags decide; None where they are the same."""
    for mine, theirs in zip(left, right, strict=False):
        if "*" in (mine, theirs):
            return Order.UNKNOWN
        if mine == theirs:
            continue
        if isinstance(mine, int) and isinstance(theirs, int):
            return Order.UNKNOWN if max(mine, theirs) >= _LONG else Order.AFTER if mine > theirs else Order.BEFORE
        return _of_tags(mine, theirs)
    shared = min(len(left), len(right))
    more, sign = (left[shared:], Order.AFTER) if len(left) > len(right) else (right[shared:], Order.BEFORE)
    return _of_more(more, sign)


def _of_tags(mine: int | str, theirs: int | str) -> Order:
    """A tag against another or against a number: known only for a letter at the end of both, and for the words for what
    comes earlier."""
    if isinstance(mine, str) and isinstance(theirs, str):
        ordered = mine[0] == theirs[0] == "^" or (mine in _EARLIER and theirs in _EARLIER)
        if not ordered:
            return Order.UNKNOWN
        return Order.AFTER if mine > theirs else Order.BEFORE
    tag, order = (mine, Order.BEFORE) if isinstance(mine, str) else (str(theirs), Order.AFTER)
    return order if tag in _EARLIER else Order.UNKNOWN


def _of_more(more: Parts, sign: Order) -> Order | None:
    """What parts that only one of them has decide."""
    other = Order.BEFORE if sign is Order.AFTER else Order.AFTER
    for part in more:
        if part == "*":
            return Order.UNKNOWN
        if isinstance(part, str):
            return other if part in _EARLIER else sign if part in _LATER or part[0] == "^" else Order.UNKNOWN
        if part:
            return sign if part < _LONG else Order.UNKNOWN
    return None


def _of_days(left: Version, right: Version) -> Order:
    if left.day is None and right.day is None:
        return Order.SAME
    if left.day is None or right.day is None:
        return Order.UNKNOWN
    if left.day != right.day:
        return Order.AFTER if left.day > right.day else Order.BEFORE
    return Order.SAME if left.behind == right.behind else Order.UNKNOWN


_HOLDS = {
    "<": (Order.BEFORE,),
    "<=": (Order.BEFORE, Order.SAME),
    ">": (Order.AFTER,),
    ">=": (Order.AFTER, Order.SAME),
    "=": (Order.SAME,),
}


def of_one_track(one: str, other: str) -> bool:
    """Whether a version is of the track of another, and not built after it: the same first number, the same tags
    between as many numbers. What is sold under another label is often of a track of its own."""
    left, right = parse(one), parse(other)
    if left.day and right.day and left.day > right.day:
        return False
    if not right.parts:
        return left.day is not None
    shapes = [tuple(part if isinstance(part, str) else 0 for part in version.parts) for version in (left, right)]
    return shapes[0] == shapes[1] and len(shapes[0]) > 1 and left.parts[0] == right.parts[0]


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
