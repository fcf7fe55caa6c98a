"""Numbers of units as people write them in an answer: what is sure, what is possible, and why the two differ.

A number that belongs to a model ("Mavic 3", "Skydio X10", "Body 2"), a year or a date is no number of units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from custodes.knowledge.counting import HEDGES, Counting
from custodes.knowledge.text import BRACKETS, fold

#: More units in one part are no fleet of a body: such a number is a misprint or something else.
MOST = 100_000
#: Characters of a cell that may hold a number: a longer one is an essay.
LONGEST = 300
_YEARS = range(1990, 2050)
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORDS = {
    "zero": 0, **{word: number for number, word in enumerate(_ONES, 1)}, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "a pair of": 2, "pair of": 2, "a dozen": 12, "dozen": 12, "half a dozen": 6, "a hundred": 100,
    **_TENS,
    **{f"{ten} {one}": tens + unit for ten, tens in _TENS.items() for unit, one in enumerate(_ONES, 1)},
}  # fmt: skip
#: A word of a number is not whole before one of these: "two hundred", "2 dozen".
_MORE = r"(?![\s-]*(?:hundred|thousand|dozen|million|thirds?|quarters?|fifths?|tenths?|halves|per\s?cent)\b)"
SPELT = "|".join(word.replace(" ", r"[\s-]+") for word in sorted(_WORDS, key=len, reverse=True))
_NUMBER = rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+(?![\d,])|\d{{1,6}}(?![\d,]{{0,9}}\d|\.\d)|\b(?:{SPELT})\b(?!-)){_MORE}"
_UNITS = r"(?:drones?|aircraft|uavs?|uas|units?|devices|cameras?|systems?|machines?)"
_RANGE = re.compile(
    rf"(?<![\w.]){_NUMBER}\s*(?:-|–|to|or|and)\s*(?P<m>\d{{1,6}}|(?:{SPELT})\b)(?![\w.])", re.IGNORECASE
)
#: Where a number of units stands in a part, surest first; a number elsewhere is of a model.
_PLACES = tuple(
    re.compile(form, flags)
    for form, flags in (
        (rf"(?:^|(?<=[\s(,]))(?:x|×|X(?=\s)|[*])\s*{_NUMBER}(?![\w])", 0),
        # "3E X4": a capital tied to the number is a count only behind a model that has a digit itself
        (rf"(?<=\d)(?P<tail>[A-Za-z]{{0,3}})\s+X{_NUMBER}(?![\w])", 0),
        (rf"(?:qty\.?:?|quantity:?|number:?)\s*{_NUMBER}(?![\w])", re.IGNORECASE),
        (
            rf"^\W*{_NUMBER}\s*(?:x|×|[*]|no\.?|nos\.?|off|of(?!\s+(?:which|these|them))|pcs?\.?|{_UNITS})(?![\w])",
            re.IGNORECASE,
        ),
        (rf"(?<![\w.]){_NUMBER}(?:no\.?|nos\.?|off|pcs?\.?|x)(?![\w])", re.IGNORECASE),
        (rf"\(\s*{_NUMBER}\s*(?:in total|total|off|no\.?|{_UNITS})?\s*\)", re.IGNORECASE),
        (rf"(?:\s[-–—=]|:)\s*{_NUMBER}\s*(?:{_UNITS})?\s*$", re.IGNORECASE),
        (rf"^\W*{_NUMBER}\s+(?=[A-Za-z]{{2,}}|[A-Za-z]\d{{2,}})", re.IGNORECASE),
        (rf"^\W*{_NUMBER}\s*[-–:]\s+(?=[A-Za-z]{{2,}})", re.IGNORECASE),
        (rf"^\W*{_NUMBER}[x×](?=[A-Z])", 0),
        (rf"(?<=[0-9A-Z])[x×]{_NUMBER}(?![\w])", 0),
    )
)
_ALONE = re.compile(rf"^\D*?{_NUMBER}\D*$", re.IGNORECASE)
#: "5 as at 1 April 2023", "5 in 2023": when it was so.
_DATED = re.compile(r"\s(?:in|as (?:at|of)|at|since|on)\b.*\b(?:19|20)\d\d\W*$", re.IGNORECASE)
#: A second count behind the first.
_SECOND = re.compile(r"(?:^|\s)(?:[x×]\s*\d|\d+\s*[x×])|\(\s*\d+\s*\)|\s[-–:=]\s*\d", re.IGNORECASE)
_SIGN = re.compile(r"(<=|≤|>=|≥|<|>|~|±|\+/-)\s*(?=\d)")
_SIGNS = {"<=": "at_most", "≤": "at_most", ">=": "at_least", "≥": "at_least", "<": "under", ">": "over"}
_PLUS = re.compile(r"(?<=\d)(?:\+(?!\s?\d)|\s\+(?!\s*\w))")
_DOUBT = re.compile(r"(?<=\d)\s?\(?\?\)?")


@dataclass(frozen=True, slots=True)
class Bounds:
    """At least and at most so many; `upper` None has no end. `why`: what makes it no plain number."""

    lower: int
    upper: int | None
    why: str = ""


def number_of(cell: str, counting: Counting) -> Bounds | None:
    """The number in a cell that holds nothing else but what is put in brackets; None if it holds none."""
    raw = " ".join(cell.split())
    if len(raw) > LONGEST or re.match(r"[-−–]\s*\d", raw) or "%" in raw:
        return None
    raw, hedge = without_hedge(_DATED.sub("", raw), counting)
    text = re.sub(r"^(\d+)\.0+$", r"\1", fold(raw).strip())
    if found := _range(text):
        return _hedged_range(found, hedge)
    bare = BRACKETS.sub(" ", text).strip() or text
    match = _ALONE.match(bare)
    told = _bounds(match["n"], hedge) if match else None
    if told is None or match is None:
        return None
    beside = BRACKETS.sub(" ", raw) if BRACKETS.sub(" ", raw).strip() else raw
    return (
        told if not counting.strange(re.sub(rf"\b(?:{SPELT})\b", " ", beside, flags=re.IGNORECASE)) else uncertain(told)
    )


def uncertain(told: Bounds) -> Bounds:
    """A number of which the text does not tell what it counts."""
    return Bounds(0, told.upper, "what the number counts is not told")


def number_in(part: str, counting: Counting) -> tuple[Bounds | None, str]:
    """The number of units in one part of an answer, and the part without it."""
    part, hedge = without_hedge(part, counting)
    if found := _range_in(part):
        return _hedged_range(found[0], hedge), found[1]
    for place in _PLACES:
        match = place.search(part)
        if match is None:
            continue
        told = _bounds(match["n"], hedge)
        if told is not None and _SECOND.search(part[match.end() :]):
            told = Bounds(told.lower, None, "several numbers in one part")
        if told is not None:
            start = match.end("tail") if "tail" in match.groupdict() else match.start()
            return told, f"{part[:start]} {part[match.end() :]}"
    return None, part


def without_hedge(text: str, counting: Counting) -> tuple[str, str]:
    """A text without the words and signs that say how sure its number is, and their kind; empty if it has none."""
    found: list[str] = []
    for sign in _SIGN.finditer(text):
        found.append(_SIGNS.get(sign[1], "about"))
    text = _SIGN.sub("", text)
    if _DOUBT.search(text):
        found.append("about")
        text = _DOUBT.sub(" ", text)
    if _PLUS.search(text):
        found.append("at_least")
        text = _PLUS.sub("", text)
    for pattern in _hedges(counting):
        while match := pattern.search(text):
            kind = counting.hedged(match["hedge"])
            if match["hedge"] == "C":  # a class of aircraft
                break
            found.append(kind)
            text = f"{text[: match.start('hedge')]} {text[match.end('cut') :]}"
    return text, next((kind for kind in ("about", *HEDGES) if kind in found), "")


@lru_cache(maxsize=8)
def _hedges(counting: Counting) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Hedges in front of a number, behind one, and at the end of a text."""
    number = _NUMBER.replace("?P<n>", "?:")
    front = rf"(?<![\w])(?P<hedge>{counting.hedge})(?P<cut>[\s.:]*(?:(?:a total of|some|the)\s+)?)(?={number}(?!\w))"
    after = rf"(?<!\w){number}(?:\s+{_UNITS}\b)?[\s,(-]*(?P<hedge>{counting.behind})(?!\w)(?P<cut>\.?)"
    last = rf"[\s,(](?P<hedge>{counting.last})(?!\w)(?P<cut>)\W*$"
    return tuple(re.compile(form, re.IGNORECASE) for form in (front, after, last))  # type: ignore[return-value]


def _range_in(part: str) -> tuple[Bounds, str] | None:
    """A range at the end of a part or at its beginning: "M300 x 5-7", "3 or 4 DJI"."""
    match = _RANGE.search(part)
    if match is None:
        return None
    before, after = part[: match.start()].rstrip(), part[match.end() :].strip()
    tied = before[-1:] in "-–" and not before[-2:-1].isspace()
    counted = (
        not before
        or (before[-1:] in "x×:(-–=" and not tied)
        or before.casefold().endswith(("between", "about", "approx"))
    )
    if not counted or (before and after.strip(" ).")):
        return None
    found = _range(match[0])
    return None if found is None else (found, f"{before.rstrip('x×:(-–= ')} {after.strip(')')}")


def _range(text: str) -> Bounds | None:
    match = _RANGE.search(text)
    if match is None:
        return None
    low, high = _number(match["n"]), _number(match["m"])
    if low is None or high is None or low > high or low in _YEARS:
        return None
    return Bounds(low, high, "a range")


def _hedged_range(told: Bounds, hedge: str) -> Bounds:
    """A range that is itself not sure: "circa 40-50", "up to 5 or 6"."""
    if hedge == "about":
        return Bounds(min(told.lower, 1), None, "a range that is said to be approximate")
    if hedge in ("at_least", "over"):
        return replace(told, upper=None)
    return replace(told, lower=0) if hedge else told


def _number(told: str) -> int | None:
    word = told.casefold()
    word = " ".join(word.replace("-", " ").split())
    number = _WORDS[word] if word in _WORDS else int(told.replace(",", ""))
    return number if number <= MOST else None


def _bounds(told: str, hedge: str) -> Bounds | None:
    number = _number(told)
    if number is None:
        return None
    if number in _YEARS and "," not in told:
        return Bounds(1, None, f"{number} may be a year")
    if not hedge:
        return Bounds(number, number)
    some = min(number, 1)
    return {
        # How near is not told: no number of units is made up for it.
        "about": Bounds(some, None, f"{number} is said to be approximate"),
        "nearly": Bounds(some, number, f"nearly {number}"),
        "at_most": Bounds(0, number, f"up to {number}"),
        "at_least": Bounds(number, None, f"at least {number}"),
        "over": Bounds(number + 1, None, f"more than {number}"),
        "under": Bounds(0, max(number - 1, 0), f"fewer than {number}"),
    }[hedge]
