"""How dense bytes are: what is packed or encrypted can be told from what is not, and from nothing else."""

from __future__ import annotations

import math
import zlib
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: From so many bits a byte on, and if nothing in them repeats, bytes are packed or encrypted.
_BITS = 7.8
_REPEATS = 0.97
_WINDOW = 65_536
_SMALLEST = 1_024


def entropy(data: bytes | memoryview) -> float:
    """Bits a byte (0 to 8), of samples from the beginning, the middle and the end."""
    size = len(data)
    starts = sorted({0, max(size // 2 - _WINDOW // 2, 0), max(size - _WINDOW, 0)})
    return round(_bits(b"".join(data[start : start + _WINDOW] for start in starts)), 2)


def opaque_spans(data: bytes | memoryview) -> list[tuple[int, int]]:
    """Where bytes are packed or encrypted, by windows of 64 KiB; short data as a whole."""
    size = len(data)
    spans: list[tuple[int, int]] = []
    for start in range(0, size, _WINDOW):
        end = min(start + _WINDOW, size)
        joined = bool(spans) and spans[-1][1] == start
        short = end - start < _SMALLEST  # the last bytes of a span are too few to tell by themselves
        if (joined and short) or (not short and _dense(bytes(data[start:end]))):
            spans[-1:] = [(spans[-1][0], end)] if joined else [*spans[-1:], (start, end)]
    return spans


def _dense(window: bytes) -> bool:
    if len(window) < _SMALLEST:
        return False
    most = min(_BITS, math.log2(len(window)) - 0.4)  # few bytes cannot show more
    return _bits(window) >= most and len(zlib.compress(window, 1)) > _REPEATS * len(window)


def _bits(window: bytes) -> float:
    total = len(window)
    held = pa.Array.from_buffers(pa.uint8(), total, [None, pa.py_buffer(window)])
    counts: list[Any] = pc.value_counts(held).field("counts").to_pylist()
    return math.fsum(count / total * math.log2(total / count) for count in counts)
