"""Reading what a form sends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


def day_of(told: Mapping[str, str], name: str) -> str:
    """A day from three fields (day, month, year) or one, as YYYY-MM-DD; as it was typed where it is none."""
    parts = [told.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    if not any(parts):
        return told.get(name, "").strip()
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return "-".join(parts)
    try:
        return date(*map(int, parts)).isoformat()
    except (ValueError, OverflowError):
        return "-".join(parts)


def text_of(told: Mapping[str, str], name: str, most: int = 4000) -> str:
    """A text without what no text has, cut where it is too long."""
    return plain(told.get(name, ""))[:most]


def plain(text: str) -> str:
    """A text with one kind of line end, and without the sign that no database keeps."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def number_of(told: Mapping[str, str], name: str) -> int:
    """A number of a row; 0, which none has, for what is no number."""
    text = told.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
