"""What several sources tell of one device that cannot all hold.

A difference alone is no contradiction: names of one house, a maker behind a brand, a model with or without its ending,
a version with or without its build are told as one. Only what cannot both be is given, with both sides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product

from custodes.findings.contradictions.telling import contradiction
from custodes.findings.contradictions.versions import cannot_both_be, is_older
from custodes.model.assessment import Finding
from custodes.model.contradictions import About, Side


@dataclass(frozen=True, slots=True)
class Said:
    """What one source tells of a device. `brand`, `code`, `kind`: id of the make, squashed code of the model and kind
    of device that it tells, where they are sure; `site`: words of the configured site; `gone`: whether it says that the
    unit came out of use, None where it says nothing of it."""

    side: Side
    make: str = ""
    brand: str = ""
    model: str = ""
    code: str = ""
    kind: str = ""
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
    if len({one.brand for one in said if one.brand}) < 2 and len({one.kind for one in said if one.kind}) < 2:
        codes = [(one, one.code, one.model) for one in said if one.code]
        yield from _differing(device, About.MODEL, codes, other_model)
    versions = [(one, one.firmware, one.firmware) for one in said if one.firmware]
    for finding in _differing(device, About.FIRMWARE, versions, cannot_both_be):
        yield _of_time(finding)
    sites = [(one, one.site, one.site) for one in said if one.site]
    yield from _differing(device, About.SITE, sites, _elsewhere)
    yield from _life(device, said)


def _elsewhere(one: str, other: str) -> bool:
    """Whether two sites are none the other, nor a part of it by its name."""
    return not (f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} "))


_CORE = re.compile(r"\d{3,}")


def other_model(one: str, other: str) -> bool:
    """Whether two codes are of two models: the first long number of both differs. Letters around it are markets,
    lenses and colours."""
    mine, theirs = _CORE.search(one), _CORE.search(other)
    return bool(mine and theirs and mine[0] != theirs[0])


def _of_time(finding: Finding) -> Finding:
    """A later record with a later version may be an update that the older one does not know of."""
    sides = sorted(finding.sides, key=lambda side: side.dated)
    updated = all(
        before.dated and before.dated < after.dated and is_older(before.value, after.value)
        for before, after in pairwise(sides)
    )
    if not updated:
        return finding
    text = f"{finding.text}: the older record was not brought up to date, or nobody knows of the update"
    return replace(finding, severity="note", text=text)


def _differing(
    device: str, about: About, told: Sequence[tuple[Said, str, str]], differ: Callable[[str, str], bool]
) -> Iterator[Finding]:
    """One contradiction of everything told where two sources surely differ; rows of one file are not two sources."""
    if len({value for _, value, _ in told}) < 2:
        return
    sides: dict[str, Side] = {}
    for (one, mine, text), (other, theirs, word) in combinations(told, 2):
        if _file(one) != _file(other) and mine != theirs and differ(mine, theirs):
            sides.setdefault(mine, replace(one.side, value=text))
            sides.setdefault(theirs, replace(other.side, value=word))
    if sides:
        yield contradiction(about, list(sides.values()), device)


def _life(device: str, said: Sequence[Said]) -> Iterator[Finding]:
    """Gone by the last record that tells of it, and at work by a later sight; or gone by one record and in use by
    another, of which no day says that it was before."""
    gone = [one for one in said if one.gone]
    working = [(one, replace(one.side, value="answers on the network")) for one in said if one.seen]
    working += [(one, one.side) for one in said if one.gone is False and not one.seen]
    for record, (other, side) in product(gone, working):
        days = record.side.dated, other.side.dated
        if _file(record) == _file(other) or (all(days) and days[1] < days[0]):
            continue
        later = [one for one in said if one.gone is False and one.side.dated > days[0] and days[0]]
        if later and other.seen:
            continue  # told to be in use again since
        yield contradiction(About.LIFE, [record.side, side], device)
        return


def _file(one: Said) -> tuple[str, str]:
    where = one.side.where
    return (where.file, where.sheet) if where else ("", one.side.told_in)
