"""Several devices behind one network address, as port forwarding puts them: replies told apart where they can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from custodes.attribution.identifiers import normal_mac
from custodes.knowledge.text import squash
from custodes.model.wire import Part, Reply


class Apart(NamedTuple):
    """The places of the replies of each device at an address; `loose`: of those that could be of any of several."""

    devices: list[list[int]]
    loose: list[int]


def told_apart(replies: Sequence[Reply]) -> Apart:
    """The devices in the replies of one address.

    Replies are of several devices only where one protocol gives two MAC addresses or two serial numbers: a device has
    several cards and writes its number differently in different protocols, and by one protocol it speaks of itself.
    """
    macs = [normal_mac(reply.first(Part.MAC)) for reply in replies]
    serials = [squash(reply.first(Part.SERIAL)) for reply in replies]
    for values, others in ((macs, serials), (serials, macs)):
        if _differ(replies, values):
            return _by(values, others)
    return Apart([list(range(len(replies)))], [])


def _differ(replies: Sequence[Reply], values: Sequence[str]) -> bool:
    """Whether answers by one protocol give different values."""
    heard: dict[str, str] = {}
    told = ((reply.family, value) for reply, value in zip(replies, values, strict=True) if reply.family and value)
    return any(heard.setdefault(family, value) != value for family, value in told)


def _by(values: Sequence[str], others: Sequence[str]) -> Apart:
    """Replies by one identifier; one without it goes where its other identifier has been met, if that is one place."""
    grouped: dict[str, list[int]] = defaultdict(list)
    met: Mapping[str, set[str]] = defaultdict(set)
    for place, (value, other) in enumerate(zip(values, others, strict=True)):
        if value:
            grouped[value].append(place)
            met[other].add(value)
    loose = []
    for place, (value, other) in enumerate(zip(values, others, strict=True)):
        homes = met[other] if other and not value else ()
        if len(homes) == 1:
            grouped[next(iter(homes))].append(place)
        elif not value:
            loose.append(place)
    return Apart(list(grouped.values()), loose)
