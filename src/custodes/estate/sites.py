"""Which configured body and site a text of a record speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from custodes.estate.config import Body, Site
from custodes.knowledge.text import squash, words

#: Different texts of which it is remembered what site they speak of.
_REMEMBERED = 50_000


class SiteIndex:
    """Finds configured sites by their names and aliases in texts.

    Names are kept whole: a text is asked for each run of its words that is as long as some name, so that a text costs
    the same however many sites there are.
    """

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._named: dict[tuple[str, ...], list[tuple[int, Site]]] = {}
        for order, site in enumerate(sites.values()):
            for name in (site.name, *site.aliases):
                if wanted := tuple(words(name)):
                    self._named.setdefault(wanted, []).append((order, site))
        self._of_body = {
            (wanted, body): next(one for one in named if one[1].body in ("", body))
            for wanted, named in self._named.items()
            for body in {site.body for _, site in named}
        }
        self._lengths = sorted({len(wanted) for wanted in self._named})
        self._remembered = lru_cache(_REMEMBERED)(self._find)

    def find(self, text: str, body: str = "") -> Site | None:
        """The site whose name or alias stands in a text, the longest if several do; only sites of the body, where both
        are known."""
        return self._remembered(text, body) if self._lengths else None

    def _find(self, text: str, body: str) -> Site | None:
        spoken = tuple(words(text))
        best: tuple[int, int] | None = None
        found = None
        for length in self._lengths:
            for place in range(len(spoken) - length + 1):
                wanted = spoken[place : place + length]
                one = self._first(wanted, body) if wanted in self._named else None
                if one is None:
                    continue
                rank = (-sum(map(len, wanted)), one[0])
                if best is None or rank < best:
                    best, found = rank, one[1]
        return found

    def _first(self, wanted: tuple[str, ...], body: str) -> tuple[int, Site] | None:
        """The first site of a name, of the body or of no known one; of any, where the body is not known."""
        if not body:
            return self._named[wanted][0]
        return self._of_body.get((wanted, body)) or self._of_body.get((wanted, ""))


def body_spellings(bodies: Mapping[str, Body]) -> dict[str, str]:
    """Squashed names and ids of configured bodies, each to the id."""
    return {squash(text): key for key, body in bodies.items() for text in (body.name, key)}
