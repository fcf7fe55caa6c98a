"""LZ4 as firmware has it: bare blocks of a file system, frames, and the older streams that kernels are packed in.

Arrow unpacks a bare block into as many bytes as it is told, and fills up what the block does not have; so how many it
has is counted first, from its own lengths. Layouts: the LZ4 block and frame formats as the library's documents give
them.
"""

from __future__ import annotations

import io

import pyarrow as pa

from custodes.evidence.firmware.budget import Budget, Cut, Damaged
from custodes.evidence.firmware.frames import Bytes, pieces_of

_FRAME, _LEGACY = b"\x04\x22\x4d\x18", b"\x02\x21\x4c\x18"
_PIECE = 1 << 20
#: Blocks of the older streams hold so many bytes, and take up to so many.
_BLOCK = 8 << 20
_LONGEST = _BLOCK + _BLOCK // 255 + 16
_LEAST_MATCH = 4


def lz4_block(packed: bytes, most: int) -> bytes:
    """What a bare block holds. Raises Damaged, also where it holds more than `most` bytes."""
    size = _size(packed, most)
    try:
        held = pa.Codec("lz4_raw").decompress(packed, decompressed_size=size, asbytes=True) if size else b""
    except (OSError, pa.ArrowInvalid) as error:
        raise Damaged(str(error)[:80]) from None
    return bytes(held)


def _size(packed: bytes, most: int) -> int:
    """How many bytes a block holds: its literals and matches are added up. Raises Damaged."""
    at = size = 0
    try:
        while True:
            token = packed[at]
            at += 1
            length = token >> 4
            if length == 15:
                more, at = _more(packed, at)
                length += more
            at += length
            size += length
            if at >= len(packed) or size > most:
                break
            at += 2
            length = token & 15
            if length == 15:
                more, at = _more(packed, at)
                length += more
            size += length + _LEAST_MATCH
    except IndexError:
        raise Damaged("a block ends inside") from None
    if size > most:
        raise Damaged("a block holds more than a block may")
    if at > len(packed):
        raise Damaged("a block ends inside")
    return size


def _more(packed: bytes, at: int) -> tuple[int, int]:
    """A length that goes on in bytes of its own, and where it ends."""
    start = at
    while packed[at] == 255:
        at += 1
    return (at - start) * 255 + packed[at], at + 1


def unlz4(data: Bytes, budget: Budget) -> tuple[bytes, int]:
    """What a frame or an older stream holds, and its length. Raises Damaged, Enough."""
    mark = bytes(data[:4])
    budget.room()
    if mark == _LEGACY:
        return _legacy(data, budget)
    if mark != _FRAME:
        raise Damaged("no frame of LZ4")
    end, out = _frame_end(data), io.BytesIO()
    try:
        for piece in pieces_of(bytes(data[:end]), "lz4", _PIECE):
            budget.take(len(piece))
            out.write(piece)
    except (OSError, pa.ArrowInvalid) as error:
        raise Damaged(str(error)[:80]) from None
    return out.getvalue(), end


def _frame_end(data: Bytes) -> int:
    """Where a frame ends: its header and its blocks are gone through. Raises Damaged."""
    if len(data) < 11 or data[4] >> 6 != 1:
        raise Damaged("no frame of LZ4")
    told = data[4]
    at = 7 + 8 * (told >> 3 & 1) + 4 * (told & 1)
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "little") & 0x7FFFFFFF
        at += 4
        if not size:
            at += 4 * (told >> 2 & 1)
            if at <= len(data):
                return at
            break
        at += size + 4 * (told >> 4 & 1)
    raise Damaged("it ends inside")


def _legacy(data: Bytes, budget: Budget) -> tuple[bytes, int]:
    """Blocks one behind the other, until what comes next is none: nothing says how many there are."""
    out, at, size = io.BytesIO(), 4, 0
    while at + 4 <= len(data):
        length = int.from_bytes(data[at : at + 4], "little")
        if not 0 < length <= _LONGEST:
            break
        try:
            if length > len(data) - at - 4:
                raise Damaged("it ends inside")
            held = lz4_block(bytes(data[at + 4 : at + 4 + length]), _BLOCK)
        except Damaged as error:
            if size:
                raise Cut(out.getvalue(), str(error)) from None
            raise
        at += 4 + length
        size += len(held)
        budget.take(len(held))
        budget.ratio(size, at)
        out.write(held)
        if len(held) < _BLOCK:  # the last one
            break
    if not size:
        raise Damaged("no block of LZ4")
    return out.getvalue(), at
