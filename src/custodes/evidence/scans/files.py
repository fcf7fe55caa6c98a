"""The file of a scan: as it stands or packed with gzip, never more of it than the limits allow."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from custodes.model.errors import BadInput
from custodes.model.registers import Limits

#: What the kind of a file is told by.
HEAD = 65_536
_GZIP = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file to be read as a scan. `packed`: whether gzip is around it."""

    path: Path
    limits: Limits
    packed: bool = False

    @property
    def name(self) -> str:
        """The file's own name, as messages give it."""
        return self.path.name

    def open(self) -> BinaryIO:
        """The bytes of the scan. Reading raises BadInput where packed ones are damaged or more than is allowed."""
        stream = self.path.open("rb")
        return cast(BinaryIO, io.BufferedReader(_Unpacked(stream, self))) if self.packed else stream

    def text(self) -> str:
        """All of it as text: UTF-8, with what is none of it replaced."""
        with self.open() as stream:
            return stream.read().decode("utf-8", "replace")


class _Unpacked(io.RawIOBase):
    """The bytes inside gzip, counted."""

    def __init__(self, stream: BinaryIO, file: ScanFile) -> None:
        self._inner = gzip.GzipFile(fileobj=stream)
        self._stream = stream
        self._file = file
        self._left = file.limits.max_expanded_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            told = self._inner.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise BadInput("this packed scan is damaged", where=self._file.name, why=str(error)[:120]) from None
        self._left -= len(told)
        if self._left < 0:
            most = self._file.limits.max_expanded_bytes // 1024 // 1024
            raise BadInput("the file is too large", where=self._file.name, why=f"more than {most} MB unpacked")
        buffer[: len(told)] = told
        return len(told)

    def close(self) -> None:
        self._inner.close()
        self._stream.close()
        super().close()


def scan_file(path: Path, limits: Limits) -> tuple[ScanFile, bytes]:
    """The file with its first bytes, unpacked where it is packed. Raises BadInput for one that cannot be read."""
    try:
        with path.open("rb") as stream:
            packed = stream.read(len(_GZIP)) == _GZIP
        file = ScanFile(path, limits, packed)
        with file.open() as stream:
            return file, stream.read(HEAD)
    except OSError as error:
        raise BadInput("the file cannot be read", where=str(path), why=error.strerror or "") from None
