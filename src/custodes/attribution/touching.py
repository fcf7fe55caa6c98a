"""Which texts a change of the reference data can touch: all others mean what they meant before.

A text is let through too often rather than too seldom: it is touched if a changed name, beginning of a code, or near
spelling stands anywhere in it, or if it may speak of a brand of which something else is told now.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import ahocorasick_rs
from rapidfuzz.distance import OSA

from custodes.attribution.changes import Changes
from custodes.attribution.spelling import SHORTEST, allowed_edits
from custodes.attribution.text import prepared
from custodes.attribution.tokens import Words, cut
from custodes.knowledge import Knowledge
from custodes.knowledge.compile import PREFIX_LENGTH
from custodes.knowledge.text import plain


class Speaks:
    """Whether a text may speak of any of some names: written out, misspelt, or by the beginning of a code."""

    def __init__(self, written: Iterable[str], spelled: Iterable[str]) -> None:
        keys = sorted(filter(None, set(written)))
        self._written = ahocorasick_rs.AhoCorasick(keys) if keys else None
        self._spelled: dict[str, list[str]] = {}
        for name in sorted(set(spelled)):
            self._spelled.setdefault(name[0], []).append(name)
        self._near = lru_cache(maxsize=65_536)(self._is_near)

    @classmethod
    def of_brands(cls, brands: Iterable[str], *editions: Knowledge) -> Speaks:
        """Of brands, by all their names and codes in any edition."""
        wanted = frozenset(brands)
        written: set[str] = set()
        spelled: set[str] = set()
        for one in editions:
            written.update(alias.key for alias in one.aliases if alias.target in wanted)
            codes = (row for row in one.pack.grammars.values() if row.brand in wanted)
            written.update(prefix[:PREFIX_LENGTH] for row in codes for prefix in row.prefixes)
            spelled.update(name for pairs in one.spelling_targets.values() for name, brand in pairs if brand in wanted)
        return cls(written, spelled)

    def in_words(self, words: Words) -> bool:
        """Whether they may stand among the words of a text."""
        if self._written is not None and self._written.find_matches_as_indexes(words.squashed):
            return True
        return bool(self._spelled) and any(self._near(word) for word in words.words if len(word) >= SHORTEST)

    def _is_near(self, word: str) -> bool:
        for name in self._spelled.get(word[0], ()):
            allowed = allowed_edits(name, word)
            if abs(len(name) - len(word)) <= allowed and OSA.distance(word, name, score_cutoff=allowed) <= allowed:
                return True
        return False


class Touching:
    """The changes between two editions, held against texts."""

    def __init__(self, found: Changes, old: Knowledge, new: Knowledge) -> None:
        self._changed = Speaks(found.keys | found.prefixes, found.spelled)
        self._brands = Speaks.of_brands(found.brands, old, new)
        # words that have become a brand's own, or are no longer, matter where it is spoken of
        self._words = [(words, Speaks.of_brands((brand,), old, new)) for brand, words in sorted(found.words.items())]
        self._organisations = found.organisations
        self.text = lru_cache(maxsize=100_000)(self._text)

    def _text(self, raw: str) -> bool:
        """Whether what is made of a text may be another now."""
        read = prepared(raw)
        if self._organisations and plain(read) in self._organisations:
            return True
        words = cut(read)
        if self._changed.in_words(words) or self._brands.in_words(words):
            return True
        spoken = set(words.words)
        return any(not own.isdisjoint(spoken) and brand.in_words(words) for own, brand in self._words)
