"""A paper on a terminal: the head, the fields, the first lines of each table."""

from __future__ import annotations

from custodes.model.papers import Cell, Entry, Kind, Paper, Section
from custodes.publication.papers.said import TO_FILL, cell_text, heading
from custodes.publication.text import clean, hang, wrap

MOST_LINES = 12
_HANGING = ("  ", "    ")  # before the first line of a text, and before the others


def render_paper(paper: Paper, columns: int) -> str:
    """The paper in lines of at most `columns`; long tables are cut, and it says so."""
    width = max(columns, 30)
    lines = [*wrap(clean(paper.title), width), ""]
    for label, text in heading(paper):
        lines += hang(f"{label}: {text}", width, *_HANGING)
    for section in paper.sections:
        lines += ["", *wrap(clean(section.title), width)] if section.title else [""]
        for text in section.text:
            lines += hang(clean(text), width, *_HANGING)
        lines += _entries(section.entries, width)
        lines += _table(section, width)
    lines += ["", "Signed", *_entries(paper.signs, width)]
    return "\n".join(lines) + "\n"


def _text(cell: Cell) -> str:
    return f"({TO_FILL})" if cell.kind is Kind.TO_FILL else cell_text(cell)


def _entries(entries: tuple[Entry, ...], width: int) -> list[str]:
    return [line for one in entries for line in hang(f"{clean(one.label)}: {_text(one.cell)}", width, *_HANGING)]


def _table(section: Section, width: int) -> list[str]:
    if not section.columns:
        return []
    if not section.lines:
        return hang(clean(section.empty) or "no line", width, *_HANGING)
    lines = []
    told = [one for one in section.lines if any(cell.kind is not Kind.TO_FILL for cell in one.cells)]
    for line in told[:MOST_LINES]:
        pairs = zip(section.columns, line.cells, strict=True)
        named = [f"{clean(column.label)}: {_text(cell)}" for column, cell in pairs if cell.kind is not Kind.TO_FILL]
        lines += hang("; ".join(filter(None, named)), width, "  - ", "    ")
    if len(told) > MOST_LINES:
        lines.append(f"  and {len(told) - MOST_LINES:,} more lines: write it with --out FILE.xlsx")
    blank = len(section.lines) - len(told)
    return [*lines, f"  {blank} empty lines for a person"] if blank else lines
