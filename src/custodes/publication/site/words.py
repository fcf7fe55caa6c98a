"""The words of the pages, in English and Welsh, from one data file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources

import yaml

from custodes.publication.text import clean
from custodes.survey.sentences import STATE_NAMES

LANGUAGES = ("en", "cy")
Words = Callable[..., str]
#: Key to language to text.
Table = Mapping[str, Mapping[str, str]]

_STATES_CY = {
    "answered": "atebwyd",
    "corrected": "cywirwyd",
    "none": "dim",
    "routed_out": "ni ofynnwyd",
    "not_known": "ddim yn hysbys iddynt",
    "refused": "gwrthodwyd",
    "not_answered": "heb ei ateb",
    "return_missing": "dim ffurflen",
    "withdrawn": "tynnwyd yn ôl",
    "returned": "dychwelwyd",
}


@cache
def table() -> Table:
    """Key to language to text."""
    return read_table("custodes.publication.site")


def read_table(package: str) -> Table:
    """The words of a package: its `words.yaml`."""
    path = resources.files(package) / "words.yaml"
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def words(language: str) -> Words:
    """The text of a key, filled in. A key that is not there is a fault of the program: KeyError."""
    return told_in(table(), language)


def told_in(known: Table, language: str) -> Words:
    """The words of a table in a language, as `words` gives them."""

    def told(key: str, **parts: object) -> str:
        text = known[key][language]
        return text.format(**parts) if parts else text

    return told


def state_name(state: str, language: str) -> str:
    """A state of an answer in words."""
    return (_STATES_CY if language == "cy" else STATE_NAMES)[state]


def in_language(texts: Mapping[str, str], language: str, other: str = "") -> tuple[str, str]:
    """A text of the survey in a language if it has it, and the language it is in."""
    for one in (language, *LANGUAGES):
        if clean(texts.get(one, "")):
            return texts[one], one
    return other, "en"
