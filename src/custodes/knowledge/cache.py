"""What is worked out from reference data and can be worked out again, kept between runs: it costs time only to lose it.

The folder is `CUSTODES_CACHE`, else that of the user; `CUSTODES_CACHE=off` keeps nothing. What lies there is trusted as
the program itself is: it belongs to the same user.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def path(name: str) -> Path | None:
    """A file of the cache; None where nothing is kept."""
    told = os.environ.get("CUSTODES_CACHE", "")
    if told == "off":
        return None
    base = Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "custodes"
    return base / name


def keep(target: Path, content: Callable[[], bytes]) -> None:
    """Write a file of the cache whole or not at all; a folder that cannot be written to costs time only."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(content())
        part.replace(target)
    except OSError:
        return
