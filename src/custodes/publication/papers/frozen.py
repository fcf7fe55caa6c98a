"""A frozen copy: the paper, the assessment and the reference data of the day, each with its hash, in one archive.

It can be checked and written out again without the program that made it, the sources, or a network.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput
from custodes.model.papers import Paper
from custodes.publication.papers.payload import paper_of, paper_payload
from custodes.publication.tables.payload import dumps

MANIFEST, PAPER, ASSESSMENT, README, SIGNED = "MANIFEST.json", "paper.json", "assessment.json", "README.txt", "signed/"
_EPOCH = (1980, 1, 1, 0, 0, 0)
MOST_BYTES = 1 << 30
_README = """A frozen copy of a paper, as it stood when it was signed.

paper.json        the paper: every value, and how it came there
signed/           the file that was signed
assessment.json   what was known of every device on that day, with the evidence
reference-data/   the reference data that it rests on, whole
MANIFEST.json     the hash of each of these files

Write the paper out again:   custodes form {form} THIS.zip --out FILE.{suffix}
Check the hashes by hand:    unzip it; compare `sha256sum FILE` with MANIFEST.json
"""


@dataclass(frozen=True, slots=True)
class Frozen:
    """An opened copy, its hashes checked."""

    paper: Paper
    signed: bytes
    signed_name: str
    digest: str  # sha256 of the manifest, which names every other hash


def freeze(path: Path, paper: Paper, signed: Path, assessment: Iterable[str], knowledge: Mapping[str, bytes]) -> str:
    """Writes the archive; returns the hash of its MANIFEST, which names every other hash: write it down.

    `assessment`: pieces of the JSON; `knowledge`: path inside the pack to bytes.
    """
    files = {
        README: _README.format(form=paper.form, suffix=signed.suffix.lstrip(".")).encode(),
        PAPER: (dumps(paper_payload(paper), indent=1) + "\n").encode(),
        SIGNED + signed.name: signed.read_bytes(),
        ASSESSMENT: "".join(assessment).encode(),
        **{f"reference-data/{name}": data for name, data in sorted(knowledge.items())},
    }
    manifest = {
        "form": paper.form,
        "as_at": paper.on.isoformat(),
        "marking": paper.marking,
        "program": paper.program,
        "files": [{"path": name, "sha256": _sha256(data), "bytes": len(data)} for name, data in files.items()],
    }
    files[MANIFEST] = (dumps(manifest, indent=1) + "\n").encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, data)
    return _sha256(files[MANIFEST])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def is_frozen(path: Path) -> bool:
    """Whether a file is a frozen copy."""
    if not path.is_file():
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return {MANIFEST, PAPER} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def open_frozen(path: Path) -> Frozen:
    """The paper of a copy, and the file that was signed. Raises BadInput naming the first wrong entry."""
    files, digest = _checked(path)
    try:
        paper = paper_of(json.loads(files[PAPER]))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise _wrong(path, PAPER, f"it is no paper ({type(error).__name__})") from None
    name = next((name for name in files if name.startswith(SIGNED)), "")
    if not name:
        raise _wrong(path, SIGNED, "the file that was signed is missing")
    return Frozen(paper, files[name], name.removeprefix(SIGNED), digest)


def read_part(path: Path, name: str) -> Any:
    """One JSON part of a copy, its hash checked with all others. Raises BadInput."""
    try:
        return json.loads(_checked(path)[0][name])
    except (KeyError, ValueError, RecursionError) as error:
        raise _wrong(path, name, f"it cannot be read ({type(error).__name__})") from None


def _checked(path: Path) -> tuple[dict[str, bytes], str]:
    """Every file of a copy and the hash of its manifest: no file missing, added or changed."""
    try:
        files = _unpacked(path)
        manifest = files.pop(MANIFEST)
        listed = {str(one["path"]): str(one["sha256"]) for one in json.loads(manifest)["files"]}
    except (OSError, KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise BadInput(
            "this is no frozen copy that can be read",
            where=str(path),
            why=f"{type(error).__name__}: {error}"[:160],
            remedy="give the archive that --freeze wrote",
        ) from None
    for name in (*listed, *files):
        if name not in files:
            raise _wrong(path, name, "it is missing")
        if name not in listed:
            raise _wrong(path, name, "it was added")
        if _sha256(files[name]) != listed[name]:
            raise _wrong(path, name, "it was changed: its hash is not that of the manifest")
    return files, _sha256(manifest)


def _unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        if sum(item.file_size for item in archive.infolist()) > MOST_BYTES:
            raise ValueError("it would unpack to more than 1 GiB")
        found = {}
        for item in archive.infolist():
            with archive.open(item) as stream:
                found[item.filename] = io.BytesIO(stream.read(item.file_size + 1)).getvalue()
        return found


def _wrong(path: Path, name: str, why: str) -> BadInput:
    return BadInput(f"{name}: {why}", where=str(path), remedy="use an untouched copy; this one proves nothing")
