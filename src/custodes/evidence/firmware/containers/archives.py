"""Archives that name their members: ZIP (also with another mark at its beginning), cpio."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib

from custodes.evidence.firmware.budget import Opened, Part
from custodes.model.firmware import Kind

_ZIP_LOCAL = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
#: A maker's updates begin so; all that follows is ZIP.
_OTHER_MARK = b"DH\x03\x04"
_CPIO = 110
_HEX = re.compile(rb"[0-9A-Fa-f]{104}")
_PIECE = 1 << 20


def read_zip(data: memoryview, at: int, opened: Opened) -> int | None:
    """A ZIP archive. Its members' data are checked by their check sums."""
    end = _zip_end(data, at, opened)
    if end is None:
        return None
    raw = bytearray(data[at:end])
    raw[:2] = _ZIP_LOCAL[:2]
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    opened.volume = opened.wrapper = True
    opened.end = end
    for member in archive.infolist():
        _zip_member(archive, member, opened)
    return end


def _zip_end(data: memoryview, at: int, opened: Opened) -> int | None:
    """Behind the record that ends the archive; its comment belongs to it."""
    if bytes(data[at : at + 4]) not in (_ZIP_LOCAL, _OTHER_MARK):
        return None
    key = (id(data.obj), len(data))
    if at >= opened.budget.no_zip.get(key, len(data)):
        return None
    start = at
    while (start := _find(data, _ZIP_END, start + 4)) >= 0 and start + 22 <= len(data):
        size, offset = (int.from_bytes(data[start + place : start + place + 4], "little") for place in (12, 16))
        end = start + 22 + int.from_bytes(data[start + 20 : start + 22], "little")
        if offset + size <= start - at and end <= len(data):
            return end
    opened.budget.no_zip[key] = min(at, opened.budget.no_zip.get(key, at))
    return None


def _find(data: memoryview, mark: bytes, start: int) -> int:
    """Where a mark is next, -1 if nowhere; the bytes are looked through in pieces."""
    step = 16 * _PIECE
    while start < len(data):
        found = bytes(data[start : start + step + len(mark)]).find(mark)
        if found >= 0:
            return start + found
        start += step
    return -1


def _zip_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, opened: Opened) -> None:
    name, mode = member.filename, member.external_attr >> 16
    kind = Kind.FOLDER if name.endswith("/") else Kind.LINK if stat.S_ISLNK(mode) else Kind.FILE
    part = Part(name.rstrip("/"), kind=kind, mode=mode & 0o7777 if mode else None, stored=member.compress_size)
    if member.flag_bits & 1:
        opened.problems.append(f"{name} is encrypted")
        opened.add(part)
        return
    if kind is Kind.FOLDER:
        opened.add(part)
        return
    out, size = [], 0
    try:
        with archive.open(member) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                opened.budget.take(len(piece))
                opened.budget.ratio(size, member.compress_size)
                out.append(piece)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        opened.problems.append(f"{name}: {str(error)[:80]}")
    part.data = b"".join(out)
    if kind is Kind.LINK:
        part.link, part.data = part.data.decode("utf-8", "replace")[:4_096], b""
    opened.add(part)


def read_cpio(data: memoryview, at: int, opened: Opened) -> int | None:
    """A cpio archive in the newer ASCII format, as the initial file system of Linux has it."""
    start = at
    links: dict[tuple[int, int, int], list[Part]] = {}
    while True:
        head = bytes(data[at : at + _CPIO])
        if len(head) < _CPIO or head[:6] not in (b"070701", b"070702"):
            break
        if not _HEX.fullmatch(head[6:]):
            break
        field = [int(head[6 + 8 * number : 14 + 8 * number], 16) for number in range(13)]
        mode, size, length = field[1], field[6], field[11]
        body = at + (_CPIO + length + 3) // 4 * 4
        name = bytes(data[at + _CPIO : at + _CPIO + length]).rstrip(b"\0").decode("utf-8", "surrogateescape")
        if body + size > len(data):
            opened.problems.append(f"{name[:80]}: the archive ends inside it")
            return len(data) if opened.parts else None
        opened.volume = True
        opened.end = at = body + (size + 3) // 4 * 4
        if name == "TRAILER!!!":
            return at
        part = part_of(name, mode, (field[2], field[3]), data[body : body + size], body)
        if field[4] > 1 and part.kind is Kind.FILE:  # links of one file: the last one has its bytes
            linked = links.setdefault((field[0], field[7], field[8]), [])
            linked.append(part)
            for one in linked if size else ():
                one.data, one.offset = part.data, part.offset
        opened.add(part)
    if at == start:
        return None
    opened.problems.append("cpio: the archive has no end")
    return at


def part_of(name: str, mode: int, owner: tuple[int, int], data: bytes | memoryview, offset: int | None = None) -> Part:
    """A place of a Unix file system by its mode (type and rights). `offset`: where its bytes lie as they are."""
    part = Part(name, b"", Kind.DEVICE, mode & 0o7777, owner)
    if stat.S_ISDIR(mode):
        part.kind = Kind.FOLDER
    elif stat.S_ISLNK(mode):
        part.kind, part.link = Kind.LINK, bytes(data[:4_096]).decode("utf-8", "replace")
    elif stat.S_ISREG(mode):
        part.kind, part.data, part.offset = Kind.FILE, data, offset
        part.stored = 0 if offset is None else len(data)
    return part
