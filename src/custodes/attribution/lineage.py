"""Whose code an image is related to: strings in common with known code, weighted by how rare they are.

Common code shows a common descent, never an owner: makers license kits, and copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from custodes.model.firmware import Lineage, Reference

#: From this share of an image's own strings, and from so many of them, on there is something to tell.
SHARE, COUNT = 0.10, 50
_SHOWN = 12


def lineage(strings: Mapping[int, bytes], references: Sequence[Reference]) -> list[Lineage]:
    """What an image's strings have in common with each reference, the most related first. Open code is subtracted
    from both sides; a string that several references have counts for less in each."""
    common = set(chain.from_iterable(one.hashes for one in references if one.baseline))
    kits = [one for one in references if not one.baseline]
    held = {one.name: set(one.hashes) - common for one in kits}
    count = Counter(chain.from_iterable(held.values()))
    own = strings.keys() - common
    found = []
    for one in kits:
        shared = own & held[one.name]
        weight = sum(1 / count[value] for value in shared)
        share = weight / len(own) if own else 0.0
        back = len(shared) / len(held[one.name]) if held[one.name] else 0.0
        texts = sorted((strings[value].decode("ascii") for value in shared), key=lambda text: (-len(text), text))[
            :_SHOWN
        ]
        told = share >= SHARE and len(shared) >= COUNT
        found.append(
            Lineage(one.name, round(share, 4), round(back, 4), len(shared), texts[:_SHOWN], told, one.source, one.date)
        )
    return sorted(found, key=lambda row: (-row.share, row.name))
