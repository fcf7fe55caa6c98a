"""Which files of a folder this program wrote itself: they are no registers, and reading them would count twice."""

from __future__ import annotations

import zipfile
from pathlib import Path

from custodes.model.vocab import OWN_WORKBOOK

_CATEGORY = f"<cp:category>{OWN_WORKBOOK}</cp:category>".encode()
_CORE = "docProps/core.xml"
#: How its own tables and machine outputs begin.
_TEXTS = (
    b"device,name,body,site,sensitive_site,",
    b'{\n"summary": {',
    b'{"summary":',
    b'{\n"form":',
    b'{"form":',
    b'{\n "form":',
    b'{\n"marking":',
    b'{\n "marking":',
)
_MOST = 1 << 16


def is_own(path: Path) -> bool:
    """Whether this program wrote a file. One that cannot be opened counts as not: its reader says what is wrong."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64).removeprefix(b"\xef\xbb\xbf")
        return _workbook(path) if head.startswith(b"PK") else head.startswith(_TEXTS)
    except (OSError, zipfile.BadZipFile, KeyError, RuntimeError):
        return False


def _workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive, archive.open(_CORE) as stream:
        return _CATEGORY in stream.read(_MOST)
