"""A folder of published, versioned JSON schemas (draft 2020-12), read by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from custodes.model.errors import BadUsage

_SUFFIX = ".schema.json"


class Schemas:
    """The schemas of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """The schemas there are."""
        return sorted(path.name.removesuffix(_SUFFIX) for path in self._folder.glob(f"*{_SUFFIX}"))

    def schema(self, name: str) -> dict[str, Any]:
        """One schema. Raises BadUsage."""
        if name not in self.names():
            raise BadUsage(f"there is no schema “{name[:40]}”", remedy=f"one of: {', '.join(self.names())}")
        loaded: dict[str, Any] = json.loads((self._folder / f"{name}{_SUFFIX}").read_text(encoding="utf-8"))
        return loaded
