"""Model codes in a text: runs of words that a maker's numbering grammar explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from custodes.attribution.names import NameHit
from custodes.attribution.tokens import LONGEST_TAIL, Words
from custodes.knowledge import Knowledge
from custodes.knowledge.compile import CompiledGrammar

MAX_WORDS = 9
MAX_CODE = 48
#: Signs from which a piece of a code is told to be another maker's whole one: "M800" is a piece of many.
SHORTEST_APART = 6
_DIGIT = re.compile(r"\d")
_TAIL = re.compile(r"[a-z]{4,}$")
#: What may stand between two pieces of one code; a blank only under further conditions.
_TIGHT = frozenset(("-", "/", "(", ")", ".", "_", "", ")(", "-(", "(-", ")-", ")/", "/("))
_LOOSE = frozenset((" ", " (", ") "))
#: Classes of a first word: unknown, code-like, or a number ("1.0C-H4A"), a stem ("IPC"), part of a firm's name.
_MAY_START = frozenset(("", "code-like", "number", "stem", "org", "business", "banner", "short", "attribute"))


class CodeHit(NamedTuple):
    """Words `first`..`last` are one model code; every grammar that explains all of it, by brand."""

    first: int
    last: int
    grammars: tuple[CompiledGrammar, ...]
    brands: tuple[str, ...]  # ids of the brands it may belong to, each once

    @property
    def accessory(self) -> bool:
        """Whether every grammar that explains it is one of accessories."""
        return all(grammar.row.device_type == "accessory" for grammar in self.grammars)


def find_codes(
    words: Words, kinds: Sequence[str], knowledge: Knowledge, names: Sequence[NameHit] = ()
) -> list[CodeHit]:
    """Model codes, longest first at each place, not overlapping, in text order. `kinds[i]`: class of word i.

    A word of the vocabulary starts no code, and no code runs into one of `names`.
    """
    hits: list[CodeHit] = []
    squashed, begun = words.squashed, knowledge.prefix_lengths
    free = 0
    for index, start in enumerate(words.starts):
        if index < free or kinds[index] not in _MAY_START:
            continue
        hit = _code_at(words, index, kinds, knowledge, names) if squashed[start : start + 2] in begun else None
        if hit is not None:
            hits.append(hit)
            free = hit.last + 1
    return hits


def _code_at(
    words: Words,
    first: int,
    kinds: Sequence[str],
    knowledge: Knowledge,
    names: Sequence[NameHit],
) -> CodeHit | None:
    start, squashed = words.starts[first], words.squashed
    candidates = _candidates(squashed, start, knowledge)
    if not candidates:
        return None
    barred = {name.first for name in names}
    ends = _possible_ends(words, first, kinds, knowledge, barred)
    for last in reversed(ends):
        end = words.ends[last]
        if end - start > MAX_CODE:
            continue
        pieces = words.words[first : last + 1]
        matching = [grammar for grammar in candidates if grammar.explains(squashed, start, end, pieces)]
        if matching and not _runs_on(words, last):
            grammars = tuple(dict.fromkeys(matching))
            brands = tuple(dict.fromkeys([g.row.brand for g in grammars]))
            # a word tied to another's code makes none, however much of that code is left off
            stops = _run_on(words, last, ends)
            if _ends_in_anothers(words, first, stops, brands, knowledge):
                return None
            return CodeHit(first, last, grammars, brands)
    return None


def _run_on(words: Words, last: int, ends: Sequence[int]) -> list[int]:
    """The place where a code ends, and those behind it to which dashes lead on."""
    found = [last]
    while found[-1] + 1 in ends and words.gaps[found[-1]] == "-":
        found.append(found[-1] + 1)
    return [words.ends[one] for one in found]


def _candidates(squashed: str, start: int, knowledge: Knowledge) -> list[CompiledGrammar]:
    """Grammars whose codes begin as the text does at a place."""
    found: list[CompiledGrammar] = []
    for length in knowledge.prefix_lengths.get(squashed[start : start + 2], ()):
        found += knowledge.prefixes.get(squashed[start : start + length], ())
    return found


def _ends_in_anothers(
    words: Words, first: int, stops: Sequence[int], brands: Sequence[str], knowledge: Knowledge
) -> bool:
    """Whether a word of letters was only tied to what by itself is another maker's code: "sncz-HC30WB5R1"."""
    if _DIGIT.search(words.words[first]):
        return False
    for start in words.starts[first + 1 :]:
        if start > stops[0] - SHORTEST_APART:
            return False
        whole = [one for one in _candidates(words.squashed, start, knowledge) if one.row.alone]
        found = {one.row.brand for one in whole for stop in stops if one.regex.fullmatch(words.squashed, start, stop)}
        if found and found.isdisjoint(brands):
            return True
    return False


def _runs_on(words: Words, last: int) -> bool:
    """Whether a number of several digits is tied on: "M2150-10-EI" is another firm's code and not its first piece."""
    if last + 1 >= len(words.words) or words.gaps[last] != "-" or not words.words[last][-1].isdecimal():
        return False
    following = words.words[last + 1]
    return len(following) > 1 and following.isdecimal()


def _possible_ends(words: Words, first: int, kinds: Sequence[str], knowledge: Knowledge, barred: set[int]) -> list[int]:
    """Words at which a code that starts at `first` may end: only once it holds a digit.

    Pieces are tied by the marks codes are written with. Until the first digit any piece may follow, also after
    a blank ("DS 2CD2143", "Axon Body 3"). After it, a piece of letters only must be a suffix that catalogues
    use, and a piece after a blank must be such a suffix or hold a digit, and only if the code was written with
    blanks from the start: an unknown word must stay visible as an unexplained word.
    """
    complete = _complete(words.words[first], knowledge)
    if complete is None:
        return []
    ends = [first] if complete else []
    with_blanks = False
    for index in range(first + 1, min(first + MAX_WORDS, len(words.words))):
        gap, word, kind = words.gaps[index - 1], words.words[index], kinds[index]
        if index in barred or not (gap in _TIGHT or gap in _LOOSE) or not _may_follow(word, kind, gap):
            break
        digit = _complete(word, knowledge)
        loose = gap in _LOOSE
        if digit is None or (complete and not _continues(word, kind, digit, loose, with_blanks, knowledge)):
            break
        with_blanks = with_blanks or (loose and not complete)
        complete = complete or digit
        if complete:
            ends.append(index)
    return ends


def _may_follow(word: str, kind: str, gap: str) -> bool:
    """A telling word ends a code; short forms of streets and ranks are also suffixes, tied by a mark."""
    if not kind.startswith("flag:"):
        return True
    return gap in _TIGHT and len(word) <= 2 and kind == "flag:placename"


def _complete(word: str, knowledge: Knowledge) -> bool | None:
    """Whether a piece holds a digit; None if a word is glued behind its last digit ("2143fake")."""
    if word.isdecimal():
        return True
    if word.isalpha() or not _DIGIT.search(word):
        return False
    tail = _TAIL.search(word)
    if tail is None:
        return True
    letters = tail.group()
    if len(letters) > LONGEST_TAIL:
        return None
    classes = knowledge.word_class
    glued = any(classes.get(letters[-size:], "").startswith("flag:") for size in range(3, len(letters) + 1))
    return None if glued else True


def _continues(word: str, kind: str, digit: bool, loose: bool, with_blanks: bool, knowledge: Knowledge) -> bool:
    """Whether a piece may belong to a code that already holds a digit."""
    if loose and not with_blanks:
        return False
    if digit:
        return not loose or kind == "code-like"
    return len(word) <= (1 if loose else 2) or word in knowledge.code_suffixes
