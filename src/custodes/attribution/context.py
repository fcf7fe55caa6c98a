"""What the words around a name say: does anything speak against it, and is anything left unexplained?

The rule is positive. A name is carried to an assertion only if every other word of the text is explained:
vocabulary of equipment, of organisations, of places inside a building, numbers, model codes. A word that says
"not", "former", "bracket for" is a reason; a word that nothing explains has the same effect without one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from custodes.attribution.codes import CodeHit
from custodes.attribution.names import NameHit
from custodes.attribution.tokens import CODE_LIKE, NUMBER, Words

CLAUSE_MARKS = frozenset(",;.|\n()")
#: Flags that govern a name from anywhere in its clause; the others only lower it to "check".
GOVERNING = ("purpose", "negation", "past", "accessory", "compatible", "service", "person", "placename", "future")
#: The longest model-code piece of letters only that a dash or slash may tie to a piece with digits.
TIED_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """How the words of a text were understood.

    `kinds[i]`: class of word i ("name" and "code" for hits). `flags`: (flag name, word index) in text order.
    `unexplained`: indices of words that nothing explains.
    """

    kinds: tuple[str, ...]
    flags: tuple[tuple[str, int], ...]
    unexplained: tuple[int, ...]


def read_context(
    words: Words, base: Sequence[str], names: Sequence[NameHit], codes: Sequence[CodeHit]
) -> Reading:
    """Classify every word of a text, given its names and codes. `base[i]` is the word's own class."""
    kinds = list(base)
    for name in names:
        for index in range(name.first, name.last + 1):
            kinds[index] = "name"
    for code in codes:
        for index in range(code.first, code.last + 1):
            kinds[index] = "code"
    flags: list[tuple[str, int]] = []
    unexplained: list[int] = []
    for index, kind in enumerate(kinds):
        if not kind:
            if _tied_to_code(words, index, kinds):
                kinds[index] = "code"
            else:
                unexplained.append(index)
        elif kind[0] == "f" and kind.startswith("flag:"):
            if not _is_number_sign(words, index, kinds) and not _purpose_after(kind, index, kinds):
                flags.append((kind[5:], index))
    return Reading(tuple(kinds), tuple(flags), tuple(unexplained))


def _purpose_after(kind: str, index: int, kinds: Sequence[str]) -> bool:
    """Whether a "for" stands after every name: it then says what the device is for, not what it belongs to."""
    return kind == "flag:purpose" and not any(later in ("name", "code") for later in kinds[index + 1 :])


def _is_number_sign(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether "no" is the sign for a number: "No. 5", "2 no"."""
    if words.words[index] not in ("no", "nos", "nr"):
        return False
    after = kinds[index + 1] if index + 1 < len(kinds) else ""
    before = kinds[index - 1] if index else ""
    closing = index + 1 == len(kinds) or words.gaps[index].strip() != ""
    return (after == NUMBER and words.words[index + 1].isdigit()) or (before == NUMBER and closing)


def _tied_to_code(words: Words, index: int, kinds: Sequence[str]) -> bool:
    """Whether a short run of letters is one piece of a written code: "X2-PRO", "(S)(W)"."""
    if len(words.words[index]) > TIED_LETTERS:
        return False
    neighbours = []
    if index and words.gaps[index - 1] in ("-", "/", "(", "_"):
        neighbours.append(kinds[index - 1])
    if index + 1 < len(kinds) and words.gaps[index] in ("-", "/", "_", ")("):
        neighbours.append(kinds[index + 1])
    return CODE_LIKE in neighbours or "code" in neighbours


def governing_flag(words: Words, reading: Reading, first: int, last: int) -> str | None:
    """The flag that speaks about the name at words `first`..`last`, or None.

    A flag before the name governs it over lists ("no X or Y"), one after it up to the end of its clause;
    another name between takes it over. A place word must follow directly ("X Road").
    """
    best: tuple[int, str] | None = None
    for flag, index in reading.flags:
        if flag not in GOVERNING:
            continue
        distance = _distance(words, reading, index, first, last, flag)
        if distance is not None and (best is None or distance < best[0]):
            best = (distance, flag)
    return best[1] if best else None


def _distance(words: Words, reading: Reading, index: int, first: int, last: int, flag: str) -> int | None:
    if flag == "placename":
        near = last < index <= last + 2 and not _clause_break(words, last, index)
        return index - last if near else None
    if index < first:
        between = range(index + 1, first)
        if flag in ("past", "future") and any(reading.kinds[i] == "name" for i in between):
            return None
        if flag == "negation" and _sentence_break(words, index, first):
            return None
        return first - index
    between = range(last + 1, index)
    if any(reading.kinds[i] == "name" for i in between) or _clause_break(words, last, index):
        return None
    return index - last


def _clause_break(words: Words, start: int, end: int) -> bool:
    return any(mark in CLAUSE_MARKS for gap in words.gaps[start:end] for mark in gap)


def _sentence_break(words: Words, start: int, end: int) -> bool:
    return any(mark in ";.\n|" for gap in words.gaps[start:end] for mark in gap if gap.strip() != ".")
