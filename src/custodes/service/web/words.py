"""The words of the pages that bodies see, in English and Welsh, from one data file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib import resources

import yaml

LANGUAGES = ("en", "cy")
Words = Callable[..., str]


@cache
def table() -> Mapping[str, Mapping[str, str]]:
    """Key to language to text."""
    path = resources.files("custodes.service.web") / "words.yaml"
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


@lru_cache(maxsize=4)
def words(language: str) -> Words:
    """The text of a key, filled in. A key that is not there is a fault of the program: KeyError."""
    known = table()

    def told(key: str, **parts: object) -> str:
        text = known[key][language]
        return text.format(**parts) if parts else text

    return told


def in_language(texts: Mapping[str, str], language: str, other: str = "") -> tuple[str, str]:
    """A text of a survey in a language if it has it, and the language that it is in."""
    for one in (language, *LANGUAGES):
        if texts.get(one):
            return texts[one], one
    return other, "en"
