"""Why there is no plan: units that nothing lets go, and what would have to give, each limit by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from custodes.findings.planning.groups import Group, groups
from custodes.findings.planning.model import Model
from custodes.knowledge.text import some_of
from custodes.model.plans import Job, Kind, Problem, Shortfall

_MOST = 5
#: What is less than this is a rounding of the solver.
_LEAST = 0.001


def blocked(problem: Problem) -> list[Shortfall]:
    """Units that have no period at all, by what keeps them."""
    found: dict[tuple[Kind, str], list[Job]] = defaultdict(list)
    for job in problem.jobs:
        if not job.allowed():
            for window in _to_blame(job):
                found[window].append(job)
    return [
        Shortfall(kind, name, f"{name}: no period is left for {_names(jobs)}") for (kind, name), jobs in found.items()
    ]


def _to_blame(job: Job) -> list[tuple[Kind, str]]:
    """The windows without any one of which there would be a period; all of them if no single one is to blame."""
    every = [(window.kind, window.name) for window in job.windows]
    one = []
    for place, window in enumerate(job.windows):
        left = frozenset(range(len(job.cost)))
        for other in (*job.windows[:place], *job.windows[place + 1 :]):
            left &= other.periods
        if left:
            one.append((window.kind, window.name))
    return one or every


def _names(jobs: list[Job]) -> str:
    return some_of([job.name for job in jobs], _MOST)


def shortfalls(problem: Problem, seconds: float) -> list[Shortfall]:
    """What would have to give. First each kind of limit by itself; if none is enough, the least of money and hours
    together."""
    kinds = [Kind.BUDGET, Kind.CREW, *dict.fromkeys(w.kind for job in problem.jobs for w in job.windows)]
    each = seconds / (2 * len(kinds))
    ways = [found for kind in kinds if (found := _giving(problem, (kind,), each))]
    ways = ways or [_giving(problem, (Kind.BUDGET, Kind.CREW), seconds / 2)]
    return [replace(one, way=number) for number, found in enumerate(ways, 1) for one in found]


def _giving(problem: Problem, kinds: tuple[Kind, ...], seconds: float) -> list[Shortfall]:
    """The least that limits of these kinds must give; nothing if that does not help."""
    free = next((kind for kind in kinds if kind not in (Kind.BUDGET, Kind.CREW)), None)
    held = groups(problem, free)
    model = Model(held, problem)
    gives = model.limit(money=Kind.BUDGET in kinds, hours=Kind.CREW in kinds)
    outside = {key: count for key, count in model.counts.items() if key[1] not in held[key[0]].first.allowed()}
    model.minimize(model.sum([*gives.values(), *outside.values()]))
    result = model.run(seconds, 0.01)
    if result is None:
        return []
    short = {key: result.variable_values(more) for key, more in gives.items()}
    late = [held[place] for (place, _), count in outside.items() if result.variable_values(count) > _LEAST]
    return [*_of_numbers(problem, short), *(_of_windows(problem, free, late) if free else [])]


def _of_numbers(problem: Problem, short: dict[tuple[str, int], float]) -> Iterator[Shortfall]:
    for budget in problem.budgets:
        if short.get((budget.name, -1), 0) > _LEAST:
            text = f"{budget.name}: {short[budget.name, -1]:,.0f} more would be needed"
            yield Shortfall(Kind.BUDGET, budget.name, text)
    for crew in problem.crews:
        hours = {t: more for (name, t), more in short.items() if name == crew.name and t >= 0 and more > _LEAST}
        if hours:
            text = f"{crew.name}: {sum(hours.values()):,.0f} hours more, first in {problem.periods[min(hours)]}"
            yield Shortfall(Kind.CREW, crew.name, text)


def _of_windows(problem: Problem, kind: Kind, late: list[Group]) -> Iterator[Shortfall]:
    by_name: dict[str, list[Job]] = defaultdict(list)
    for job in dict.fromkeys(job for group in late for job in group.jobs):
        for window in job.windows:
            if window.kind is kind and len(window.periods) < len(problem.periods):
                by_name[window.name].append(job)
    for name, held in by_name.items():
        yield Shortfall(kind, name, f"{name}: cannot be kept for all of {_names(held)}")
