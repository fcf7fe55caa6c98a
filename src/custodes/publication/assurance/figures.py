"""The figures of an estate, each a sentence and numbers, and its table of systems by maker as it may be shown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custodes.model.assessment import Assessment
from custodes.model.vocab import Status
from custodes.publication import words as w
from custodes.publication.redaction.suppress import Programme, Relation, Tables, suppress
from custodes.publication.text import clean
from custodes.publication.totals import Tally, reading_counts, totals

NOT_ESTABLISHED = "not established"
NAMED_AFTER_SITE = "systems named after a site"


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
        if tally.established:
            yield _maker(tally, makers.at_most(tally), found.live)
        else:
            told = f"Probably made by {clean(tally.name)}, check: {tally.probable:,} of {found.live:,}."
            title = f"Probably made by {clean(tally.name)}"
            yield _figure(f"probable {clean(tally.name)}", title, told, probable=tally.probable, of=found.live)
    for reading, counts in reading_counts(assessment):
        yield _reading(reading, counts, assessment.country, found.live)
    yield from _rules(assessment.rules or ())


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


def _rules(rows: Sequence[Mapping[str, object]]) -> Iterator[dict[str, Any]]:
    """Each rule once: its force on this body and how many devices it describes; or that it speaks of the body."""
    each: dict[str, list[Mapping[str, object]]] = {}
    for row in rows:
        each.setdefault(str(row["id"]), []).append(row)
    for key, ours in each.items():
        name, force = clean(ours[0].get("name") or key), w.force_words(ours[0])
        head = f"{name[0].upper()}{name[1:]} ({force})"
        if ours[0].get("about") == "body":
            yield _figure(f"rule {key}", name, f"{head}: it speaks of the body itself, not of a maker.")
            continue
        many = Counter[str]()
        for row in ours:
            devices = row.get("devices")
            many[str(row.get("reaches"))] += devices if isinstance(devices, int) else 0
        yes, most = many["yes"], many["yes"] + many["unknown"]
        told = f"{head}: describes at least {yes:,} and at most {most:,} devices."
        yield _figure(f"rule {key}", name, told, lower=yes, upper=most)


@dataclass(frozen=True, slots=True)
class BySystem:
    """Systems by maker. `cells`: None for a number that is not shown; every row adds up to its total."""

    systems: tuple[str, ...]
    makers: tuple[str, ...]
    cells: Mapping[tuple[str, str], int | None]
    rows: Mapping[str, int]
    columns: Mapping[str, int]


def by_system(assessment: Assessment, below: int, *, public: bool) -> BySystem:
    """Live devices of each system by established maker. `below`: counts from 1 up to one less are not shown.

    `public`: a system whose name has that of a site in it is told without its name.
    """
    sites = {clean(device.site).casefold() for device in assessment.devices if clean(device.site)}
    counts: Counter[tuple[str, str]] = Counter()
    for device in assessment.devices:
        if device.live:
            sure = device.attribution.maker_status is Status.ASSERTED
            maker = clean(device.attribution.oem_name or device.attribution.oem or "") if sure else NOT_ESTABLISHED
            counts[_system(device.system, sites if public else set()), maker] += device.quantity
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


def _system(name: str, sites: set[str]) -> str:
    """A system as it is told. The words of a site may stand in another order, or some of them."""
    told = clean(name)
    words = set(re.findall(r"\w{4,}", told.casefold()))
    for site in sites:
        own = set(re.findall(r"\w{4,}", site))
        if site in told.casefold() or len(own & words) >= min(2, len(own)) > 0:
            return NAMED_AFTER_SITE
    return told or "no system told"


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
