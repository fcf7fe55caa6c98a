"""Working days of a law: what is due when, and how late it is."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from custodes.survey.foi.regimes import Regime

_MOST_DAYS = 4000


@lru_cache(maxsize=64)
def public_holidays(country: str, subdivisions: tuple[str, ...], year: int) -> frozenset[date]:
    """The public holidays of a year in any of the subdivisions."""
    import holidays

    return frozenset(
        day for part in subdivisions for day in holidays.country_holidays(country, subdiv=part, years=[year])
    )


def is_working_day(day: date, regime: Regime) -> bool:
    """Whether a day is a working day under an Act."""
    return day.weekday() < 5 and day not in public_holidays(regime.country, regime.subdivisions, day.year)


def due(received: date, days: int, regime: Regime) -> date:
    """The last of `days` working days after the day of receipt, which is not counted."""
    day, left = received, days
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, regime)
    return day


def working_days(first: date, last: date, regime: Regime) -> int:
    """Working days after `first` up to and with `last`; 0 if `last` is not after it."""
    span = min((last - first).days, _MOST_DAYS)
    return sum(is_working_day(first + timedelta(days=step), regime) for step in range(1, span + 1))
