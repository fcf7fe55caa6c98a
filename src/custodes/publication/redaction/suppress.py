"""Which cells of linked tables must not be shown, so that none that is to be protected can be worked out. Exact.

What a reader knows: every cell that is shown, every relation between cells, that all are whole numbers from nought
upward. A cell is worked out if only one whole number is left for it. The least costly set of hidden cells is found
by implicit hitting sets: a linear programme (two for each protected cell) shows that a set does not do, and its dual
names the shown cells of which one must be hidden; a covering problem over all that was named so far gives the next
set. The last word is with whole numbers, not with the linear programme.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from custodes.model.errors import BadUsage

_CLOSE = 1e-6
_MOST_ROUNDS = 400


@dataclass(frozen=True, slots=True)
class Relation:
    """`low` <= the sum of cells, each times its number, <= `high`; a total is 0 = parts - total. Infinite: open."""

    terms: tuple[tuple[int, int], ...]
    low: float = 0
    high: float = 0


@dataclass(frozen=True, slots=True)
class Tables:
    """Linked tables. `values`: of each cell; `cost`: what is lost if it is hidden; `protect`: cells that must not be
    worked out; `shown`, `hidden`: cells of which that is settled, because an earlier edition is out.
    """

    values: tuple[int, ...]
    relations: tuple[Relation, ...]
    cost: tuple[float, ...]
    protect: frozenset[int]
    shown: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()


def suppress(tables: Tables) -> frozenset[int]:
    """The cells to hide, at least cost. Raises BadUsage where cells that are out already tell a protected one."""
    if not tables.protect and not tables.hidden:
        return frozenset()
    _refuse_what_is_shown(tables)
    cuts: list[frozenset[int]] = []
    for _ in range(_MOST_ROUNDS):
        hidden = _cover(tables, cuts)
        found = _linear_cuts(tables, hidden) or _whole_cuts(tables, hidden)
        if not found:
            return hidden
        cuts += [cut for cut in dict.fromkeys(found) if cut not in cuts]
        if any(not cut for cut in found):
            raise _told_already()
    raise BadUsage(
        "the tables are too large to say which cells to hide", remedy="publish fewer tables, or none by kind"
    )


def _refuse_what_is_shown(tables: Tables) -> None:
    if tables.protect & tables.shown:
        raise _told_already()


def _told_already() -> BadUsage:
    return BadUsage(
        "a number that must not be told can be worked out from an edition that is out already",
        remedy="publish the new edition without tables by kind of body (suppress_below: 0)",
    )


def _cover(tables: Tables, cuts: Sequence[frozenset[int]]) -> frozenset[int]:
    """The least costly set that holds the protected cells and one of each cut."""
    must = tables.protect | tables.hidden
    left = [cut for cut in cuts if not cut & must]
    if not left:
        return must
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix

    names = sorted({cell for cut in left for cell in cut})
    place = {cell: column for column, cell in enumerate(names)}
    rows = [row for row, cut in enumerate(left) for _ in cut]
    columns = [place[cell] for cut in left for cell in sorted(cut)]
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(left), len(names)))
    done = milp(
        c=[tables.cost[cell] + 1e-7 * cell for cell in names],  # of two that cost the same, always the same one
        constraints=LinearConstraint(matrix, lb=1),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(names)),
    )
    if done.x is None:
        raise BadUsage("no set of cells was found that protects what must be", why=str(done.message)[:160])
    return must | frozenset(cell for cell, chosen in zip(names, done.x, strict=True) if chosen > 0.5)


def _linear_cuts(tables: Tables, hidden: frozenset[int]) -> list[frozenset[int]]:
    """For each protected cell that the linear programme works out: the shown cells of which one must be hidden."""
    programme = Programme(tables, hidden)
    found = []
    for cell in sorted(tables.protect):
        low, high, used = programme.linear(cell)
        if math.floor(high + _CLOSE) <= math.ceil(low - _CLOSE):
            found.append(frozenset(used - hidden - tables.shown))
    return found


def _whole_cuts(tables: Tables, hidden: frozenset[int]) -> list[frozenset[int]]:
    """The same for cells that only whole numbers work out. Everything still shown is named, less what does not help."""
    programme = Programme(tables, hidden)
    found = []
    for cell in sorted(tables.protect):
        if not programme.determined(cell):
            continue
        grown = hidden
        for other in sorted(set(range(len(tables.values))) - hidden - tables.shown):
            if Programme(tables, grown | {other}).determined(cell):
                grown |= {other}
        found.append(frozenset(range(len(tables.values))) - grown - tables.shown)
    return found


class Programme:
    """What a reader can work out while some cells are hidden."""

    def __init__(self, tables: Tables, hidden: Iterable[int]) -> None:
        self._tables = tables
        self.hidden = frozenset(hidden)
        self._matrix: Any = None
        self._built()

    def _built(self) -> None:
        import numpy as np
        from scipy.sparse import csr_matrix

        tables, many = self._tables, len(self._tables.values)
        rows = [row for row, one in enumerate(tables.relations) for _ in one.terms]
        columns = [cell for one in tables.relations for cell, _ in one.terms]
        numbers = [times for one in tables.relations for _, times in one.terms]
        self._matrix = csr_matrix((numbers, (rows, columns)), shape=(len(tables.relations), many))
        values = np.array(tables.values, dtype=float)
        free = np.array([cell in self.hidden for cell in range(many)])
        self._low = np.where(free, 0, values)
        self._high = np.where(free, np.inf, values)
        self._lows = np.array([one.low for one in tables.relations])
        self._highs = np.array([one.high for one in tables.relations])

    def linear(self, cell: int) -> tuple[float, float, set[int]]:
        """Least and greatest of a cell as real numbers, and the cells whose being shown is used to show it."""
        import numpy as np
        from scipy.optimize import linprog
        from scipy.sparse import vstack

        upper = np.isfinite(self._highs)
        lower = np.isfinite(self._lows)
        same = upper & lower & (self._lows == self._highs)
        matrix = vstack([self._matrix[upper & ~same], -self._matrix[lower & ~same]])
        limits = np.concatenate([self._highs[upper & ~same], -self._lows[lower & ~same]])
        used: set[int] = set()
        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(self._low))
            goal[cell] = sign
            done = linprog(
                goal,
                A_ub=matrix if matrix.shape[0] else None,
                b_ub=limits if matrix.shape[0] else None,
                A_eq=self._matrix[same] if same.any() else None,
                b_eq=self._highs[same] if same.any() else None,
                bounds=np.column_stack([self._low, self._high]),
                method="highs",
            )
            if done.status == 3:  # nothing bounds it
                ends.append(math.inf)
                continue
            if done.x is None:
                raise AssertionError(f"the true tables are no solution: {done.message}")
            marks = np.abs(done.lower.marginals) + np.abs(done.upper.marginals)
            used |= {int(place) for place in np.flatnonzero(marks > _CLOSE)}
            ends.append(float(done.fun))
        return ends[0], -ends[1] if math.isfinite(ends[1]) else math.inf, used

    def whole(self, cell: int) -> tuple[float, float]:
        """Least and greatest of a cell in whole numbers."""
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp

        ends = []
        for sign in (1, -1):
            goal = np.zeros(len(self._low))
            goal[cell] = sign
            done = milp(
                c=goal,
                constraints=LinearConstraint(self._matrix, self._lows, self._highs) if self._matrix.shape[0] else None,
                bounds=Bounds(self._low, self._high),
                integrality=np.ones(len(self._low)),
            )
            ends.append(sign * done.fun if done.fun is not None else math.inf)
        return round(ends[0]), ends[1] if math.isinf(ends[1]) else round(ends[1])

    def determined(self, cell: int) -> bool:
        """Whether only one whole number is left for a cell."""
        low, high = self.whole(cell)
        return low == high


def costs(values: Sequence[int], totals: Iterable[int]) -> tuple[float, ...]:
    """What hiding each cell loses: one for a cell, more for a total, which stands for many."""
    heavy = frozenset(totals)
    return tuple(4.0 if cell in heavy else 1.0 for cell in range(len(values)))
