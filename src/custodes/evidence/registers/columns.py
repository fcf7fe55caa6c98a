"""One column of a source table: which field it feeds, and how that was told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as made

from custodes.model.registers import ColumnUse
from custodes.model.vocab import Field


@dataclass(slots=True)
class Column:
    """One source column. `dropped` columns are credentials: counted, never stored."""

    index: int
    header: str
    field: Field | None = None
    how: str = "heading"
    dropped: bool = False
    surplus: bool = False  # no heading, and filled in few rows: perhaps only cells too many
    values: Mapping[str, str] = made(default_factory=dict)
    translate: Callable[[str], str] | None = None  # what a cell of it means

    @property
    def use(self) -> ColumnUse:
        """The column as the account shows it."""
        return ColumnUse(self.header, self.field, "credential" if self.dropped else self.how)

    def turn_to(self, wanted: Field, taken: set[Field], how: str = "values") -> None:
        """Gives up its field for another; for none, if another column already feeds that one."""
        if self.field is not None:
            taken.discard(self.field)
        self.field = wanted if wanted not in taken else None
        self.how = how
        taken.add(wanted)
