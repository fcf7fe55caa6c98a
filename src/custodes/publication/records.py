"""What kind of file a user's own table is, and its cells as text."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path


def kind_of(source: Path) -> str:
    """xlsx | xlsm (both can be written back cell by cell) | other: by content, not by name."""
    with source.open("rb") as stream:
        packed = stream.read(2) == b"PK"
    if not packed:
        return "other"
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return "other"
    if "xl/workbook.xml" not in names:
        return "other"
    return "xlsm" if "xl/vbaProject.bin" in names else "xlsx"


def cell_text(value: object) -> str:
    """A workbook cell as the text a person would read in it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
