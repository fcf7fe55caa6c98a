"""Numbers of units as people write them in an answer: what is sure, what is possible, and why the two differ.

A number that belongs to a model ("Mavic 3", "Skydio X10", "Body 2"), a year or a date is no number of units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from custodes.knowledge.text import BRACKETS, fold

#: More units in one part are no fleet of a body: such a number is a misprint or something else.
MOST = 100_000
#: Characters of a cell that may hold a number: a longer one is an essay.
LONGEST = 300
_YEARS = range(1990, 2050)
_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "a pair of": 2, "pair of": 2, "a dozen": 12,
    "dozen": 12,
}  # fmt: skip
SPELT = "|".join(sorted(_WORDS, key=len, reverse=True))
_NUMBER = rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+(?![\d,])|\d{{1,6}}(?![\d,]{{0,9}}\d)|\b(?:{SPELT})\b(?!-))"
_HEDGES = (
    r"(?:at least|at most|over|more than|no more than|not more than|no fewer than|no less than|not less than|about"
    r"|approx\.?|approximately|circa|around|roughly|nearly|up to|fewer than|less than|minimum of|maximum of"
    r"|[<>]=?|≤|≥|~)"
)
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
        (rf"\(\s*{_HEDGES}?\s*{_NUMBER}\s*(?:approx\.?|in total|total|off|no\.?|{_UNITS})?\s*\)", re.IGNORECASE),
        (rf"(?:\s[-–—=]|:)\s*{_HEDGES}?\s*{_NUMBER}\s*(?:{_UNITS})?\s*$", re.IGNORECASE),
        (rf"^\W*{_HEDGES}?\s*{_NUMBER}\s+(?=[A-Za-z]{{2,}})", re.IGNORECASE),
        (rf"^\W*{_NUMBER}\s*[-–:]\s+(?=[A-Za-z]{{2,}})", re.IGNORECASE),
        (rf"^\W*{_NUMBER}[x×](?=[A-Z])", 0),
        (rf"(?<=[0-9A-Z])[x×]{_NUMBER}(?![\w])", 0),
    )
)
_ALONE = re.compile(rf"^\D*?{_NUMBER}\D*$", re.IGNORECASE)
#: "5 as at 1 April 2023", "5 in 2023": when it was so.
_DATED = re.compile(r"\s(?:in|as (?:at|of)|at|since|on)\b.*\b(?:19|20)\d\d\W*$", re.IGNORECASE)
_WEIGHT = re.compile(r"\b(?:under|below|over|sub|up to)[- ]?\d+\s?k?g\b", re.IGNORECASE)
#: A second count behind the first.
_SECOND = re.compile(r"(?:^|\s)(?:[x×]\s*\d|\d+\s*[x×])|\(\s*\d+\s*\)|\s[-–:=]\s*\d", re.IGNORECASE)
_MOST_OF = re.compile(
    r"\b(?:up to|at most|(?:no|not) (?:more|over|greater) than|maximum|max\.?)(?!\w)|≤|<="
    r"|\bor (?:less|fewer|under|below)\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"\b(?:at least|minimum|min\.|(?:no|not) (?:fewer|less) than)(?!\w)|\d\s?(?:\+|plus\b)(?!\w)|≥|>="
    r"|\bor (?:more|over|above)\b",
    re.IGNORECASE,
)
_OVER = re.compile(r"\b(?:more than|over|in excess of|greater than)\b|>", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:fewer than|less than|under)\b|<", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:approx\w*|about|circa|around|roughly|nearly|almost)\b|~|\bc\.\s?\d|\dish\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """At least and at most so many; `upper` None has no end. `why`: what makes it no plain number."""

    lower: int
    upper: int | None
    why: str = ""


def number_of(cell: str) -> Bounds | None:
    """The number in a cell that holds nothing else but what is put in brackets; None if it holds none."""
    text = fold(cell).strip()
    if len(text) > LONGEST:
        return None
    if re.match(r"-\s*\d", text) or "%" in text:
        return None
    text = re.sub(r"^(\d+)\.0+$", r"\1", _DATED.sub("", text))
    if found := _range(text):
        return found
    bare = BRACKETS.sub(" ", text).strip() or text
    match = _ALONE.match(bare)
    return _bounds(match["n"], text) if match else None


def number_in(part: str) -> tuple[Bounds | None, str]:
    """The number of units in one part of an answer, and the part without it."""
    part = _WEIGHT.sub(" ", part)
    if found := _range_in(part):
        return found
    for place in _PLACES:
        match = place.search(part)
        if match is None:
            continue
        told = _bounds(match["n"], part)
        if told is not None and _SECOND.search(part[match.end() :]):
            told = Bounds(told.lower, None, "several numbers in one part")
        if told is not None:
            start = match.end("tail") if "tail" in match.groupdict() else match.start()
            return told, f"{part[:start]} {part[match.end() :]}"
    return None, part


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


def _number(told: str) -> int | None:
    word = told.casefold()
    number = _WORDS[word] if word in _WORDS else int(told.replace(",", ""))
    return number if number <= MOST else None


def _bounds(told: str, text: str) -> Bounds | None:
    number = _number(told)
    if number is None:
        return None
    if number in _YEARS and "," not in told:
        return Bounds(1, None, f"{number} may be a year")
    if _MOST_OF.search(text):
        return Bounds(0, number, f"up to {number}")
    if _LEAST.search(text):
        return Bounds(number, None, f"at least {number}")
    if _OVER.search(text):
        return Bounds(number + 1, None, f"more than {number}")
    if _UNDER.search(text):
        return Bounds(0, max(number - 1, 0), f"fewer than {number}")
    return Bounds(number, number, f"{number} is said to be approximate" if _ABOUT.search(text) else "")
