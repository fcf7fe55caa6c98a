"""Plans equal brute force, are proven where they are said to be, keep every limit, and say what stands against them."""

from __future__ import annotations

import os
import random
from itertools import product

import pytest

from custodes.findings.planning.solving import solve
from custodes.model.plans import Budget, Crew, Job, Kind, Plan, Problem, Window

LONG = bool(os.environ.get("CUSTODES_LONG"))


def made(seed: int, size: int, length: int, crews: int = 1, tight: float = 1.3) -> Problem:
    """A problem with sites that open late, dates, fees before a contract ends, two budgets and crews."""
    chance = random.Random(seed)
    kinds = [(chance.choice([180, 250, 400, 900]), chance.choice([1, 2, 3, 4, 6])) for _ in range(5)]
    opens = [chance.choice([0, 0, 0, 1, 2]) % length for _ in range(6)]
    jobs = []
    for number in range(size):
        site = chance.randrange(6)
        cost, hours = chance.choice(kinds)
        windows = [Window(Kind.SITE, f"site {site} is closed", frozenset(range(opens[site], length)))]
        if chance.random() < 0.25:
            windows.append(Window(Kind.DATE, "a rule's day", frozenset(range(length // 2 + 1))))
        fee = chance.choice([0, 0, 100])
        costs = tuple(cost + (fee if period < length // 2 else 0) for period in range(length))
        weight = chance.choice([1, 2, 5])
        jobs.append(Job(f"j{number:05d}", f"job {number}", site % crews, weight, costs, hours, tuple(windows)))
    worked = max(6, int(sum(job.hours for job in jobs) * tight / length / crews))
    spent = sum(job.cost[0] for job in jobs)
    halves = (range(length // 2), range(length // 2, length))
    budgets = [
        Budget(f"half {place}", frozenset(held), int(spent * share))
        for place, (held, share) in enumerate(zip(halves, (0.6, 0.8), strict=True))
    ]
    names = tuple(f"p{place}" for place in range(length))
    teams = tuple(Crew(f"crew {place}", (worked,) * length) for place in range(crews))
    return Problem(names, tuple(jobs), teams, tuple(budgets))


def keeps(problem: Problem, when: dict[str, int]) -> bool:
    """Whether a plan keeps every limit, looked at job by job."""
    if any(when[job.id] not in job.allowed() for job in problem.jobs):
        return False
    for period, crew in product(range(len(problem.periods)), range(len(problem.crews))):
        done = sum(job.hours for job in problem.jobs if when[job.id] == period and job.crew == crew)
        if done > problem.crews[crew].hours[period]:
            return False
    return all(
        sum(job.cost[when[job.id]] for job in problem.jobs if when[job.id] in budget.periods) <= budget.amount
        for budget in problem.budgets
    )


def figures(problem: Problem, when: dict[str, int]) -> tuple[int, int]:
    """Exposure and cost of a plan."""
    exposure = sum(job.weight * (when[job.id] + 1) for job in problem.jobs)
    return exposure, sum(job.cost[when[job.id]] for job in problem.jobs)


def by_force(problem: Problem) -> tuple[int, int] | None:
    """The best exposure and the least cost of all plans that there are; None if there is none."""
    best: tuple[int, int] | None = None
    for periods in product(*(sorted(job.allowed()) for job in problem.jobs)):
        when = {job.id: period for job, period in zip(problem.jobs, periods, strict=True)}
        told = figures(problem, when)
        if (best is None or told < best) and keeps(problem, when):
            best = told
    return best


def _figures(plan: Plan) -> tuple[int, int] | None:
    return (plan.exposure, plan.cost) if plan.when else None


@pytest.mark.parametrize("seed", range(200))
def test_equals_brute_force(seed: int) -> None:
    chance = random.Random(seed)
    length = chance.choice([2, 2, 3])
    size = chance.randint(1, (12 if length == 2 else 8) if LONG else (9 if length == 2 else 6))
    problem = made(seed, size, length, chance.choice([1, 2]), chance.choice([0.7, 1.0, 1.3, 2.0]))
    plan = solve(problem, 20)
    expected = by_force(problem)
    assert _figures(plan) == expected
    if expected is None:
        assert plan.shortfalls
    else:
        assert plan.proven and plan.bound == plan.exposure
        assert keeps(problem, dict(plan.when)) and figures(problem, dict(plan.when)) == expected


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_middle_sized_plan_is_proven(seed: int) -> None:
    problem = made(seed, 200, 12)
    plan = solve(problem, 60)
    assert plan.proven and keeps(problem, dict(plan.when))
    assert figures(problem, dict(plan.when)) == (plan.exposure, plan.cost)


def test_a_large_plan_is_within_a_hundredth_of_the_bound() -> None:
    problem = made(1, 5_000, 24, 2)
    plan = solve(problem, 60)
    assert keeps(problem, dict(plan.when))
    assert plan.bound <= plan.exposure <= plan.bound * 1.01


def test_the_same_problem_gives_the_same_plan() -> None:
    problem = made(4, 60, 8)
    assert solve(problem).when == solve(problem).when


WINDOW = frozenset({3})
JOBS = [Job(f"j{n}", f"camera {n}", 0, 1, (100,) * 4, 4) for n in range(4)]


def _with(*windows: Window) -> tuple[Job, ...]:
    return tuple(Job(job.id, job.name, job.crew, job.weight, job.cost, job.hours, windows) for job in JOBS)


IMPOSSIBLE = {
    "money": (Problem(("a", "b", "c", "d"), tuple(JOBS), (Crew("team", (8,) * 4),),
                      (Budget("the year", frozenset(range(4)), 350),)), {Kind.BUDGET}, "50 more would be needed"),
    "hours": (Problem(("a", "b", "c", "d"), tuple(JOBS), (Crew("team", (3,) * 4),)), {Kind.CREW}, "4 hours more"),
    "a day": (Problem(("a", "b", "c", "d"), _with(Window(Kind.DATE, "by 1 May", frozenset({0}))),
                      (Crew("team", (8,) * 4),)), {Kind.CREW, Kind.DATE}, "by 1 May: cannot be kept for all of"),
    "a site": (Problem(("a", "b", "c", "d"), _with(Window(Kind.SITE, "Quay is closed", frozenset())),
                       (Crew("team", (8,) * 4),)), {Kind.SITE}, "Quay is closed: no period is left for camera 0"),
    "a landlord against a day": (
        Problem(("a", "b", "c", "d"),
                _with(Window(Kind.DATE, "by 1 May", frozenset({0, 1})), Window(Kind.LANDLORD, "Quay Estates", WINDOW)),
                (Crew("team", (8,) * 4),)), {Kind.DATE, Kind.LANDLORD}, "Quay Estates: no period is left"),
    "a contract": (Problem(("a", "b", "c", "d"), _with(Window(Kind.CONTRACT, "contract C-1 ends", WINDOW)),
                           (Crew("team", (8,) * 4),)), {Kind.CREW, Kind.CONTRACT}, "contract C-1 ends: cannot be kept"),
}  # fmt: skip


@pytest.mark.parametrize("case", IMPOSSIBLE, ids=str)
def test_an_impossible_plan_names_what_stands_against_it(case: str) -> None:
    problem, kinds, text = IMPOSSIBLE[case]
    plan = solve(problem)
    assert not plan.when and {one.kind for one in plan.shortfalls} == kinds
    assert any(text in one.text for one in plan.shortfalls)


def test_money_and_hours_that_only_together_are_too_little_are_one_way() -> None:
    problem, budget = IMPOSSIBLE["hours"][0], Budget("the year", frozenset(range(4)), 350)
    plan = solve(Problem(problem.periods, problem.jobs, problem.crews, (budget,)))
    assert {(one.kind, one.way) for one in plan.shortfalls} == {(Kind.BUDGET, 1), (Kind.CREW, 1)}
