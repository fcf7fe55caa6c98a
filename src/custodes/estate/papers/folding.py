"""A long table cut to a few lines: the greatest stay, and the last line stands for all others with their sums."""

from __future__ import annotations

from collections.abc import Sequence

from custodes.model.papers import Cell, Kind, Line

OTHERS = "others"


def folded(lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    """At most `most` lines: by the first column of numbers, the greatest first; numbers of the others are added up."""
    place = next((n for n, cells in enumerate(zip(*(line.cells for line in lines), strict=True)) if _numbers(cells)), 0)
    ranked = sorted(lines, key=lambda line: -_number(line.cells[place]))
    kept, rest = ranked[: most - 1], ranked[most - 1 :]
    return (*kept, Line(OTHERS, tuple(_sum(cells, len(rest)) for cells in _columns(rest))))


def _columns(lines: Sequence[Line]) -> list[tuple[Cell, ...]]:
    columns = list(zip(*(line.cells for line in lines), strict=True))
    return [(Cell(f"{len(lines):,} others, not shown here"),), *columns[1:]]


def _numbers(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell.value, int) for cell in cells)


def _number(cell: Cell) -> int:
    return cell.value if isinstance(cell.value, int) else -1


def _sum(cells: Sequence[Cell], count: int) -> Cell:
    """One cell for several: the sum of numbers, the one text that all share, else nothing."""
    if len(cells) == 1 and count > 1:
        return cells[0]
    if _numbers(cells):
        unknown = sum(cell.kind is Kind.NOT_KNOWN for cell in cells)
        total = sum(max(_number(cell), 0) for cell in cells)
        return Cell(f"at least {total:,}; of {unknown:,} not known") if unknown else Cell(total)
    return cells[0] if len({cell.value for cell in cells}) == 1 else Cell("several")
