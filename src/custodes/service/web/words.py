"""The words of the pages that bodies see, in English and Welsh, from one data file."""

from __future__ import annotations

from functools import cache, lru_cache

from custodes.publication.site.words import LANGUAGES, Table, Words, in_language, read_table, told_in

__all__ = ("LANGUAGES", "Words", "in_language", "table", "words")


@cache
def table() -> Table:
    """Key to language to text."""
    return read_table("custodes.service.web")


@lru_cache(maxsize=4)
def words(language: str) -> Words:
    """The text of a key, filled in. A key that is not there is a fault of the program: KeyError."""
    return told_in(table(), language)
