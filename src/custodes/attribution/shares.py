"""Numbers of a row that are no further aircraft: a share of those already told, or the same fleet at another date."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from custodes.attribution.amounts import SPELT, Bounds, number_in
from custodes.knowledge.counting import Counting

_N = rf"(?:\d+(?:,\d{{3}})*|\b(?:{SPELT})\b|\ba\b)"
_OF = r"of\s+(?:which|these|those|them|whom)"
_INTO = (
    r"(?:including|comprising|consisting of|made up of|broken down as(?: follows)?|split (?:as|into|between)|namely"
    r"|incl?\.?(?=\s*\d)|(?:(?<=[,(–-])|(?<=[,(–-]\s))all(?:\s+(?:are|being))?(?=\s+(?-i:[A-Z])))"
)
_SHARE = re.compile(
    rf"[\s,;:(–-]*(?:\band\s+)?(?:(?=(?<!\w)(?:{_N}|all|both|none|some|most|several|half|a few)\s+{_OF}\b)"
    rf"|\b(?:{_OF}|{_INTO})\b[\s,:]*)",
    re.IGNORECASE,
)
_SOME = re.compile(r"\b(?:some|most|several|half|a few|many)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|both)\b", re.IGNORECASE)
_NO = re.compile(r"\b(?:none|no|not any|neither)\b", re.IGNORECASE)
#: "4 of our 10 drones are DJI", "4/10 DJI".
_K_OF_N = re.compile(
    rf"^(?!\W*(?:19|20)\d\d/)(?:\W*(?:only|just|we (?:have|own|hold|operate)|currently|that|yes)\b)*\W*"
    rf"(?P<k>{_N}|all|both|some|most|half)\s*(?:/\s*(?=\d)|(?:\bout\s+)?\bof\s+"
    rf"(?:(?:the|our|its|their|these|a total of|a fleet of|force's)\s+)*)"
    rf"(?P<n>{_N})(?![\w/])\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
#: "6 x DJI: 4 M30T and 2 M300".
_LISTED = re.compile(
    rf"^(?P<head>\W*(?:\d+|(?:{SPELT})\b)[^:;,()\d]*[A-Za-z][^:;,()\d]*):\s*(?P<tail>.*\d.*)$", re.IGNORECASE
)
_VERB = re.compile(
    r"^(?P<thing>.*?)\b(?:(?:is|are|were|was|being|have been|has been)\s+(?:all\s+)?"
    r"(?:(?:made|produced|manufactured|built|supplied)\s+)?(?:by\s+)?|from\s+|made by\s+|:\s*)(?P<what>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_NOT = re.compile(r"\bnot\b|n['’]t\b", re.IGNORECASE)
_YEAR = r"(?P<{0}>(?:19|20)\d\d)(?:[/–-]\d\d(?:\d\d)?)?"
_AT = r"(?:as (?:at|of|on)|in|at|by|during|on|for|since|end of|fy|financial year|year)"


@dataclass(frozen=True, slots=True)
class Shared:
    """A text whose last number is told again in parts: what stands before, and the shares of it."""

    head: str
    tail: str


def split_shares(text: str) -> Shared | None:
    """The text before "of which", "4 of them", "including", and the text behind; None if nothing of it is there."""
    if match := _K_OF_N.match(text):
        return _of_all(match)
    if match := _LISTED.match(text):
        return Shared(match["head"], match["tail"])
    match = _SHARE.search(text)
    if (
        match is None
        or not match.start()
        or not re.search(rf"\d|\b(?:{SPELT})\b", text[: match.start()], re.IGNORECASE)
    ):
        return None
    tail = text[match.end() :]
    return Shared(text[: match.start()], tail.removesuffix(")") if tail.count(")") > tail.count("(") else tail)


def _of_all(match: re.Match[str]) -> Shared:
    """ "4 of 10 drones are DJI" as "10 drones" and "4 DJI"."""
    rest = match["rest"]
    verb = _VERB.match(rest)
    if verb is None:
        return Shared(f"{match['n']} units", f"{match['k']} {rest}")
    return Shared(f"{match['n']} {verb['thing'].strip() or 'units'}", f"{match['k']} {verb['what']}")


def says_gone(text: str, counting: Counting) -> bool:
    """Whether words say that units are not, or not yet, in use; "none decommissioned" does not."""
    if not counting.has("gone", text):
        return False
    rest = counting.without("gone", text)
    return not (_NOT.search(rest) or _NO.search(rest))


def numbered(text: str) -> bool:
    """Whether a share tells of how many it speaks: "1 sold", "some lost", "both returned"."""
    return any(pattern.search(text) for pattern in (_SOME, _ALL, _FIRST))


def not_all(text: str) -> bool:
    """Whether a share is said to be some, or most, of a number."""
    return _SOME.search(text) is not None


def every_one(text: str) -> bool:
    """Whether words say that they are of all that was told before."""
    return _ALL.search(text) is not None


def without_some(text: str) -> str:
    """A share without the word that says that it is not all."""
    return _SOME.sub(" ", text)


def less(told: Bounds, text: str, counting: Counting) -> Bounds:
    """A number after a share of it that is gone: all of it may still be counted, or none of the share."""
    most = told.lower
    if not _SOME.search(text) and not _ALL.search(text) and (match := _FIRST.search(text)):
        word = "one" if match[0].casefold() == "a" else match[0]
        number = number_in(f"{text[: match.start()]} x {word}", counting)[0] if word[0].isdigit() else None
        number = number or number_in(f"{word} units", counting)[0]
        most = told.lower if number is None or number.upper is None else number.upper
    return replace(told, lower=max(told.lower - most, 0), why="some may not be in use")


_FIRST = re.compile(rf"(?<![\w.]){_N}(?![\w.])", re.IGNORECASE)
_YEAR_IN = re.compile(r"(?<![\w.])((?:19|20)\d\d)(?![\w.])")


def year_of(text: str) -> str:
    """The last year that a text names; empty if it names none."""
    found = _YEAR_IN.findall(text)
    return found[-1] if found else ""


@lru_cache(maxsize=1)
def _dated() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A number with its year behind it, and in front of it."""
    number = (
        r"(?:^|[,;:(\n]|\b(?:and|to|from|had|held|have|of|by|with|were|was|then|now|x))\s*(?:[x×]\s*)?"
        rf"(?P<n>\d{{1,3}}(?:,\d{{3}})*(?![\d,./])|\b(?:{SPELT})\b)"
    )
    name = r"(?P<name>(?:\s+(?!(?:and|to|then|in|at|by|as|on|during|for|since)\b)[A-Za-z]\w*){0,5})"
    year = _YEAR.format("y")
    behind = rf"{number}{name}\s*[,(–-]*\s*(?:\b{_AT}\s+)*{year}\)?"
    front = (
        rf"(?<![\w/])(?:{_AT}\s+)*{year}\)?\s*(?:[:=,–-]|\b(?:we|there)(?=\s))\s*"
        rf"(?:(?:we|had|have|held|there|were|was|owned)\s+)*(?P<n>\d{{1,3}}(?![\w./])|\b(?:{SPELT})\b){name}"
    )
    return re.compile(behind, re.IGNORECASE), re.compile(front, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dated:
    """Numbers at several dates. `names`: what stands with each; `rest`: the text without all of that."""

    numbers: tuple[int, ...]
    names: tuple[str, ...]
    rest: str

    @property
    def bounds(self) -> Bounds:
        """The states of one fleet: which of them holds now is not told."""
        return Bounds(min(self.numbers), max(self.numbers), "numbers at several dates are no sum")


def at_dates(text: str, counting: Counting) -> Dated | None:
    """Numbers that are told of several years; None where there are not several, or each was bought in its year."""
    if counting.has("bought", text):
        return None
    for pattern in _dated():
        found = list(pattern.finditer(text))
        if len({match["y"] for match in found}) < 2:
            continue
        numbers = [number_in(f"{match['n']} units", counting)[0] for match in found]
        if all(number and number.lower == number.upper for number in numbers):
            names = tuple(" ".join(match["name"].split()) for match in found)
            told = tuple(number.lower for number in numbers if number)
            return Dated(told, names, pattern.sub(" ", text))
    return None
