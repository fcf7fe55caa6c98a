"""Containers: one module each, found in this folder, chosen by score, ties broken by `ORDER`.

A module offers `ORDER: int`, `sniff(head: bytes, name: str) -> float` and
`read(path: Path, limits: Limits, budget: Budget) -> list[Table]`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import Table
from custodes.model.registers import Limits

HEAD_BYTES = 64 * 1024


class Container(Protocol):
    """What a container module offers."""

    ORDER: int

    def sniff(self, head: bytes, name: str) -> float:
        """0.0 (certainly not) to 1.0 that the file is of this kind."""
        ...

    def read(self, path: Path, limits: Limits, budget: Budget) -> list[Table]:
        """The tables of the file. Raises BadInput."""
        ...


@lru_cache(maxsize=1)
def all_containers() -> tuple[Container, ...]:
    """Every container module of this folder, in the order that breaks ties."""
    names = [item.name for item in pkgutil.iter_modules(__path__) if not item.name.startswith("_")]
    modules = [cast(Container, importlib.import_module(f"{__name__}.{name}")) for name in names]
    found = [module for module in modules if hasattr(module, "sniff")]
    return tuple(sorted(found, key=lambda module: module.ORDER))


def sniff(head: bytes, name: str) -> float:
    """How surely some container reads this: 0.0 to 1.0. `head` is the first 64 KiB of the file."""
    return max((one.sniff(head, name) for one in all_containers()), default=0.0)


def choose(head: bytes, name: str) -> Container | None:
    """The container with the best score, or None if every one says 0."""
    best = max(all_containers(), key=lambda one: one.sniff(head, name))
    return best if best.sniff(head, name) > 0 else None
