"""Records joined by a MAC address or a serial number that they share, unless something else tells them apart.

A number is copied down a column, comes up in two bodies, or is carried from one unit to its successor. So the other
number decides, by itself or but for one slip of a hand; rows of one register with their own asset tags or addresses are
different units; a record of another place, make and model has the number by mistake; and records of two bodies are one
unit only where both numbers agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from custodes.estate.joining import Joined
from custodes.estate.marks import Marks, is_end, likeness, one_place, slipped
from custodes.estate.meeting import address_of
from custodes.estate.sightings import Sighting
from custodes.knowledge.text import squash
from custodes.model.vocab import Field, RowKind

UNITS = "the same {} stands on records of different units"
BODIES = "the same {} stands on records of different bodies"

#: Records, the body of each, and the bodies that are configured, and so surely different ones.
Records = tuple[Sequence[Sighting], Sequence[str], Collection[str]]
Reader = Callable[[int], Marks]
_GOODS = (Field.SITE, Field.MODEL, Field.MAKE)
_TELLING = (Field.ASSET_TAG, Field.ADDRESS, Field.NAME, *_GOODS)


def join_by_number(
    joined: Joined, group: Sequence[int], others: Sequence[str], records: Records, word: str, marks: Reader
) -> Iterator[tuple[int, str]]:
    """Join what of a group that shares a number is one unit; gives (place, note) for each record of a number that is
    several units'. `others`: the other number of every record; `marks`: what a record says beside its numbers."""
    why = f"the same {word}"
    sightings, bodies, _ = records
    records_of = [sightings[index] for index in group]
    of_one_body = len({bodies[index] for index in group}) == 1
    once_a_file = len({one.source for one in records_of}) == len(group)
    one_model = len({told for one in records_of if (told := one.cells.get(Field.MODEL))}) < 2
    if of_one_body and once_a_file and one_model and len({told for index in group if (told := others[index])}) < 2:
        for index in group[1:]:
            joined.unite(group[0], index, why)
        return
    parts = _parts(group, others, records)
    if not of_one_body:
        parts = _with_one_place(parts, others, records, marks)
    if not one_model:
        parts = [new for part in parts for new in _without_strangers(part, marks)]
    for part in parts:
        for index in part[1:]:
            joined.unite(part[0], index, why)
    if len(parts) > 1:
        several = len({bodies[index] for index in group} - {""}) > 1
        note = (BODIES if several else UNITS).format(word)
        yield from ((index, note) for index in group)


def contested(groups: Iterable[Sequence[int]], sightings: Sequence[Sighting]) -> set[int]:
    """Records whose number one register has on several units: copied down a column, it tells no unit from another."""
    return {index for group in groups if _several_units(group, sightings) for index in group}


def _parts(group: Sequence[int], others: Sequence[str], records: Records) -> list[list[int]]:
    """The group in parts that are one unit each; a record that could be of several parts is a part by itself."""
    told: dict[str, list[int]] = defaultdict(list)
    silent: dict[str, list[int]] = defaultdict(list)
    for index in group:
        if others[index]:
            told[others[index]].append(index)
        else:
            silent[records[1][index]].append(index)
    parts = _without_slips(told, records)
    bodies = {records[1][index] for index in group}
    for body, members in silent.items():
        own = [part for part in parts if any(records[1][index] == body for index in part)]
        may_be = own or (parts if not body or bodies <= {"", body} else [])
        if _several_units(members, records[0]):
            parts += [[index] for index in members]
        elif len(may_be) == 1 and not _several_units([*may_be[0], *members], records[0]):
            may_be[0] += members
            may_be[0].sort()
        elif may_be:
            parts += [[index] for index in members]
        else:
            parts.append(members)
    return sorted(parts)


def _with_one_place(parts: list[list[int]], others: Sequence[str], records: Records, marks: Reader) -> list[list[int]]:
    """Parts of bodies that are written otherwise, joined where they have one name at one site, and no number against
    it: one body that is not configured may be spelled in two ways."""
    found: list[list[int]] = []
    for part in parts:
        for one in found:
            members = (*one, *part)
            numbers = {others[index] for index in members} - {""}
            sure = {records[1][index] for index in members} & set(records[2])
            if len(numbers) < 2 and len(sure) < 2 and any(one_place(marks(a), marks(b)) for a in one for b in part):
                one += part
                one.sort()
                break
        else:
            found.append(part)
    return found


def _without_strangers(part: Sequence[int], marks: Reader) -> list[list[int]]:
    """The part without records of which nothing but the number is like the others': each goes to those most like it."""
    told = {index: marks(index) for index in part}
    clusters: list[list[int]] = []
    for index in sorted(part, key=lambda index: (not told[index].models, index)):
        degrees = [
            -1 if min(found) < 0 else max(found)
            for found in ([likeness(told[index], told[one]) for one in cluster] for cluster in clusters)
        ]
        best = max(degrees, default=-1)
        if best < 0 or (best == 0 and degrees.count(0) > 1):
            clusters.append([index])
        else:
            clusters[degrees.index(best)].append(index)
    return [sorted(cluster) for cluster in clusters]


def _without_slips(told: dict[str, list[int]], records: Records) -> list[list[int]]:
    """Records by the other number, those that differ by a slip of a hand together: of one body, never of one file."""
    parts: list[tuple[set[str], list[int]]] = []
    for number, members in told.items():
        for numbers, part in parts:
            alike = any(is_end(number, one) or slipped(number, one) for one in numbers)
            if alike and _one_body(part, members, records) and not _share_a_file(part, members, records):
                numbers.add(number)
                part += members
                break
        else:
            parts.append(({number}, list(members)))
    return [sorted(part) for _, part in parts]


def _several_units(members: Sequence[int], sightings: Sequence[Sighting]) -> bool:
    """Whether rows of one register tell themselves apart: by network address, by asset tag where no address is the
    same, or by name together with site, make or model."""
    if len({sightings[index].source for index in members}) == len(members):
        return False
    told: dict[tuple[int, str], set[str]] = defaultdict(set)
    for index in members:
        one = sightings[index]
        if one.kind is not RowKind.CHANNEL and not one.unit:
            for field in _TELLING:
                if text := one.cells.get(field):
                    told[one.source, field].add(address_of(text) if field == Field.ADDRESS else squash(text))
    several = {key for key, values in told.items() if len(values - {""}) > 1}
    return any(
        field == Field.ADDRESS
        or (field == Field.ASSET_TAG and not told.get((source, Field.ADDRESS)))
        or (field == Field.NAME and any((source, other) in several for other in _GOODS))
        for source, field in several
    )


def _one_body(part: Sequence[int], members: Sequence[int], records: Records) -> bool:
    return len({records[1][index] for index in (*part, *members)}) == 1


def _share_a_file(part: Sequence[int], members: Sequence[int], records: Records) -> bool:
    sightings = records[0]
    return not {sightings[index].source for index in part}.isdisjoint(sightings[index].source for index in members)
