"""What several sources tell of one device that cannot all hold.

A difference alone is no contradiction: names of one house, a maker behind a brand, a model with or without its ending,
a version with or without its build are told as one. Only what cannot both be is given, with both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from custodes.findings.contradictions.telling import contradiction
from custodes.findings.vulnerabilities.versions import compare
from custodes.model.assessment import Finding
from custodes.model.contradictions import About, Side
from custodes.model.vulnerabilities import Order


@dataclass(frozen=True, slots=True)
class Said:
    """What one source tells of a device. `brand`, `code`: ids of the make and squashed code of the model that it tells,
    where they are sure; `gone`: whether it says that the unit is out of use, None where it says nothing of it."""

    side: Side
    make: str = ""
    brand: str = ""
    model: str = ""
    code: str = ""
    firmware: str = ""
    site: str = ""
    gone: bool | None = None
    seen: bool = False


#: Whether two makes may stand for one unit: one house, or one made by the other.
Kin = Callable[[str, str], bool]


def of_device(device: str, said: Sequence[Said], kin: Kin) -> Iterator[Finding]:
    """The contradictions of one device."""
    makes = [(one, one.brand, one.make) for one in said if one.brand]
    yield from _differing(device, About.MAKE, makes, lambda a, b: not kin(a, b))
    if len({one.brand for one in said if one.brand}) < 2:
        codes = [(one, one.code, one.model) for one in said if one.code]
        yield from _differing(device, About.MODEL, codes, lambda a, b: a not in b and b not in a)
    versions = [(one, one.firmware, one.firmware) for one in said if one.firmware]
    yield from _differing(device, About.FIRMWARE, versions, _other_version)
    sites = [(one, one.site, one.site) for one in said if one.site]
    yield from _differing(device, About.SITE, sites, lambda a, b: a != b)
    yield from _life(device, said)


def _other_version(one: str, other: str) -> bool:
    return compare(one, other) in (Order.BEFORE, Order.AFTER)


def _differing(
    device: str, about: About, told: Sequence[tuple[Said, str, str]], differ: Callable[[str, str], bool]
) -> Iterator[Finding]:
    """One contradiction of everything told where two sources surely differ; rows of one file are not two sources."""
    if len({value for _, value, _ in told}) < 2:
        return
    sides: dict[str, Side] = {}
    for (one, mine, text), (other, theirs, word) in combinations(told, 2):
        if _file(one) != _file(other) and mine != theirs and differ(mine, theirs):
            sides.setdefault(mine, _with(one.side, text))
            sides.setdefault(theirs, _with(other.side, word))
    if sides:
        yield contradiction(about, list(sides.values()), device)


def _life(device: str, said: Sequence[Said]) -> Iterator[Finding]:
    """Recorded as gone, and seen at work on the network later, or on a day that is not told."""
    if any(one.gone is False for one in said):
        return
    for record, sight in product([one for one in said if one.gone], [one for one in said if one.seen]):
        if not (record.side.dated and sight.side.dated and sight.side.dated < record.side.dated):
            yield contradiction(About.LIFE, [record.side, _with(sight.side, "answers on the network")], device)
            return


def _file(one: Said) -> tuple[str, str]:
    where = one.side.where
    return (where.file, where.sheet) if where else ("", one.side.told_in)


def _with(side: Side, value: str) -> Side:
    return Side(side.standing, value, side.where, side.told_in, side.dated, side.age)
