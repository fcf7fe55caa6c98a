"""How a fleet's number is said, as the vocabulary of a pack lists it: each kind of word or phrase as one pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from custodes.knowledge.vocabulary import texts

KINDS = (
    *("units", "doings", "goods", "about", "nearly", "at_most", "at_least", "over", "under", "each", "per"),
    *("harmless", "gone", "bought", "money", "plain", "docks"),
)
#: The kinds that say how sure a number is; with `_behind`, those that stand behind it.
HEDGES = ("about", "nearly", "at_most", "at_least", "over", "under")
_BEHIND = ("about", "at_most", "at_least")


class Counting:
    """The kinds of the vocabulary: `source` holds the words of each as a piece of a pattern, `has` asks a text."""

    def __init__(self, block: Mapping[str, Any]) -> None:
        self.source = {kind: _pattern(_listed(block.get(kind))) for kind in KINDS}
        front = {kind: _listed(block.get(kind)) for kind in HEDGES}
        behind = {kind: _listed(block.get(f"{kind}_behind")) for kind in _BEHIND}
        pairs = [(told, kind) for group in (front, behind) for kind, phrases in group.items() for told in phrases]
        # A longer phrase of another kind must win: "no more than" is no "more than".
        pairs.sort(key=lambda pair: -len(pair[0]))
        self._found = {kind: re.compile(_whole(told), re.IGNORECASE) for kind, told in self.source.items()}
        self._hedges = [(re.compile(_whole(_phrase(told)), re.IGNORECASE), kind) for told, kind in pairs]
        self.hedge = _pattern(told for phrases in front.values() for told in phrases)
        self.behind = _pattern(told for phrases in behind.values() for told in phrases)
        # At the end of a text a word alone may be of a model's name ("Max"), unless it says that it is approximate.
        several = [told for phrases in behind.values() for told in phrases if " " in told]
        self.last = _pattern([*behind["about"], *several])

    def has(self, kind: str, text: str) -> bool:
        """Whether a word or phrase of a kind stands in a text."""
        return self._found[kind].search(text) is not None

    def without(self, kind: str, text: str) -> str:
        """A text without the words of a kind."""
        return self._found[kind].sub(" ", text)

    def strange(self, text: str) -> bool:
        """Whether words stand around a number that say something else of it than what it counts and how sure it is."""
        for kind in ("units", "each", "harmless", "plain"):
            text = self.without(kind, text)
        return re.search(r"(?<![\w-])[a-z][a-z-]+(?![\w])", text) is not None

    def hedged(self, text: str) -> str:
        """The kind of the longest hedge in a text; empty if there is none."""
        return next((kind for pattern, kind in self._hedges if pattern.search(text)), "")


def _listed(value: object) -> list[str]:
    """A list of phrases, or the words of a text."""
    return texts(value) if isinstance(value, list) else str(value or "").split()  # type: ignore[return-value]


def _pattern(phrases: Iterable[str]) -> str:
    """One of several phrases, the longest first."""
    listed = sorted(set(phrases), key=lambda told: (-len(told), told))
    return f"(?:{'|'.join(map(_phrase, listed)) or '(?!)'})"


def _phrase(told: str) -> str:
    """A phrase with any blanks, or a hyphen, between its words."""
    return r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", told)))


def _whole(told: str) -> str:
    """A pattern that stands for whole words."""
    return rf"(?<![\w]){told}(?![\w])"
