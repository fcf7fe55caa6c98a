"""What a unit's records say that may tell it from another or show it to be the same, and how far two units agree.

Weak signs (a name, a place in the video system, a network address, a number written with one slip) join nothing alone.
Two units are one where the signs that they share weigh enough, nothing tells them apart, and no third unit of the same
file could be meant as well. Weights are points, not probabilities: what two of them prove is said beside `ENOUGH`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from custodes.model.days import span


class Sign(StrEnum):
    """The first letter of a sign: what of a record it was read from."""

    MAC = "M"
    SERIAL = "S"
    TAG = "T"
    POSITION = "P"
    NAME = "N"  # with its site
    ADDRESS = "A"


#: Enough: a name at its site, a place in the video system, a tag or an address of the same weeks, with the same make or
#: model or one another.
ENOUGH = 4
#: In the order of their letters: what is shared, its points, the word for it.
_KINDS = (
    (Sign.MAC.value, 3, "MAC address"),
    (Sign.NAME.value, 3, "name"),
    (Sign.POSITION.value, 3, "place in the video system"),
    (Sign.SERIAL.value, 3, "serial number"),
    (Sign.TAG.value, 3, "asset tag"),
)
_NUMBERS = (Sign.MAC.value, Sign.SERIAL.value)
_NAME, _AT = Sign.NAME.value, Sign.ADDRESS.value
_ADDRESS, _OLD_ADDRESS, _GOODS = 3, 1, 1
#: A number but for one slip neither gives nor takes; two such numbers take.
_SLIP, _SLIPS = 0, -3
#: Days between two records of one address after which it may well be another unit's.
_ADDRESS_DAYS = 62
#: Numbers that differ at their end by no more than this were given out one after the other.
_NEIGHBOURS = 16
_SHORTEST_END = 8


@dataclass(slots=True)
class Marks:
    """What the records of one unit say. `signs`: each a letter (`Sign`) and a comparable text; `names`: without a site;
    `systems`: configured ones; `floors`: numbers in what is said of its place; `days`: network addresses with the days
    of the files that have them; `seen`: whether one was read off the network."""

    body: str
    sources: frozenset[int] = frozenset()
    signs: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    macs: frozenset[str] = frozenset()
    serials: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    floors: frozenset[str] = frozenset()
    days: dict[str, tuple[str, ...]] = field(default_factory=dict)
    seen: bool = False

    def take(self, other: Marks) -> None:
        """Add what another unit's records say."""
        self.sources |= other.sources
        self.signs |= other.signs
        self.names |= other.names
        self.macs |= other.macs
        self.serials |= other.serials
        self.sites = _both(self.sites, other.sites)
        self.models = _both(self.models, other.models)
        self.makes = _both(self.makes, other.makes)
        self.systems = _both(self.systems, other.systems)
        self.floors = _both(self.floors, other.floors)
        self.seen = self.seen or other.seen
        for address, days in other.days.items():
            self.days[address] = (*self.days.get(address, ()), *days)


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What two sets hold together; most units share theirs."""
    return one if one is other or not other else one | other


def near(one: str, other: str) -> bool:
    """Whether two numbers differ by one slip of the fingers: a sign wrong, left out or doubled, or two changed over."""
    one, other = one.replace(":", ""), other.replace(":", "")
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    return one[at + 1 :] == other[at + 1 :] or (
        one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    )


def is_end(one: str, other: str) -> bool:
    """Whether a number is the end of the other: a label has the last part of what tools read off the unit."""
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_END and long.endswith(short)


def neighbours(one: str, other: str) -> bool:
    """Whether two numbers were given out one after the other: they differ in their last signs by a small count."""
    one, other = one.replace(":", ""), other.replace(":", "")
    if len(one) != len(other) or one[:-2] != other[:-2]:
        return False
    try:
        return abs(int(one[-2:], 16) - int(other[-2:], 16)) <= _NEIGHBOURS
    except ValueError:
        return True


def slipped(one: str, other: str) -> bool:
    """Whether a slip of the fingers explains that two numbers differ: neighbours are two units of one box."""
    return near(one, other) and not neighbours(one, other)


def agreement(one: Marks, other: Marks) -> tuple[int, list[str]]:
    """Points for what two units share, with the words for it; no points where something tells them apart."""
    if not one.sources.isdisjoint(other.sources) or _elsewhere(one, other):
        return 0, []
    slips = _slips(one, other)
    if slips is None or other_goods(one, other):
        return 0, []
    points, words = (0, _SLIP, _SLIPS)[len(slips)], []
    placed = bool(one.sites and other.sites)
    ground = placed or not one.systems.isdisjoint(other.systems)
    shared = one.signs & other.signs
    kinds = {sign[0] for sign in shared}
    if ground and not placed and not one.names.isdisjoint(other.names):
        kinds.add(_NAME)
    for kind, weight, word in _KINDS:
        if kind in kinds:
            named = kind == _NAME and bool(one.sites or other.sites)  # a host that is called by its site and name
            if ground or named or kind in _NUMBERS:
                points += weight
                words.append(word)
    if _AT in kinds and (ground or one.seen or other.seen):
        recent = _recent(one, other, [at[1:] for at in shared if at[0] == _AT])
        points += _ADDRESS if recent else _OLD_ADDRESS
        words.append("network address" if recent else "network address at another time")
    if (one.models and other.models) or not one.makes.isdisjoint(other.makes):
        points += _GOODS
        words.append("model" if one.models and other.models else "make")
    return points, [*words, *slips]


def _recent(one: Marks, other: Marks, addresses: Sequence[str]) -> bool:
    """Whether a shared address is of the same weeks. Two registers tell so only by their days, and not where they call
    the units differently."""
    pairs = [(one.days[at], other.days[at]) for at in addresses]
    if not (one.seen or other.seen):
        if one.names and other.names and one.names.isdisjoint(other.names):
            return False
        pairs = [(mine, theirs) for mine, theirs in pairs if any(mine) and any(theirs)]
    return any(close(mine, theirs) for mine, theirs in pairs)


def _elsewhere(one: Marks, other: Marks) -> bool:
    """Whether two units are at sites, in systems or on floors that are not the same."""
    return _other(one.sites, other.sites) or _other(one.systems, other.systems) or _other(one.floors, other.floors)


def _other(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether both tell something, and nothing of it is the same."""
    return bool(mine and theirs) and mine.isdisjoint(theirs)


def other_goods(one: Marks, other: Marks) -> bool:
    """Whether both have a model, or both a make, and they are not alike."""
    if _other(one.models, other.models):
        return True
    return _other(one.makes, other.makes) and not any(a in b or b in a for a in one.makes for b in other.makes)


def _slips(one: Marks, other: Marks) -> list[str] | None:
    """Which of the two numbers agree but for one slip; None where a number tells the units apart."""
    found = []
    for ones, others, word in ((one.macs, other.macs, "MAC address"), (one.serials, other.serials, "serial number")):
        if _other(ones, others) and not any(is_end(a, b) for a in ones for b in others):
            if not any(slipped(a, b) for a in ones for b in others):
                return None
            found.append(f"{word} but for one slip")
    return found


def likeness(one: Marks, other: Marks) -> int:
    """How many things that both say are alike; below nothing where none is, and two at least are not. That the makes
    are alike says nothing: numbers belong to makes."""
    kinds = ((one.names, other.names), (one.models, other.models))
    both = [not mine.isdisjoint(theirs) for mine, theirs in kinds if mine and theirs]
    alike = sum(both) + (not one.days.keys().isdisjoint(other.days)) + bool(one.signs & other.signs)
    rest = ((one.sites, other.sites), (one.makes, other.makes))  # alike they say little: an estate may have one of each
    unlike = len(both) - sum(both) + sum(_other(a, b) for a, b in rest)
    return alike if alike or unlike < 2 else -1


def one_place(one: Marks, other: Marks) -> bool:
    """Whether two records have one name at one site."""
    return not one.names.isdisjoint(other.names) and not one.sites.isdisjoint(other.sites)


def nearly_one(one: Marks, other: Marks) -> bool:
    """Whether every number that tells two units apart differs by one sign only: a slip, or two units of one box."""
    pairs = ((one.macs, other.macs), (one.serials, other.serials))
    told = [(mine, theirs) for mine, theirs in pairs if mine and theirs]
    return all(any(near(a, b) for a in mine for b in theirs) for mine, theirs in told)


def numbers_differ(one: Marks, other: Marks) -> bool:
    """Whether a number tells two units apart that no other number joins: more than a slip, or neighbours of one box."""
    return _slips(one, other) is None and one.macs.isdisjoint(other.macs) and one.serials.isdisjoint(other.serials)


def close(ones: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two records of an address may be of the same weeks; days that are not told may be."""
    return any(not (a and b) or abs((span(a)[0] - span(b)[0]).days) <= _ADDRESS_DAYS for a in ones for b in others)
