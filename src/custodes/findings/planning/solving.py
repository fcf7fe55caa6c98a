"""Plans by a solver of OR-Tools: first the least exposure, then the least cost among those.

Exposure is the sum over units of their weight times the periods they stay. It is a whole number, so that a bound that
rounds up to what was found proves that nothing is better.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from custodes.findings.planning.groups import Counts, Group, groups
from custodes.findings.planning.model import Model
from custodes.findings.planning.reasons import blocked, shortfalls
from custodes.model.plans import Plan, Problem

#: Of the time allowed, what the first question may take.
_SHARE = 0.75


def solve(problem: Problem, seconds: float = 60.0) -> Plan:
    """The plan, or why there is none. Not proven where time ends before: then `bound` tells how far it may be off."""
    stopped = blocked(problem)
    if stopped:
        return Plan({}, 0, 0, 0, proven=False, shortfalls=tuple(stopped))
    held = groups(problem)
    model = Model(held, problem)
    model.limit()
    model.minimize(model.exposure())
    result = model.run(seconds * _SHARE)
    if result is None:
        return Plan({}, 0, 0, 0, proven=False, shortfalls=tuple(shortfalls(problem, seconds)))
    counts = model.read(result)
    exposure = _exposure(held, counts)
    bound = min(math.ceil(result.termination.objective_bounds.dual_bound - 1e-4), exposure)
    if bound == exposure:
        counts = _cheapest(held, problem, exposure, seconds * (1 - _SHARE)) or counts
    return Plan(_named(held, counts), exposure, bound, _cost(held, counts), proven=bound == exposure)


def _cheapest(held: Sequence[Group], problem: Problem, exposure: int, seconds: float) -> Counts | None:
    """The cheapest of the plans of an exposure; None if time ends before there is one."""
    model = Model(held, problem)
    model.limit()
    model.require(model.exposure() <= exposure)
    model.minimize(model.cost())
    result = model.run(seconds)
    return None if result is None else model.read(result)


def _exposure(held: Sequence[Group], counts: Counts) -> int:
    return sum(held[place].first.weight * (period + 1) * count for (place, period), count in counts.items())


def _cost(held: Sequence[Group], counts: Counts) -> int:
    return sum(held[place].first.cost[period] * count for (place, period), count in counts.items())


def _named(held: Sequence[Group], counts: Counts) -> dict[str, int]:
    """Which job goes when: those of a group in the order of their ids."""
    when: dict[str, int] = {}
    for place, group in enumerate(held):
        left = iter(group.jobs)
        for period in group.periods:
            for _ in range(counts.get((place, period), 0)):
                when[next(left).id] = period
    return when
