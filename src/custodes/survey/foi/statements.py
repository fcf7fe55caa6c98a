"""A reply taken apart into statements, and whether each tells something of what was asked.

Letters repeat the question, quote the law and explain appeals; none of that is a statement about the body.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from custodes.survey.foi.regimes import data

#: Names the makers in a text: brand ids. Given from outside, so that this module stays free of the pack.
Makers = Callable[[str], Sequence[str]]


@lru_cache(maxsize=1)
def _shapes() -> Mapping[str, re.Pattern[str]]:
    """The shapes of statements, by name."""
    told = data("shapes.yaml")
    words: Mapping[str, str] = told["words"]

    def filled(pattern: str) -> str:
        return re.sub(r"<([A-Z_]+)>", lambda found: filled(words[found[1]]), pattern)

    return {name: re.compile("|".join(map(filled, patterns))) for name, patterns in told["shapes"].items()}


def _is(shape: str, text: str) -> bool:
    return _shapes()[shape].search(text) is not None


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `folded`: lower case, one blank between words. `asks`: it puts or repeats a question."""

    text: str
    folded: str
    asks: bool
    answers: bool


def fold(text: str) -> str:
    """Lower case, plain quotes, one blank between words."""
    return " ".join(text.casefold().replace("’", "'").split())


def statements(text: str) -> list[Statement]:
    """The statements of a text in order. `answers`: the one before it was a question."""
    found: list[Statement] = []
    after = False
    for piece in _pieces(text):
        folded = fold(piece)
        asks = folded.endswith("?") or _is("question", folded)
        found.append(Statement(piece, folded, asks, after))
        after = folded.endswith("?")
    return found


def _pieces(text: str) -> Iterator[str]:
    """Lines, and sentences in them; what ends in an abbreviation goes on."""
    held = ""
    for piece in _shapes()["sentence_end"].split(text):
        held = f"{held} {piece}".strip() if held else piece.strip()
        if not held:
            continue
        if _is("goes_on", held.casefold()):
            continue
        yield held
        held = ""
    if held:
        yield held


@dataclass(frozen=True, slots=True)
class Told:
    """What a statement tells of what was asked.

    `nil`: that there is none, as the value of an answer. `firm`: as the value of an answer, or a number of a make; a
    number elsewhere may be one of files to be searched.
    """

    counted: bool = False
    named: bool = False
    said_yes: bool = False
    nil: bool = False
    firm: bool = False

    @property
    def anything(self) -> bool:
        """Whether it tells anything that an answer consists of."""
        return self.counted or self.named or self.said_yes

    def with_(self, other: Told) -> Told:
        """What two statements tell together."""
        return Told(
            self.counted or other.counted,
            self.named or other.named,
            self.said_yes or other.said_yes,
            self.nil or other.nil,
            self.firm or other.firm,
        )


def told_by(statement: Statement, makers: Makers | None) -> Told:
    """What one statement tells. `makers` names brands in a text; without it no maker is found."""
    if statement.asks:
        return Told()
    folded = _shapes()["of_the_request"].sub(" ", _shapes()["cited"].sub(" ", statement.folded))
    if _is("under_test", folded):
        return Told()
    value = _value(folded)
    money = _is("money", folded) and not _is("fees", folded)
    counted = money or _is("count", folded)
    if not counted and statement.text != statement.text.upper():
        counted = _is("count_named", statement.text)
    yes = _is("value_yes", folded)
    nil = False
    firm = False
    for place in (value, folded if statement.answers else ""):
        if place:
            firm |= _number_first(place)
            yes |= _is("value_yes", place) or _is("value_no", place)
            nil |= _is("value_nil", place)
    counted |= firm
    if nil and _number_first(value or folded) and (value or folded).lstrip(" (").startswith(("0", "zero")):
        counted = firm = False
    named = bool(makers is not None and _is("uses", folded) and makers(folded))
    return Told(counted, named, yes, nil, firm or yes or (named and counted))


def _number_first(text: str) -> bool:
    return _is("value_number", text) and not _is("value_day", text)


def _value(folded: str) -> str:
    """The value of "label: value" or of a numbered answer; empty if the statement is neither."""
    labelled = _shapes()["labelled"].match(folded)
    if labelled and not _is("no_key", labelled["key"]):
        return labelled["value"]
    item = _shapes()["item"].match(folded)
    if item:
        inner = _shapes()["labelled"].match(item["value"])
        return inner["value"] if inner and not _is("no_key", inner["key"]) else item["value"]
    return ""
