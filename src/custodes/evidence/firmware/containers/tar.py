"""Tar archives, as POSIX and GNU write them. The library reads each header; the walk from header to header is our own,
because the library's goes backwards on negative sizes and takes squared time on records that pretend to be long."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass, field

from custodes.evidence.firmware.budget import Opened, Part
from custodes.model.firmware import Kind

_BLOCK = tarfile.BLOCKSIZE
_MARK = 257
_MOST_RECORDS = 1 << 20  # bytes of records about one member, or of one name: far more than any tool writes
_LONG_NAMES = {tarfile.GNUTYPE_LONGNAME: "path", tarfile.GNUTYPE_LONGLINK: "linkpath"}
_RECORDS = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
_SPARSE = "GNU.sparse."


@dataclass(slots=True)
class _Walk:
    """Where a walk through an archive stands. `records`: what headers before a member say of it."""

    data: memoryview
    at: int
    opened: Opened
    records: dict[str, str] = field(default_factory=dict)
    held: dict[str, bytes | memoryview] = field(default_factory=dict)


def read_tar(data: memoryview, at: int, opened: Opened) -> int | None:
    """A tar archive, by the mark of POSIX and GNU."""
    if bytes(data[at + _MARK : at + _MARK + 5]) != b"ustar":
        return None
    walk = _Walk(data, at, opened)
    try:
        while _member(walk):
            opened.volume = True
            opened.end = min(walk.at, len(data))
    except tarfile.HeaderError as error:
        if not opened.parts:
            return None
        opened.problems.append(f"tar: {str(error)[:80]}")
    end = min(walk.at, len(data))
    while end + _BLOCK <= len(data) and not any(data[end : end + _BLOCK]):
        end += _BLOCK
    return end if opened.volume else None


def _member(walk: _Walk) -> bool:
    """Read what stands at the place of the walk, and go on behind it. False where the archive or its bytes end.
    Raises tarfile.HeaderError where no header is."""
    head = bytes(walk.data[walk.at : walk.at + _BLOCK])
    if not any(head):
        return False
    member = tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    body = walk.at + _BLOCK
    if member.type in _RECORDS or member.type in _LONG_NAMES or member.type == tarfile.XGLTYPE:
        walk.records |= _said(member, bytes(walk.data[body : body + _sized(member.size, _MOST_RECORDS)]))
        walk.at = body + _blocks(_sized(member.size))
        return True
    records, walk.records = walk.records, {}
    member.name = records.get("path", member.name)
    member.linkname = records.get("linkpath", member.linkname)
    size = _number(records.get("size", ""), member.size)
    stored = _sized(size) if member.isreg() or member.type not in tarfile.SUPPORTED_TYPES else 0
    sparse = member.type == tarfile.GNUTYPE_SPARSE or any(key.startswith(_SPARSE) for key in records)
    if sparse:
        member.name = records.get(f"{_SPARSE}name", member.name)
        body = _behind_map(walk.data, member, body)
    walk.at = body + _blocks(stored)
    _take(walk, member, body, stored, sparse=sparse)
    return True


def _said(member: tarfile.TarInfo, held: bytes) -> dict[str, str]:
    """What a header that is no member says of the next one: records, or one long name."""
    if long := _LONG_NAMES.get(member.type):
        return {long: held.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")}
    if member.type == tarfile.XGLTYPE:  # of all that follow: comments, as a rule
        return {}
    found, at = {}, 0
    while (space := held.find(b" ", at, at + 21)) > at and held[at:space].isdigit():
        length = int(held[at:space])
        key, equals, value = held[space + 1 : at + length - 1].partition(b"=")
        if not equals or at + length <= space:
            break
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "surrogateescape")
        at += length
    return found


def _behind_map(data: memoryview, member: tarfile.TarInfo, at: int) -> int:
    """Behind the blocks in which the older way of GNU goes on to map a file with holes; each says if one follows."""
    if member.type != tarfile.GNUTYPE_SPARSE or not data[at - _BLOCK + 482]:
        return at
    while at + _BLOCK <= len(data):
        at += _BLOCK
        if not data[at - _BLOCK + 504]:
            break
    return at


def _take(walk: _Walk, member: tarfile.TarInfo, body: int, stored: int, *, sparse: bool) -> None:
    """Add a member's part."""
    hard = member.islnk()
    file = member.isreg() or (hard and member.linkname in walk.held)
    kinds = ((member.isdir(), Kind.FOLDER), (file, Kind.FILE), (member.issym() or hard, Kind.LINK))
    kind = next((kind for holds, kind in kinds if holds), Kind.DEVICE)
    part = Part(
        member.name.rstrip("/") if member.isdir() else member.name,
        b"",
        kind,
        member.mode & 0o7777,
        (member.uid, member.gid),
    )
    if kind is Kind.LINK:
        part.link = member.linkname
    elif hard:
        part.data = walk.held[member.linkname]
        walk.opened.budget.take(len(part.data))
    elif kind is Kind.FILE and sparse:
        part.read = False
        walk.opened.unread(member.name, "it is kept with holes")
    elif kind is Kind.FILE:
        part.data = walk.data[body : body + stored]
        part.offset, part.stored = body, len(part.data)
        if len(part.data) < stored:
            walk.opened.problems.append(f"{member.name}: the archive ends inside it")
        walk.held[member.name] = part.data
    walk.opened.add(part)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else otherwise


def _sized(size: int, most: int | None = None) -> int:
    """A size that a header may have. Raises tarfile.HeaderError on one below nothing."""
    if size < 0:
        raise tarfile.HeaderError("a size below nothing")
    return size if most is None else min(size, most)


def _blocks(size: int) -> int:
    return -(-size // _BLOCK) * _BLOCK
