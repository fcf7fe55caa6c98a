"""XLSX files that come out the same, byte for byte: fixed dates in the archive and in the properties."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

from openpyxl.workbook import Workbook

from custodes.model.vocab import OWN_WORKBOOK

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def save(book: Workbook, path: Path, as_at: date, *, stored: bool = False) -> Path:
    """Writes `book` to `path` so that the same content gives the same bytes on any day.

    `stored`: without compression, so that no version of a compressor can make a difference in years to come.
    """
    stamp = stamped(book, as_at)
    raw = io.BytesIO()
    book.save(raw)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fixed(raw, stamp, stored=stored))
    return path


def stamped(book: Workbook, as_at: date) -> datetime:
    """Fixes the days in the properties of a workbook and says there whose it is; returns what they are set to."""
    stamp = datetime(as_at.year, as_at.month, as_at.day)
    book.properties.modified = stamp
    book.properties.category = OWN_WORKBOOK  # by which it is known not to be a register, whoever created the workbook
    if not book.properties.created or book.properties.creator == "openpyxl":
        book.properties.created = stamp
        book.properties.creator = "custodes"
    return stamp


def fixed(raw: io.BytesIO, stamp: datetime, *, stored: bool = False) -> bytes:
    """An office file with fixed dates in its archive and its properties."""
    out = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    said = stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(out, "w", method, compresslevel=6) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>" + said + rb"\g<2>", data)
            entry = zipfile.ZipInfo(item.filename, _EPOCH)
            entry.compress_type = method
            entry.external_attr = 0o600 << 16
            new.writestr(entry, data)
    return out.getvalue()
