"""UBIFS: the index is gone through from the last master node; nodes with a wrong check sum are left out and told."""

from __future__ import annotations

import stat
import struct
from collections import defaultdict
from dataclasses import dataclass, field

from custodes.evidence.firmware.budget import Damaged, Opened, Part
from custodes.evidence.firmware.containers.archives import part_of
from custodes.evidence.firmware.containers.tree import walk
from custodes.evidence.firmware.containers.ubi import crc
from custodes.evidence.firmware.packing import block

_MAGIC = 0x06101831
_INODE, _DATA, _ENTRY, _SUPER, _MASTER, _INDEX = 0, 1, 2, 6, 7, 9
_PAGE = 4_096
_LEVELS = 64
_PACKINGS = {1: "lzo", 2: "deflate", 3: "zstd"}
_ROOT = 1
_MOST_FILE = 1 << 31


@dataclass(slots=True)
class _Tree:
    """What the index leads to."""

    inodes: dict[int, tuple[int, int, int, int, bytes]] = field(default_factory=dict)  # mode, uid, gid, size, data
    entries: dict[int, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    blocks: dict[int, list[tuple[int, int, int, memoryview]]] = field(default_factory=lambda: defaultdict(list))


class _Volume:
    """A volume, by its logical blocks."""

    def __init__(self, data: memoryview, opened: Opened) -> None:
        self.data = data
        self.opened = opened
        self.leb = 0
        self.bad = 0

    def node(self, place: int, kind: int | None = None) -> memoryview | None:
        """A node by where it is; None if it is none, or not of this kind."""
        head = self.data[place : place + 24]
        if len(head) < 24:
            return None
        magic, check, _, size, told = struct.unpack_from("<IIQIB", head)
        if magic != _MAGIC or not 24 <= size <= len(self.data) - place or (kind is not None and told != kind):
            return None
        node = self.data[place : place + size]
        return node if crc(node[8:]) == check else None


def read_ubifs(data: memoryview, at: int, opened: Opened) -> int | None:
    """A file system of UBIFS as an image of a volume has it. What a journal holds beside the index is not replayed."""
    volume = _Volume(data[at:], opened)
    top = volume.node(0, _SUPER)
    if top is None or len(top) < 88:
        return None
    count = int.from_bytes(top[40:44], "little")
    volume.leb = int.from_bytes(top[36:40], "little")
    if not 4_096 <= volume.leb <= 1 << 24 or count < 3:
        return None
    opened.volume = True
    opened.end = end = min(at + volume.leb * count, len(data))
    root = _root(volume)
    if root is None:
        opened.problems.append("ubifs: no master node is whole")
        return end
    tree = _Tree()
    _index(volume, root, tree)
    if volume.bad:
        opened.problems.append(f"ubifs: {volume.bad} nodes are damaged and left out")
    _files(volume, tree)
    return end


def _root(volume: _Volume) -> int | None:
    """Where the index begins, by the last whole master node."""
    found: tuple[int, int] | None = None
    for number in (1, 2):
        place = number * volume.leb
        while place < min((number + 1) * volume.leb, len(volume.data)):
            node = volume.node(place)
            if node is None:
                place += 8
                if place % volume.leb > 65_536:
                    break
                continue
            if node[20] == _MASTER and len(node) >= 60:
                order, leb, offset = struct.unpack_from("<Q", node, 8)[0], *struct.unpack_from("<II", node, 48)
                if found is None or order >= found[0]:
                    found = (order, leb * volume.leb + offset)
            place += (len(node) + 7) // 8 * 8
    return found[1] if found else None


def _index(volume: _Volume, root: int, tree: _Tree) -> None:
    waiting, seen = [(root, 0)], set()
    while waiting:
        place, level = waiting.pop()
        node = None if place in seen or level > _LEVELS else volume.node(place)
        seen.add(place)
        if node is None:
            volume.bad += 1
            continue
        kind = node[20]
        if kind == _INDEX and len(node) >= 28:
            (count,) = struct.unpack_from("<H", node, 24)
            for number in range(min(count, (len(node) - 28) // 20)):
                leb, offset = struct.unpack_from("<II", node, 28 + 20 * number)
                waiting.append((leb * volume.leb + offset, level + 1))
        else:
            volume.opened.budget.file()
            _leaf(node, kind, tree)


def _leaf(node: memoryview, kind: int, tree: _Tree) -> None:
    owner, key = struct.unpack_from("<II", node, 24)
    if kind == _INODE and len(node) >= 160:
        size, uid, gid, mode = struct.unpack_from("<Q", node, 48)[0], *struct.unpack_from("<III", node, 96)
        length = struct.unpack_from("<I", node, 112)[0]
        tree.inodes[owner] = (mode, uid, gid, size, bytes(node[160 : 160 + length]))
    elif kind == _ENTRY and len(node) >= 57 and key >> 29 == _ENTRY:
        inode, length = struct.unpack_from("<Q", node, 40)[0], struct.unpack_from("<H", node, 50)[0]
        name = bytes(node[56 : 56 + length]).decode("utf-8", "surrogateescape")
        tree.entries[owner].append((name, inode))
    elif kind == _DATA and len(node) >= 48:
        size, packing = struct.unpack_from("<IH", node, 40)
        tree.blocks[owner].append((key & 0x1FFFFFFF, size, packing, node[48:]))


def _files(volume: _Volume, tree: _Tree) -> None:
    opened = volume.opened

    def place(path: str, number: int) -> Part | None:
        if number not in tree.inodes:
            opened.problems.append(f"ubifs: {path[:80]}: its node is missing")
            return None
        mode, uid, gid, size, held = tree.inodes[number]
        regular = stat.S_ISREG(mode)
        data = _content(tree.blocks.get(number, ()), size, path, opened) if regular else held
        part = part_of(path, mode, (uid, gid), data or b"")
        part.read = data is not None
        return part

    walk(opened, "ubifs", _ROOT, lambda _, folder: tree.entries.get(folder, ()), place)


def _content(blocks: object, size: int, name: str, opened: Opened) -> bytes | None:
    rows = sorted(blocks, key=lambda row: row[0])  # type: ignore[call-overload]
    if size > _MOST_FILE or size > (max((row[0] for row in rows), default=-1) + 1) * _PAGE + (1 << 24):
        opened.problems.append(f"ubifs: {name[:80]}: it says it is {size} bytes long")
        size = (max((row[0] for row in rows), default=-1) + 1) * _PAGE
    if not opened.holds(size, f"ubifs: {name}"):
        return None
    opened.budget.take(size)
    out = bytearray(size)
    for number, length, packing, packed in rows:
        start = number * _PAGE
        if start >= size:
            continue
        try:
            piece = bytes(packed) if packing == 0 else block(packed, min(length, _PAGE), _how(packing))
        except Damaged as error:
            opened.problems.append(f"ubifs: {name[:80]}: {error}")
            continue
        piece = piece[: size - start]
        out[start : start + len(piece)] = piece
    return bytes(out)


def _how(packing: int) -> str:
    if packing not in _PACKINGS:
        raise Damaged(f"a packing of number {packing} is not read")
    return _PACKINGS[packing]
