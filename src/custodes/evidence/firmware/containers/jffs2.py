"""JFFS2: a log of nodes; of each file the latest ones stand."""

from __future__ import annotations

import lzma
import stat
import struct
import zlib
from collections import defaultdict
from dataclasses import dataclass, field

from custodes.evidence.firmware.budget import Damaged, Opened, Part
from custodes.evidence.firmware.containers.archives import part_of
from custodes.evidence.firmware.containers.tree import walk
from custodes.evidence.firmware.packing import block, unrtime

_MAGIC = 0x1985
_ROOT = 1
_ENTRY, _INODE = 0xE001, 0xE002
_KINDS = frozenset((_ENTRY, _INODE, 0x2003, 0x2004, 0x2006, 0xE008, 0xE009))
_PAGE_MOST = 1 << 20
_GAP = 1 << 20
_PACKINGS = {6: "zlib", 7: "lzo"}
#: How LZMA is set up in JFFS2: no header is stored.
_LZMA = {"id": lzma.FILTER_LZMA1, "dict_size": 0x2000, "lc": 0, "lp": 0, "pb": 0}


def _check(data: memoryview | bytes) -> int:
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


@dataclass(slots=True)
class _Log:
    """What the nodes say. Entries: the latest of each name in each folder; pieces of each file in their order."""

    order: str
    entries: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)  # version, inode
    pieces: dict[int, list[tuple[int, memoryview]]] = field(default_factory=lambda: defaultdict(list))
    bad: int = 0


def read_jffs2(data: memoryview, at: int, opened: Opened) -> int | None:
    """A file system of JFFS2 in either order of bytes, to its last node and the padding behind it."""
    order = "<" if bytes(data[at : at + 2]) == b"\x85\x19" else ">"
    log = _Log(order)
    end = place = at
    while True:
        size = _node(data, place, log, opened)
        if size:
            place += (size + 3) // 4 * 4
            end = place
            continue
        following = _next(data, place, order)
        if following is None:
            break
        place = following
    if not log.pieces and not log.entries:
        return None
    opened.volume = True
    opened.end = end = min(_padding(data, end), len(data))
    _files(log, opened)
    if log.bad:
        opened.problems.append(f"jffs2: {log.bad} nodes are damaged and left out")
    return end


def _node(data: memoryview, place: int, log: _Log, opened: Opened) -> int:
    """Take a node; its size, 0 if there is none."""
    head = _header(data, place, log.order)
    if head is None:
        return 0
    kind, size = head
    node = data[place : place + size]
    if len(node) < size:
        log.bad += 1
        return 0
    opened.budget.file()
    if kind == _ENTRY and size >= 40:
        _entry(node, log)
    elif kind == _INODE and size >= 68:
        number, version = struct.unpack_from(log.order + "II", node, 12)
        if _check(node[:60]) == struct.unpack_from(log.order + "I", node, 64)[0]:
            log.pieces[number].append((version, node))
        else:
            log.bad += 1
    return size


def _header(data: memoryview, place: int, order: str) -> tuple[int, int] | None:
    """Kind and size of the node that begins at a place; None if none does."""
    if place + 12 > len(data):
        return None
    told: tuple[int, ...] = struct.unpack_from(order + "HHII", data, place)
    magic, kind, size, check = told
    if magic != _MAGIC or kind not in _KINDS or size < 12 or _check(data[place : place + 8]) != check:
        return None
    return kind, size


def _entry(node: memoryview, log: _Log) -> None:
    folder, version, inode = struct.unpack_from(log.order + "III", node, 12)
    if _check(node[:32]) != struct.unpack_from(log.order + "I", node, 32)[0]:
        log.bad += 1
        return
    name = bytes(node[40 : 40 + node[28]]).decode("utf-8", "surrogateescape")
    held = log.entries.get((folder, name))
    if held is None or held[0] <= version:
        log.entries[folder, name] = (version, inode)


def _next(data: memoryview, place: int, order: str) -> int | None:
    """Where nodes go on behind padding or damage; None if they do not within a mebibyte."""
    mark = struct.pack(order + "H", _MAGIC)
    piece = bytes(data[place + 4 : place + 4 + _GAP])
    found = piece.find(mark)
    while found >= 0:
        start = place + 4 + found
        if not (start - place) % 4 and _header(data, start, order) is not None:
            return start if len(piece[:found].strip(b"\xff\0")) < 65_536 else None
        found = piece.find(mark, found + 1)
    return None


def _padding(data: memoryview, end: int) -> int:
    """Behind bytes of padding."""
    while end < len(data):
        piece = bytes(data[end : end + 65_536])
        left = piece.lstrip(b"\xff")
        if len(left) < len(piece):
            end += len(piece) - len(left)
        if left:
            break
    return end


def _files(log: _Log, opened: Opened) -> None:
    children: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for (folder, name), (_, inode) in log.entries.items():
        if inode:
            children[folder].append((name, inode))

    def place(path: str, number: int) -> Part | None:
        nodes = sorted(log.pieces.get(number, ()), key=lambda row: row[0])
        if not nodes:
            opened.problems.append(f"jffs2: {path[:80]}: its node is missing")
            return None
        mode, uid, gid = struct.unpack_from(log.order + "IHH", nodes[-1][1], 20)
        data = b"" if stat.S_ISDIR(mode) else _content(log, nodes, path, opened)
        part = part_of(path, mode, (uid, gid), data or b"")
        part.read = data is not None
        return part

    walk(opened, "jffs2", _ROOT, lambda _, folder: children.get(folder, ()), place)


def _content(log: _Log, nodes: list[tuple[int, memoryview]], name: str, opened: Opened) -> bytes | None:
    """What a file holds after all its nodes, in their order."""
    size = struct.unpack_from(log.order + "I", nodes[-1][1], 28)[0]
    most = max(sum(struct.unpack_from(log.order + "II", node, 44)) + _PAGE_MOST for _, node in nodes)
    if size > most:
        opened.problems.append(f"jffs2: {name[:80]}: it says it is {size} bytes long")
        size = 0
    if not opened.holds(size, f"jffs2: {name}"):
        return None
    opened.budget.take(size)
    out = bytearray(size)
    for _, node in nodes:
        start, packed, length, packing = struct.unpack_from(log.order + "IIIB", node, 44)
        if not length or start >= size:
            continue
        try:
            piece = _unpacked(node[68 : 68 + packed], packing, length)
        except Damaged as error:
            opened.problems.append(f"jffs2: {name[:80]}: {error}")
            continue
        out[start : start + len(piece)] = piece[: size - start]
    return bytes(out)


def _unpacked(packed: memoryview, packing: int, size: int) -> bytes:
    if size > _PAGE_MOST:
        raise Damaged("a node says it holds more than a node may")
    if packing in (0, 4):
        return bytes(packed[:size])
    if packing == 1:
        return bytes(size)
    if packing == 2:
        return unrtime(packed, size)
    if packing in _PACKINGS:
        return block(packed, size, _PACKINGS[packing])
    if packing == 8:
        try:
            stream = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_LZMA])
            return stream.decompress(bytes(packed), size)
        except lzma.LZMAError as error:
            raise Damaged(str(error)[:80]) from None
    raise Damaged(f"a packing of number {packing} is not read")
