"""MAC address blocks: which organisation bought the block an address stands in. Loaded only when asked."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from custodes.knowledge.text import plain

_HEX = re.compile(r"[0-9a-fA-F]{12}")
_SEPARATORS = re.compile(r"[\s:.\-]")
#: Signs of an address as most write it: six pairs with one sign between each.
_USUAL = 17
BLOCK_BITS = (36, 28, 24)


@dataclass(frozen=True, slots=True)
class MacTable:
    """Registered blocks, by size: sorted first values and the organisation of each."""

    blocks: dict[int, dict[int, int]]
    organisations: tuple[str, ...]
    date: str

    def organisation(self, address: int) -> str | None:
        """The organisation that holds the smallest registered block around a 48-bit address."""
        for bits in BLOCK_BITS:
            index = self.blocks[bits].get(address >> (48 - bits))
            if index is not None:
                return self.organisations[index]
        return None


def parse_mac(text: str) -> int | None:
    """A 48-bit address from the usual spellings, or None. Group and local addresses come back as numbers too."""
    digits = text
    if len(text) == _USUAL:
        digits = text.replace(text[2], "") if text[2] in ":-" else text
    if len(digits) != 12:
        digits = _SEPARATORS.sub("", text)
    return int(digits, 16) if _HEX.fullmatch(digits) else None


def is_universal(address: int) -> bool:
    """Whether the address was assigned from a registered block: neither group nor locally administered."""
    first = address >> 40
    return not first & 0b11 and address != 0


@lru_cache(maxsize=2)
def load_mac_table(path: Path) -> MacTable:
    """Read the block table of the pack (Parquet: value int64, bits int8, organisation text)."""
    table = pq.read_table(path)
    names = table.column("organisation").combine_chunks().dictionary_encode()
    blocks: dict[int, dict[int, int]] = {bits: {} for bits in BLOCK_BITS}
    values, sizes = _integers(table.column("value")), _integers(table.column("bits"))
    for value, bits, index in zip(values, sizes, _integers(names.indices), strict=True):
        blocks[bits][value] = index
    metadata = table.schema.metadata or {}
    organisations = tuple(str(name) for name in names.dictionary.to_pylist())
    return MacTable(blocks, organisations, metadata.get(b"date", b"").decode())


def _integers(column: Any) -> list[int]:
    found: list[int] = column.to_pylist()
    return found


class Registrants:
    """Organisation name to supplier id, by the start of the folded name at a word end."""

    def __init__(self, starts: dict[str, str]) -> None:
        self._starts = starts
        self._keys = sorted(starts)

    def supplier(self, organisation: str) -> str | None:
        """The supplier whose registered name this is, or None for every other organisation."""
        name = plain(organisation)
        index = bisect_right(self._keys, name)
        while index:
            index -= 1
            key = self._keys[index]
            if name == key or name.startswith(key + " "):
                return self._starts[key]
            if key[:3] < name[:3]:
                return None
        return None
