"""Bounded spelling guesses on words that nothing explains. A guess is never more than "probably, check"."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from custodes.attribution.context import Reading
from custodes.attribution.tokens import Words
from custodes.knowledge import Knowledge

SHORTEST = 5


def guesses(words: Words, reading: Reading, knowledge: Knowledge) -> dict[int, str]:
    """Word index to brand id, for unexplained words within one edit of a name (two from seven letters)."""
    if not reading.unexplained or "name" in reading.kinds:
        return {}
    found = {}
    for index in reading.unexplained:
        word = words.words[index]
        if len(word) >= SHORTEST and word.isascii():
            brand = _nearest(word, knowledge)
            if brand:
                found[index] = brand
    return found


def allowed_edits(name: str, word: str) -> int:
    """Edits by which a word may differ from a name that it is taken for."""
    return 2 if min(len(name), len(word)) >= 7 else 1


@lru_cache(maxsize=65536)
def _nearest(word: str, knowledge: Knowledge) -> str | None:
    best: tuple[int, str] | None = None
    for name, brand in knowledge.spelling_targets.get(word[0], ()):
        allowed = allowed_edits(name, word)
        if abs(len(name) - len(word)) > allowed:
            continue
        distance = int(OSA.distance(word, name, score_cutoff=allowed))
        if distance <= allowed and (best is None or distance < best[0]):
            best = (distance, brand)
    return best[1] if best else None
