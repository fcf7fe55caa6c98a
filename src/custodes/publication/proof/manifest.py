"""The list of every file of a bundle with its hash, and the walk over what really lies there."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MANIFEST = "manifest.json"
FORMAT = "custodes-bundle-1"
_PIECE = 1 << 20
MOST_BYTES = 1 << 28
_DIGEST = re.compile("[0-9a-f]{64}")


class BadManifest(ValueError):
    """A list of files that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file: lower-case hexadecimal SHA-256 and length in bytes."""

    sha256: str
    size: int


def listed(data: bytes) -> Listed:
    """Of bytes at hand."""
    return Listed(hashlib.sha256(data).hexdigest(), len(data))


def write_manifest(files: Mapping[str, Listed]) -> bytes:
    """The list as a file, sorted by path."""
    rows = [{"path": path, "sha256": one.sha256, "bytes": one.size} for path, one in sorted(files.items())]
    body = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f'{{"format": "{FORMAT}",\n"files": [\n{body}\n]}}\n'.encode()


def read_manifest(data: bytes) -> dict[str, Listed]:
    """The files of a list. Raises BadManifest, also for a path that would lead out of the bundle."""
    if len(data) > MOST_BYTES:
        raise BadManifest(f"it is larger than {MOST_BYTES:,} bytes")
    try:
        told = json.loads(data)
        if told["format"] != FORMAT:
            raise BadManifest(f"its format is not {FORMAT}")
        found = {row["path"]: Listed(row["sha256"], row["bytes"]) for row in told["files"]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadManifest(f"it cannot be read ({type(error).__name__})") from None
    for path, one in found.items():
        if not (isinstance(path, str) and isinstance(one.sha256, str) and _DIGEST.fullmatch(one.sha256)):
            raise BadManifest("a path or a hash in it is none")
        if type(one.size) is not int or not 0 <= one.size < 1 << 62:
            raise BadManifest("a length in it is none")
    for path in found:
        if not safe(path):
            raise BadManifest(f"it lists {path[:80]!r}, which is no path inside a bundle")
    if write_manifest(found) != data:
        raise BadManifest("it was changed: it is not as this program writes it")
    return found


def safe(path: str) -> bool:
    """Whether a path stays inside the folder it is relative to, and is written in the one right way."""
    parts = PurePosixPath(path)
    inside = bool(path) and not parts.is_absolute() and ".." not in parts.parts and str(parts) == path
    return inside and "\\" not in path and path.isprintable() and ":" not in path


def walk(folder: Path) -> Iterator[tuple[str, bool]]:
    """Every path that is no folder, relative and with slashes, and whether it is a plain file. Follows no link.

    A folder that cannot be looked into, and one that is empty, is given as no plain file.
    """
    closed: list[str] = []
    for base, folders, names in os.walk(folder, followlinks=False, onerror=lambda error: closed.append(error.filename)):
        here = Path(base)
        for name in [*names, *(one for one in folders if (here / one).is_symlink())]:
            path = here / name
            yield path.relative_to(folder).as_posix(), _plain(path)
        if not folders and not names and here != folder and base not in closed:
            yield here.relative_to(folder).as_posix(), False
    for base in closed:
        yield Path(base).relative_to(folder).as_posix(), False


def _plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def measure(path: Path) -> Listed:
    """Hash and length of a file, read in pieces."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return Listed(digest.hexdigest(), size)
