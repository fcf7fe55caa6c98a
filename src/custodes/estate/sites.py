"""Which configured body and site a text of a record speaks of."""

from __future__ import annotations

from collections.abc import Mapping

from custodes.estate.config import Body, Site
from custodes.knowledge.text import squash, words


class SiteIndex:
    """Finds configured sites by their names and aliases in texts, which are looked through once each."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._by_first: dict[str, list[tuple[list[str], int, Site]]] = {}
        for order, site in enumerate(sites.values()):
            for name in (site.name, *site.aliases):
                if wanted := words(name):
                    self._by_first.setdefault(wanted[0], []).append((wanted, order, site))

    def find(self, text: str, body: str = "") -> Site | None:
        """The site whose name or alias stands in a text, the longest if several do; only sites of the body, where both
        are known."""
        if not self._by_first:
            return None
        spoken = words(text)
        best: tuple[int, int] | None = None
        found = None
        for place, word in enumerate(spoken):
            for wanted, order, site in self._by_first.get(word, ()):
                if body and site.body and site.body != body:
                    continue
                rank = (-sum(map(len, wanted)), order)
                if (best is None or rank < best) and spoken[place : place + len(wanted)] == wanted:
                    best, found = rank, site
        return found


def body_spellings(bodies: Mapping[str, Body]) -> dict[str, str]:
    """Squashed names and ids of configured bodies, each to the id."""
    return {squash(text): key for key, body in bodies.items() for text in (body.name, key)}
