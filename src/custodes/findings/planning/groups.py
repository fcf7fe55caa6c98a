"""Jobs that no limit can tell from one another, together: a plan decides how many of them go when, not which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from custodes.model.plans import Job, Kind, Problem

#: (place of a group, period) to something of it: a variable, a number of jobs.
Counts = Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Group:
    """Jobs of one crew, weight, cost and hours that may be done in the same periods, by id."""

    first: Job
    jobs: tuple[Job, ...]
    periods: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.jobs)


def groups(problem: Problem, without: Kind | None = None) -> list[Group]:
    """The jobs in groups; windows of one kind may be left out."""
    found: dict[tuple[object, ...], list[Job]] = defaultdict(list)
    for job in sorted(problem.jobs, key=lambda one: one.id):
        found[job.crew, job.weight, job.cost, job.hours, job.allowed(without)].append(job)
    return [Group(jobs[0], tuple(jobs), tuple(sorted(jobs[0].allowed(without)))) for jobs in found.values()]
