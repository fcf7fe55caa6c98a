"""Model codes in a text: runs of words that a maker's numbering grammar explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from custodes.attribution.tokens import Words
from custodes.knowledge import Knowledge
from custodes.knowledge.compile import CompiledGrammar

MAX_WORDS = 9
MAX_CODE = 48
_DIGIT = re.compile(r"\d")
#: What may stand between two pieces of one code; a blank only under further conditions.
_TIGHT = frozenset(("-", "/", "(", ")", ".", "_", "", ")(", "-(", "(-", ")-", ")/", "/("))
_LOOSE = frozenset((" ", " (", ") "))
#: Pieces of letters only, after the code's first digit: short ones, without the vowels that words are made of.
_C = "[b-df-hj-np-tv-z]"
#: Pieces of letters only that follow a code's first digit: short, and not built like a word (no consonant,
#: vowel, consonant), save for the commonest that catalogues do use.
SUFFIX = re.compile(
    rf"[a-z]{{1,2}}|{_C}{{3,4}}|[aiu]{_C}{{2,3}}|{_C}{{2,3}}[iu]|{_C}[iu]{{2}}|[iu]{{2}}{_C}|{_C}?ve|ei[sz]"
    rf"|luf|iuf|nir|pir|lizs|zas|vas|vfa|nas|fas|sas"
)
_LOOSE_LETTERS = re.compile(rf"[a-z]{{1,2}}|{_C}{{3}}|[iu]{_C}{{2}}|[iu]{{2}}{_C}|iuf|luf")
#: Classes of a first word: unknown, code-like, or a number ("1.0C-H4A"), a stem ("IPC"), part of a firm's name.
_MAY_START = frozenset(("", "code-like", "number", "stem", "org", "banner", "short", "attribute"))


@dataclass(frozen=True, slots=True)
class CodeHit:
    """Words `first`..`last` are one model code; every grammar that explains all of it, by brand."""

    first: int
    last: int
    grammars: tuple[CompiledGrammar, ...]
    brands: tuple[str, ...]  # ids of the brands it may belong to, each once

    @property
    def accessory(self) -> bool:
        """Whether every grammar that explains it is one of accessories."""
        return all(grammar.row.device_type == "accessory" for grammar in self.grammars)


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

    Pieces are tied by the marks codes are written with. Until the first digit any piece may follow, also after
    a blank ("DS 2CD2143", "Axon Body 3"). After it, a piece of letters only must look like a suffix and not
    like a word, and a piece after a blank must be short or hold a digit, and only if the code was written with
    blanks from the start: an unknown word must stay visible as an unexplained word.
    """
    ends = [first]
    complete = _DIGIT.search(words.words[first]) is not None
    with_blanks = False
    for index in range(first + 1, min(first + MAX_WORDS, len(words.words))):
        gap, word = words.gaps[index - 1], words.words[index]
        suffix = gap in _TIGHT and len(word) <= 2
        if (kinds[index].startswith("flag:") and not suffix) or not (gap in _TIGHT or gap in _LOOSE):
            break
        digit = _DIGIT.search(word) is not None
        loose = gap in _LOOSE
        if complete and not _continues(word, kinds[index], digit=digit, loose=loose, with_blanks=with_blanks):
            break
        with_blanks = with_blanks or (loose and not complete)
        complete = complete or digit
        ends.append(index)
    return ends


def _continues(word: str, kind: str, *, digit: bool, loose: bool, with_blanks: bool) -> bool:
    """Whether a piece may belong to a code that already holds a digit."""
    if loose and not with_blanks:
        return False
    if digit:
        return not loose or kind == "code-like"
    return (_LOOSE_LETTERS if loose else SUFFIX).fullmatch(word) is not None
