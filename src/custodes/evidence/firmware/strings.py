"""The strings of an image as hashes: what code has in common can be told without keeping the code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from custodes.model.firmware import Entry, Kind

#: Shorter strings are alike by chance.
_STRING = re.compile(rb"[\x20-\x7e]{8,}")
#: Strings of one image that are kept.
_MOST = 2_000_000


def hash_of(text: bytes) -> int:
    """64 bits of BLAKE2b."""
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def strings_of(entries: Iterable[Entry]) -> dict[int, bytes]:
    """Every different string of at least eight printable signs in the files, by its hash. Packed files are left out:
    what they hold has places of its own."""
    found: dict[int, bytes] = {}
    for entry in entries:
        if entry.kind is Kind.FILE and not entry.opened and len(found) < _MOST:
            for text in set(_STRING.findall(entry.data)):
                found[hash_of(text)] = text
    return found
