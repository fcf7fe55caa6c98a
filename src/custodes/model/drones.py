"""Declarations of serial numbers of unmanned aircraft, as registers hold them."""

from __future__ import annotations

from dataclasses import dataclass

#: Columns of a register's table in a pack.
COLUMNS = ("first", "last", "status", "reference", "make", "model")
#: A declaration that its register has taken back; it proves nothing.
WITHDRAWN = frozenset(("rescinded", "withdrawn", "revoked", "cancelled", "rejected"))


@dataclass(frozen=True, slots=True)
class Declaration:
    """One serial number, or all from `first` to `last`, with make and model as its register has them.

    `reference`: the register's own number for it. `registry`: id of the register in the pack.
    """

    first: str
    last: str
    status: str
    reference: str
    make: str
    model: str
    registry: str = ""

    @property
    def exact(self) -> bool:
        """Whether it is of one serial number."""
        return not self.last or self.last == self.first

    @property
    def withdrawn(self) -> bool:
        """Whether the register has taken it back."""
        return self.status.lower() in WITHDRAWN
