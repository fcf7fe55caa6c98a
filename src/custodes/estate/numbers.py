"""Records joined by a MAC address or a serial number that they share, unless something else tells them apart.

A number is copied down a column, comes up in two bodies, or is carried from one unit to its successor. So the other
number decides, by itself or but for one slip of a hand; rows of one register with their own asset tags or addresses are
different units; and records of two bodies are one unit only where both numbers agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from custodes.estate.joining import Joined
from custodes.estate.marks import near
from custodes.estate.sightings import Sighting
from custodes.model.vocab import Field, RowKind

UNITS = "the same {} stands on records of different units"
BODIES = "the same {} stands on records of different bodies"

#: Records, and the body of each.
Records = tuple[Sequence[Sighting], Sequence[str]]


def join_by_number(
    joined: Joined, group: Sequence[int], others: Sequence[str], records: Records, word: str
) -> Iterator[tuple[int, str]]:
    """Join what of a group that shares a number is one unit; gives (place, note) for each record of a number that is
    several units'. `others`: the other number of every record."""
    why = f"the same {word}"
    sightings, bodies = records
    of_one_body = len({bodies[index] for index in group}) == 1
    once_a_file = len({sightings[index].source for index in group}) == len(group)
    if of_one_body and once_a_file and len({others[index] for index in group} - {""}) < 2:
        for index in group[1:]:
            joined.unite(group[0], index, why)
        return
    parts = _parts(group, others, records)
    for part in parts:
        for index in part[1:]:
            joined.unite(part[0], index, why)
    if len(parts) > 1:
        several = len({bodies[index] for index in group} - {""}) > 1
        note = (BODIES if several else UNITS).format(word)
        yield from ((index, note) for index in group)


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
        if _several_units(members, records):
            parts += [[index] for index in members]
        elif len(may_be) == 1 and not _several_units([*may_be[0], *members], records):
            may_be[0] += members
            may_be[0].sort()
        elif may_be:
            parts += [[index] for index in members]
        else:
            parts.append(members)
    return sorted(parts)


def _without_slips(told: dict[str, list[int]], records: Records) -> list[list[int]]:
    """Records by the other number, those that differ by a slip of a hand together: of one body, never of one file."""
    parts: list[tuple[set[str], list[int]]] = []
    for number, members in told.items():
        for numbers, part in parts:
            alike = any(near(number, one) for one in numbers)
            if alike and _one_body(part, members, records) and not _share_a_file(part, members, records):
                numbers.add(number)
                part += members
                break
        else:
            parts.append(({number}, list(members)))
    return [sorted(part) for _, part in parts]


def _several_units(members: Sequence[int], records: Records) -> bool:
    """Whether rows of one register tell themselves apart by asset tag or by network address."""
    sightings = records[0]
    tags: dict[tuple[int, str], set[str]] = defaultdict(set)
    for index in members:
        one = sightings[index]
        if one.kind is RowKind.CHANNEL or one.unit:
            continue
        for field in (Field.ASSET_TAG, Field.ADDRESS):
            if one.cells.get(field):
                tags[one.source, field].add(one.cells[field])
    return any(len(values) > 1 for values in tags.values())


def _one_body(part: Sequence[int], members: Sequence[int], records: Records) -> bool:
    return len({records[1][index] for index in (*part, *members)}) == 1


def _share_a_file(part: Sequence[int], members: Sequence[int], records: Records) -> bool:
    sightings = records[0]
    return not {sightings[index].source for index in part}.isdisjoint(sightings[index].source for index in members)
