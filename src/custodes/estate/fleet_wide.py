"""Rows of a fleet list that tell more than their text: a column for each make, several serial numbers in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from custodes.attribution.amounts import Bounds
from custodes.attribution.drones import look_up
from custodes.attribution.fleet import Answer, read_answer, without_refusal
from custodes.attribution.pieces import Part
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.knowledge.text import squash
from custodes.model.vocab import Status

_EMPTY = Bounds(0, None, "an empty cell tells no number")
_NOT_READ = Bounds(0, None, "no answer that can be read")
_SERIAL = re.compile(r"(?=(?:\D*\d){2})[A-Za-z0-9-]{8,24}")


def make_columns(extra: Iterable[Mapping[str, str]], knowledge: Knowledge) -> dict[str, str]:
    """Headings that name nothing but one make, with its brand, of a table's columns that are not otherwise known."""
    headings = dict.fromkeys(name for cells in extra for name in cells)
    found = {}
    for heading in headings:
        named = knowledge.counting.without("plain", knowledge.counting.without("harmless", heading))
        mentions = resolve_text(named, knowledge, explain=False).mentions
        if len(mentions) == 1 and mentions[0].status is Status.ASSERTED:
            found[heading] = mentions[0].brand
    return found


def read_columns(
    cells: Mapping[str, str], columns: Mapping[str, str], total: str, knowledge: Knowledge
) -> Answer | None:
    """The answer of a row whose makes each have a column; None if it has none. `total`: its cell of a number."""
    if len(columns) < 2 or not any(cells.get(heading) for heading in columns):
        return None
    told = {heading: read_answer(heading, cells.get(heading) or "", knowledge) for heading in columns}
    parts: list[Part] = []
    for heading, answer in told.items():
        if answer.none or (answer.refused and not any(map(str.isdigit, without_refusal(cells.get(heading) or "")))):
            continue
        if not cells.get(heading):
            parts += [replace(part, number=_EMPTY) for part in answer.parts]
        elif any(map(str.isdigit, cells[heading])) and answer.parts:
            parts += answer.parts
        else:
            parts += [replace(part, number=_NOT_READ) for part in answer.parts]
    refused = any(answer.refused for answer in told.values())
    whole = read_answer("", total, knowledge).whole if total else None
    if whole is not None and (left := whole.lower - sum(part.number.lower for part in parts if part.number)) > 0:
        parts.append(Part("the rest", Bounds(0, left, "the row says more than its columns")))
    return Answer(tuple(parts), none=not parts and not refused, refused=refused)


def serials_of(cell: str) -> list[str]:
    """The serial numbers of a cell that holds nothing else; the whole cell where it is no list of several."""
    told = list(dict.fromkeys(one for one in re.split(r"[\s,;/|&]+|\band\b", cell) if one))
    several = len(told) > 1 and all(_SERIAL.fullmatch(one) for one in told)
    return told if several else [cell] if cell else []


def counted_by(answer: Answer, serials: Sequence[str], *, told: bool) -> Answer:
    """An answer of one part that lists several serial numbers. `told`: the row has a number of its own too."""
    if len(serials) < 2 or len(answer.parts) != 1:
        return answer
    number = answer.parts[0].number
    listed = Bounds(len(serials), len(serials))
    if told and number is not None and (number.lower, number.upper) != (listed.lower, listed.upper):
        upper = None if number.upper is None else max(number.upper, listed.lower)
        why = f"{listed.lower} serial numbers are listed, the row says another number"
        listed = Bounds(min(number.lower, listed.lower), upper, why)
    return replace(answer, parts=(replace(answer.parts[0], number=listed),), whole=None)


def by_serial(answer: Answer, serials: Sequence[str], knowledge: Knowledge) -> Answer:
    """Aircraft whose text names no brand, and whose serial numbers do. Where the two differ neither is sure."""
    if not serials or len(answer.parts) != 1:
        return answer
    part = answer.parts[0]
    named = part.maybe | {key for key in (part.sure,) if key}
    found = [look_up(serial, knowledge) for serial in serials]
    sure = [one for one in found if one.status is Status.ASSERTED and one.brand is not None]
    brands = {one.brand for one in sure if one.brand}
    if not sure or brands == {part.sure}:
        return answer
    if named - brands or len(brands) > 1 or len(sure) < len(found):
        return replace(answer, parts=(replace(part, sure=None, maybe=named | brands, makers=()),))
    makers = tuple((item.supplier, item.established) for item in sure[0].makers)
    return replace(answer, parts=(replace(part, sure=sure[0].brand, maybe=frozenset(), makers=makers),))


def keys_of(serials: Iterable[str]) -> set[str]:
    """Serial numbers as they are compared."""
    return {key for key in map(squash, serials) if key}
