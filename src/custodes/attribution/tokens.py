"""A text cut into words, with what each word is: the one pass every later step works on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate

from custodes.knowledge.text import WORD, fold

#: What a word is, when it is neither a name nor part of a model code.
UNEXPLAINED = ""
NUMBER = "number"
CODE_LIKE = "code-like"

_NUMBER = re.compile(
    r"x?\d+(st|nd|rd|th|mp|mpx|m|mm|cm|k|kg|g|x|tb|gb|mb|ch|channel|way|w|v|vdc|vac|p|i|fps|ips|hz|ghz|mhz|off|no|nos|nr"
    r"|pcs|pc|port|ports|u|in|inch|ft|am|pm|yr|yrs|h|ah|mah|dpi|lux|db|deg|units?|cams?|cameras?)?x?"
)
_HAS_DIGIT = re.compile(r"\d")
_CUT = re.compile(f"({WORD.pattern})")
_TAIL = re.compile(r"[^\W\d_]{4,}$")
_VERSION = re.compile(r"v\d+")
#: More letters than this behind a word's last digit are a word of their own.
LONGEST_TAIL = 6
#: Digits that stand for letters in a word made unreadable ("rem0ved").
_SPELLED_WITH_DIGITS = str.maketrans("013457", "oieast")
_CUT_ASCII = re.compile("([a-z0-9]+)")


class Words:
    """The words of one text, folded.

    `starts[i]`, `ends[i]`: place of word i in `squashed`, the words joined without anything between them.
    `gaps[i]`: what stands in the text after word i. `span(a, b)`: place of words a..b in the folded text.
    """

    __slots__ = ("_parts", "ends", "gaps", "squashed", "starts", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts = (_CUT_ASCII if text.isascii() else _CUT).split(text)
        self.words = self._parts[1::2]
        self.gaps = self._parts[2::2]
        self.squashed = "".join(self.words)
        self.ends = list(accumulate(map(len, self.words)))
        self.starts = [0, *self.ends[:-1]] if self.ends else []

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Start and end of words `first`..`last` in the folded text."""
        start = sum(map(len, self._parts[: 2 * first + 1]))
        return start, start + sum(map(len, self._parts[2 * first + 1 : 2 * last + 2]))

    def folded(self, first: int, last: int) -> str:
        """Words `first`..`last` with what stands between them, folded."""
        return "".join(self._parts[2 * first + 1 : 2 * last + 2])


def cut(raw: str) -> Words:
    """Fold and cut a text. Linear in its length."""
    return Words(fold(raw))


class WordKinds(dict[str, str]):
    """The class of each word met so far: a vocabulary class, `flag:NAME`, number, code-like, or "" (unexplained).

    A memory over texts: a word's class depends on the word alone.
    """

    MOST = 200_000

    def __init__(self, classes: Mapping[str, str]) -> None:
        super().__init__()
        self._classes = classes

    def __missing__(self, word: str) -> str:
        if word.isdecimal() and word not in self._classes:
            return NUMBER  # not remembered: there are too many of them
        kind = word_kind(word, self._classes)
        if len(self) < self.MOST:
            self[word] = kind
        return kind


def word_kind(word: str, classes: Mapping[str, str]) -> str:
    """The class of one word: a vocabulary class, `flag:NAME`, number, code-like, or unexplained ("")."""
    known = classes.get(word)
    if known is not None:
        return known
    if _HAS_DIGIT.search(word):
        if _NUMBER.fullmatch(word):
            return NUMBER
        return _digit_word_kind(word, classes)
    return UNEXPLAINED


def _digit_word_kind(word: str, classes: Mapping[str, str]) -> str:
    """Code-like, unless letters spelled with digits or a word glued behind the last digit say something."""
    if _VERSION.fullmatch(word):
        return CODE_LIKE
    tail = _TAIL.search(word)
    letters = tail.group() if tail else ""
    for spelled in (word.translate(_SPELLED_WITH_DIGITS), letters):
        known = classes.get(spelled, "")
        if known.startswith("flag:"):
            return known
    return CODE_LIKE if len(letters) <= LONGEST_TAIL else UNEXPLAINED
