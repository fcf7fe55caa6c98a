"""Figures by kind of body: what each kind counts, with the cells hidden that would tell of single bodies.

Known to every reader: how many bodies of each kind were asked and returned, and what each column comes to over all
kinds (the figure and its bounds tell that). A cell is protected if it is small, or if it is all that returned of its
kind. Editions are settled one after the other: what an earlier one shows cannot be hidden any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
class _Cell:
    """A cell of the whole system: of which edition, what is counted, of which kind, in which column."""

    edition: int
    figure: str
    kind: str
    column: Standing


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
    _edition: int = 0

    def add(
        self, figures: Sequence[tuple[Definition, str, Mapping[str, Standing], Sequence[Body]]]
    ) -> dict[str, ByKind]:
        """The next edition: definition, wave, what each body is, bodies. Returns figure to its table as it is shown."""
        counted: dict[str, tuple[str, Counter[Place]]] = {}
        for definition, wave, standings, bodies in figures:
            counts = _counted(standings, bodies)
            if len({kind for kind, _ in counts}) > 1:
                name = f"{wave} {definition.numerator!r} {definition.denominator!r}"  # the same thing is one table
                counted[definition.id] = (name, counts)
                self._take(name, counts)
        self._settle()
        found = {
            figure: _by_kind(counts, frozenset(self._hidden_of(name))) for figure, (name, counts) in counted.items()
        }
        self._edition += 1
        return found

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
        now = frozenset(place[cell] for cell in names if cell.edition == self._edition)
        tables = Tables(
            values=tuple(self._cells[cell] for cell in names),
            relations=tuple(self._relations(names, place)),
            cost=tuple(1.0 for _ in names),
            protect=frozenset(place[cell] for cell in self._protect),
            shown=frozenset(place[cell] for cell in self._shown),
            hidden=frozenset(place[cell] for cell in self._hidden),
        )
        # what the figures themselves tell, whatever is hidden here, is no matter of these tables
        open_ = Programme(tables, now | tables.hidden)
        protect = frozenset(cell for cell in tables.protect if not open_.determined(cell))
        self.told += len((tables.protect - protect) & now)
        hidden = suppress(Tables(tables.values, tables.relations, tables.cost, protect, tables.shown, tables.hidden))
        for number in now:
            (self._hidden if number in hidden else self._shown).add(names[number])

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


def _sum(cells: Sequence[_Cell], place: Mapping[_Cell, int], total: int) -> Relation:
    return Relation(tuple((place[cell], 1) for cell in cells), total, total)
