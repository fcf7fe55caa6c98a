"""ext2, ext3 and ext4: files by their extents or by their blocks. A journal is not replayed."""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterable, Iterator

from custodes.evidence.firmware.budget import Damaged, Opened, Part
from custodes.evidence.firmware.containers.archives import part_of
from custodes.evidence.firmware.containers.tree import walk

_SUPER, _MAGIC = 1_024, 0xEF53
_ROOT = 2
_WIDE = 0x80  # descriptors of groups of 64 bytes
_EXTENTS, _INLINE, _ENCRYPTED = 0x80000, 0x10000000, 0x800
_EXTENT_MAGIC = 0xF30A
_DEPTH = 5
_UNWRITTEN = 1 << 15
_MOST_BLOCKS = 1 << 22


class _System:
    """A file system, by its super block."""

    def __init__(self, data: memoryview, opened: Opened) -> None:
        top = data[_SUPER : _SUPER + 1_024]
        self.data, self.opened = data, opened
        self.inodes, blocks, first, log = (int.from_bytes(top[at : at + 4], "little") for at in (0, 4, 20, 24))
        self.per_group = int.from_bytes(top[40:44], "little")
        incompatible = int.from_bytes(top[96:100], "little")
        self.inode_size = int.from_bytes(top[88:90], "little") if int.from_bytes(top[76:80], "little") else 128
        wide = incompatible & _WIDE
        self.described = max(int.from_bytes(top[254:256], "little"), 64) if wide else 32
        if log > 6 or not self.per_group or not 128 <= self.inode_size <= 4_096 or self.described > 1_024:
            raise Damaged("no super block")
        self.block = 1_024 << log
        self.size = self.block * (blocks + (int.from_bytes(top[336:340], "little") << 32 if wide else 0))
        self.groups = self.block * (first + 1)
        if self.size <= self.groups:
            raise Damaged("no room for what it has")

    def inode(self, number: int) -> memoryview:
        """The inode of a number. Raises Damaged."""
        group, place = divmod(number - 1, self.per_group)
        head = self.data[self.groups + group * self.described :][: self.described]
        if not 1 <= number <= self.inodes or len(head) < self.described:
            raise Damaged("an inode that there is not")
        table = int.from_bytes(head[8:12], "little")
        if self.described >= 64:
            table |= int.from_bytes(head[40:44], "little") << 32
        start = table * self.block + place * self.inode_size
        found = self.data[start : start + self.inode_size]
        if len(found) < 128:
            raise Damaged("an inode lies outside")
        return found

    def at(self, block: int, count: int = 1) -> memoryview:
        """Blocks from one on. Raises Damaged."""
        found = self.data[block * self.block : (block + count) * self.block]
        if not len(found):
            raise Damaged("a block lies outside")
        return found

    def content(self, inode: memoryview) -> bytes:
        """What a file holds. Raises Damaged, Enough."""
        size = int.from_bytes(inode[4:8], "little")
        mode = int.from_bytes(inode[0:2], "little")
        if stat.S_ISREG(mode):
            size |= int.from_bytes(inode[108:112], "little") << 32
        flags = int.from_bytes(inode[32:36], "little")
        if flags & _ENCRYPTED:
            raise Damaged("it is encrypted")
        if flags & _INLINE and (size > 60 or stat.S_ISDIR(mode)):
            raise Damaged("it lies in its inode, which is not read")
        if flags & _INLINE or (stat.S_ISLNK(mode) and size < 60):
            return bytes(inode[40 : 40 + size])
        self.opened.budget.take(size)
        out = bytearray(size)
        runs = self._extents(inode[40:100], 0) if flags & _EXTENTS else self._blocks(inode[40:100], size)
        for place, block, count in runs:
            start = place * self.block
            if start < size and block:
                piece = self.at(block, count)[: size - start]
                out[start : start + len(piece)] = piece
        return bytes(out)

    def _extents(self, node: memoryview, depth: int) -> Iterator[tuple[int, int, int]]:
        magic, entries, _, level = struct.unpack_from("<4H", node)
        if magic != _EXTENT_MAGIC or depth > _DEPTH:
            raise Damaged("its extents are damaged")
        for number in range(min(entries, (len(node) - 12) // 12)):
            self.opened.budget.room()
            place, first, high, low = struct.unpack_from("<IHHI", node, 12 + 12 * number)
            if level:
                leaf = place_of(node, 12 + 12 * number)
                yield from self._extents(self.at(leaf), depth + 1)
            elif first <= _UNWRITTEN:
                yield place, high << 32 | low, first

    def _blocks(self, told: memoryview, size: int) -> Iterator[tuple[int, int, int]]:
        """Blocks of the older kind: twelve, and three trees of them."""
        last = min((size + self.block - 1) // self.block, _MOST_BLOCKS)
        place = 0
        for number in range(15):
            (block,) = struct.unpack_from("<I", told, 4 * number)
            level = max(number - 11, 0)
            for one in self._tree(block, level):
                if place >= last:
                    return
                yield place, one, 1
                place += 1

    def _tree(self, block: int, level: int) -> Iterator[int]:
        width = self.block // 4
        if not level:
            yield block
        elif not block:
            for _ in range(width**level):
                yield 0
        else:
            self.opened.budget.room()
            held = self.at(block)
            for number in range(len(held) // 4):
                yield from self._tree(struct.unpack_from("<I", held, 4 * number)[0], level - 1)


def place_of(node: memoryview, at: int) -> int:
    """The block that an entry of an index leads to."""
    low, high = struct.unpack_from("<IH", node, at + 4)
    return int(low) | int(high) << 32


def read_ext(data: memoryview, at: int, opened: Opened) -> int | None:
    """A file system of ext2, ext3 or ext4."""
    top = data[at + _SUPER : at + _SUPER + 1_024]
    if len(top) < 1_024 or int.from_bytes(top[56:58], "little") != _MAGIC:
        return None
    try:
        system = _System(data[at:], opened)
        root = system.inode(_ROOT)
    except Damaged:
        return None
    if not stat.S_ISDIR(int.from_bytes(root[0:2], "little")):
        return None
    opened.volume = True
    opened.end = end = min(at + system.size, len(data))
    if at + system.size > len(data):
        opened.problems.append("ext: the file ends inside it")
    _walk(system, opened)
    return end


def _walk(system: _System, opened: Opened) -> None:
    def entries(path: str, number: int) -> Iterable[tuple[str, int]]:
        try:
            return list(_entries(system.content(system.inode(number))))
        except (Damaged, struct.error) as error:
            opened.problems.append(f"ext: {path[:80] or '/'}: {error}")
            return ()

    try:
        walk(opened, "ext", _ROOT, entries, lambda path, number: _part(system, path, number, opened))
    finally:  # the folder that every such file system has; what was rescued into it is told
        opened.parts = [part for part in opened.parts if part.name != "lost+found"]


def _part(system: _System, name: str, number: int, opened: Opened) -> Part:
    try:
        inode = system.inode(number)
    except (Damaged, struct.error) as error:
        opened.unread(f"ext: {name}", str(error))
        return Part(name, read=False)
    mode, uid, gid = (int.from_bytes(inode[at : at + 2], "little") for at in (0, 2, 24))
    part = part_of(name, mode, (uid, gid), b"")
    size = int.from_bytes(inode[4:8], "little") | int.from_bytes(inode[108:112], "little") << 32
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        return part
    part.read = opened.holds(size if stat.S_ISREG(mode) else 0, f"ext: {name}")
    try:
        if part.read:
            part = part_of(name, mode, (uid, gid), system.content(inode))
    except (Damaged, struct.error) as error:
        part.read = False
        opened.unread(f"ext: {name}", str(error))
    return part


def _entries(folder: bytes) -> Iterator[tuple[str, int]]:
    at = 0
    while at + 8 <= len(folder):
        number, size, length = struct.unpack_from("<IHB", folder, at)
        if size < 8:
            return
        name = folder[at + 8 : at + 8 + length]
        if number and name not in (b".", b".."):
            yield name.decode("utf-8", "surrogateescape"), number
        at += size
