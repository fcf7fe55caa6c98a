"""Days of any precision: "2023", "2023-02", "2023-02-09". What is not known of a day stays not known."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from custodes.model.rules import Answer

PERIOD = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?")


def is_day(text: str) -> bool:
    """Whether a text is a day that the calendar has, of any precision."""
    if not PERIOD.fullmatch(text):
        return False
    try:
        return len(text) < 10 or bool(date.fromisoformat(text))
    except ValueError:
        return False


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ]\d{1,2}:\d{2}.*)?")
_YEAR_LAST = re.compile(r"(?:(\d{1,2})([-/.]))?(\d{1,2})[-/.](\d{4}|\d{2})(?: \d{1,2}:\d{2}.*)?")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[-/ .]+)?([a-z]{3,9})\.?[-/ ,.]+(?:(\d{1,2})(?:st|nd|rd|th)?,? +)?(\d{4})"
)


def read_day(text: str) -> str:
    """A day as registers write it, in ISO form and no more precise than it is sure; empty if it is none.

    "03/04/2024" can be two days: only its year is sure. "31/04/2024" is no day at all.
    """
    told = " ".join(text.casefold().split())
    if re.fullmatch(r"(?:19|20)\d{2}", told):
        return told
    if found := _YEAR_FIRST.fullmatch(told):
        return _iso(found[1], found[2], found[3])
    if found := _YEAR_LAST.fullmatch(told):
        return _year_last(found[1] or "", found[2] or "", found[3], found[4])
    if found := _NAMED.fullmatch(told):
        month = found[2][:3]
        return _iso(found[4], str(_MONTHS.index(month) + 1), found[1] or found[3]) if month in _MONTHS else ""
    return ""


def _year_last(first: str, mark: str, second: str, year: str) -> str:
    if not first:
        return _iso(year, second, None) if len(year) == 4 else ""
    year = year if len(year) == 4 else f"20{year}"
    day_first, month_first = _iso(year, second, first), _iso(year, first, second)
    if mark == "." or not month_first or day_first == month_first:  # with dots the day stands first, everywhere
        return day_first
    return year if day_first else month_first


def _iso(year: str, month: str, day: str | None) -> str:
    told = f"{year}-{int(month):02d}" + (f"-{int(day):02d}" if day else "")
    return told if 1970 <= int(year) <= 2100 and is_day(told) else ""


def begun(since: str, day: str) -> Answer:
    """Whether something that began on `since` has begun on `day` (ISO, to the day). Unknown inside a bare period."""
    if not since:
        return Answer.UNKNOWN
    if len(since) == 10:
        return Answer.YES if day >= since else Answer.NO
    start = day[: len(since)]
    if start == since:
        return Answer.UNKNOWN
    return Answer.YES if start > since else Answer.NO


_NAMES = "January February March April May June July August September October November December".split()  # noqa: SIM905


def in_words(value: date) -> str:
    """A day as people write it: 9 February 2023."""
    return f"{value.day} {_NAMES[value.month - 1]} {value.year}"


@lru_cache(4_096)
def span(period: str) -> tuple[date, date]:
    """The first and last day of a day, month or year (ISO). Raises ValueError for anything else."""
    year, month, day = (int(part) for part in f"{period}-1-1".split("-")[:3])
    first = date(year, month, day)
    if len(period) == 10:
        return first, first
    following = date(year + 1, 1, 1) if len(period) == 4 else date(year + month // 12, month % 12 + 1, 1)
    return first, following - timedelta(days=1)


def known_on(recorded: str, day: str) -> bool:
    """Whether something recorded on `recorded` was known on `day`; without a record it always was."""
    return not recorded or not day or day >= recorded
