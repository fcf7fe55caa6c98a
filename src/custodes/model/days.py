"""Days of any precision: "2023", "2023-02", "2023-02-09". What is not known of a day stays not known."""

from __future__ import annotations

import re
from datetime import date

from custodes.model.rules import Answer

PERIOD = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d{2})?)?")


def is_day(text: str) -> bool:
    """Whether a text is a day that the calendar has, of any precision."""
    if not PERIOD.fullmatch(text):
        return False
    try:
        return len(text) < 10 or bool(date.fromisoformat(text))
    except ValueError:
        return False


def begun(since: str, day: str) -> Answer:
    """Whether something that began on `since` has begun on `day` (ISO, to the day). Unknown inside a bare period."""
    if not since:
        return Answer.UNKNOWN
    if len(since) == 10:
        return Answer.YES if day >= since else Answer.NO
    start = day[: len(since)]
    if start == since:
        return Answer.UNKNOWN
    return Answer.YES if start > since else Answer.NO


def known_on(recorded: str, day: str) -> bool:
    """Whether something recorded on `recorded` was known on `day`; without a record it always was."""
    return not recorded or not day or day >= recorded
