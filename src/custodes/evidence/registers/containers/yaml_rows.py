"""A YAML file that describes one device or a short list of them (device-type libraries)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import Record, Table, Unreadable
from custodes.evidence.registers.containers._flatten import flatten, heading
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

ORDER = 30
_MAX = 2 * 1024 * 1024
_KEY = re.compile(rb"(?m)^(?:- )?(?:manufacturer|model|devices|device_types|name|serial):\s")


class _NoAlias(yaml.SafeLoader):
    """Safe, and without aliases: a reference may multiply a small file into a huge one."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse aliases, else as usual."""
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not accepted")
        return super().compose_node(parent, index)


def sniff(head: bytes, name: str) -> float:
    """Only by name and a known key: YAML has no sign of its own."""
    return 0.8 if name.lower().endswith((".yaml", ".yml")) and _KEY.search(head) else 0.0


def read(path: Path, limits: Limits, budget: Budget) -> list[Table]:
    """One table of the objects in the file. Raises BadInput."""
    failed = path.stat().st_size > _MAX or budget.spent_out
    items: list[Any] = []
    if not failed:
        try:
            loaded = yaml.load(path.read_text(encoding="utf-8", errors="replace"), Loader=_NoAlias)  # noqa: S506
            items = _list(loaded)
        except (yaml.YAMLError, RecursionError, ValueError):
            failed = True
    rows = [flatten(item, limits.max_columns) if isinstance(item, dict) else None for item in items]
    if failed or not any(rows):
        raise BadInput(
            "no device was found in this YAML file",
            where=path.name,
            why="it is too large, not valid, uses aliases, or holds no object",
            remedy="give one object, or a list of them",
        )
    keys = list(dict.fromkeys(key for row in rows if row for key in row))[: limits.max_columns]
    records: list[Record] = [
        (index + 1, [row.get(key, "") for key in keys] if row else Unreadable("not an object, so no device"))
        for index, row in enumerate(rows)
    ]
    return [Table("yaml", iter(records), encoding="UTF-8", heads=list(map(heading, keys)))]


def _list(loaded: Any) -> list[Any]:
    if isinstance(loaded, list):
        return loaded
    if isinstance(loaded, dict):
        lists = [value for value in loaded.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        return max(lists, key=len) if len(loaded) <= 2 and lists else [loaded]
    return []
