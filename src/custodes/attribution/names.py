"""Names in a text: brands, product lines, and names that must not be taken for them."""

from __future__ import annotations

from typing import NamedTuple

from custodes.attribution.tokens import Words
from custodes.knowledge import Knowledge
from custodes.knowledge.compile import Alias

#: What may stand between the pieces of one name ("Hik Vision", "D.J.I.", "Da-Jiang").
_JOINS = frozenset({" ", "-", ".", "_", "'", "’", "", ". ", " - ", "&", " & ", "·", "+"})


class NameHit(NamedTuple):
    """One name found: words `first`..`last` (inclusive). `weak`: it may be an ordinary word or two of them."""

    alias: Alias
    first: int
    last: int
    weak: bool


def find_names(words: Words, knowledge: Knowledge) -> list[NameHit]:
    """Every name at word boundaries, the longest winning where two overlap, in text order."""
    if not words.squashed:
        return []
    hits = []
    starts, ends = words.starts, words.ends
    for index, start, end in knowledge.automaton.find_matches_as_indexes(words.squashed, overlapping=True):
        if start in starts and end in ends:
            alias = knowledge.aliases[index]
            first, last = starts.index(start), ends.index(end)
            hit = NameHit(alias, first, last, alias.weak) if first == last else _pieced(words, alias, first, last)
            if hit is not None:
                hits.append(hit)
    return hits if len(hits) < 2 else _longest(hits)


def _pieced(words: Words, alias: Alias, first: int, last: int) -> NameHit | None:
    """The hit of a name that stands in several words, if they are written as one name is."""
    pieces = last - first + 1
    gaps = words.gaps[first:last]
    if not all(gap in _JOINS for gap in gaps):
        return None
    if pieces in alias.pieces:
        return NameHit(alias, first, last, alias.weak)
    spelled = all(len(piece) == 1 for piece in words.words[first : last + 1]) and all(g.strip() for g in gaps)
    if spelled:
        return NameHit(alias, first, last, alias.weak)
    if len(alias.key) < 5:
        return None
    return NameHit(alias, first, last, alias.weak or any(" " in gap for gap in gaps))


def _longest(hits: list[NameHit]) -> list[NameHit]:
    hits.sort(key=lambda hit: (-len(hit.alias.key), hit.first))
    taken: set[int] = set()
    kept = []
    for hit in hits:
        span = range(hit.first, hit.last + 1)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(hit)
    kept.sort(key=lambda hit: hit.first)
    return kept
