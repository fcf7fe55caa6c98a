"""Squashfs 4.0 through PySquashfsImage, in memory: its packings bounded, its folders gone through without recursion."""

from __future__ import annotations

import lzma
import struct
import zlib
from typing import Any

from PySquashfsImage import SquashFsImage

from custodes.evidence.firmware.budget import Budget, Damaged, Opened, Part
from custodes.evidence.firmware.containers.archives import part_of
from custodes.evidence.firmware.packing import block

_PACKINGS = {1: "zlib", 2: "lzma", 3: "lzo", 4: "xz", 5: "lz4", 6: "zstd"}
_METADATA = 8_192
_FOLDERS = frozenset((1, 8))
_FILES = frozenset((2, 9))
#: What the library raises on bytes that are not what they should be.
BROKEN = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error, RuntimeError, EOFError,
          OverflowError, MemoryError, zlib.error, lzma.LZMAError, Damaged)  # fmt: skip


class _Packing:
    """How blocks are packed; a block never gives more than a block holds."""

    def __init__(self, number: int, budget: Budget) -> None:
        if number not in _PACKINGS:
            raise Damaged(f"blocks packed by {_PACKINGS.get(number, number)} are not read")
        self._how = _PACKINGS[number]
        self._budget = budget

    def uncompress(self, src: bytes, _size: int, outsize: int) -> bytes:
        """A block unpacked. The library calls it so. Raises Damaged, Enough."""
        self._budget.room()
        return block(src, max(outsize, _METADATA), self._how)


class _File:
    """As much of a file as the library asks for, of bytes that are not copied for it."""

    def __init__(self, data: memoryview) -> None:
        self._data, self._at = data, 0

    def seek(self, place: int) -> None:
        """Go to a place, counted from the beginning."""
        self._at = place

    def read(self, size: int) -> bytes:
        """Bytes from there on, fewer at the end."""
        held = bytes(self._data[self._at : self._at + size])
        self._at += len(held)
        return held

    def close(self) -> None:
        """Let the bytes go."""
        self._data = memoryview(b"")


class _Image(SquashFsImage):  # type: ignore[misc]  # the library has no types
    """The image without its eager walk, which follows loops, and without a cache that keeps images alive."""

    def __init__(self, fd: _File, budget: Budget) -> None:
        self._budget = budget
        self._held: dict[int, bytes] = {}
        super().__init__(fd)

    def _get_compressor(self, compression_id: int) -> _Packing:
        return _Packing(compression_id, self._budget)

    def _dir_scan(self, start_block: int, offset: int) -> tuple[int, int]:
        return start_block, offset

    def _read_data_block(self, start: int, size: int) -> bytes:
        held = self._held.get(start)
        if held is None:
            held = SquashFsImage._read_data_block.__wrapped__(self, start, size)
            if len(self._held) > 15:
                self._held.clear()
            self._held[start] = held
        return held

    def file(self, inode: Any) -> bytes:
        """A file's bytes, counted before they are read."""
        self._budget.take(inode.data)
        return bytes(self.read_file(inode))

    def folder(self, place: int, offset: int) -> Any:
        """A folder with its entries."""
        return self._opendir(place, offset)

    def node(self, place: int, offset: int) -> Any:
        """What an entry stands for."""
        return self._read_inode(place, offset)


def read_squashfs(data: memoryview, at: int, opened: Opened) -> int | None:
    """A file system of Squashfs 4.0, little endian. Others are told as what they are and not read."""
    head = bytes(data[at : at + 96])
    if len(head) < 96 or head[:4] != b"hsqs":
        return None
    size, page = int.from_bytes(head[40:48], "little"), int.from_bytes(head[12:16], "little")
    log, major, minor = (int.from_bytes(head[place : place + 2], "little") for place in (22, 28, 30))
    if major != 4 or minor or page.bit_count() != 1 or 1 << log != page or not size >= 96:
        return None
    opened.volume = True
    opened.end = end = min(at + size, len(data))
    if at + size > len(data):
        opened.problems.append("squashfs: the file ends inside it")
    try:
        image = _Image(_File(data[at:end]), opened.budget)
    except BROKEN as error:
        opened.problems.append(f"squashfs: {str(error)[:80]}")
        return end
    _walk(image, opened)
    return end


def _walk(image: _Image, opened: Opened) -> None:
    waiting, seen = [("", *image.root)], set()
    while waiting:
        path, place, offset = waiting.pop()
        if (place, offset) in seen:
            opened.problems.append(f"squashfs: {path[:80]} holds itself")
            continue
        seen.add((place, offset))
        try:
            folder = image.folder(place, offset)
        except BROKEN as error:
            opened.problems.append(f"squashfs: {path[:80] or '/'}: {str(error)[:80]}")
            continue
        if path:
            opened.add(_part(path, folder.inode, b""))
        below = []
        for entry in folder.entries:
            name = f"{path}/{entry['name'].decode('utf-8', 'surrogateescape')}".lstrip("/")
            if entry["type"] in _FOLDERS:
                below.append((name, entry["start_block"], entry["offset"]))
            else:
                _leaf(image, name, entry, opened)
        waiting += reversed(below)


def _leaf(image: _Image, name: str, entry: dict[str, Any], opened: Opened) -> None:
    try:
        inode = image.node(entry["start_block"], entry["offset"])
        part = _part(name, inode, getattr(inode, "_symlink", b"") or b"")
    except BROKEN as error:
        opened.unread(f"squashfs: {name}", str(error)[:80])
        opened.add(Part(name, read=False))
        return
    if inode._header.inode_type in _FILES:
        _content(image, inode, part, opened)
    opened.add(part)


def _content(image: _Image, inode: Any, part: Part, opened: Opened) -> None:
    part.read = opened.holds(inode.data, f"squashfs: {part.name}")
    try:
        part.data = image.file(inode) if part.read else b""
    except BROKEN as error:
        part.read = False
        opened.unread(f"squashfs: {part.name}", str(error)[:80])


def _part(name: str, inode: Any, data: bytes) -> Part:
    return part_of(name, inode._mode, (inode._uid, inode._gid), data)
