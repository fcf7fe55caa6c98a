"""How well records are linked: pairs of records of one device, found against true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Record = tuple[str, int]
Told = tuple[str, str]


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


def records(truth: Mapping[str, Any]) -> tuple[dict[Record, str], dict[str, str]]:
    """Each record of a truth file to its device, and each device to its body."""
    placed = {(file, row): str(one["id"]) for one in truth["devices"] for file, row in one["rows"]}
    return placed, {str(one["id"]): str(one["body"]) for one in truth["devices"]}


def contradicted(truth: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[set[Told], set[Told]]:
    """Contradictions that were planted and not found, and those found that were not planted, each as what it is about
    and the device or body. `told`: the JSON of `custodes assess`."""
    placed, _ = records(truth)
    planted = {(one["about"], str(one["device"]) or f"{one['body']}: {one['make']}") for one in truth["contradictions"]}
    found: set[tuple[str, str]] = set()
    for device in told["devices"]:
        units = {placed[one["file"], one["row"]].removesuffix("-old") for one in device["sources"]}
        for finding in device["findings"]:
            if finding["kind"] == "contradiction":
                found.update((finding["about"], unit) for unit in units)
    for finding in told["summary"]["findings"]:
        if finding["kind"] == "contradiction" and not finding["device"]:
            body, make = finding["text"].split(": ")[0], finding["sides"][0]["value"].split()[-1]
            found.add((finding["about"], f"{body}: {make}"))
    return planted - found, found - planted
