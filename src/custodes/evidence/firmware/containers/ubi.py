"""UBI: volumes out of erase blocks, in whatever order those lie; of two copies of a block the later one."""

from __future__ import annotations

import struct
import zlib

from custodes.evidence.firmware.budget import Opened, Part

_BLOCK = b"UBI#"
_VOLUME = b"UBI!"
_TABLE = 0x7FFFEFFF
_RECORD = 172
_SIZES = tuple(1 << power for power in range(12, 24))
_STATIC = 2


def crc(data: bytes | memoryview) -> int:
    """CRC-32 as UBI and UBIFS have it: not inverted at the end."""
    return zlib.crc32(data) ^ 0xFFFFFFFF


def _header(data: memoryview, at: int, mark: bytes) -> bytes | None:
    head = bytes(data[at : at + 64])
    if len(head) < 64 or head[:4] != mark or crc(head[:60]) != int.from_bytes(head[60:], "big"):
        return None
    return head


def read_ubi(data: memoryview, at: int, opened: Opened) -> int | None:
    """An image of UBI: a part for each volume."""
    head = _header(data, at, _BLOCK)
    if head is None:
        return None
    size = next((size for size in _SIZES if _header(data, at + size, _BLOCK)), len(data) - at)
    blocks: dict[int, dict[int, tuple[int, memoryview]]] = {}
    end = at
    while end < len(data):
        head = _header(data, end, _BLOCK)
        if head is None and bytes(data[end : end + 4]) != b"\xff\xff\xff\xff":
            break
        if head is not None:
            _block(data[end : end + size], head, blocks, opened)
        end = min(end + size, len(data))
    opened.end = end
    opened.wrapper = True
    names = _names(blocks.pop(_TABLE, {}))
    for number in sorted(blocks):
        held = blocks[number]
        rows = [held[place][1] for place in range(max(held) + 1) if place in held]
        if len(rows) <= max(held):
            opened.problems.append(f"ubi: {max(held) + 1 - len(rows)} blocks of a volume are missing")
        body = b"".join(rows)
        opened.budget.take(len(body))
        opened.add(Part(names.get(number, f"volume-{number}"), body, stored=len(body)))
    return end


def _block(
    block: memoryview,
    head: bytes,
    blocks: dict[int, dict[int, tuple[int, memoryview]]],
    opened: Opened,
) -> None:
    """Take the data of one erase block."""
    place, start = struct.unpack_from(">II", head, 16)
    told = _header(block, place, _VOLUME)
    if told is None or start >= len(block):
        return
    kind, (volume, number) = told[5], struct.unpack_from(">II", told, 8)
    size, padding, order = *struct.unpack_from(">I4xI", told, 20), struct.unpack_from(">Q", told, 40)[0]
    body = block[start : len(block) - padding if padding < len(block) - start else len(block)]
    if kind == _STATIC and size <= len(body):
        body = body[:size]
    opened.budget.file()
    held = blocks.setdefault(volume, {})
    if number < 1 << 20 and (number not in held or held[number][0] < order):
        held[number] = (order, body)


def _names(table: dict[int, tuple[int, memoryview]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for _, body in table.values():
        for number in range(min(len(body) // _RECORD, 128)):
            record = bytes(body[number * _RECORD : (number + 1) * _RECORD])
            length = int.from_bytes(record[14:16], "big")
            if crc(record[:168]) == int.from_bytes(record[168:], "big") and 0 < length < 128:
                found[number] = record[16 : 16 + length].decode("utf-8", "replace")
    return found
