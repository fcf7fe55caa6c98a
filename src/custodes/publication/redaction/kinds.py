"""Figures by kind of body: what each kind counts, with the cells hidden that would tell of single bodies.

Known to every reader: how many bodies of each kind were asked and returned when, what each column comes to over all
kinds (the figure and its bounds tell that), and which figures hang on the same questions, in one edition or in several:
their cells are counts of the same bodies, and are joined by how many bodies of a kind are what in all of them at once.
A cell is protected if it is small, or if it is all that returned of its kind; so is how many of a kind changed from one
thing to another between two editions. Editions are settled one after the other: what an earlier one shows cannot be
hidden any more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from custodes.publication.redaction.suppress import Programme, Relation, Tables, suppress
from custodes.survey.asked import Body
from custodes.survey.count import Standing
from custodes.survey.figures import Definition

COLUMNS = (Standing.COUNTED, Standing.NOT_COUNTED, Standing.OUTSIDE, Standing.OPEN, Standing.NO_RETURN)
_INNER = COLUMNS[:-1]
Place = tuple[str, Standing]


@dataclass(frozen=True, slots=True)
class ByKind:
    """One figure by kind. `cells`: kind and standing to bodies; None: not shown."""

    kinds: tuple[str, ...]
    columns: tuple[Standing, ...]
    cells: Mapping[Place, int | None]

    @property
    def hidden(self) -> int:
        """How many cells are not shown."""
        return sum(cell is None for cell in self.cells.values())


def plain(standings: Mapping[str, Standing], bodies: Iterable[Body]) -> ByKind:
    """A figure by kind, every cell shown."""
    return _by_kind(_counted(standings, bodies))


def _counted(standings: Mapping[str, Standing], bodies: Iterable[Body]) -> Counter[Place]:
    return Counter((body.kind, standings[body.id]) for body in bodies if body.id in standings)


def _by_kind(counts: Mapping[Place, int], hidden: frozenset[Place] = frozenset()) -> ByKind:
    kinds = tuple(dict.fromkeys(sorted(kind for kind, _ in counts)))
    columns = tuple(one for one in COLUMNS if any(counts.get((kind, one)) for kind in kinds))
    cells = {
        (kind, one): None if (kind, one) in hidden else counts.get((kind, one), 0) for kind in kinds for one in columns
    }
    return ByKind(kinds, columns, cells)


@dataclass(frozen=True, slots=True)
class Table:
    """What one figure counts. `names`: what it hangs on; tables that share a name hang together."""

    definition: Definition
    wave: str
    names: frozenset[str]
    standings: Mapping[str, Standing]
    bodies: Sequence[Body]

    @property
    def counts(self) -> str:
        """What is counted: figures that count the same thing are one table."""
        return f"{self.wave} {self.definition.numerator!r} {self.definition.denominator!r}"


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: of which edition, what is counted, of which kind, in which column."""

    edition: int
    figure: str
    kind: str
    column: Standing


#: A table in its edition.
_Placed = tuple[int, Table]


@dataclass(slots=True)
class Editions:
    """Tables by kind, edition after edition. `below`: counts from 1 up to one less are small.

    `told`: how many small cells the figures themselves tell, with what earlier editions show: nothing here can help.
    """

    below: int
    told: int = 0
    _placed: list[_Placed] = field(default_factory=list)
    _shown: dict[_Cell, bool] = field(default_factory=dict)
    _edition: int = 0

    def add(self, tables: Sequence[Table]) -> dict[str, ByKind]:
        """The next edition. Returns figure to its table as it is shown."""
        counted = {table.definition.id: (table, _counted(table.standings, table.bodies)) for table in tables}
        counted = {name: one for name, one in counted.items() if len({kind for kind, _ in one[1]}) > 1}
        self._placed += [(self._edition, one) for one in {one.counts: one for one, _ in counted.values()}.values()]
        for group in _linked(self._placed):
            if group[-1][0] == self._edition:
                self._settle(group)
        found = {name: _by_kind(counts, self._hidden_of(table.counts)) for name, (table, counts) in counted.items()}
        self._edition += 1
        return found

    def _hidden_of(self, name: str) -> frozenset[Place]:
        return frozenset(
            (cell.kind, cell.column)
            for cell, shown in self._shown.items()
            if not shown and cell.edition == self._edition and cell.figure == name
        )

    def _settle(self, group: Sequence[_Placed]) -> None:
        """Which cells of this edition are hidden, in tables that hang together, with all that earlier ones show."""
        system = _System(group, self.below)
        now = frozenset(place for cell, place in system.cells.items() if cell.edition == self._edition)
        before = {cell: place for cell, place in system.cells.items() if cell.edition != self._edition}
        shown = frozenset(place for cell, place in before.items() if self._shown[cell])
        hidden = frozenset(before.values()) - shown | system.inner
        tables = system.tables(shown, hidden)
        # what the figures themselves tell, whatever is hidden here, cannot be helped; it is not shown all the same
        open_ = Programme(tables, now | hidden)
        told = frozenset(cell for cell in tables.protect - shown if open_.determined(cell))
        self.told += len(told & now)
        must = replace(tables, protect=tables.protect - told - shown, hidden=hidden | (told & now))
        found = suppress(must)
        self._shown |= {cell: place not in found for cell, place in system.cells.items() if place in now}


class _System:
    """Tables that hang together as cells and relations. `cells`: place of each; `inner`: places never shown."""

    def __init__(self, group: Sequence[_Placed], below: int) -> None:
        self._group, self._below = group, below
        self._kinds = sorted({body.kind for _, table in group for body in table.bodies})
        self._values: list[int] = []
        self._relations: list[Relation] = []
        self._protect: set[int] = set()
        self.cells: dict[_Cell, int] = {}
        for edition, table in group:
            self._take(edition, table)
        outer = len(self._values)
        if len(group) > 1:
            self._join()
        self.inner = frozenset(range(outer, len(self._values)))

    def tables(self, shown: frozenset[int], hidden: frozenset[int]) -> Tables:
        """The system as it is handed to what finds the cells to hide."""
        cost = tuple(1.0 for _ in self._values)
        return Tables(tuple(self._values), tuple(self._relations), cost, frozenset(self._protect), shown, hidden)

    def _new(self, value: int, *, protect: bool = False) -> int:
        self._values.append(value)
        place = len(self._values) - 1
        if protect:
            self._protect.add(place)
        return place

    def _take(self, edition: int, table: Table) -> None:
        """The cells of a table, with what each row and each column comes to."""
        counts = _counted(table.standings, table.bodies)
        columns: dict[Standing, list[int]] = defaultdict(list)
        for kind in self._kinds:
            row = {column: counts.get((kind, column), 0) for column in _INNER}
            returned = sum(row.values())
            places = []
            for column, many in row.items():
                place = self._new(many, protect=0 < many < self._below or 0 < many == returned)
                self.cells[_Cell(edition, table.counts, kind, column)] = place
                places.append(place)
                columns[column].append(place)
            self._sum(places, returned)
        for column, places in columns.items():
            self._sum(places, sum(many for (_, one), many in counts.items() if one == column))

    def _sum(self, places: Iterable[int], total: int, part: int | None = None) -> None:
        """Places that add up to a number, or to another place."""
        rest = ((part, -1),) if part is not None else ()
        self._relations.append(Relation((*((place, 1) for place in places), *rest), total, total))

    def _join(self) -> None:
        """How many bodies of a kind are what in all of the tables at once: what may be so, as a reader knows it, is all
        that is so of any body of whatever kind.
        """
        kinds = {body.id: body.kind for _, table in self._group for body in table.bodies}
        each = {
            name: tuple(table.standings.get(name, Standing.NO_RETURN) for _, table in self._group) for name in kinds
        }
        many = Counter((kinds[name], whats) for name, whats in each.items())
        silent = tuple(Standing.NO_RETURN for _ in self._group)
        possible = [whats for whats in dict.fromkeys(each.values()) if whats != silent]
        joint = {(kind, whats): self._new(many[kind, whats]) for kind in self._kinds for whats in possible}
        for place, (edition, table) in enumerate(self._group):
            for kind in self._kinds:
                for column in (*_INNER, Standing.NO_RETURN):
                    parts = [at for (of, whats), at in joint.items() if of == kind and whats[place] is column]
                    cell = self.cells.get(_Cell(edition, table.counts, kind, column))
                    # of those that return at some time, it is known who had not done so yet
                    self._sum(parts, 0 if cell is not None else sum(self._values[at] for at in parts), cell)
        for before, after in self._pairs():
            self._changes(joint, before, after)

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """A table and the same one in the edition that had it last before."""
        last: dict[str, int] = {}
        for place, (_, table) in enumerate(self._group):
            if table.counts in last:
                yield last[table.counts], place
            last[table.counts] = place

    def _changes(self, joint: Mapping[tuple[str, tuple[Standing, ...]], int], before: int, after: int) -> None:
        """How many of a kind were one thing and are another: few, or all that came late, must not be told."""
        for kind in self._kinds:
            parts: dict[tuple[Standing, Standing], list[int]] = defaultdict(list)
            for (of, whats), at in joint.items():
                if of == kind and whats[before] is not whats[after]:
                    parts[whats[before], whats[after]].append(at)
            late = sum(
                self._values[at] for (was, _), places in parts.items() if was is Standing.NO_RETURN for at in places
            )
            for (was, _), places in parts.items():
                many = sum(self._values[at] for at in places)
                all_of_them = was is Standing.NO_RETURN and 0 < many == late
                change = self._new(many, protect=0 < many < self._below or all_of_them)
                self._sum(places, 0, change)


def _linked(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """Tables that share a name, in groups, each in the order of its editions."""
    groups: list[tuple[set[str], list[_Placed]]] = []
    for one in placed:
        names = set(one[1].names)
        near = [group for group in groups if group[0] & names]
        groups = [group for group in groups if group not in near]
        members = [other for group in near for other in group[1]]
        groups.append((names.union(*(group[0] for group in near)), [*members, one]))
    return [sorted(group, key=lambda one: one[0]) for _, group in groups]
