"""A text cut into words, with what each word is: the one pass every later step works on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Words:
    """The words of one text, folded.

    `starts[i]`, `ends[i]`: place of word i in `squashed`, the words joined without anything between them.
    `spans[i]`: place of word i in the folded text. `gaps[i]`: what stands between word i and word i+1.
    """

    text: str
    words: list[str]
    spans: list[tuple[int, int]]
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    squashed: str = ""
    at_start: dict[int, int] = field(default_factory=dict)
    at_end: dict[int, int] = field(default_factory=dict)


def cut(raw: str) -> Words:
    """Fold and cut a text. Linear in its length."""
    text = fold(raw)
    found = [(match.group(), match.start(), match.end()) for match in WORD.finditer(text)]
    words = [item[0] for item in found]
    result = Words(text, words, [(start, end) for _, start, end in found])
    place = 0
    last = None
    for index, (word, start, end) in enumerate(found):
        result.starts.append(place)
        result.at_start[place] = index
        place += len(word)
        result.ends.append(place)
        result.at_end[place] = index
        if last is not None:
            result.gaps.append(text[last:start])
        last = end
    result.gaps.append("")
    result.squashed = "".join(words)
    return result


def word_kind(word: str, classes: Mapping[str, str]) -> str:
    """The class of one word: a vocabulary class, `flag:NAME`, number, code-like, or unexplained ("")."""
    known = classes.get(word)
    if known is not None:
        return known
    if _HAS_DIGIT.search(word):
        return NUMBER if _NUMBER.fullmatch(word) else CODE_LIKE
    if len(word) <= 2 and word.isascii():
        return "short"
    return UNEXPLAINED
