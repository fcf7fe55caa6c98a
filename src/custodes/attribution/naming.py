"""The brands that a text names, by the reference data: handed to rooms that do not know of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.model.vocab import Status

_PARTS = re.compile(r"[;\n]|[.:,]\s")
_MOST_PARTS = 400


def namer(loaded: Knowledge) -> Callable[[str], list[str]]:
    """Text to the ids of the brands it names or may name."""

    def named(text: str) -> list[str]:
        mentions = resolve_text(text, loaded, explain=False).mentions
        return [item.brand for item in mentions if item.status is not Status.UNKNOWN]

    return named


def letter_namer(loaded: Knowledge) -> Callable[[str], list[str]]:
    """The same of a whole letter: part by part, since what one sentence says explains no other."""
    named = namer(loaded)

    def of_letter(text: str) -> list[str]:
        return [brand for part in _PARTS.split(text)[:_MOST_PARTS] for brand in named(part)]

    return of_letter
