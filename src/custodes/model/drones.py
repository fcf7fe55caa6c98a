"""Unmanned aircraft: serial numbers as registers declare them, identities as radios send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, hypot, radians

#: Columns of a register's table in a pack.
COLUMNS = ("first", "last", "status", "reference", "make", "model")
METRES_A_DEGREE = 111_195.0
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


@dataclass(slots=True)
class RadioIdentity:
    """One identity that a transmitter gave in a capture; anybody can send any.

    `kind`: serial-number, registration, utm-uuid, session or none, empty where it gave none; `frames`: how many did;
    `places`: the first place of the aircraft and the farthest from it, as (ns since 1970, latitude, longitude).
    `operator` and `operator_place` stay empty unless they were asked for.
    """

    capture: str
    protocol: str
    transmitter: str
    kind: str = ""
    text: str = ""
    frames: int = 0
    operator: str = ""
    operator_place: tuple[float, float] | None = None
    places: list[tuple[int, float, float]] = field(default_factory=list)


def metres(one: tuple[int, float, float], other: tuple[int, float, float]) -> float:
    """Distance on the ground of two places, near enough for telling kilometres apart."""
    east = (one[2] - other[2] + 180) % 360 - 180
    return hypot(one[1] - other[1], east * cos(radians((one[1] + other[1]) / 2))) * METRES_A_DEGREE
