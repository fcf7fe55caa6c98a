"""A whole estate folder in a ZIP, unpacked: in a process that is held to limits."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from custodes.estate.config import NAME
from custodes.model.errors import BadInput

MOST_FILES, MOST_BYTES = 2_000, 2 * 1024 * 1024 * 1024
_LONGEST = 120


def unpacked(path: Path, place: Path) -> Path:
    """The folder of a ZIP that holds `custodes.toml`. Raises BadInput."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
                raise BadInput(f"there are more than {MOST_FILES:,} files or {MOST_BYTES // 2**30} GB in it")
            for one in members:
                _write(archive, one, place)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, EOFError, ValueError) as error:
        raise BadInput("this is no ZIP that can be read", why=str(error)[:120]) from None
    found = sorted(place.rglob(NAME), key=lambda one: len(one.parts))
    if not found:
        raise BadInput(f"there is no {NAME} in it", remedy="zip the estate's folder")
    return found[0].parent


def _write(archive: zipfile.ZipFile, one: zipfile.ZipInfo, place: Path) -> None:
    name = PurePosixPath(one.filename)
    bad = name.is_absolute() or ".." in name.parts or "\\" in one.filename or ":" in one.filename
    if bad or len(one.filename) > 400 or any(len(part) > _LONGEST for part in name.parts) or "\x00" in one.filename:
        raise BadInput("a file name leads out of the folder, or is too long", where=one.filename[:80])
    if any(part.startswith(".") for part in name.parts):
        return
    target = place.joinpath(*name.parts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(one) as source, target.open("xb") as out:
            left = one.file_size
            while chunk := source.read(min(1 << 20, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise BadInput("a file is larger than the ZIP says", where=one.filename[:80])
                out.write(chunk)
    except FileExistsError:
        raise BadInput("a file stands in it twice", where=one.filename[:80]) from None
    except OSError as error:
        raise BadInput("a file cannot be taken out of it", where=one.filename[:80], why=error.strerror or "") from None
