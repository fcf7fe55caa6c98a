"""Where a statement was read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where a statement was read: file name, record number counted from 1, sheet if there is one."""

    file: str
    row: int
    sheet: str = ""
