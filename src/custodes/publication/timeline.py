"""A timeline for a terminal, and its events as objects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from custodes.model.timeline import Event
from custodes.publication import words as w
from custodes.publication.text import clean, hang

_DAY = 19
_NOT_TOLD = "day not told"


def event_object(one: Event, as_at: date) -> dict[str, Any]:
    """One event as `custodes timeline --format json` prints it."""
    told = {"day": one.day, "what": one.what, "text": one.text, "source": one.source, "devices": one.devices}
    return {**told, "coming": one.day > as_at.isoformat()}


def timeline_text(events: Sequence[Event], as_at: date, columns: int) -> str:
    """One paragraph an event, the earliest first, with a line where the day asked about is."""
    lines: list[str] = []
    passed = False
    for one in events:
        if one.day > as_at.isoformat() and not passed:
            lines.append(f"--- {w.day(as_at)}, the day asked about; what follows is to come ---")
            passed = True
        source = f" [{clean(one.source)}]" if one.source else ""
        day = w.plain_date(one.day) if one.day else _NOT_TOLD
        lines += hang(f"{one.what}: {clean(one.text)}{source}", columns, f"{day:<{_DAY}}", " " * _DAY)
    return "\n".join(lines or ["nothing with a day, or without one, is told of it"]) + "\n"
