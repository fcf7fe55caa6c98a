"""The rules of the reference data on a terminal: as they stood on a day, and in the order of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from custodes.publication import words as w
from custodes.publication.text import clean, hang

_HEADS = {
    "in force": "In force",
    "began or ended about then": "Began or ended about then: the day is not known",
    "proposed": "Proposed",
    "not yet": "Announced, not yet in force",
    "ended": "Ended",
    "withdrawn": "Withdrawn",
}


def render_rules(rows: Sequence[Mapping[str, Any]], day: date, columns: int, of_body: bool) -> str:
    """Every rule under its state; `of_body`: the force is that on the body asked about."""
    width = max(columns, 40)
    whose = "on this kind of body" if of_body else "on those it speaks to (--body-kind asks for a body)"
    lines = [f"Rules on {w.day(day)}; the force is {whose}"]
    state = ""
    for row in rows:
        if row["state"] != state:
            state = str(row["state"])
            lines += ["", _HEADS[state]]
        lines += _rule(row, width)
    return "\n".join(lines) + "\n"


def _rule(row: Mapping[str, Any], width: int) -> list[str]:
    told = f"{clean(row['id'])}  {clean(row['name'])}"
    lines = hang(told, width, "  ", "      ")
    lacks = "; ".join(clean(fact) for fact in row["missing"])
    force = f"not known for this body ({clean(row['force'])} where it holds): {lacks}" if lacks else clean(row["force"])
    parts = [clean(row["jurisdiction"]), force]
    if row["since"]:
        parts.append(f"since {w.plain_date(str(row['since']))}")
    if row["amended"]:
        parts.append(f"amended {w.plain_date(str(row['version']))}: {clean(row['amended'])}")
    parts += [f"by {w.plain_date(str(by))}" for by in row["by"]]
    parts += [f"about {clean(row['doing'])}"] if row["doing"] else []
    parts += ["weak source"] if row["certainty"] == "low" else []
    return lines + hang("; ".join(filter(None, parts)), width, "      ", "      ")


def render_timeline(events: Sequence[Mapping[str, str]], columns: int) -> str:
    """One line an event, oldest first."""
    lines: list[str] = []
    for event in events:
        lines += hang(f"{event['event']}: {clean(event['text'])}", max(columns, 40), f"{event['day']:<12}", " " * 12)
    return "\n".join(lines) + "\n"
