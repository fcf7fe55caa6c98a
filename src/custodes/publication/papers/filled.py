"""A workbook that a person filled in, read back: only the blanks of the form, each at its ref."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from custodes.model.errors import BadInput
from custodes.model.papers import Column, Kind, Paper, Place, Section, Unplaced
from custodes.model.registers import RawTable
from custodes.publication.papers.sheet import ABOUT, FORM, REF, about_ref, sheet_titles
from custodes.publication.text import clean, shorten

#: Lines that a person may add to a table of their own.
MOST_LINES = 1_000


@dataclass(slots=True)
class Filling:
    """What a person wrote: `answers` by (section, line or field, column); `unplaced`: those whose line is gone."""

    answers: dict[Place, str] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)


def read_filled(name: str, tables: Sequence[RawTable], paper: Paper) -> Filling:
    """What a person wrote into a workbook called `name`. `paper`: the form as it would be filled today.

    Only columns and fields that are a person's are read; what the program wrote is never taken back from a workbook.
    Raises BadInput naming sheet and cell where the structure was changed.
    """
    sheets = {table.sheet: table.records for table in tables}
    found = Filling()
    _fields(name, sheets, paper, found)
    for section_id, title in sheet_titles(paper).items():
        section = next(one for one in paper.sections if one.id == section_id)
        if any(column.person for column in section.columns):
            _lines(name, sheets, title, section, found)
    return found


def _fields(name: str, sheets: Mapping[str, list[list[str]]], paper: Paper, found: Filling) -> None:
    asked = {
        f"{section}/{entry.id}"
        for section, entries in [*((one.id, one.entries) for one in paper.sections), ("signs", paper.signs)]
        for entry in entries
        if entry.cell.kind in (Kind.TO_FILL, Kind.PERSON)
    }
    if FORM not in sheets:
        raise _changed(name, FORM, "A1", "the sheet is missing or was renamed")
    _check_about(name, sheets[FORM], paper)
    seen: dict[str, str] = {}
    for number, row in enumerate(sheets[FORM], 1):
        ref, text = _cell(row, 3), _cell(row, 1)
        for place in range(4, len(row)):
            _beside(found, FORM, _cell(row, 0), f"column {_letter(place)}", _cell(row, place))
        if ref not in asked:
            continue
        if seen.get(ref, text) != text:
            raise _changed(name, FORM, f"B{number}", f"“{ref}” stands twice with different answers")
        seen[ref] = text
        if text:
            section, _, entry = ref.partition("/")
            found.answers[section, entry, ""] = text
    missing = sorted(asked - seen.keys())
    if missing:
        why = f"the line of “{missing[0]}” is missing: its answer would be lost"
        raise _changed(name, FORM, "column D", why)


def _check_about(name: str, rows: Sequence[Sequence[str]], paper: Paper) -> None:
    """A workbook of another body, or of another form, would lend its answers and signatures to this one."""
    told = next((_cell(row, 3) for row in rows if _cell(row, 3).startswith(ABOUT)), "")
    if told != about_ref(paper):
        form, _, body = told.removeprefix(ABOUT).partition("/")
        raise BadInput(
            f"it was made for {form or 'another form'}, {body or 'no body'}; this paper is {paper.form}, {paper.body}",
            where=f"{name}, sheet {FORM}",
            remedy="give the workbook of this very form and body",
        )


def _beside(found: Filling, sheet: str, line: str, question: str, text: str) -> None:
    """Text that stands outside the cells of the form: kept with the answers that found no line."""
    if text:
        found.unplaced.append(Unplaced(sheet, line, question, text))


def _lines(name: str, sheets: Mapping[str, list[list[str]]], title: str, section: Section, found: Filling) -> None:
    rows = sheets.get(title)
    if rows is None:
        raise _changed(name, title, "A1", "the sheet is missing or was renamed")
    _check_heads(name, title, rows[0] if rows else [], section.columns)
    known = {line.key for line in section.lines}
    own = all(column.person for column in section.columns)
    taken: dict[str, list[str]] = {}
    for number, row in enumerate(rows[1:], 2):
        texts = [_cell(row, place) if column.person else "" for place, column in enumerate(section.columns)]
        for place in range(len(texts) + 1, len(row)):
            head = _cell(rows[0], place) or f"column {_letter(place)}"
            _beside(found, title, " · ".join(_told(row, section.columns)), head, _cell(row, place))
        if not any(texts):
            continue
        key = _own_key(_cell(row, len(texts)), taken) if own else _cell(row, len(texts))
        if taken.get(key, texts) != texts:
            raise _changed(
                name, title, f"row {number}", f"the line “{shorten(key, 40)}” stands twice with other answers"
            )
        taken[key] = texts
        if len(taken) > MOST_LINES and own:
            raise _changed(name, title, f"row {number}", f"more than {MOST_LINES:,} lines of a person's own")
        for column, text in zip(section.columns, texts, strict=True):
            if text and (own or key in known):
                found.answers[section.id, key, column.id] = text
            elif text:
                found.unplaced.append(Unplaced(title, " · ".join(_told(row, section.columns)), column.label, text))


def _own_key(ref: str, taken: Mapping[str, list[str]]) -> str:
    """The number of a line of a person's own; one without a usable number follows the others."""
    if ref.isascii() and ref.isdecimal() and 0 < int(ref[:6]) <= MOST_LINES and len(ref) < 6:
        return str(int(ref))
    return str(max(map(int, taken), default=0) + 1)


def _told(row: Sequence[str], columns: Sequence[Column]) -> Iterator[str]:
    """The first texts of a line that are not a person's: by which its owner knows it again."""
    texts = [_cell(row, place) for place, column in enumerate(columns) if not column.person]
    yield from [text for text in texts if text][:3]


def _check_heads(name: str, title: str, heads: Sequence[str], columns: Sequence[Column]) -> None:
    for place, head in enumerate([*(clean(column.label) for column in columns), REF]):
        told = _cell(heads, place)
        if told != head:
            why = f"the heading should be “{head}” and is “{shorten(told, 40)}”"
            raise _changed(name, title, f"{_letter(place)}1", why)


def _cell(row: Sequence[str], place: int) -> str:
    return clean(row[place]) if place < len(row) else ""


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(place + 1)


def _changed(name: str, sheet: str, cell: str, why: str) -> BadInput:
    return BadInput(
        why,
        where=f"{name}, sheet {sheet}, {cell if ' ' in cell else 'cell ' + cell}",
        remedy="correct it, or copy the answers into a fresh copy of the form",
    )
