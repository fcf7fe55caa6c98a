"""Which marks containers begin with, and who reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import re2

from custodes.evidence.firmware.budget import Opened
from custodes.evidence.firmware.containers.archives import read_cpio, read_zip
from custodes.evidence.firmware.containers.cramfs import read_cramfs
from custodes.evidence.firmware.containers.ext import read_ext
from custodes.evidence.firmware.containers.jffs2 import read_jffs2
from custodes.evidence.firmware.containers.squashfs import read_squashfs
from custodes.evidence.firmware.containers.streams import read_bzip2, read_gzip, read_lz4, read_lzma, read_xz, read_zstd
from custodes.evidence.firmware.containers.tar import read_tar
from custodes.evidence.firmware.containers.ubi import read_ubi
from custodes.evidence.firmware.containers.ubifs import read_ubifs
from custodes.evidence.firmware.containers.wrappers import read_fit, read_trx, read_uimage, read_update

Reader = Callable[[memoryview, int, Opened], int | None]


class Format(NamedTuple):
    """A container by its mark, which lies `back` bytes behind its beginning. `first`: read at the beginning of bytes
    only, as its mark is too short or missing."""

    name: str
    mark: bytes
    read: Reader
    back: int = 0
    first: bool = False


FORMATS = (
    Format("zip", b"PK\x03\x04", read_zip),
    Format("dh-zip", b"DH\x03\x04", read_zip),
    Format("swkh", b"SWKH", read_update),
    Format("uimage", b"\x27\x05\x19\x56", read_uimage),
    Format("fit", b"\xd0\x0d\xfe\xed", read_fit),
    Format("trx", b"HDR0", read_trx),
    Format("squashfs", b"hsqs", read_squashfs),
    Format("ubi", b"UBI#\x01", read_ubi),
    Format("ubifs", b"\x31\x18\x10\x06", read_ubifs),
    *(Format("jffs2", mark, read_jffs2) for mark in
      (b"\x85\x19\x01\xe0", b"\x85\x19\x02\xe0", b"\x85\x19\x03\x20",
       b"\x19\x85\xe0\x01", b"\x19\x85\xe0\x02", b"\x19\x85\x20\x03")),
    Format("cramfs", b"\x45\x3d\xcd\x28", read_cramfs),
    Format("cramfs", b"\x28\xcd\x3d\x45", read_cramfs),
    Format("ext", b"\x53\xef", read_ext, back=1_080, first=True),
    Format("cpio", b"070701", read_cpio),
    Format("cpio", b"070702", read_cpio),
    Format("tar", b"ustar", read_tar, back=257),
    Format("gzip", b"\x1f\x8b\x08", read_gzip),
    Format("xz", b"\xfd7zXZ\0", read_xz),
    Format("zstd", b"\x28\xb5\x2f\xfd", read_zstd),
    Format("lz4", b"\x04\x22\x4d\x18", read_lz4),
    Format("lz4", b"\x02\x21\x4c\x18", read_lz4),
    Format("bzip2", b"BZh", read_bzip2),
    Format("lzma", b"\x5d\0\0", read_lzma),
    Format("digicap", b"", read_update, first=True),
)  # fmt: skip


class _Alike(NamedTuple):
    """Formats of which the marks lie equally far behind the beginnings, by their marks, and what finds any of these."""

    back: int
    formats: dict[bytes, Format]
    marks: Any


def _alike(back: int) -> _Alike:
    asked = re2.Options()
    asked.encoding, asked.never_capture = re2.Options.Encoding.LATIN1, True
    formats = {one.mark: one for one in FORMATS if one.back == back and not one.first}
    return _Alike(back, formats, re2.compile(b"|".join(map(re2.escape, formats)), asked))


_ALIKE = tuple(_alike(back) for back in sorted({one.back for one in FORMATS if not one.first}))


class _Lane:
    """The marks of formats that are alike, looked for together in bytes."""

    def __init__(self, data: bytes, alike: _Alike) -> None:
        self._data, self._alike = data, alike
        self._told = self._search(0)

    def _search(self, place: int) -> tuple[int, Format] | None:
        back, formats, marks = self._alike
        found = marks.search(self._data, place + back)
        return (found.start() - back, formats[found.group()]) if found else None

    def after(self, place: int) -> tuple[int, Format] | None:
        """The next beginning at `place` or behind it."""
        if self._told is not None and self._told[0] < place:
            self._told = self._search(place)
        return self._told

    def missed(self, one: Format) -> None:
        """Go on behind the beginning that was told, if it was of this format."""
        if self._told is not None and self._told[1] is one:
            self._told = self._search(self._told[0] + 1)


class Marks:
    """Where containers may begin in bytes. A mark inside another one counts too."""

    def __init__(self, data: bytes) -> None:
        self._lanes = [_Lane(data, alike) for alike in _ALIKE]

    def after(self, place: int) -> tuple[int, Format] | None:
        """The next beginning at `place` or behind it, and of what; of two at one place the first in the list."""
        found = [told for lane in self._lanes if (told := lane.after(place)) is not None]
        return min(found, key=lambda told: (told[0], FORMATS.index(told[1])), default=None)

    def missed(self, one: Format) -> None:
        """Nothing of this format began where it was told last: go on behind it."""
        for lane in self._lanes:
            lane.missed(one)
