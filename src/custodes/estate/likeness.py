"""Units that weak signs together show to be one: names, places in the video system, addresses, numbers with a slip.

Only units that share some sign are compared, and two are joined only where neither has another that could be meant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from custodes.estate.joining import Joined
from custodes.estate.marks import ENOUGH, Marks, Sign, agreement, nearly_one, numbers_differ

#: A sign that more units than this share says nothing: "Camera 1".
MOST_SHARING = 12
_ROUNDS = 3
_PLACES: dict[str, str] = {Sign.NAME: "name", Sign.POSITION: "place of the video system"}
#: Another unit to the points and words of what is shared with it.
_Found = dict[int, tuple[int, list[str]]]


def join_alike(joined: Joined, held: dict[int, Marks]) -> Index:
    """Join units by their marks, which are brought up to date, and give the index of what is left. A unit's reason
    tells what it shares with the one that it is joined to."""
    index = Index(held)
    pairs: Iterable[tuple[int, int]] = index.pairs()
    for _ in range(_ROUNDS):
        grown = _round(joined, held, pairs)
        if not grown:
            break
        pairs = {pair for root in grown for pair in index.of(root, joined)}
    return index


class Rival(NamedTuple):
    """How another unit stands to one: what place they share, and whether their numbers differ by one sign only."""

    place: str
    nearly: bool


class Index:
    """Finds units of one body that share a sign."""

    def __init__(self, held: Mapping[int, Marks]) -> None:
        self._held = held
        self._buckets: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for root, marks in held.items():
            bucket = self._buckets[marks.body]
            for sign in marks.signs:
                bucket[sign].append(root)
        self._index_names()

    def _index_names(self) -> None:
        """Names without a site, where one of the units that have the name is at no known site."""
        open_names = {(marks.body, name) for marks in self._held.values() if not marks.sites for name in marks.names}
        for root, marks in self._held.items() if open_names else ():
            for name in marks.names:
                if (marks.body, name) in open_names:
                    self._buckets[marks.body][f" {name}"].append(root)

    def pairs(self) -> set[tuple[int, int]]:
        """Every pair that shares a sign."""
        return {
            pair
            for bucket in self._buckets.values()
            for members in bucket.values()
            if 1 < len(members) <= MOST_SHARING
            for pair in combinations(members, 2)
        }

    def of(self, root: int, joined: Joined) -> Iterator[tuple[int, int]]:
        """The pairs of one unit that has grown."""
        marks = self._held[root]
        bucket = self._buckets[marks.body]
        for sign in (*marks.signs, *(f" {name}" for name in marks.names)):
            members = bucket.get(sign, ())
            if len(members) <= MOST_SHARING:
                for other in {joined.root(member) for member in members} - {root}:
                    yield (root, other) if root < other else (other, root)

    def strangers(self, joined: Joined) -> Iterator[tuple[int, int, Rival]]:
        """Pairs of units that one place is told of, and which place: different by their numbers, more than a slip can
        explain, never of one file, and no third unit is told of there."""
        found: dict[tuple[int, int], str] = {}
        for bucket in self._buckets.values():
            for sign, members in bucket.items():
                if sign[0] not in _PLACES or len(members) < 2:
                    continue
                roots = sorted({joined.root(member) for member in members} & self._held.keys())
                if len(roots) == 2 and self._strange(roots[0], roots[1], sign):
                    pair = (roots[0], roots[1])
                    found[pair] = min(sign[0], found.get(pair, sign[0]))
        for (one, other), kind in sorted(found.items()):
            yield one, other, Rival(_PLACES[kind], nearly_one(self._held[one], self._held[other]))

    def _strange(self, first: int, second: int, sign: str) -> bool:
        """Whether two units that share a place are two: a name is a place only at a site that both tell."""
        one, other = self._held[first], self._held[second]
        placed = sign[0] == Sign.POSITION or (bool(one.sites) and one.sites == other.sites)
        return placed and one.sources.isdisjoint(other.sources) and numbers_differ(one, other)


def _round(joined: Joined, held: dict[int, Marks], pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Join the best pairs of which neither has a rival. Gives the units that grew."""
    found: dict[int, _Found] = defaultdict(dict)
    ranked = []
    for one, other in pairs:
        points, words = agreement(held[one], held[other])
        if points >= ENOUGH:
            found[one][other] = found[other][one] = points, words
            ranked.append((-points, one, other))
    grown: set[int] = set()
    for points, one, other in sorted(ranked):
        if joined.root(one) != one or joined.root(other) != other:
            continue  # joined meanwhile: looked at again in the next round
        if _has_rival(one, other, -points, found, held) or _has_rival(other, one, -points, found, held):
            continue
        if (one in grown or other in grown) and agreement(held[one], held[other])[0] < ENOUGH:
            continue
        if joined.unite(one, other, f"the same {_and(found[one][other][1])}"):
            held[one].take(held.pop(other))
            grown.discard(other)
            grown.add(one)
    return grown


def _has_rival(one: int, other: int, points: int, found: Mapping[int, _Found], held: Mapping[int, Marks]) -> bool:
    """Whether a unit agrees as well with one that cannot be the same as the other: a file has both, or a number."""
    return any(
        rival != other
        and rival in held
        and again >= points
        and (not held[rival].sources.isdisjoint(held[other].sources) or numbers_differ(held[rival], held[other]))
        for rival, (again, _) in found[one].items()
    )


def _and(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + f" and {words[-1]}" if len(words) > 1 else words[0]
