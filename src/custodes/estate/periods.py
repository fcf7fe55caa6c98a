"""The periods of a plan: months or weeks from a day on, and which of them days and spans leave open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Period:
    """A period with its first and last day."""

    name: str
    first: date
    last: date


def periods(start: date, unit: str, number: int) -> list[Period]:
    """So many periods from a day on; a month begins on the same day of the month, at most the 28th."""
    starts = [_after(start, unit, place) for place in range(number + 1)]
    return [Period(_name(first, unit), first, following - timedelta(days=1)) for first, following in pairwise(starts)]


def _after(start: date, unit: str, place: int) -> date:
    if unit == "week":
        return start + timedelta(weeks=place)
    month = start.month - 1 + place
    return date(start.year + month // 12, month % 12 + 1, min(start.day, 28))


def _name(first: date, unit: str) -> str:
    return f"week of {first.isoformat()}" if unit == "week" else first.strftime("%Y-%m")


def until(day: date, held: Sequence[Period]) -> frozenset[int]:
    """Periods that end on a day or before it."""
    return frozenset(place for place, one in enumerate(held) if one.last <= day)


def since(day: date, held: Sequence[Period]) -> frozenset[int]:
    """Periods that begin on a day or after it."""
    return frozenset(place for place, one in enumerate(held) if one.first >= day)


def outside(spans: Iterable[tuple[date, date]], held: Sequence[Period]) -> frozenset[int]:
    """Periods of which no day lies in any of the spans."""
    closed = list(spans)
    return frozenset(
        place for place, one in enumerate(held) if not any(a <= one.last and one.first <= b for a, b in closed)
    )


def within(first: date, last: date, held: Sequence[Period]) -> frozenset[int]:
    """Periods that begin in a span."""
    return frozenset(place for place, one in enumerate(held) if first <= one.first <= last)
