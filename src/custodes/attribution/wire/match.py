"""Texts of one field to the rules that hold for them, with what each captures. Columns in, columns out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import re2

from custodes.attribution.wire.screen import Screen, screen
from custodes.knowledge.fingerprints import Fingerprint

#: Texts up to which a rule is tried one by one.
FEW = 64
_FOLDED = str.maketrans({"ſ": "s", "\u212a": "k"})


class Hit(NamedTuple):
    """A rule that holds for a text, and what its groups captured there; empty groups are left out."""

    rule: Fingerprint
    captures: Mapping[str, str]


class Column(NamedTuple):
    """A rule with the places of the texts it holds for; `captures`: a column for each of its groups, alike in order."""

    rule: Fingerprint
    places: list[int]
    captures: Mapping[str, list[str]]


def folded(text: str) -> str:
    """A text as rules see it: one line, and without the two letters that other alphabets fold to Latin ones."""
    text = text.replace("\n", " ").replace("\r", " ").replace("\t", " ")
    return text if text.isascii() else text.translate(_FOLDED)


def _all_folded(texts: Sequence[str]) -> Sequence[str]:
    """Texts folded, all at once where most need nothing done."""
    joined = "\n".join(texts)
    if joined.count("\n") == len(texts) - 1 and not any(sign in joined for sign in "\r\tſ\u212a"):
        return texts
    return [folded(text) for text in texts]


class FieldMatcher:
    """The rules of one field."""

    def __init__(self, rules: Sequence[Fingerprint], engine: str = "") -> None:
        self.rules = tuple(rules)
        self._screen: Screen = screen([rule.pattern for rule in rules], engine=engine)
        self._groups = [rule.captures for rule in rules]

    def columns(self, texts: Sequence[str]) -> list[Column]:
        """Rule by rule, the texts it holds for, with what it captures there."""
        if not texts:
            return []
        told = _all_folded(texts)
        column = pa.array(told, pa.string())
        found = []
        for rule, groups, places in zip(self.rules, self._groups, self._screen.hits(told), strict=True):
            if places:
                if len(places) <= FEW:
                    looked = _one_by_one(rule, groups, told, places)
                else:
                    looked = _looked_at_again(rule, groups, column, places)
                if looked.places:
                    found.append(looked)
        return found

    def match(self, texts: Sequence[str]) -> list[list[Hit]]:
        """For each text the rules that hold for it, in the order of the rules."""
        found: list[list[Hit]] = [[] for _ in texts]
        for rule, places, captures in self.columns(texts):
            if not captures:
                hit = Hit(rule, _NONE)
                for place in places:
                    found[place].append(hit)
                continue
            names = tuple(captures)
            for place, values in zip(places, zip(*captures.values(), strict=True), strict=True):
                told = {name: value for name, value in zip(names, values, strict=True) if value}
                found[place].append(Hit(rule, told))
        return found


def _looked_at_again(rule: Fingerprint, groups: Sequence[str], column: Any, places: list[int]) -> Column:
    """The places at which RE2 finds the rule, with its captures."""
    picked = column.take(pa.array(places, pa.int64()))
    if not groups:
        holds = pc.match_substring_regex(picked, rule.pattern, ignore_case=True)
        if not pc.all(holds).as_py():
            places = [place for place, good in zip(places, holds.to_pylist(), strict=True) if good]
        return Column(rule, places, {})
    captured = pc.extract_regex(picked, f"(?i){rule.pattern}")
    if captured.null_count:
        good = captured.is_valid()
        places = [place for place, fine in zip(places, good.to_pylist(), strict=True) if fine]
        captured = captured.filter(good)
    told = {name: pc.utf8_trim_whitespace(captured.field(name)).to_pylist() for name in groups}
    return Column(rule, places, told)


def _one_by_one(rule: Fingerprint, groups: Sequence[str], texts: Sequence[str], places: list[int]) -> Column:
    """As `_looked_at_again`, text by text: where there are few, that costs less than compiling the rule anew."""
    search, numbers = _compiled(rule.pattern)
    read = ((place, texts[place].encode()) for place in places)
    found = [(place, raw, match) for place, raw in read if (match := search(raw)) is not None]
    told = {}
    for name in groups:
        spans = [(raw, match.span(numbers[name])) for _, raw, match in found]
        told[name] = [raw[start:end].decode().strip() if start >= 0 else "" for raw, (start, end) in spans]
    return Column(rule, [place for place, *_ in found], told)


@lru_cache(maxsize=8192)
def _compiled(pattern: str) -> tuple[Callable[[bytes], Any], Mapping[str, int]]:
    """A rule's search in single texts, and its groups by number: once, in however many fields it is looked for. In
    bytes, which spares counting signs back.
    """
    made = re2.compile(f"(?i){pattern}".encode())
    return made.search, {name.decode(): number for name, number in made.groupindex.items()}


_NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Matcher:
    """The rules of all fields."""

    fields: Mapping[str, FieldMatcher]

    @classmethod
    def of(cls, rules: Iterable[Fingerprint], engine: str = "") -> Matcher:
        """The matcher of rules, each in every field it names."""
        by_field: dict[str, list[Fingerprint]] = {}
        for rule in rules:
            for field in rule.fields:
                by_field.setdefault(field, []).append(rule)
        return cls({field: FieldMatcher(held, engine) for field, held in by_field.items()})

    def match(self, field: str, texts: Sequence[str]) -> list[list[Hit]]:
        """For each text of a field the rules that hold for it."""
        matcher = self.fields.get(field)
        return matcher.match(texts) if matcher is not None else [[] for _ in texts]
