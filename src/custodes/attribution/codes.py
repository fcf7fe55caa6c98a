"""Model codes in a text: runs of words that a maker's numbering grammar explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from custodes.attribution.tokens import Words
from custodes.knowledge import Knowledge
from custodes.knowledge.compile import PREFIX_LENGTH, CompiledGrammar

MAX_WORDS = 9
MAX_CODE = 48
#: A piece after a blank may belong to a code that was itself written with blanks only if it is this short.
LOOSE_PIECE = 4
_DIGIT = re.compile(r"\d")
#: Classes of a first word: unknown, code-like, short, or a number ("1.0C-H4A").
_MAY_START = frozenset(("", "code-like", "short", "number", "org", "banner"))
#: Marks that end a code wherever they stand; a dash between blanks sets a description off.
_HARD_GAP = re.compile(r"[,;:|\n\t]|\s-\s|\s{3}")


@dataclass(frozen=True, slots=True)
class CodeHit:
    """Words `first`..`last` are one model code; every grammar that explains all of it, by brand."""

    first: int
    last: int
    grammars: tuple[CompiledGrammar, ...]
    brands: tuple[str, ...]  # ids of the brands it may belong to, each once


def find_codes(words: Words, kinds: Sequence[str], knowledge: Knowledge) -> list[CodeHit]:
    """Model codes, longest first at each place, not overlapping, in text order. `kinds[i]`: class of word i.

    A word of the vocabulary starts no code; a text without any digit holds only stems.
    """
    hits: list[CodeHit] = []
    squashed, lengths = words.squashed, knowledge.prefix_lengths
    free = 0
    for index, start in enumerate(words.starts):
        if index < free or kinds[index] not in _MAY_START:
            continue
        known = lengths.get(squashed[start : start + 2])
        hit = _code_at(words, index, known, kinds, knowledge) if known else None
        if hit is not None:
            hits.append(hit)
            free = hit.last + 1
    return hits


def _code_at(
    words: Words, first: int, lengths: Sequence[int], kinds: Sequence[str], knowledge: Knowledge
) -> CodeHit | None:
    start, squashed, prefixes = words.starts[first], words.squashed, knowledge.prefixes
    candidates: list[CompiledGrammar] = []
    for length in lengths:
        candidates += prefixes.get(squashed[start : start + length], ())
    if not candidates:
        return None
    for last in reversed(_possible_ends(words, first, kinds)):
        end = words.ends[last]
        if end - start > MAX_CODE:
            continue
        matching = [grammar for grammar in candidates if grammar.regex.fullmatch(squashed, start, end)]
        if matching:
            grammars = tuple(dict.fromkeys(matching))
            return CodeHit(first, last, grammars, tuple(dict.fromkeys([g.row.brand for g in grammars])))
    return None


def _possible_ends(words: Words, first: int, kinds: Sequence[str]) -> list[int]:
    """Words at which a code that starts at `first` may end.

    Within a run without blanks any word may. Across a blank a code goes on only until it holds its first
    digit ("DS 2CD2143"), and then, if it was written with blanks, over short pieces no vocabulary knows: an
    unknown word after a complete code must stay visible as an unexplained word.
    """
    ends = [first]
    head_complete = _has_digit(words.words[first])
    with_blanks = False
    for index in range(first + 1, min(first + MAX_WORDS, len(words.words))):
        gap, word = words.gaps[index - 1], words.words[index]
        kind = kinds[index]
        if _HARD_GAP.search(gap) or kind.startswith("flag:"):
            break
        if " " in gap:
            short = len(word) <= LOOSE_PIECE and kind in ("", "short", "code-like")
            if head_complete and not (with_blanks and short):
                break
            with_blanks = True
        head_complete = head_complete or _has_digit(word)
        ends.append(index)
    return ends


def _has_digit(word: str) -> bool:
    return _DIGIT.search(word) is not None
