"""What happened to a device, a body or under a rule, in the order of days."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One thing of one day. `day`: ISO, of any precision, empty where it is not told; `what`: bought, recorded,
    observed, judged ...; `source`: who or what tells it; `devices`: how many units it is about, 0 for none."""

    day: str
    what: str
    text: str
    source: str = ""
    devices: int = 0
