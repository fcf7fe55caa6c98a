"""Which texts may name a brand at all: a quick look at all of them, so that only such texts are read word by word."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

import ahocorasick_rs

from custodes.attribution.codes import MAX_CODE
from custodes.attribution.names import find_names
from custodes.attribution.tokens import cut
from custodes.knowledge import Knowledge
from custodes.knowledge.compile import CompiledGrammar

#: A shorter name or start of a code stands in too many other words: it is looked for among the words only.
SHORTEST_ANYWHERE = 4
#: Signs, with the blanks among them, in which a code is whole.
LONGEST_CODE = 4 * MAX_CODE
#: Stands between texts that are looked at together; no text holds it.
_END = "\0"
#: ASCII in small letters, a blank for each sign that is no letter and no digit.
_SPACED = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(1, 128)} | {0: _END}


def _written(key: str) -> list[str]:
    """The forms of the start of a code in words with blanks between them: "td2", "td 2", "t d2", "t d 2"."""
    forms = [key[:1]]
    for sign in key[1:]:
        forms = [form + between + sign for form in forms for between in ("", " ")]
    return forms


class NameScreen:
    """Built once for reference data. What it lets pass may still name nothing."""

    def __init__(self, knowledge: Knowledge) -> None:
        names = {alias.key for alias in knowledge.aliases if alias.kind in ("brand", "line")}
        starts: dict[str, list[CompiledGrammar]] = {}
        for grammar in knowledge.grammars:
            for prefix in grammar.row.prefixes:
                starts.setdefault(prefix, []).append(grammar)
        keys = names | starts.keys()
        self._knowledge = knowledge
        self._short_names = ahocorasick_rs.AhoCorasick([f" {key} " for key in names if len(key) < SHORTEST_ANYWHERE])
        short = [(key, form) for key in starts if len(key) < SHORTEST_ANYWHERE for form in _written(key)]
        self._short_starts = [key for key, _ in short]
        self._short = ahocorasick_rs.AhoCorasick([f" {form}" for _, form in short])
        self._automaton = ahocorasick_rs.AhoCorasick(sorted(key for key in keys if len(key) >= SHORTEST_ANYWHERE))
        self._starts = starts
        self._lengths = sorted({len(prefix) for prefix in starts})

    def that_may_name(self, texts: Sequence[str]) -> set[str]:
        """The texts in which a name or the start of a model code of the reference data stands, at a word of its own."""
        plain = [text for text in texts if text.isascii() and _END not in text]
        spaced = "".join(f" {text} {_END}" for text in plain).translate(_SPACED)
        told = spaced.split(_END)[:-1]
        found = {plain[place] for place in self._begun(spaced, told)}
        doubtful = {plain[place] for place in self._named(spaced, told)} - found
        doubtful.update(text for text in texts if not text.isascii() or _END in text)
        found.update(text for text in doubtful if self._names(text))
        return found

    def _named(self, spaced: str, told: Sequence[str]) -> Iterator[int]:
        """The places of texts that hold a key somewhere, be it within a word."""
        squashed = spaced.replace(" ", "")
        ends = list(accumulate(len(text) - text.count(" ") + 1 for text in told))
        yield from (bisect_right(ends, place) for _, place, _ in self._automaton.find_matches_as_indexes(squashed))
        ends = list(accumulate(len(text) + 1 for text in told))
        yield from (bisect_right(ends, place) for _, place, _ in self._short_names.find_matches_as_indexes(spaced))

    def _begun(self, spaced: str, told: Sequence[str]) -> Iterator[int]:
        """The places of texts in which a word begins a code of which the start is short."""
        ends = list(accumulate(len(text) + 1 for text in told))
        for key, place, _ in self._short.find_matches_as_indexes(spaced, overlapping=True):
            text = bisect_right(ends, place)
            rest = spaced[place + 1 : min(place + 1 + LONGEST_CODE, ends[text] - 1)].replace(" ", "")
            if any(grammar.regex.match(rest) for grammar in self._starts[self._short_starts[key]]):
                yield text

    def _names(self, text: str) -> bool:
        words = cut(text)
        if any(hit.alias.kind in ("brand", "line") for hit in find_names(words, self._knowledge)):
            return True
        squashed = words.squashed
        return any(
            grammar.regex.match(squashed, start)
            for start in words.starts
            for length in self._lengths
            for grammar in self._starts.get(squashed[start : start + length], ())
        )
