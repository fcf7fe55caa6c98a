"""Names in a text: brands, product lines, and names that must not be taken for them."""

from __future__ import annotations

from dataclasses import dataclass

from custodes.attribution.tokens import Words
from custodes.knowledge import Knowledge
from custodes.knowledge.compile import Alias

#: What may stand between the pieces of one name ("Hik Vision", "D.J.I.", "Da-Jiang").
_JOINS = frozenset({" ", "-", ".", "_", "'", "’", "", ". ", " - ", "&", " & ", "·", "+"})


@dataclass(frozen=True, slots=True)
class NameHit:
    """One name found: words `first`..`last` (inclusive)."""

    alias: Alias
    first: int
    last: int


def find_names(words: Words, knowledge: Knowledge) -> list[NameHit]:
    """Every name at word boundaries, the longest winning where two overlap, in text order."""
    if not words.squashed:
        return []
    hits = []
    for index, start, end in knowledge.automaton.find_matches_as_indexes(words.squashed, overlapping=True):
        alias = knowledge.aliases[index]
        if start in words.starts and end in words.ends:
            first, last = words.starts.index(start), words.ends.index(end)
        elif alias.boundless:
            first, last = _containing(words, start, end)
        else:
            continue
        if first == last or _is_one_name(words, first, last, alias):
            hits.append(NameHit(alias, first, last))
    if len(hits) < 2:
        return hits
    return _longest(hits)


def _containing(words: Words, start: int, end: int) -> tuple[int, int]:
    first = max(index for index, place in enumerate(words.starts) if place <= start)
    last = min(index for index, place in enumerate(words.ends) if place >= end)
    return first, last


def _is_one_name(words: Words, first: int, last: int, alias: Alias) -> bool:
    gaps = words.gaps[first:last]
    if not all(gap in _JOINS for gap in gaps):
        return False
    if len(alias.key) >= 5 or alias.pieces == last - first + 1:
        return True
    pieces = words.words[first : last + 1]
    return all(len(piece) == 1 for piece in pieces) and all(gap.strip() for gap in gaps)


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
