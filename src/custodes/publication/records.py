"""What kind of file a user's own table is, and its cells as text."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput
from custodes.publication.text import clean, shorten


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


def read_back(path: Path, what: str, remedy: str, only: Collection[str] | None = None) -> dict[str, list[list[Any]]]:
    """The rows of a workbook that came back, by sheet; `only` these. Raises BadInput saying `what` and `remedy`."""
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [name for name in book.sheet_names if only is None or name in only]
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in names}
    except Exception as error:
        raise BadInput(what, where=path.name, why=shorten(clean(error), 200), remedy=remedy) from error
