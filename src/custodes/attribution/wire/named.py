"""Whether a text may name a brand at all: a quick look, so that only such texts are read word by word."""

from __future__ import annotations

import re

import ahocorasick_rs

from custodes.knowledge import Knowledge
from custodes.knowledge.text import squash, words

#: A shorter name or start of a code stands in too many other words: it is looked for at the start of a word only.
SHORTEST_ANYWHERE = 4


class NameScreen:
    """Built once for reference data. What it lets pass may still name nothing."""

    def __init__(self, knowledge: Knowledge) -> None:
        names = {alias.key for alias in knowledge.aliases if alias.kind in ("brand", "line")}
        starts = {prefix for grammar in knowledge.grammars for prefix in grammar.row.prefixes}
        anywhere = sorted(key for key in names | starts if len(key) >= SHORTEST_ANYWHERE)
        self._names = frozenset(key for key in names if len(key) < SHORTEST_ANYWHERE)
        self._starts = frozenset(key for key in starts if len(key) < SHORTEST_ANYWHERE)
        self._automaton = ahocorasick_rs.AhoCorasick(anywhere or ["\0"])

    def may_name(self, text: str) -> bool:
        """Whether a name or the start of a model code of the reference data stands in a text."""
        if self._automaton.find_matches_as_indexes(squash(text)):
            return True
        return any(
            word in self._names or ((word[:3] in self._starts or word[:2] in self._starts) and _DIGIT.search(text))
            for word in words(text)
        )


_DIGIT = re.compile(r"\d")
