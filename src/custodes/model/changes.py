"""What differs between two assessments of one estate, by why it differs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why something is told otherwise than before."""

    EQUIPMENT = "equipment changed"
    KNOWLEDGE = "we know more"
    RULES = "rules changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs. `field`: device, replaced, a field of a device, `measure` or `finding`; `subject`: the
    rule or the kind of finding; `old` and `new`: in the words of the assessments, empty where there is none."""

    cause: Cause
    device: str
    name: str
    field: str
    old: str = ""
    new: str = ""
    subject: str = ""
