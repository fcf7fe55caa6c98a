"""A fleet's counts body by body: what each one's own answer comes to, for a survey that asks it of many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from custodes.estate.fleet import Fleet, Range, Row, count
from custodes.knowledge import Knowledge

ONLY_DOCKS = "only docks are named"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is counted: a brand, an actual maker, or with neither the whole fleet."""

    brand: str = ""
    maker: str = ""


@dataclass(frozen=True, slots=True)
class BodyCount:
    """One body's count. `refused`, `none`: all it answered is that. `upper` None: nobody can say how many at most.

    `rows`: where its answer stands, as (file, row); `why`: the reasons why it is not one number.
    """

    body: str
    lower: int
    upper: int | None
    refused: bool
    none: bool
    rows: tuple[tuple[str, int], ...]
    why: tuple[str, ...]


def by_body(fleet: Fleet, knowledge: Knowledge, wanted: Wanted) -> Iterator[BodyCount]:
    """Bodies in the order of the list. One whose every row is out of use says nothing of what it has now."""
    bodies: dict[str, list[Row]] = {}
    for row in fleet.rows:
        if not row.left_out:
            bodies.setdefault(row.body, []).append(row)
    for body, rows in bodies.items():
        own = count(rows, knowledge, (wanted.brand,) if wanted.brand else (), (wanted.maker,) if wanted.maker else ())
        told = _wanted(own, wanted)
        places = tuple((row.file, row.row) for row in rows)
        upper, why = told.upper, set(told.why)
        parts = [part for row in rows for part in row.answer.parts]
        if parts and all(part.dock for part in parts):
            upper, why = None, {ONLY_DOCKS}  # A dock holds an aircraft: that none is listed does not say there is none.
        yield BodyCount(body, told.lower, upper, bool(own.refused), bool(own.none), places, tuple(sorted(why)))


def _wanted(fleet: Fleet, wanted: Wanted) -> Range:
    if wanted.brand:
        return fleet.brands[wanted.brand]
    # With what the firm is reported to have made for others: a number that a relabel may change is not settled.
    return fleet.relabels[wanted.maker] if wanted.maker else fleet.whole
