"""What a workbook's ZIP may unpack to, checked before any parser opens it."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.text import printable
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

_MIB = 1024 * 1024
_MEMBERS = 10_000
_XML = (".xml", ".rels", ".vml")
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)|<\0!\0(?:D|E)\0|\0<\0!\0(?:D|E)", re.IGNORECASE)
_CHUNK = 256 * 1024


def check(path: Path, limits: Limits, budget: Budget) -> list[str]:
    """The member names of a workbook whose size and XML are harmless. Raises BadInput.

    Sizes are first taken from the directory, then counted while unpacking, because a directory can lie.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        archive = None
    if archive is None:
        raise BadInput(
            "the workbook is cut off or damaged",
            where=path.name,
            why="its directory of parts cannot be read",
            remedy="open it in a spreadsheet program and save it again, or ask for the file once more",
        )
    with archive:
        members = archive.infolist()
        _directory(path, members, limits)
        total = 0
        for member in members:
            if not member.is_dir():
                total = _unpack(path, archive, member, total, limits, budget)
        return [member.filename for member in members]


def _directory(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > _MEMBERS:
        raise _bomb(path, f"it holds {len(members)} parts")
    if any(member.flag_bits & 1 for member in members):
        raise BadInput(
            "the workbook is protected by a password", where=path.name, remedy="save a copy without password"
        )
    expanded = sum(member.file_size for member in members)
    if expanded > limits.max_expanded_bytes:
        raise _bomb(path, f"it would unpack to {expanded // _MIB} MiB")
    for member in members:
        if member.file_size > _MIB and member.file_size > limits.max_ratio * max(1, member.compress_size):
            raise _bomb(
                path,
                f"one part would unpack to {member.file_size // max(1, member.compress_size)} times its size",
            )
        if member.filename.lower().endswith((".zip", ".xlsx", ".ods", ".gz", ".7z")) and member.file_size > _MIB:
            raise _bomb(path, "it holds another archive")


def _unpack(
    path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo, total: int, limits: Limits, budget: Budget
) -> int:
    tail = b""
    is_xml = member.filename.lower().endswith(_XML)
    failed = False
    try:
        with archive.open(member) as part:
            while chunk := part.read(_CHUNK):
                total += len(chunk)
                if total > limits.max_expanded_bytes:
                    raise _bomb(path, f"it unpacks to more than {limits.max_expanded_bytes // _MIB} MiB")
                if budget.spent_out:
                    raise _bomb(path, "unpacking it takes too long")
                if is_xml and _DTD.search(tail + chunk):
                    raise _entities(path, member.filename)
                tail = chunk[-16:]
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        failed = True
    if failed:
        raise BadInput(
            "a part of the workbook is damaged",
            where=f"{path.name}, part {printable(member.filename, 60)}",
            remedy="open it in a spreadsheet program and save it again",
        )
    return total


def _bomb(path: Path, why: str) -> BadInput:
    return BadInput(
        "the workbook is refused, because it would unpack to far more than it holds",
        where=path.name,
        why=why,
        remedy="save the sheet you need as CSV and read that",
    )


def _entities(path: Path, part: str) -> BadInput:
    return BadInput(
        "the workbook is refused, because its XML declares a document type or entities",
        where=f"{path.name}, part {printable(part, 60)}",
        why="no spreadsheet program writes these; they are used to attack readers",
        remedy="save the sheet you need as CSV and read that",
    )
