"""What is written as a number and counts no units: money, weights, dates, references, and doings such as flights.

All of it is taken out of a text before a number of units is looked for.
"""

from __future__ import annotations

import re
from functools import lru_cache

from custodes.attribution.amounts import SPELT
from custodes.knowledge.counting import Counting

_FIGURE = r"\d[\d,]*(?:\.\d+)?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)(?:[a-z]{2,6})?\.?"
_YEAR = r"(?:19|20)\d\d"
_EACH_SUM = (
    r"(?:\s*(?:each|apiece|ea\b\.?|per (?:unit|item|drone|aircraft|device)|(?:\+|plus|inc\w*\.?|ex\w*\.?) ?vat))*"
)
_MONEY = re.compile(
    rf"[£$€]\s?{_FIGURE}\s?(?:[km]\b|million|thousand)?{_EACH_SUM}"
    rf"|(?<![\w.]){_FIGURE}\s?k?\s?(?:[£€]|(?:gbp|usd|eur|pounds?|euros?|dollars?|sterling)\b){_EACH_SUM}"
    rf"|(?<![\w.])\d[\d,]*\.\d\d(?![\w.]){_EACH_SUM}"
    rf"|@\s?{_FIGURE}{_EACH_SUM}",
    re.IGNORECASE,
)
_SIZE = re.compile(
    rf"\b(?:under|below|over|sub|up to)[- ]?\d+\s?k?g\b"
    rf"|(?<![\w.,-]){_FIGURE}[\s-]?(?:k?gs?|grams?|kilos?|lbs?|oz|mm|cm|km|m|mp|gb|tb|mah|wh|mph|kmh|knots|fps|mhz|ghz"
    rf"|inch(?:es)?|degrees?)(?!\w)"
    rf"|(?<![\w.]){_FIGURE}\s?[x×]\s?(?:\w+\s+){{0,2}}(?:zoom|magnification)\b"
    rf"|(?<![\w.])\d{{3,4}}\s?[x×]\s?\d{{3,4}}(?!\w)|(?<![\w.]){_FIGURE}\s?°\s?[cf]?",
    re.IGNORECASE,
)
_WHEN = r"(?:in|since|from|as (?:at|of|on)|by|during|at|on|until|till|to|fy|year|dated?|end of)"
_DATE = re.compile(
    rf"\b(?:{_WHEN}\s+)*(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?(?!\w)"
    rf"|{_MONTH}\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?{_YEAR}\b"
    rf"|\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d\d){{1,2}}(?!\d)|{_YEAR}-\d\d-\d\d\b|{_YEAR}[/–-](?:\d\d){{1,2}}\b"
    rf"|\d{{1,2}}:\d\d(?!\w))"
    rf"|\b(?:{_WHEN}\s+)+{_YEAR}\b|\b(?:\w+ed|new)\s+{_YEAR}\b|(?:,\s*)?\(\s*{_YEAR}\s*\)|\bfy\s?\d\d(?:[/-]\d\d)?\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:phase|lot|class|category|cat|version|ver|question|page|appendix|annex|ref(?:erence)?|tier|level"
    r"|foi|request|row|line|table|schedule|serial|s/n|sn)\.?\s?(?:no\.?|number)?[\s:#.]*\d[\w/-]*|\bq\d{1,2}\b[.:)]?|\b24\s?/\s?7\b",
    re.IGNORECASE,
)
#: Words that end what a number counts: "6 drones on site" is of drones, "6 trained pilots" of pilots.
_STOP = r"(?![a-z]*s\b|(?:aircraft|on|in|at|for|per|of|and|or|with|by|to|from|plus|are|used|flown|held|x|off|no)\b)"


@lru_cache(maxsize=8)
def _counted(counting: Counting) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Doings with their number in front, with it behind, and sums told in words."""
    hedge, doings, goods = counting.hedge, counting.source["doings"], counting.source["goods"]
    number = rf"(?:\d[\d,]*(?:\.\d+)?\+?|\b(?:{SPELT})\b)"
    between = rf"(?:-|\s+(?P<kept>(?:{_STOP}[a-z][a-z-]*\s+){{0,3}}))"
    units = rf"\s*{counting.source['units']}(?!\w)"
    front = re.compile(
        rf"(?<![\w.£$€])(?:(?<!\w){hedge}\s*|[<>~]=?\s*)?{number}{between}"
        rf"(?:{doings}|(?<!\(\d )(?<!\(\d\d ){goods})(?!\w)(?!{units}|\s*[-–:=]\s*\d)",
        re.IGNORECASE,
    )
    # Not where what follows is counted: "survey: 4 drones".
    alone = rf"(?!\s*[x×]|\s+(?-i:[A-Z])|{units}|\w)"
    labels = rf"(?<![\w-]){doings}(?!\w)(?:\s+(?-i:[a-z]+)){{0,2}}\s*(?:[:=(]|\s[-–]\s)\s*{number}{alone}"
    of = r"[\s:=–-]*(?:(?:of|was|is|at|about|approx\.?)\s+)*"
    money = rf"(?<!\w){counting.source['money']}(?!\w){of}{_FIGURE}k?(?!\w){alone}{_EACH_SUM}"
    return front, re.compile(labels, re.IGNORECASE), re.compile(money, re.IGNORECASE)


_DAY = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:of\s+)?{_MONTH}\s+(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?({_YEAR})\b"
    rf"|\b\d{{1,2}}[/.-]\d{{1,2}}[/.-]({_YEAR})\b",
    re.IGNORECASE,
)
_FINANCIAL = re.compile(r"\bfy\s?(\d\d)[/-]\d\d\b", re.IGNORECASE)


def years_only(text: str) -> str:
    """A text in which a day is told by its year alone, so that no day of a month is taken for a number."""
    return _FINANCIAL.sub(r"20\1", _DAY.sub(lambda match: match[1] or match[2], text))


def without_measures(text: str, counting: Counting) -> str:
    """A text without the numbers that count no units."""
    doings, labels, sums = _counted(counting)
    for pattern in (_MONEY, sums, _SIZE, _DATE, _REFERENCE):
        text = pattern.sub(" ", text)
    # "120 DJI flights": whose they are stays.
    return labels.sub(" ", doings.sub(lambda match: f" {_whose(match['kept'], counting)} ", text))


def _whose(kept: str | None, counting: Counting) -> str:
    return counting.without("doings", counting.without("goods", kept or "")).strip()
