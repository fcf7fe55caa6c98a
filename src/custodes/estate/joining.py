"""Sightings joined step by step to units, each step with its reason; two that are held apart never become one."""

from __future__ import annotations

from collections import defaultdict


class Joined:
    """Disjoint sets of sightings, by place. A join that would bring two together that are held apart is refused."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))
        self._apart: dict[int, set[int]] = defaultdict(set)
        #: By place, why the sighting was joined to others; the first reason stays.
        self.why: dict[int, str] = {}

    def root(self, place: int) -> int:
        """The first sighting of the unit."""
        parent = self._parent
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def roots(self) -> list[int]:
        """The first sighting of the unit of each sighting."""
        parent = self._parent
        for place, above in enumerate(parent):  # a parent stands before its children
            parent[place] = parent[above]
        return parent.copy()

    def hold_apart(self, one: int, other: int) -> bool:
        """Keep two from ever being joined. False if they are joined already."""
        first, second = self.root(one), self.root(other)
        if first == second:
            return False
        self._apart[first].add(second)
        self._apart[second].add(first)
        return True

    def unite(self, left: int, right: int, why: str) -> bool:
        """Join the units of two sightings. False if they are held apart."""
        first, second = sorted((self.root(left), self.root(right)))
        if first == second:
            return True
        if second in self._apart.get(first, ()):
            return False
        self._parent[second] = first
        for enemy in self._apart.pop(second, ()):
            self._apart[enemy].discard(second)
            self._apart[enemy].add(first)
            self._apart[first].add(enemy)
        self.why.setdefault(right, why)
        return True
