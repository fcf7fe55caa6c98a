"""A removal plan for a terminal and as an object: what goes when, what it costs, or why there is no plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from custodes.knowledge.text import some_of
from custodes.model.plans import Job, Plan, Problem
from custodes.publication.text import clean, hang

_MOST = 6


def plan_object(problem: Problem, days: Sequence[tuple[str, str]], plan: Plan) -> dict[str, Any]:
    """The object of `custodes plan --format json`. `days`: first and last day of each period (ISO)."""
    jobs = {job.id: job for job in problem.jobs}
    steps = [_step(jobs[key], period, problem, days) for key, period in _ordered(problem, plan)]
    return {
        "state": "impossible" if plan.shortfalls else "best" if plan.proven else "found",
        "exposure": plan.exposure,
        "bound": plan.bound,
        "cost": plan.cost,
        "devices": len(problem.jobs),
        "steps": steps,
        "shortfalls": [
            {"kind": str(one.kind), "name": one.name, "text": one.text, "way": one.way} for one in plan.shortfalls
        ],
    }


def _ordered(problem: Problem, plan: Plan) -> list[tuple[str, int]]:
    """Jobs by period, the heaviest first."""
    weight = {job.id: (-job.weight, job.name, job.id) for job in problem.jobs}
    return sorted(plan.when.items(), key=lambda item: (item[1], weight[item[0]]))


def _step(job: Job, period: int, problem: Problem, days: Sequence[tuple[str, str]]) -> dict[str, Any]:
    told = {"device": job.id, "name": job.name, "period": problem.periods[period]}
    span = {"from": days[period][0], "to": days[period][1], "crew": problem.crews[job.crew].name}
    return {**told, **span, "cost": job.cost[period], "hours": job.hours, "weight": job.weight}


def plan_text(problem: Problem, plan: Plan, columns: int) -> str:
    """The plan in periods, or the reasons why there is none."""
    if plan.shortfalls or not plan.when:
        lines = hang(f"There is no plan for {len(problem.jobs):,} devices within these limits.", columns)
        lines += ["", "What would have to give:"]
        ways = dict.fromkeys(one.way for one in plan.shortfalls)
        for place, way in enumerate(ways):
            told = "; ".join(clean(one.text) for one in plan.shortfalls if one.way == way)
            lines += hang(f"{'or ' if place else ''}{told}", columns, "  ", "    ")
        if not plan.shortfalls:
            lines += hang("no plan was found in the time allowed (--seconds allows more)", columns, "  ", "    ")
        return "\n".join(lines) + "\n"
    jobs = {job.id: job for job in problem.jobs}
    by_period: dict[int, list[Job]] = defaultdict(list)
    for key, period in _ordered(problem, plan):
        by_period[period].append(jobs[key])
    lines = [f"{'':18}{'devices':>8}{'hours':>8}{'cost':>12}"]
    for period, held in sorted(by_period.items()):
        hours, cost = sum(job.hours for job in held), sum(job.cost[period] for job in held)
        lines.append(f"{problem.periods[period]:18}{len(held):>8,}{hours:>8,}{cost:>12,}")
        lines += hang(some_of([clean(job.name) for job in held], _MOST), columns, "    ", "    ")
    lines += ["", f"{'in all':18}{len(jobs):>8,}{sum(job.hours for job in jobs.values()):>8,}{plan.cost:>12,}"]
    return "\n".join([*lines, *hang(_how_good(plan), columns)]) + "\n"


def _how_good(plan: Plan) -> str:
    if plan.proven:
        return "No other order leaves less standing for less long; of those that do, this costs least."
    off = (plan.exposure - plan.bound) / max(plan.bound, 1)
    return f"The best found in the time allowed: at most {off:.1%} from the best there can be."
