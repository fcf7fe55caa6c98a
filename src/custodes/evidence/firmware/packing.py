"""Packed bytes, unpacked in memory: never more than the budget allows, with how many bytes they took."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from custodes.evidence.firmware.budget import Budget, Cut, Damaged
from custodes.evidence.firmware.frames import Bytes, pieces_of
from custodes.evidence.firmware.lz4 import lz4_block

_PIECE = 1 << 20
#: What a stream is fed first: most of what only looks like one shows it at once.
_FIRST = 4_096
_MEMORY = 256 << 20


def plain(data: Bytes) -> bytes:
    """Bytes as such; a view that shows all of some is not copied."""
    held = data.obj if isinstance(data, memoryview) else data
    return held if isinstance(held, bytes) and len(held) == len(data) else bytes(data)


def _deflated(stream: zlib._Decompress, data: Bytes) -> Iterator[tuple[bytes, int]]:
    fed, at, size = b"", 0, _FIRST
    while not stream.eof and (fed or at < len(data)):
        if not fed:
            fed = bytes(data[at : at + size])
            at, size = at + len(fed), min(size * 4, _PIECE)
        yield stream.decompress(fed, _PIECE), at
        fed = stream.unconsumed_tail


def _streamed(stream: lzma.LZMADecompressor | bz2.BZ2Decompressor, data: Bytes) -> Iterator[tuple[bytes, int]]:
    at, size = 0, _FIRST
    while not stream.eof and (not stream.needs_input or at < len(data)):
        fed = bytes(data[at : at + size]) if stream.needs_input else b""
        at, size = at + len(fed), min(size * 4, _PIECE)
        yield stream.decompress(fed, _PIECE), at


def _all(pieces: Iterator[tuple[bytes, int]], budget: Budget) -> tuple[bytes, int]:
    """All that a stream gives, and how many bytes it was fed. Raises Damaged, Cut if something came out, Enough."""
    out, at, size = io.BytesIO(), 0, 0  # grows in place: a list of pieces would lie twice in memory when joined
    budget.room()
    try:
        for piece, at in pieces:
            size += len(piece)
            budget.take(len(piece))
            budget.ratio(size, at)
            out.write(piece)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        if size:
            raise Cut(out.getvalue(), str(error)[:80]) from None
        raise Damaged(str(error)[:80]) from None
    return out.getvalue(), at


def _whole(stream: Any, pieces: Iterator[tuple[bytes, int]], budget: Budget) -> tuple[bytes, int]:
    out, at = _all(pieces, budget)
    if not stream.eof:
        raise Cut(out, "it ends inside") if out else Damaged("it ends inside")
    return out, at - len(stream.unused_data)


def inflate(data: Bytes, budget: Budget, bits: int = 15) -> tuple[bytes, int]:
    """What deflate holds, and its length: `bits` 15 in zlib, 31 in gzip, -15 bare. Raises Damaged, Enough."""
    stream = zlib.decompressobj(bits)
    return _whole(stream, _deflated(stream, data), budget)


def gunzip(data: Bytes, budget: Budget) -> tuple[bytes, int]:
    """What a member of gzip holds, and its length. Raises Damaged, Enough."""
    return inflate(data, budget, 31)


def unxz(data: Bytes, budget: Budget) -> tuple[bytes, int]:
    """What a stream of xz holds, and its length. Raises Damaged, Enough."""
    stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
    return _whole(stream, _streamed(stream, data), budget)


def unlzma(data: Bytes, budget: Budget) -> tuple[bytes, int]:
    """What the older format of LZMA holds, with its header of 13 bytes, and its length. Raises Damaged, Enough."""
    stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY)
    return _whole(stream, _streamed(stream, data), budget)


def unbzip2(data: Bytes, budget: Budget) -> tuple[bytes, int]:
    """What a stream of bzip2 holds, and its length. Raises Damaged, Enough."""
    stream = bz2.BZ2Decompressor()
    return _whole(stream, _streamed(stream, data), budget)


def unzstd(data: Bytes, budget: Budget) -> tuple[bytes, int]:
    """What a frame of Zstandard holds (RFC 8878), and its length. Raises Damaged, Enough."""
    end = _zstd_end(data)
    out: list[bytes] = []
    budget.room()
    if end > _FIRST and not _zstd_begins(bytes(data[:_FIRST])):
        raise Damaged("its first block is damaged")
    try:
        for piece in pieces_of(bytes(data[:end]), "zstd", _PIECE):
            budget.take(len(piece))
            out.append(piece)
    except (OSError, pa.ArrowInvalid) as error:
        raise Cut(b"".join(out), str(error)[:80]) if out else Damaged(str(error)[:80]) from None
    return b"".join(out), end


def _zstd_begins(head: bytes) -> bool:
    """Whether the first bytes of a frame give anything before they end, or are at least not wrong."""
    try:
        next(pieces_of(head, "zstd", 1), None)
    except (OSError, pa.ArrowInvalid) as error:
        return "EOF" in str(error) or "truncated" in str(error).lower()
    return True


def _zstd_end(data: Bytes) -> int:
    """Where a frame ends: its header and its blocks are gone through."""
    if len(data) < 9 or bytes(data[:4]) != b"\x28\xb5\x2f\xfd":
        raise Damaged("no frame of Zstandard")
    told = data[4]
    single = told >> 5 & 1
    at = 5 + (1 - single) + (0, 1, 2, 4)[told & 3] + (single, 2, 4, 8)[told >> 6]
    while at + 3 <= len(data):
        block = int.from_bytes(data[at : at + 3], "little")
        at += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
        if block & 1:
            at += 4 * (told >> 2 & 1)
            if at <= len(data):
                return at
            break
    raise Damaged("it ends inside")


def block(packed: Bytes, size: int, how: str) -> bytes:
    """One block of a file system, of at most `size` bytes. `how`: zlib, deflate, lzo, zstd, xz, lzma or lz4."""
    try:
        held = _BLOCKS[how](bytes(packed), size + 1)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        raise Damaged(str(error)[:80]) from None
    if len(held) > size:
        raise Damaged("a block holds more than a block may")
    return held


def _lzo(packed: bytes, most: int) -> bytes:
    from lzallright import LZOCompressor, LZOError

    try:  # the format itself bounds what comes out to 255 times what goes in
        return bytes(LZOCompressor.decompress(packed, output_size_hint=most))
    except LZOError as error:
        raise Damaged(str(error)[:80]) from None


def _zstd(packed: bytes, most: int) -> bytes:
    return next(pieces_of(packed, "zstd", most), b"")


_BLOCKS: dict[str, Callable[[bytes, int], bytes]] = {
    "zlib": lambda packed, most: zlib.decompressobj().decompress(packed, most),
    "deflate": lambda packed, most: zlib.decompressobj(-15).decompress(packed, most),
    "xz": lambda packed, most: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY).decompress(packed, most),
    "lzma": lambda packed, most: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY).decompress(packed, most),
    "lzo": _lzo,
    "zstd": _zstd,
    "lz4": lz4_block,
}


def unrtime(data: Bytes, size: int) -> bytes:
    """The packing by repeated runs of JFFS2."""
    last, out, at = [0] * 256, bytearray(), 0
    while len(out) < size:
        if at + 2 > len(data):
            raise Damaged("a block ends inside")
        value, run = data[at], data[at + 1]
        at += 2
        out.append(value)
        back, last[value] = last[value], len(out)
        for _ in range(min(run, size - len(out))):
            out.append(out[back])
            back += 1
    return bytes(out)
