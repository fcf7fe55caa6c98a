"""Packed streams without a name inside: gzip, xz, LZMA, bzip2, Zstandard."""

from __future__ import annotations

from collections.abc import Callable

from custodes.evidence.firmware.budget import Budget, Cut, Damaged, Opened, Part
from custodes.evidence.firmware.frames import Bytes
from custodes.evidence.firmware.lz4 import unlz4
from custodes.evidence.firmware.packing import gunzip, unbzip2, unlzma, unxz, unzstd

_GZIP_FLAGS = 0xE0
_MOST_LZMA = 1 << 32


def _stream(unpack: Callable[[Bytes, Budget], tuple[bytes, int]], data: memoryview, at: int, opened: Opened
            ) -> int | None:  # fmt: skip
    opened.named = False
    try:
        held, took = unpack(data[at:], opened.budget)
    except Cut as error:
        held, took = error.data, len(data) - at
        if len(held) < 4_096:
            return None  # a chance likeness ends as soon
        opened.problems.append(str(error))
    except Damaged:
        return None
    opened.end = at + took
    opened.add(Part("content", held, stored=took))
    return at + took


def read_gzip(data: memoryview, at: int, opened: Opened) -> int | None:
    """A stream of gzip."""
    if len(data) - at < 18 or data[at + 3] & _GZIP_FLAGS:
        return None
    end = _stream(gunzip, data, at, opened)
    if end is not None and data[at + 3] & 8 and opened.parts:
        name = bytes(data[at + 10 : at + 266]).split(b"\0")[0]
        opened.parts[-1].name = name.decode("utf-8", "replace").rsplit("/", 1)[-1] or "content"
        opened.named = True
    return end


def read_xz(data: memoryview, at: int, opened: Opened) -> int | None:
    """A stream of xz."""
    return _stream(unxz, data, at, opened)


def read_bzip2(data: memoryview, at: int, opened: Opened) -> int | None:
    """A stream of bzip2."""
    return _stream(unbzip2, data, at, opened)


def read_zstd(data: memoryview, at: int, opened: Opened) -> int | None:
    """A frame of Zstandard."""
    return _stream(unzstd, data, at, opened)


def read_lz4(data: memoryview, at: int, opened: Opened) -> int | None:
    """A frame of LZ4, or a stream of its older form."""
    return _stream(unlz4, data, at, opened)


def read_lzma(data: memoryview, at: int, opened: Opened) -> int | None:
    """A stream of LZMA with the older header, which has no mark: its fields must be as programs write them."""
    head = bytes(data[at : at + 14])
    if len(head) < 14 or head[0] >= 225 or head[13]:
        return None
    window, size = int.from_bytes(head[1:5], "little"), int.from_bytes(head[5:13], "little")
    if window.bit_count() > 2 or window < 1 << 12 or (size >= _MOST_LZMA and size != (1 << 64) - 1) or not size:
        return None
    return _stream(unlzma, data, at, opened)
