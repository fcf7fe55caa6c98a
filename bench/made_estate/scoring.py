"""How well records are linked: pairs of records of one device, found against true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Record = tuple[str, int]


class Linked(NamedTuple):
    """Pairwise scores. `across`: wrongly joined pairs of records of two bodies."""

    precision: float
    recall: float
    f1: float
    across: int


def score(truth: Mapping[Record, str], found: Mapping[Record, str], body: Mapping[str, str]) -> Linked:
    """Pairs within groups. `truth`, `found`: each record to its device; `body`: each true device to its body. Records
    that were given no device are devices by themselves."""
    placed = {record: found.get(record, f"alone {record}") for record in truth}
    both = _pairs(Counter((truth[record], placed[record]) for record in truth).values())
    true, given = _pairs(Counter(truth.values()).values()), _pairs(Counter(placed.values()).values())
    bodies: dict[str, Counter[str]] = {}
    for record, device in placed.items():
        bodies.setdefault(device, Counter())[body[truth[record]]] += 1
    across = sum(_pairs([sum(counts.values())]) - _pairs(counts.values()) for counts in bodies.values())
    precision, recall = both / max(given, 1), both / max(true, 1)
    return Linked(precision, recall, 2 * precision * recall / max(precision + recall, 1e-9), across)


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def records(truth: Mapping[str, object]) -> tuple[dict[Record, str], dict[str, str]]:
    """Each record of a truth file to its device, and each device to its body."""
    devices: list[Mapping[str, object]] = truth["devices"]  # type: ignore[assignment]
    placed = {(file, row): str(one["id"]) for one in devices for file, row in one["rows"]}  # type: ignore[attr-defined]
    return placed, {str(one["id"]): str(one["body"]) for one in devices}
