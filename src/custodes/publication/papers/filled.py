"""A workbook that a person filled in, read back: only the blanks of the form, each at its ref."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput
from custodes.model.papers import Column, Kind, Paper, Place
from custodes.publication.papers.sheet import FORM, REF, sheet_titles
from custodes.publication.records import cell_text, read_back
from custodes.publication.text import clean, shorten


def read_filled(path: Path, paper: Paper) -> dict[Place, str]:
    """What a person wrote, by (section, line or field, column). `paper`: the form as it would be filled today.

    Only columns and fields that are a person's are read; what the program wrote is never taken back from a workbook.
    Raises BadInput naming sheet and cell where the structure was changed.
    """
    remedy = "give the XLSX that `custodes form` wrote, filled in"
    sheets = read_back(path, "the filled-in workbook cannot be opened", remedy)
    found = dict(_fields(path, sheets, paper))
    for section_id, title in sheet_titles(paper).items():
        section = next(one for one in paper.sections if one.id == section_id)
        if any(column.person for column in section.columns):
            found.update(_lines(path, sheets, title, section_id, section.columns))
    return found


def _fields(path: Path, sheets: dict[str, list[list[Any]]], paper: Paper) -> dict[Place, str]:
    asked = {
        (section, entry.id)
        for section, entries in [*((one.id, one.entries) for one in paper.sections), ("signs", paper.signs)]
        for entry in entries
        if entry.cell.kind in (Kind.TO_FILL, Kind.PERSON)
    }
    if FORM not in sheets:
        raise _changed(path, FORM, "A1", "the sheet is missing or was renamed")
    found: dict[Place, str] = {}
    for row in sheets[FORM]:
        section, _, entry = clean(cell_text(row[3]) if len(row) > 3 else "").partition("/")
        text = clean(cell_text(row[1])) if len(row) > 1 else ""
        if (section, entry) in asked and text:
            found[section, entry, ""] = text
    return found


def _lines(
    path: Path, sheets: dict[str, list[list[Any]]], title: str, section: str, columns: tuple[Column, ...]
) -> dict[Place, str]:
    rows = sheets.get(title)
    if rows is None:
        raise _changed(path, title, "A1", "the sheet is missing or was renamed")
    heads = [clean(cell_text(head)) for head in rows[0]] if rows else []
    wanted = [*(clean(column.label) for column in columns), REF]
    for place, head in enumerate(wanted):
        told = heads[place] if place < len(heads) else ""
        if told != head:
            cell = f"{_letter(place)}1"
            raise _changed(path, title, cell, f"the heading should be “{head}” and is “{shorten(told, 40)}”")
    found: dict[Place, str] = {}
    for number, row in enumerate(rows[1:], 1):
        key = clean(cell_text(row[len(columns)])) or str(number)
        for place, column in enumerate(columns):
            text = clean(cell_text(row[place]))
            if column.person and text:
                found[section, key, column.id] = text
    return found


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(place + 1)


def _changed(path: Path, sheet: str, cell: str, why: str) -> BadInput:
    return BadInput(
        why,
        where=f"{path.name}, sheet {sheet}, cell {cell}",
        remedy="correct it, or copy the answers into a fresh copy of the form",
    )
