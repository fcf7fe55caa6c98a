"""cramfs: a small read-only file system, in either order of bytes."""

from __future__ import annotations

import stat
import struct

from custodes.evidence.firmware.budget import Damaged, Opened
from custodes.evidence.firmware.containers.archives import part_of
from custodes.evidence.firmware.packing import block

_SIGNATURE = b"Compressed ROMFS"
_PAGE = 4_096
_HEADER = 76
_PLAIN, _DIRECT = 1 << 31, 1 << 30


class _Node:
    """An inode of 12 bytes."""

    __slots__ = ("gid", "mode", "name_size", "offset", "size", "uid")

    def __init__(self, raw: bytes, order: str) -> None:
        first, second, third = struct.unpack(order + "3I", raw)
        if order == "<":
            self.mode, self.uid = first & 0xFFFF, first >> 16
            self.size, self.gid = second & 0xFFFFFF, second >> 24
            self.name_size, self.offset = (third & 0x3F) * 4, (third >> 6) * 4
        else:
            self.mode, self.uid = first >> 16, first & 0xFFFF
            self.size, self.gid = second >> 8, second & 0xFF
            self.name_size, self.offset = (third >> 26) * 4, (third & 0x3FFFFFF) * 4


def read_cramfs(data: memoryview, at: int, opened: Opened) -> int | None:
    """A file system of cramfs."""
    head = bytes(data[at : at + _HEADER])
    order = "<" if head[:4] == b"\x45\x3d\xcd\x28" else ">"
    if len(head) < _HEADER or head[16:32] != _SIGNATURE:
        return None
    size = struct.unpack_from(order + "I", head, 4)[0]
    if size < _HEADER:
        return None
    image = data[at : at + size]
    opened.volume = True
    opened.end = at + len(image)
    if len(image) < size:
        opened.problems.append("cramfs: the file ends inside it")
    waiting, seen = [("", _Node(head[64:76], order))], set()
    while waiting:
        path, folder = waiting.pop()
        if folder.size and folder.offset in seen:
            opened.problems.append(f"cramfs: {path[:80]} holds itself")
            continue
        seen.add(folder.offset)
        below = []
        for name, node in _entries(image, folder, order):
            full = f"{path}/{name}".lstrip("/")
            content: bytes | None = b""
            if stat.S_ISDIR(node.mode):
                below.append((full, node))
            elif stat.S_ISREG(node.mode) or stat.S_ISLNK(node.mode):
                content = _content(image, node, order, full, opened)
            part = part_of(full, node.mode, (node.uid, node.gid), content or b"")
            part.read = content is not None
            opened.add(part)
        waiting += reversed(below)
    return opened.end


def _entries(image: memoryview, folder: _Node, order: str) -> list[tuple[str, _Node]]:
    place, end, found = folder.offset, folder.offset + folder.size, []
    while place + 12 <= min(end, len(image)):
        node = _Node(bytes(image[place : place + 12]), order)
        name = bytes(image[place + 12 : place + 12 + node.name_size]).rstrip(b"\0")
        found.append((name.decode("utf-8", "surrogateescape"), node))
        place += 12 + node.name_size
    return found


def _content(image: memoryview, node: _Node, order: str, name: str, opened: Opened) -> bytes | None:
    """What a file holds; None, told as not read, where it lies outside or is more than may be unpacked."""
    count = (node.size + _PAGE - 1) // _PAGE
    start = node.offset + 4 * count
    if start > len(image):
        opened.unread(f"cramfs: {name}", "it lies outside")
        return None
    out = bytearray()
    if not opened.holds(node.size, f"cramfs: {name}"):
        return None
    opened.budget.take(node.size)
    for number in range(count):
        (told,) = struct.unpack_from(order + "I", image, node.offset + 4 * number)
        size = min(_PAGE, node.size - len(out))
        try:
            piece, start = _page(image, told, start, size, order)
        except (Damaged, struct.error) as error:
            opened.problems.append(f"cramfs: {name[:80]}: {error}")
            piece, start = b"", told & ~(_PLAIN | _DIRECT)
        out += piece[:size].ljust(size, b"\0")
    return bytes(out)


def _page(image: memoryview, told: int, start: int, size: int, order: str) -> tuple[bytes, int]:
    """A page and where the next one begins. `told`: where it ends, or where it lies (with two marks)."""
    if told & _DIRECT:
        place = (told & ~(_PLAIN | _DIRECT)) << 2
        if told & _PLAIN:
            return bytes(image[place : place + size]), place + size
        (length,) = struct.unpack_from(order + "H", image, place)
        return block(image[place + 2 : place + 2 + length], _PAGE, "zlib"), place + 2 + length
    end = told & ~_PLAIN
    if end == start:
        return b"", end
    if not start < end <= len(image):
        raise Damaged("a page lies outside")
    body = image[start:end]
    return (bytes(body) if told & _PLAIN else block(body, _PAGE, "zlib")), end
