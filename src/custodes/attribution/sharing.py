"""How the numbers of the parts of a row go together: shared, told of each, at several dates, of docks and aircraft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from custodes.attribution import shares
from custodes.attribution.amounts import SPELT, Bounds
from custodes.attribution.measures import without_measures
from custodes.attribution.pieces import ALL_OF, Part
from custodes.knowledge.counting import Counting


@dataclass(slots=True)
class ReadRow:
    """A row as it is read: its parts, the number of all of them, and whether the text itself gives that number."""

    parts: list[Part]
    whole: Bounds | None
    spelt: bool = False


def of_dates(row: ReadRow, counting: Counting) -> ReadRow:
    """Parts whose numbers were told at several dates: states of a fleet, perhaps of one and the same."""
    years = {id(part): shares.year_of(part.text) for part in row.parts if part.number}
    dated = [part for part in row.parts if years.get(id(part)) and not counting.has("bought", part.text)]
    if len({years[id(part)] for part in dated}) < 2:
        return row
    why = "numbers at several dates are no sum"
    numbers = [part.number for part in dated if part.number]
    least, most = min(one.lower for one in numbers), [one.upper for one in numbers]
    known = [one for one in most if one is not None]
    others = [part for part in row.parts if part not in dated]
    same = len({(part.sure, thing(without_measures(part.text, counting), counting)) for part in dated}) == 1
    if same:
        upper = max(known) if len(known) == len(most) else None
        row.parts = [*others, replace(dated[-1], number=Bounds(least, upper, why))]
    else:
        row.parts = [
            *others,
            *(replace(part, number=Bounds(0, part.number.upper if part.number else None, why)) for part in dated),
        ]
        if row.whole is None and not others:
            row.whole = Bounds(least, sum(known) if len(known) == len(most) else None, why)
    return row


def thing(name: str, counting: Counting) -> str:
    """What a name says of whose a thing is, without the words that say only that it is an aircraft."""
    bare = counting.without("harmless", counting.without("units", name))
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<![\w])\d+(?![\w])|\b[x×](?=\d)\d*", " ", bare).casefold()))


def apart_from_docks(row: ReadRow) -> ReadRow:
    """Docks and aircraft that share the number of a row: of which of the two it is, is not told."""
    docks = [part for part in row.parts if part.dock]
    if row.whole is None or not docks or len(docks) == len(row.parts):
        return row
    why = f"{row.whole.lower} may be of the docks or of the aircraft"
    apart = any(part.number and part.number.upper is None for part in row.parts)
    if not apart and all(part.number for part in row.parts):
        return row
    row.parts = [
        part if part.number and part.number.upper is not None else replace(part, number=Bounds(1, None, why))
        for part in row.parts
    ]
    row.whole = None
    return row


def of_several(row: ReadRow) -> ReadRow:
    """ "8 DJI and Autel drones": whether the number is of the first make or of all is not told."""
    for place, part in enumerate(row.parts[:-1]):
        after = row.parts[place + 1]
        leading = re.match(rf"\W*(?:\d|(?:{SPELT})\b)", part.text, re.IGNORECASE)
        if leading and part.number and part.sure and not part.known and after.sure and after.number is None:
            number = Bounds(min(part.number.lower, 1), part.number.upper, "the number may be of several makes")
            row.parts[place] = replace(part, number=number)
            row.parts[place + 1] = replace(after, number=Bounds(1, None, number.why))
    return row


def of_head(row: ReadRow, counting: Counting) -> ReadRow:
    """ "Six drones in our fleet, they are DJI": a number of drones at the head is of the makes that follow it."""
    if len(row.parts) < 2 or row.whole is not None:
        return row
    head, *rest = row.parts
    if head.number is None:
        return row
    makes = [part for part in rest if part.sure or part.maybe]
    told = sum(part.number.lower for part in makes if part.number)
    generic = not (head.sure or head.maybe or head.known or head.dock) and counting.has("units", head.text)
    if not generic or len(makes) != len(rest) or told > head.number.lower:
        return row
    return ReadRow(rest, head.number, spelt=True)


def of_tail(row: ReadRow, counting: Counting) -> ReadRow:
    """ "M30T (purchased 2022, 2 aircraft)": a number of drones at the end may be of what was named before it."""
    if len(row.parts) < 2 or row.whole is not None:
        return row
    *before, last = row.parts
    generic = not (last.sure or last.maybe or last.known or last.dock) and counting.has("units", last.text)
    if generic and last.number is not None and any(part.number is None and part.sure for part in before):
        number = Bounds(0, last.number.upper, "the number may be of what is named before it")
        row.parts = [*before, replace(last, number=number)]
    return row


def of_each(parts: Sequence[Part], apiece: Bounds) -> list[Part]:
    """Parts of which there are so many each. Where they are not all understood, of how many is not told."""
    number = apiece
    if len(parts) < 2:
        number = Bounds(apiece.lower, None, "so many each, and of how many is not told")
    elif any(part.sure is None for part in parts):
        number = Bounds(0, None, "so many each, and of how many is not told")
    return [replace(part, number=part.number or number) for part in parts]


def contested(base: Part, others: Sequence[Part]) -> list[Part]:
    """A part of one make, of which units of another are said to be some: either may be so."""
    if not others or base.number is None:
        return [base]
    most = sum(part.number.upper or 0 for part in others if part.number)
    why = "some of it are told of another make"
    kept = replace(base, number=Bounds(max(base.number.lower - most, 0), base.number.upper, why))
    return [
        kept,
        *(replace(part, number=Bounds(0, part.number.upper if part.number else None, why)) for part in others),
    ]


def without_gone(part: Part, counting: Counting) -> Part:
    """A part without the units that are told to be gone."""
    number = part.number
    for told in part.gone:
        if number is not None:
            number = shares.less(number, told, counting)
    return replace(part, number=number)


def shared(parts: Sequence[Part], whole: Bounds | None, *, each: bool, spelt: bool) -> list[Part]:
    """The number of a row given to its parts: to the one part, to what the others leave, or shared as nobody knows."""
    open_ = [place for place, part in enumerate(parts) if part.number is None]
    if whole is None:
        alone = Bounds(1, 1) if each else Bounds(1, None, "no number told")
        return [replace(part, number=part.number or alone) for part in parts]
    told = sum(part.number.lower for part in parts if part.number)
    fixed = whole.lower == whole.upper
    if not open_:
        if told < whole.lower and fixed and (spelt or _exact(parts)):
            left = Bounds(whole.lower - told, None if whole.upper is None else whole.upper - told, whole.why)
            return [*parts, Part("the rest", left)]
        if len(parts) == 1 and (not parts[0].number or not fixed or told == whole.lower):
            return [replace(parts[0], number=whole)]
        why = f"the parts add up to {told}, the row says {whole.lower}" if told != whole.lower else ""
        return [replace(part, number=_widened(part.number, told, whole, why)) for part in parts if part.number]
    rest = max(whole.lower - told, 0)
    most = None if whole.upper is None else max(whole.upper - told, 0)
    if rest < len(open_) and whole.lower == whole.upper:
        given = Bounds(0, max(rest, 1), "the row says fewer than the makes it names")
    elif len(open_) == 1:
        given = Bounds(rest, most, whole.why)
    else:
        share = None if most is None else max(most - len(open_) + 1, 1)
        given = Bounds(1, share, f"{whole.lower} shared among several models")
    return [replace(part, number=part.number or given) for part in parts]


def agreed(parts: Sequence[Part], whole: Bounds | None, *, spelt: bool) -> Bounds | None:
    """The number of a row where it and those of its parts say the same; else either of the two may be right."""
    numbers = [part.number for part in parts if part.number]
    told = sum(number.lower for number in numbers)
    plain = len(numbers) == len(parts) and all(number.lower == number.upper for number in numbers)
    if whole is None or whole.lower != whole.upper or not plain or told == whole.lower:
        return whole
    if told < whole.lower and (spelt or _exact(parts)):
        return whole
    why = f"the parts add up to {told}, the row says {whole.lower}"
    return Bounds(min(told, whole.lower), max(told, whole.lower), why)


def _exact(parts: Sequence[Part]) -> bool:
    """Whether each part says "of which": its own plain number is a share of the number of the row."""
    return all(ALL_OF.search(part.text) and part.number and part.number.lower == part.number.upper for part in parts)


def _widened(number: Bounds, told: int, whole: Bounds, why: str) -> Bounds:
    """The number of a part where those of all parts and of the row do not agree: either may be wrong."""
    if not why:
        return number
    spare = abs(whole.lower - told)
    lower = max(number.lower - (spare if whole.lower < told else 0), 0)
    open_ = number.upper is None or whole.upper is None
    return Bounds(lower, None if open_ else (number.upper or 0) + (spare if whole.lower > told else 0), why)
