"""Parts of a paper by their ids, for the tests."""

from __future__ import annotations

from custodes.model.papers import Paper, Section


def section(paper: Paper, key: str) -> Section:
    return next(one for one in paper.sections if one.id == key)


def rows(paper: Paper, key: str) -> list[dict[str, object]]:
    part = section(paper, key)
    return [
        {column.id: cell.value for column, cell in zip(part.columns, line.cells, strict=True)} for line in part.lines
    ]


def value(paper: Paper, place: str) -> object:
    part, _, field = place.partition(".")
    return next(entry.cell.value for entry in section(paper, part).entries if entry.id == field)
