"""Sightings to devices: channels of one box, and one unit seen in several records, are one device.

An undamaged, universally assigned MAC or a serial number joins records (`numbers`); within one channel list also the
box or its network address; weaker signs only several together (`likeness`); a host of a scan also by its address alone
(`meeting`). A joint identifier with another that contradicts it does not join: two units then share a copied value, and
a person is told.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from custodes.attribution.identifiers import normal_mac
from custodes.estate.config import Estate
from custodes.estate.joining import Joined
from custodes.estate.judging import Placed
from custodes.estate.likeness import Rival, join_alike
from custodes.estate.marking import Marker, Numbers, Wording
from custodes.estate.marks import Marks
from custodes.estate.meeting import meet
from custodes.estate.numbers import contested, join_by_number
from custodes.estate.sightings import Sighting
from custodes.knowledge.text import squash
from custodes.model.judgements import Judgement, Say
from custodes.model.vocab import Field, RowKind

SHORTEST_SERIAL = 6
#: A text without blanks this long, with this many digits, is a serial number wherever it stands.
LONG_SERIAL, LONG_DIGITS = 18, 10
_LABEL = re.compile(r"^\s*(?:s\s?/\s?n|sn\s?:|serial(?:\s(?:no|number))?\b)[\s.:#]*", re.IGNORECASE)
_LABEL_BEGINS = "sS\u017f"  # what the expression takes for its first letter, in any case
_HOST = re.compile(r"^(?:[a-z]+://)?([^/:\s]+)", re.IGNORECASE)


@dataclass(slots=True)
class Unit:
    """The sightings of one device, in reading order."""

    id: str
    sightings: list[Sighting]
    body: str = ""  # a configured one, else as it is written
    clashes: list[str] = field(default_factory=list)
    whys: list[str] = field(default_factory=list)  # by sighting, why it was joined; empty for the first
    judged: list[Judgement] = field(default_factory=list)  # what a person judged of it
    rivals: list[tuple[Unit, Rival]] = field(default_factory=list)  # other units that are told at its place


def link(
    sightings: Sequence[Sighting],
    estate: Estate,
    judged: Sequence[Placed] = (),
    told: Wording | None = None,
) -> list[Unit]:
    """Group sightings to units; the order of units is that of their first sighting.

    `estate`: whose configuration tells bodies, sites and days of the sources. `judged`: what a person judged, which
    comes first: what is judged to be one unit is joined, what is judged to be different ones stays apart whatever the
    records share. `told`: what words of records mean.
    """
    joined = Joined(len(sightings))
    _judge(joined, judged)
    told = told or Wording()
    as_mac = lru_cache(None)(told.as_mac)
    macs = [normal_mac(text) if (text := s.cells.get(Field.MAC)) else "" for s in sightings]
    serials = [serial_of(s) for s in sightings]
    macs = [mac or as_mac(serial) for mac, serial in zip(macs, serials, strict=True)]
    marker = Marker(estate, told)
    bodies = marker.bodies(sightings)
    clashes: dict[int, list[str]] = defaultdict(list)
    records = (sightings, bodies, estate.bodies.keys())
    nothing = (Numbers("", "", "", "", shared=False),)

    def marks(index: int) -> Marks:
        return marker.marks((sightings[index],), nothing, bodies[index])

    telling = [_telling(keys, sightings) for keys in (macs, serials)]
    for keys, others, word in ((macs, telling[1], "MAC address"), (serials, telling[0], "serial number")):
        for group in _groups(keys):
            for index, note in join_by_number(joined, group, others, records, word, marks):
                clashes[index].append(note)
    for group in _groups([s.unit for s in sightings]):
        _join(joined, group, macs, clashes, "address")
    for group in _groups([_box(s) for s in sightings]):
        _join(joined, group, macs, clashes, "box")
    shared = [index in clashes for index in range(len(sightings))]
    held = _marks(joined, sightings, bodies, list(map(Numbers, macs, serials, *telling, shared)), marker)
    left = join_alike(joined, held)
    meet(sightings, joined, held)
    units = _units(sightings, joined, judged, clashes, (macs, serials, bodies))
    for one, other, rival in left.strangers(joined):
        units[one].rivals.append((units[other], rival))
        units[other].rivals.append((units[one], rival))
    return list(units.values())


def _telling(numbers: Sequence[str], sightings: Sequence[Sighting]) -> list[str]:
    """The numbers without those that one register has on several units."""
    vain = contested(_groups(numbers), sightings)
    return ["" if index in vain else number for index, number in enumerate(numbers)] if vain else list(numbers)


def _marks(
    joined: Joined,
    sightings: Sequence[Sighting],
    bodies: Sequence[str],
    numbers: Sequence[Numbers],
    marker: Marker,
) -> dict[int, Marks]:
    """The marks of every unit that is not in all files of its body yet: no other file can tell of more."""
    files: dict[str, set[int]] = defaultdict(set)
    members: dict[int, list[int]] = defaultdict(list)
    for index, (sighting, root) in enumerate(zip(sightings, joined.roots(), strict=True)):
        files[bodies[index]].add(sighting.source)
        members[root].append(index)
    held = {}
    for root, indexes in members.items():
        body = next((bodies[index] for index in indexes if bodies[index]), "")
        records = [sightings[index] for index in indexes]
        if len(indexes) < len(files[body]) or not {one.source for one in records} >= files[body]:
            held[root] = marker.marks(records, [numbers[index] for index in indexes], body)
    return held


def _units(
    sightings: Sequence[Sighting],
    joined: Joined,
    judged: Sequence[Placed],
    clashes: Mapping[int, Sequence[str]],
    numbers: tuple[Sequence[str], Sequence[str], Sequence[str]],
) -> dict[int, Unit]:
    """Units by their roots."""
    macs, serials, bodies = numbers
    grouped: dict[int, list[int]] = defaultdict(list)
    for index, root in enumerate(joined.roots()):
        grouped[root].append(index)
    told: dict[int, list[Judgement]] = defaultdict(list)
    for one in judged:
        for root in dict.fromkeys(joined.root(index) for index in one.sightings):
            told[root].append(one.judgement)
    seen: dict[str, int] = defaultdict(int)
    units = {}
    for root, members in grouped.items():
        rows = [sightings[index] for index in members]
        key = _identity(rows, [macs[i] for i in members], [serials[i] for i in members])
        seen[key] += 1
        notes = dict.fromkeys(text for index in members for text in clashes.get(index, ()))
        whys = ["", *(joined.why.get(index, "") for index in members[1:])]
        body = next((bodies[index] for index in members if bodies[index]), "")
        units[root] = Unit(_device_id(key, seen[key]), rows, body, list(notes), whys, told.get(root, []))
    return units


def _judge(joined: Joined, judged: Sequence[Placed]) -> None:
    """Join and hold apart as a person judged. What contradicts an earlier judgement is left out; `contradicted` names
    it."""
    for one in judged:
        first, *others = one.sightings
        if one.judgement.say is Say.SAME:
            one.contradicted = not all([joined.unite(first, index, one.judgement.sentence) for index in others])
        elif one.judgement.say is Say.NOT_SAME:
            pairs = combinations(one.heads, 2)
            one.contradicted = not all([joined.hold_apart(*pair) for pair in pairs])


def _groups(keys: Sequence[str]) -> Iterable[list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        if key:
            found[key].append(index)
    return [members for members in found.values() if len(members) > 1]


def _join(joined: Joined, group: list[int], others: Sequence[str], clashes: dict[int, list[str]], word: str) -> None:
    """Join a group unless the other identifier tells its members apart; then join only like with like."""
    kinds = sorted({others[index] for index in group if others[index]})
    why = f"the same {word}"
    if len(kinds) <= 1:
        for index in group[1:]:
            joined.unite(group[0], index, why)
        return
    for kind in kinds:
        same = [index for index in group if others[index] == kind]
        for index in same[1:]:
            joined.unite(same[0], index, why)
    for index in group:
        clashes[index].append(f"the same {word} stands on records of different units")


def serial_of(sighting: Sighting) -> str:
    """The serial number, also where a tool writes it into its one column of device information."""
    text = sighting.cells.get(Field.SERIAL, "")
    if not text:
        told = sighting.cells.get(Field.DESCRIPTION, "").strip()
        long_number = " " not in told and len(told) >= LONG_SERIAL and sum(map(str.isdigit, told)) >= LONG_DIGITS
        text = told if long_number else ""
    serial = squash(_LABEL.sub("", text) if text.lstrip()[:1] in _LABEL_BEGINS else text)
    telling = len(serial) >= SHORTEST_SERIAL and len(set(serial)) > 2 and any(map(str.isdigit, serial))
    return serial if telling else ""


def _box(sighting: Sighting) -> str:
    """What channels of one box share within one file: the box's own name and network address."""
    if sighting.kind is not RowKind.CHANNEL:
        return ""
    match = _HOST.match(sighting.cells.get(Field.ADDRESS, ""))
    host = match[1].lower() if match else ""
    box = sighting.cells.get(Field.HARDWARE, "")
    if not (host or box):
        return ""
    return f"{sighting.source}|{sighting.sheet}|{host or squash(box)}"


def _identity(rows: Sequence[Sighting], macs: Sequence[str], serials: Sequence[str]) -> str:
    """The content an id is derived from: identifiers if there are any, else all that the first record says."""
    mac = min(filter(None, macs), default="")
    serial = min(filter(None, serials), default="")
    if mac or serial:
        return f"{mac}|{serial}"
    first = rows[0]
    return "|".join(f"{name}={first.cells[name]}" for name in sorted(first.cells))


def _device_id(key: str, occurrence: int) -> str:
    text = key if occurrence == 1 else f"{key}#{occurrence}"
    return "d-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
