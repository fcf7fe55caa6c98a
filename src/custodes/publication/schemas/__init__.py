"""Published, versioned JSON schemas (draft 2020-12) of what the commands print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from custodes.model.errors import BadUsage

_HERE = Path(__file__).parent


def names() -> list[str]:
    """The schemas there are."""
    return sorted(path.name.removesuffix(".schema.json") for path in _HERE.glob("*.schema.json"))


def schema(name: str) -> dict[str, Any]:
    """The schema of one command's JSON."""
    if name not in names():
        raise BadUsage(f"there is no schema “{name[:40]}”", remedy=f"one of: {', '.join(names())}")
    loaded: dict[str, Any] = json.loads((_HERE / f"{name}.schema.json").read_text(encoding="utf-8"))
    return loaded
