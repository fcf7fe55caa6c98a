"""Wrappers around whole images: makers' headers with a table of files, U-Boot's images, TRX, trees of FIT."""

from __future__ import annotations

import re
import struct
import zlib
from itertools import pairwise

from custodes.evidence.firmware.budget import Cut, Damaged, Opened, Part
from custodes.evidence.firmware.lz4 import unlz4
from custodes.evidence.firmware.packing import gunzip, unbzip2, unlzma, unzstd

#: An update's header is written over with this, place by place (public: hiktools, MIT).
_KEY = bytes.fromhex("bacdbcfed6caddd3bab9a3abbfcbb5be")
_PLAIN = b"SWKH"
_HEADER, _ENTRY = 0x40, 44
_MOST_FILES = 256
_PRINTED = re.compile(rb"[ -~]{1,32}\0*")
_KERNELS = {0: "none", 1: "gzip", 2: "bzip2", 3: "lzma", 4: "lzo", 5: "lz4", 6: "zstd"}
_TYPES = {1: "standalone", 2: "kernel", 3: "ramdisk", 4: "multi", 5: "firmware", 6: "script", 7: "filesystem",
          8: "flat_dt"}  # fmt: skip
_MULTI = 4


def _uncovered(data: memoryview, at: int, size: int) -> bytes:
    return bytes(byte ^ _KEY[(index + (index >> 4)) & 15] for index, byte in enumerate(bytes(data[at : at + size])))


def read_update(data: memoryview, at: int, opened: Opened) -> int | None:
    """An update with a table of files, its header as it is or covered. Language, class of devices and code of the
    customer it was made for lie in the clear."""
    plain = bytes(data[at : at + 4]) == _PLAIN
    if len(data) - at < _HEADER + _ENTRY:
        return None
    head = bytes(data[at : at + 28]) if plain else _uncovered(data, at, 28)
    told: tuple[int, ...] = struct.unpack_from("<7I", head)
    magic, _, length, count, language, device, customer = told
    table = _HEADER + _ENTRY * count
    if not 1 <= count <= _MOST_FILES or not _HEADER <= length <= table + 65_536 or len(data) - at < table:
        return None
    head = bytes(data[at : at + table]) if plain else _uncovered(data, at, table)
    rows = [struct.unpack_from("<32sIII", head, _HEADER + _ENTRY * number) for number in range(count)]
    if not plain and not all(_PRINTED.fullmatch(row[0]) for row in rows):
        return None
    placed = _placed([(row[1], row[2]) for row in rows], table, len(data) - at)
    if placed is None:
        return None
    opened.identity.update({"language": language, "device_class": device, "oem_code": customer})
    if not plain:
        opened.identity["magic"] = f"{magic:08x}"
    opened.volume = opened.wrapper = True
    end = at + table
    for number, ((name, *_), (start, stored)) in enumerate(zip(rows, placed, strict=True), 1):
        label = name.split(b"\0")[0].decode("utf-8", "replace") or f"file-{number}"
        body = data[at + start : at + start + stored]
        opened.add(Part(label, body, offset=at + start, stored=stored))
        opened.end = end = max(end, at + start + stored)
    return end


def _placed(pairs: list[tuple[int, int]], table: int, size: int) -> list[tuple[int, int]] | None:
    """Where files begin and how long they are: makers write either first. None if neither fits."""
    fitting = []
    for places in ([(second, first) for first, second in pairs], pairs):
        if all(start >= table and stored and start + stored <= size for start, stored in places):
            ends = sorted((start, start + stored) for start, stored in places)
            if all(left[1] <= right[0] for left, right in pairwise(ends)):
                fitting.append(places)
    return min(fitting, key=lambda places: min(start for start, _ in places), default=None)


def read_uimage(data: memoryview, at: int, opened: Opened) -> int | None:
    """An image of U-Boot with a header of 64 bytes."""
    head = bytes(data[at : at + 64])
    if len(head) < 64:
        return None
    magic, check, _, size, _, _, _, _, _, kind, packing = struct.unpack_from(">7I4B", head)
    if magic != 0x27051956 or zlib.crc32(head[:4] + b"\0" * 4 + head[8:]) != check:
        return None
    opened.named = False
    opened.identity["header_name"] = head[32:].split(b"\0")[0].decode("utf-8", "replace")
    body = data[at + 64 : at + 64 + size]
    if len(body) < size:
        opened.problems.append("uImage: the file ends inside it")
    opened.end = at + 64 + len(body)
    label = _TYPES.get(kind, f"type-{kind}")
    if kind == _MULTI:
        _multi(body, at + 64, opened)
        return opened.end
    opened.add(Part(label, _unpacked(body, packing, label, opened), offset=None if packing else at + 64, stored=size))
    return opened.end


def _multi(body: memoryview, offset: int, opened: Opened) -> None:
    sizes: list[int] = []
    while len(body) >= 4 * len(sizes) + 4 and (size := struct.unpack_from(">I", body, 4 * len(sizes))[0]):
        sizes.append(size)
        if len(sizes) > _MOST_FILES:
            raise Damaged("uImage: too many parts")
    start = 4 * len(sizes) + 4
    for number, size in enumerate(sizes, 1):
        opened.add(Part(f"part-{number}", body[start : start + size], offset=offset + start, stored=size))
        start += (size + 3) // 4 * 4


def _unpacked(body: memoryview, packing: int, label: str, opened: Opened) -> bytes | memoryview:
    unpack = {1: gunzip, 2: unbzip2, 3: unlzma, 5: unlz4, 6: unzstd}.get(packing)
    if unpack is None:
        return body
    try:
        return unpack(body, opened.budget)[0]
    except Cut as error:
        opened.problems.append(f"{label}: {error}")
        return error.data
    except Damaged as error:
        opened.problems.append(f"{label} is not packed by {_KERNELS.get(packing, packing)}: {error}")
        return body


def read_trx(data: memoryview, at: int, opened: Opened) -> int | None:
    """An image of TRX: three or four parts by their offsets."""
    head = bytes(data[at : at + 32])
    if len(head) < 32 or head[:4] != b"HDR0":
        return None
    told: tuple[int, ...] = struct.unpack_from("<4I4I", head)
    _, size, _, flags, *offsets = told
    places = [place for place in offsets[: 4 if flags >> 16 == 2 else 3] if place]
    if not 28 <= size <= len(data) - at or not places or sorted(places) != places or places[0] < 28:
        return None
    if places[-1] >= size:
        return None
    opened.named = False
    opened.end = at + size
    for number, (start, end) in enumerate(zip(places, [*places[1:], size], strict=True), 1):
        opened.add(Part(f"part-{number}", data[at + start : at + end], offset=at + start, stored=end - start))
    return at + size


def read_fit(data: memoryview, at: int, opened: Opened) -> int | None:
    """A flattened tree of images (FIT), their data inside it or behind it. Other trees of devices are no container."""
    if bytes(data[at : at + 4]) != b"\xd0\x0d\xfe\xed" or len(data) - at < 40:
        return None
    size = int.from_bytes(data[at + 4 : at + 8], "big")
    if not 40 <= size <= len(data) - at:
        return None
    nodes = _nodes(data[at : at + size])
    images = {path.split("/")[2]: told for path, told in nodes.items() if path.startswith("/images/")
              and path.count("/") == 2}  # fmt: skip
    if not images:
        return None
    end = at + size
    base = (size + 3) // 4 * 4
    for name, told in images.items():
        body = told.get("data")
        if body is None and len(told.get("data-size", b"")) == 4:
            length = int.from_bytes(told["data-size"], "big")
            behind = base + int.from_bytes(told.get("data-offset", b""), "big")
            start = at + (int.from_bytes(told["data-position"], "big") if "data-position" in told else behind)
            body = bytes(data[start : start + length])
            end = max(end, start + len(body))
        packing = bytes(told.get("compression", b"none")).rstrip(b"\0").decode("ascii", "replace")
        number = next((number for number, word in _KERNELS.items() if word == packing), 0)
        held = memoryview(body or b"")
        opened.end = end
        opened.add(Part(name, _unpacked(held, number, name, opened), stored=len(held)))
    return end


def _nodes(tree: memoryview) -> dict[str, dict[str, bytes]]:
    """Properties of each node of a flattened tree, by its path. Raises Damaged."""
    structure, strings = struct.unpack_from(">II", tree, 8)
    at, path = structure, [""]
    found: dict[str, dict[str, bytes]] = {}
    try:
        while at + 4 <= len(tree):
            (token,) = struct.unpack_from(">I", tree, at)
            at += 4
            if token == 1:
                name = bytes(tree[at : at + 256]).split(b"\0")[0]
                at += (len(name) + 4) // 4 * 4
                path.append(name.decode("utf-8", "replace"))
                found["/" + "/".join(path[2:])] = {}
            elif token == 2:
                path.pop()
            elif token == 3:
                length, place = struct.unpack_from(">II", tree, at)
                name = bytes(tree[strings + place : strings + place + 256]).split(b"\0")[0]
                value = bytes(tree[at + 8 : at + 8 + length])
                found["/" + "/".join(path[2:])][name.decode("utf-8", "replace")] = value
                at += 8 + (length + 3) // 4 * 4
            elif token == 9:
                break
            elif token != 4 or len(path) > 64 or len(found) > 10_000:
                raise Damaged("a tree of devices is damaged")
    except (struct.error, KeyError, IndexError):
        raise Damaged("a tree of devices is damaged") from None
    return found
