"""The figures of an estate, each a sentence and numbers, and its table of systems by maker as it may be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from custodes.model.assessment import Assessment
from custodes.model.vocab import Status
from custodes.publication import words as w
from custodes.publication.redaction.suppress import Programme, Relation, Tables, suppress
from custodes.publication.text import clean
from custodes.publication.totals import Tally, reading_counts, totals

NOT_ESTABLISHED = "not established"


def figures(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Every figure: id, title, sentence, numbers. The same estate gives the same figures on any day."""
    found = totals(assessment)
    yield _figure("live", "Devices in use", f"{w.count(found.live, 'device')} in use.", count=found.live)
    makers = found.makers
    told = f"The actual maker is established for {makers.established:,}, probable for {makers.probable:,}, "
    told += f"not known for {makers.unknown:,} of {found.live:,}."
    yield _figure("makers", "Actual maker", told, established=makers.established, probable=makers.probable,
                  unknown=makers.unknown, of=found.live)  # fmt: skip
    for tally in makers.tallies:
        yield _maker(tally, makers.at_most(tally), found.live)
    for reading, counts in reading_counts(assessment):
        yield _reading(reading, counts, assessment.country, found.live)
    for rule in assessment.rules or ():
        yield _rule(rule)


def _figure(name: str, title: str, sentence: str, **numbers: int) -> dict[str, Any]:
    return {"id": name, "title": title, "sentence": sentence, **numbers}


def _maker(tally: Tally, most: int, live: int) -> dict[str, Any]:
    name = clean(tally.name)
    told = f"Made by {name}: at least {tally.established:,}, at most {most:,} of {live:,}."
    return _figure(f"maker {name}", f"Made by {name}", told, lower=tally.established, probable=tally.probable,
                   upper=most, of=live)  # fmt: skip


def _reading(reading: str, counts: Counter[str], country: str, live: int) -> dict[str, Any]:
    yes, unknown = counts[w.YES_NO["yes"]], counts[w.YES_NO["unknown"]]
    title = f"{w.READINGS[reading]}: {country}"
    told = f"{title}: at least {yes:,}, at most {yes + unknown:,} of {live:,}."
    return _figure(f"reading {reading} {country}", title, told, lower=yes, upper=yes + unknown, of=live)


def _rule(rule: Mapping[str, object]) -> dict[str, Any]:
    yes, unknown = (_number(rule.get(key)) for key in ("yes", "unknown"))
    name, force = clean(rule.get("name") or rule.get("id")), clean(rule.get("force"))
    told = f"{name} ({force}): describes at least {yes:,} and at most {yes + unknown:,} devices."
    return _figure(f"rule {rule.get('id')}", name, told, lower=yes, upper=yes + unknown)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class BySystem:
    """Systems by maker. `cells`: None for a number that is not shown; every row adds up to its total."""

    systems: tuple[str, ...]
    makers: tuple[str, ...]
    cells: Mapping[tuple[str, str], int | None]
    rows: Mapping[str, int]
    columns: Mapping[str, int]


def by_system(assessment: Assessment, below: int) -> BySystem:
    """Live devices of each system by established maker. `below`: counts from 1 up to one less are not shown."""
    counts: Counter[tuple[str, str]] = Counter()
    for device in assessment.devices:
        if device.live:
            sure = device.attribution.maker_status is Status.ASSERTED
            maker = clean(device.attribution.oem_name or device.attribution.oem or "") if sure else NOT_ESTABLISHED
            counts[clean(device.system) or "no system told", maker] += device.quantity
    systems = tuple(sorted({system for system, _ in counts}))
    makers = tuple(sorted({maker for _, maker in counts}, key=lambda maker: (maker == NOT_ESTABLISHED, maker)))
    hidden = _hidden(counts, systems, makers, below)
    cells = {
        (system, maker): None if (system, maker) in hidden else counts[system, maker]
        for system in systems
        for maker in makers
    }
    rows = {system: sum(counts[system, maker] for maker in makers) for system in systems}
    columns = {maker: sum(counts[system, maker] for system in systems) for maker in makers}
    return BySystem(systems, makers, cells, rows, columns)


def _hidden(
    counts: Counter[tuple[str, str]], systems: tuple[str, ...], makers: tuple[str, ...], below: int
) -> frozenset[tuple[str, str]]:
    """The cells that are not shown; the totals of rows and columns are."""
    names = [(system, maker) for system in systems for maker in makers]
    place = {name: number for number, name in enumerate(names)}
    values = tuple(counts[name] for name in names)
    relations = [
        *(_sum([place[system, maker] for maker in makers], values) for system in systems),
        *(_sum([place[system, maker] for system in systems], values) for maker in makers),
    ]
    small = frozenset(place[name] for name in names if 0 < counts[name] < below)
    tables = Tables(values, tuple(relations), tuple(1.0 for _ in names), small)
    if not small:
        return frozenset()
    everything = Programme(tables, range(len(names)))  # what the totals tell by themselves nothing here can hide
    protect = frozenset(cell for cell in small if not everything.determined(cell))
    return frozenset(names[cell] for cell in suppress(Tables(values, tuple(relations), tables.cost, protect)))


def _sum(cells: list[int], values: tuple[int, ...]) -> Relation:
    total = sum(values[cell] for cell in cells)
    return Relation(tuple((cell, 1) for cell in cells), total, total)
