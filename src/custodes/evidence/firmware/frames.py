"""Frames that Arrow unpacks, piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pyarrow as pa

Bytes = bytes | memoryview


def pieces_of(packed: bytes, how: Literal["lz4", "zstd"], size: int) -> Iterator[bytes]:
    """What a frame holds, in pieces of so many bytes. Into a buffer of our own:
    where the packing is damaged, Arrow's `read` never gives back the memory that it took for its answer. Raises OSError
    and ArrowInvalid for damaged bytes."""
    held = bytearray(size)
    with pa.CompressedInputStream(pa.BufferReader(packed), how) as stream:
        while count := stream.readinto(held):
            yield bytes(memoryview(held)[:count])
