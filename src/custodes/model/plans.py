"""A removal plan: what is to be removed, under which limits, and in which period each unit goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What may keep a unit from being removed in a period."""

    BUDGET = "budget"
    CREW = "crew"
    DATE = "date"  # a day by which a rule or the body wants it gone
    SITE = "site"  # closed to crews
    LANDLORD = "landlord"  # consents from a day on
    CONTRACT = "contract"  # not before its end


@dataclass(frozen=True, slots=True)
class Window:
    """Periods in which one thing allows a unit to be removed. `name`: the thing, in words."""

    kind: Kind
    name: str
    periods: frozenset[int]


@dataclass(frozen=True, slots=True)
class Job:
    """One unit to remove. `weight`: how much each period matters that it stays; `cost`: in whole money, by period;
    `hours`: of the crew, which is a place in the problem."""

    id: str
    name: str
    crew: int
    weight: int
    cost: tuple[int, ...]
    hours: int
    windows: tuple[Window, ...] = ()

    def allowed(self, without: Kind | None = None) -> frozenset[int]:
        """Periods in which it may be removed, all of them where nothing says otherwise."""
        found = frozenset(range(len(self.cost)))
        for window in self.windows:
            if window.kind is not without:
                found &= window.periods
        return found


@dataclass(frozen=True, slots=True)
class Budget:
    """Money for all removals of some periods."""

    name: str
    periods: frozenset[int]
    amount: int


@dataclass(frozen=True, slots=True)
class Crew:
    """Who removes: hours in each period."""

    name: str
    hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything a plan must keep to. `periods`: their names, in order."""

    periods: tuple[str, ...]
    jobs: tuple[Job, ...]
    crews: tuple[Crew, ...]
    budgets: tuple[Budget, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What would have to give for a plan to exist: of one thing, by how much, in words. Those of one `way` must give
    together; one way is enough."""

    kind: Kind
    name: str
    text: str
    way: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer. `when`: job to period; `exposure`: weights times periods that the units stay, summed; `bound`: below
    which no plan can be; `proven`: whether nothing better exists; `shortfalls`: why there is none."""

    when: Mapping[str, int]
    exposure: int
    bound: int
    cost: int
    proven: bool
    shortfalls: tuple[Shortfall, ...] = ()
