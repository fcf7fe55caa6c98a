"""Figures by kind of body: what each kind counts, with the cells hidden that would tell of single bodies.

Known to every reader: how many bodies of each kind were asked and returned, what each column comes to over all kinds
(the figure and its bounds tell that), and which figures hang on the same questions: their cells are counts of the same
bodies, and are joined by how many bodies of a kind are what for all of them at once. A cell is protected if it is
small, or if it is all that returned of its kind. Editions are settled one after the other: what an earlier one shows
cannot be hidden any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    """What one figure counts. `names`: the questions it hangs on, with those of their routing."""

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
    """A cell of the whole system: of which edition, what is counted, of which kind, in which column."""

    edition: int
    figure: str
    kind: str
    column: Standing


#: How many bodies of a kind are what for several figures at once. It is never shown.
_Joint = tuple[int, str, str, tuple[Standing, ...]]


@dataclass(slots=True)
class Editions:
    """Tables by kind, edition after edition. `below`: counts from 1 up to one less are small.

    `told`: how many small cells the figures themselves tell, with what earlier editions show: nothing here can help.
    """

    below: int
    told: int = 0
    _cells: dict[_Cell, int] = field(default_factory=dict)
    _shown: set[_Cell] = field(default_factory=set)
    _hidden: set[_Cell] = field(default_factory=set)
    _protect: set[_Cell] = field(default_factory=set)
    _returned: dict[tuple[int, str, str], int] = field(default_factory=dict)
    _totals: dict[tuple[int, str, Standing], int] = field(default_factory=dict)
    _joint: dict[_Joint, int] = field(default_factory=dict)
    _links: list[tuple[_Cell, tuple[_Joint, ...]]] = field(default_factory=list)
    _edition: int = 0

    def add(self, tables: Sequence[Table]) -> dict[str, ByKind]:
        """The next edition. Returns figure to its table as it is shown."""
        counted: dict[str, tuple[Table, Counter[Place]]] = {}
        for table in tables:
            counts = _counted(table.standings, table.bodies)
            if len({kind for kind, _ in counts}) > 1:
                counted[table.definition.id] = (table, counts)
                self._take(table.counts, counts)
        for group in _linked([table for table, _ in counted.values()]):
            self._join(group)
        self._settle()
        found = {
            figure: _by_kind(counts, frozenset(self._hidden_of(table.counts)))
            for figure, (table, counts) in counted.items()
        }
        self._edition += 1
        return found

    def _join(self, tables: Sequence[Table]) -> None:
        """Figures that hang on the same questions: each cell is the sum of bodies that are the same for all of them."""
        first = tables[0]
        kinds = dict.fromkeys(body.kind for body in first.bodies)
        each = {body.id: tuple(table.standings[body.id] for table in tables) for body in first.bodies}
        # what may be at once, as a reader knows it: all that is so of any body, of whatever kind
        possible = dict.fromkeys(whats for whats in each.values() if Standing.NO_RETURN not in whats)
        joint: dict[_Joint, int] = {(self._edition, first.counts, kind, one): 0 for kind in kinds for one in possible}
        for body in first.bodies:
            if each[body.id] in possible:
                joint[self._edition, first.counts, body.kind, each[body.id]] += 1
        self._joint |= joint
        for place, table in enumerate(tables):
            for kind in kinds:
                for column in _INNER:
                    parts = tuple(one for one in joint if one[2] == kind and one[3][place] is column)
                    self._links.append((_Cell(self._edition, table.counts, kind, column), parts))

    def _hidden_of(self, name: str) -> Iterable[Place]:
        for cell in self._hidden:
            if cell.edition == self._edition and cell.figure == name:
                yield cell.kind, cell.column

    def _take(self, name: str, counts: Mapping[Place, int]) -> None:
        for kind in {kind for kind, _ in counts}:
            row = {column: counts.get((kind, column), 0) for column in _INNER}
            returned = self._returned[self._edition, name, kind] = sum(row.values())
            for column, many in row.items():
                cell = _Cell(self._edition, name, kind, column)
                self._cells[cell] = many
                if 0 < many < self.below or (0 < many == returned):
                    self._protect.add(cell)
        for column in _INNER:
            total = sum(many for (_, one), many in counts.items() if one == column)
            self._totals[self._edition, name, column] = total

    def _settle(self) -> None:
        """Which cells of this edition are hidden, with all that earlier ones show."""
        names = sorted(self._cells, key=lambda cell: (cell.edition, cell.figure, cell.kind, cell.column))
        place = {cell: number for number, cell in enumerate(names)}
        joint = {one: len(names) + number for number, one in enumerate(sorted(self._joint))}
        now = frozenset(place[cell] for cell in names if cell.edition == self._edition)
        plain = tuple(self._relations(names, place))
        linked = tuple(
            Relation(((place[cell], -1), *((joint[one], 1) for one in parts)), 0, 0) for cell, parts in self._links
        )
        hidden = frozenset(place[cell] for cell in self._hidden) | frozenset(joint.values())
        tables = Tables(
            values=(*(self._cells[cell] for cell in names), *(self._joint[one] for one in sorted(self._joint))),
            relations=(*plain, *linked),
            cost=tuple(1.0 for _ in range(len(names) + len(joint))),
            protect=frozenset(place[cell] for cell in self._protect),
            shown=frozenset(place[cell] for cell in self._shown),
            hidden=hidden,
        )
        # what the figures themselves tell, whatever is hidden here, cannot be helped; it is not shown all the same
        open_ = Programme(tables, now | hidden)
        told = frozenset(cell for cell in tables.protect - tables.shown if open_.determined(cell))
        self.told += len(told & now)
        must = replace(tables, protect=tables.protect - told - tables.shown, hidden=hidden | (told & now))
        found = suppress(must)
        for number in now:
            (self._hidden if number in found else self._shown).add(names[number])

    def _relations(self, names: Sequence[_Cell], place: Mapping[_Cell, int]) -> Iterable[Relation]:
        rows: dict[tuple[int, str, str], list[_Cell]] = {}
        columns: dict[tuple[int, str, Standing], list[_Cell]] = {}
        for cell in names:
            rows.setdefault((cell.edition, cell.figure, cell.kind), []).append(cell)
            columns.setdefault((cell.edition, cell.figure, cell.column), []).append(cell)
        for row, cells in rows.items():
            yield _sum(cells, place, self._returned[row])
        for column, cells in columns.items():
            yield _sum(cells, place, self._totals[column])
        for cell in names:
            before = _Cell(cell.edition - 1, cell.figure, cell.kind, cell.column)
            if before in place:
                yield from self._grown(before, cell, place)

    def _grown(self, before: _Cell, after: _Cell, place: Mapping[_Cell, int]) -> Iterable[Relation]:
        """What a reader takes for granted from one edition to the next: answers stay, late returns add to them."""
        late = (
            self._returned[after.edition, after.figure, after.kind]
            - self._returned[before.edition, before.figure, before.kind]
        )
        if 0 <= self._cells[after] - self._cells[before] <= late:
            yield Relation(((place[after], 1), (place[before], -1)), 0, late)


def _linked(tables: Sequence[Table]) -> list[list[Table]]:
    """Tables of one wave that hang on the same questions, in groups; each thing that is counted once."""
    groups: list[tuple[set[str], list[Table]]] = []
    for table in {table.counts: table for table in tables}.values():
        names = {f"{table.wave} {name}" for name in table.names}
        near = [group for group in groups if group[0] & names]
        groups = [group for group in groups if group not in near]
        groups.append(
            (names.union(*(group[0] for group in near)), [*(one for group in near for one in group[1]), table])
        )
    return [group for _, group in groups if len(group) > 1]


def _sum(cells: Sequence[_Cell], place: Mapping[_Cell, int], total: int) -> Relation:
    return Relation(tuple((place[cell], 1) for cell in cells), total, total)
