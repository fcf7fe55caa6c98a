"""Two things told of one device, system or body that cannot both hold, with where and when each was told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custodes.model.sources import SourceRow


class Standing(StrEnum):
    """How somebody comes to tell something of equipment, the farthest from it first."""

    DECLARED = "declared"  # the body, to somebody who asked
    STATED = "stated"  # a landlord, an installer, a person who answered
    RECORDED = "recorded"  # a register, a video system's list
    OBSERVED = "observed"  # a scan or a capture of the network
    INSPECTED = "inspected"  # somebody opened the unit or its firmware


class About(StrEnum):
    """What is told in two ways."""

    MAKE = "make"
    MODEL = "model"
    FIRMWARE = "firmware"
    SITE = "site"
    LIFE = "life"  # gone by one, at work by the other
    UNIT = "unit"  # one place, two units
    NOT_RECORDED = "not-recorded"  # on the network, in no record
    DECLARED = "declared"  # against what the body declared


@dataclass(frozen=True, slots=True)
class Side:
    """One side. `where`: the record that tells it; `told_in`: what else it stands in, in words; `dated`: the day of
    which it speaks (ISO, of any precision), empty if not told; `age`: days up to the day that is asked about."""

    standing: Standing
    value: str
    where: SourceRow | None = None
    told_in: str = ""
    dated: str = ""
    age: int | None = None
