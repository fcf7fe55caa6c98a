"""Values of JSON as what they should be; of anything else an empty one, so that one wrong field loses no other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def a_map(value: Any) -> Mapping[str, Any]:
    """An object."""
    return value if isinstance(value, Mapping) else {}


def a_list(value: Any) -> list[Any]:
    """An array."""
    return value if isinstance(value, list) else []


def words_of(name: str) -> list[str]:
    """The parts of a name in CPE 2.3, unescaped."""
    return [re.sub(r"\\(.)", r"\1", part) for part in re.split(r"(?<!\\):", name[:400])]
