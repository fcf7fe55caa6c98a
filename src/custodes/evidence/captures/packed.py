"""The bytes of a capture or log: as they stand, or out of gzip or zstd as far as the packing holds."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pyarrow as pa

from custodes.model.errors import BadInput
from custodes.model.registers import Limits

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
#: A frame of zstd that holds nothing may stand in front: 0x184d2a50 to 0x184d2a5f.
_SKIPPED = b"\x2a\x4d\x18"
#: Bytes asked of a packed file at once; what is read before a damaged part is then not lost with it.
_PIECE = 64 * 1024


class Damaged(Exception):
    """The packing breaks off, is damaged, or holds more than is allowed. Its text says which."""


class Stream(Protocol):
    """What is read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many of the next bytes; none at the end. Raises Damaged."""


def opened(path: Path, limits: Limits) -> Stream:
    """The bytes inside a file. Raises BadInput if it cannot be read."""
    try:
        stream = path.open("rb", buffering=0)
        head = stream.read(4)
        stream.seek(0)
        most = max(limits.max_expanded_bytes, int(path.stat().st_size * limits.max_ratio))
    except OSError as error:
        raise BadInput("the file cannot be read", where=str(path), why=error.strerror or "") from None
    if head.startswith(_GZIP):
        return _Gzip(stream, most)
    if head == _ZSTD or (head[1:] == _SKIPPED and head[0] >> 4 == 5):
        return _Zstd(pa.input_stream(stream, compression="zstd", buffer_size=0), most)
    return stream


class _Counted:
    """Counts what comes out."""

    def __init__(self, most: int) -> None:
        self._left = most

    def _count(self, told: bytes) -> bytes:
        self._left -= len(told)
        if self._left < 0:
            raise Damaged("more is packed in it than is allowed: unpack it first")
        return told


class _Gzip(_Counted):
    """Members of gzip one behind another; every byte before a damaged place is given."""

    def __init__(self, stream: BinaryIO | Any, most: int) -> None:
        super().__init__(most)
        self._stream, self._inner, self._rest = stream, zlib.decompressobj(31), b""

    def read(self, size: int) -> bytes:
        while True:
            if self._inner.eof:
                self._rest = self._inner.unused_data.lstrip(b"\0") or self._stream.read(_PIECE)
                if not self._rest.strip(b"\0"):
                    return b""
                self._inner = zlib.decompressobj(31)
            packed = self._rest or self._stream.read(_PIECE)
            try:
                told = self._inner.decompress(packed, size)
            except zlib.error as error:
                raise Damaged(f"the packed file is damaged: {str(error)[:80]}") from None
            self._rest = self._inner.unconsumed_tail
            if told:
                return self._count(told)
            if not packed:
                raise Damaged("the packed file breaks off")


class _Zstd(_Counted):
    def __init__(self, stream: Any, most: int) -> None:
        super().__init__(most)
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            told: bytes = self._stream.read(min(size, _PIECE))
        except (OSError, pa.ArrowException) as error:
            raise Damaged(f"the packed file is damaged or breaks off: {str(error)[:80]}") from None
        return self._count(told)
