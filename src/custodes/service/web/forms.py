"""Reading what a form sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


def day_of(told: Mapping[str, str], name: str) -> str:
    """A day from three fields (day, month, year) or one, as YYYY-MM-DD; as it was typed where it is none."""
    parts = [told.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return told.get(name, "").strip()
    try:
        return date(*map(int, parts)).isoformat()
    except ValueError:
        return "-".join(parts)


def text_of(told: Mapping[str, str], name: str, most: int = 4000) -> str:
    """A text without what no text has, cut where it is too long."""
    return told.get(name, "").replace("\x00", "").replace("\r\n", "\n").strip()[:most]
