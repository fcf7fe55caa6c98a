"""Output forms, as options name them."""

from __future__ import annotations

from enum import StrEnum


class Form(StrEnum):
    """Output form."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
