"""Cells that a workbook holds as something else than text. They are text too, with their kind kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


class NumberCell(str):
    """A number in a workbook or JSON file, written without a needless `.0`."""

    __slots__ = ()


class DateCell(str):
    """A date or time in a workbook, in ISO form."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that cannot be told apart into cells, and why."""

    reason: str


#: (record number from 1, its cells or why there are none)
Record = tuple[int, list[str] | Unreadable]


@dataclass(slots=True)
class Table:
    """One sheet, or the only table of a file, before anybody knows what its columns mean.

    `heads` names the columns where the container itself does (JSON keys); then no record is a heading.
    `marks` are facts about the document that a format may ask for. `gaps` may grow while reading.
    """

    container: str
    records: Iterator[Record]
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    heads: list[str] | None = None
    marks: frozenset[str] = frozenset()
    gaps: list[str] = field(default_factory=list)
    merged_rows: frozenset[int] = frozenset()

    def note(self, gap: str) -> None:
        """Name a part that was not read, once."""
        if gap not in self.gaps:
            self.gaps.append(gap)


def number_text(value: float) -> NumberCell:
    """A number as a person would type it: no `.0`; an exponent only where digits are lost anyhow."""
    if value == value and abs(value) < 1e15 and value == int(value):
        return NumberCell(int(value))
    if isinstance(value, int) and abs(value) < 10**40:
        return NumberCell(value)
    return NumberCell(f"{value:.15g}".upper())
