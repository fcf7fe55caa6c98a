"""Which configured body and site a text of a record speaks of."""

from __future__ import annotations

from collections.abc import Mapping

from custodes.estate.config import Body, Site
from custodes.knowledge.text import squash, words


def match_site(text: str, sites: Mapping[str, Site], body: str = "") -> Site | None:
    """The site whose name or alias stands in a text, the longest if several do; only sites of the body, where both are
    known."""
    spoken = words(text)
    best: tuple[int, Site] | None = None
    for site in sites.values():
        if body and site.body and site.body != body:
            continue
        for name in (site.name, *site.aliases):
            wanted = words(name)
            size = len(wanted)
            if size and any(spoken[i : i + size] == wanted for i in range(len(spoken) - size + 1)):
                weight = sum(map(len, wanted))
                if best is None or weight > best[0]:
                    best = (weight, site)
    return best[1] if best else None


def body_spellings(bodies: Mapping[str, Body]) -> dict[str, str]:
    """Squashed names and ids of configured bodies, each to the id."""
    return {squash(text): key for key, body in bodies.items() for text in (body.name, key)}
