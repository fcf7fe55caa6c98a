"""The words of the pages that bodies see, in English and Welsh, from one data file."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from custodes.model.days import in_words
from custodes.publication.site.words import LANGUAGES, Table, Words, in_language, read_table, told_in

__all__ = ("LANGUAGES", "Words", "day_in", "in_language", "table", "words")
#: The months in Welsh, as a date says them.
_MONTHS_CY = (
    "Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin",
    "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr",
)  # fmt: skip


@cache
def table() -> Table:
    """Key to language to text."""
    return read_table("custodes.service.web")


@lru_cache(maxsize=4)
def words(language: str) -> Words:
    """The text of a key, filled in. A key that is not there is a fault of the program: KeyError."""
    return told_in(table(), language)


def day_in(day: date, language: str) -> str:
    """A day in words: 27 November 2026."""
    return f"{day.day} {_MONTHS_CY[day.month - 1]} {day.year}" if language == "cy" else in_words(day)
