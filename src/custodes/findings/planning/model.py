"""A plan as whole numbers for a solver of OR-Tools: how many of a group go in a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from custodes.findings.planning.groups import Counts, Group
from custodes.model.plans import Problem


class Model:
    """The groups of a problem and its limits, which may be made to give. The same model gives the same answer."""

    def __init__(self, held: Sequence[Group], problem: Problem) -> None:
        from ortools.math_opt.python import mathopt

        self._solver, self._model = mathopt, mathopt.Model()
        self._held, self._problem = held, problem
        self.counts: dict[tuple[int, int], Any] = {}
        for place, group in enumerate(held):
            for period in group.periods:
                self.counts[place, period] = self._model.add_integer_variable(lb=0, ub=group.size)
            self.require(self.sum([self.counts[place, t] for t in group.periods]) == group.size)

    def sum(self, terms: Sequence[Any]) -> Any:
        """Terms added up."""
        return self._solver.fast_sum(list(terms))

    def require(self, condition: Any) -> None:
        """Add a condition."""
        self._model.add_linear_constraint(condition)

    def minimize(self, what: Any) -> None:
        """Ask for the least of something."""
        self._model.minimize(what)

    def limit(self, *, money: bool = False, hours: bool = False) -> dict[tuple[str, int], Any]:
        """Add budgets and hours of crews; where they may give, by how much they do: (name, period or -1) to that."""
        gives: dict[tuple[str, int], Any] = {}
        for budget in self._problem.budgets:
            spent = self.cost(budget.periods)
            if money:
                gives[budget.name, -1] = self._model.add_variable(lb=0)
                spent -= gives[budget.name, -1]
            self.require(spent <= budget.amount)
        worked: dict[tuple[int, int], list[Any]] = defaultdict(list)
        for (place, period), count in self.counts.items():
            worked[self._held[place].first.crew, period].append(self._held[place].first.hours * count)
        for (crew, period), terms in worked.items():
            done = self.sum(terms)
            if hours:
                gives[self._problem.crews[crew].name, period] = self._model.add_variable(lb=0)
                done -= gives[self._problem.crews[crew].name, period]
            self.require(done <= self._problem.crews[crew].hours[period])
        return gives

    def exposure(self) -> Any:
        """Weights times the periods that units stay."""
        return self.sum([self._held[g].first.weight * (t + 1) * count for (g, t), count in self.counts.items()])

    def cost(self, periods: frozenset[int] | None = None) -> Any:
        """What is spent, in some periods or in all."""
        terms = [
            self._held[g].first.cost[t] * count
            for (g, t), count in self.counts.items()
            if periods is None or t in periods
        ]
        return self.sum(terms)

    def run(self, seconds: float, gap: float = 0.0) -> Any:
        """A result with a plan in it, or None."""
        asked = self._solver.SolveParameters(
            time_limit=timedelta(seconds=seconds),
            relative_gap_tolerance=gap,
            absolute_gap_tolerance=0.999,
            random_seed=1,
        )
        result = self._solver.solve(self._model, self._solver.SolverType.HIGHS, params=asked)
        return result if result.has_primal_feasible_solution() else None

    def read(self, result: Any) -> Counts:
        """How many of each group go when."""
        values = result.variable_values(list(self.counts.values()))
        return {key: round(value) for key, value in zip(self.counts, values, strict=True) if round(value)}
