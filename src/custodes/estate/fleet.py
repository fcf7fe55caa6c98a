"""Fleets counted: aircraft, body-worn video or number-plate readers, by brand and by actual maker, with honest bounds.

A refusal is not nought, none is nought, a number nobody told has no upper end; what is not known may be of any brand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from custodes.attribution.amounts import Bounds
from custodes.attribution.fleet import Answer, read_answer, refuses
from custodes.attribution.pieces import Part
from custodes.estate.fleet_wide import by_serial, counted_by, keys_of, make_columns, read_columns, serials_of
from custodes.estate.sightings import Sighting
from custodes.estate.states import noted_gone
from custodes.knowledge import Knowledge
from custodes.model.vocab import Field

_SUM = re.compile(r"^\W*(?:grand |sub-?)?totals?\W*$|^\W*all forces\W*$", re.IGNORECASE)
#: Words of a note by which some of the units of its row may not be what is counted.
_TAKEN = re.compile(
    r"\b(?:decommission\w*|retire[ds]?|retiring|disposed?|written off|destroyed|lost|sold|out of (?:service|use)"
    r"|on order|not yet|awaiting|of (?:these|which|them)|are not|owned by|on loan|loaned|borrowed|hired|includes?)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Range:
    """At least and at most so many; `upper` None has no end. `told`: at most in the rows that were not refused. `why`:
    the reasons with how many rows each."""

    lower: int = 0
    upper: int | None = 0
    told: int | None = 0
    why: dict[str, int] = field(default_factory=dict)

    def add(self, lower: int, upper: int | None, why: str = "", *, refused: bool = False) -> None:
        """Add the bounds of one row."""
        self.lower += lower
        self.told = None if self.told is None or upper is None else self.told + upper
        self.upper = None if self.upper is None or upper is None or refused else self.upper + upper
        if why and (refused or upper != lower):
            self.why[why] = self.why.get(why, 0) + 1


@dataclass(slots=True)
class Row:
    """One row of a fleet list: where it stands, whose it is, what it says, and why it is not counted, if so."""

    file: str
    row: int
    body: str
    text: str
    answer: Answer
    left_out: str = ""


@dataclass(slots=True)
class Fleet:
    """The counts. `relabels`: for each maker the most with everything that it is reported to have made for others."""

    rows: list[Row]
    whole: Range
    docks: Range
    brands: dict[str, Range]
    makers: dict[str, Range]
    relabels: dict[str, Range]
    told: int = 0
    none: int = 0
    refused: int = 0
    partly: int = 0
    unclear: int = 0


def fleet_rows(sightings: Sequence[Sighting], not_live: set[tuple[str, int]], knowledge: Knowledge) -> list[Row]:
    """Rows of registers as answers. `not_live`: (file, row) of those that are no longer in use."""
    found = []
    listed: set[tuple[str, str]] = set()
    columns = make_columns((sighting.extra for sighting in sightings), knowledge)
    for sighting in sightings:
        cells = sighting.cells
        named = [cells.get(name, "") for name in (Field.MAKE, Field.MODEL, Field.DESCRIPTION)]
        text = " ".join(dict.fromkeys(filter(None, named)))
        body, serials = cells.get(Field.BODY, ""), serials_of(cells.get(Field.SERIAL, ""))
        wide = None if text else read_columns(sighting.extra, columns, cells.get(Field.QUANTITY, ""), knowledge)
        answer = wide or _answer(sighting, text, serials, knowledge)
        answer = _noted(answer, cells.get(Field.NOTES, ""))
        why = "goods beside an aircraft" if answer.aside else ""
        keys = {(body, key) for key in keys_of(serials)}
        gone = Field.STATUS in cells or noted_gone(cells.get(Field.NOTES, ""), knowledge)
        # "3, of which 1 is decommissioned" is no row out of use, where nothing but its text says so.
        if (sighting.file, sighting.row) in not_live and (gone or not answer.partly):
            why = "no longer in use"
        elif _SUM.match(body):
            why = "a total of other rows"
        elif keys and keys <= listed:
            why = "the same serial number stands in an earlier row"
        elif again := len(keys & listed):
            answer = _again(answer, again)
        listed |= keys
        found.append(Row(sighting.file, sighting.row, body, text, answer, why))
    return found


def _answer(sighting: Sighting, text: str, serials: Sequence[str], knowledge: Knowledge) -> Answer:
    """What the cells of one row say, and the serial numbers in it."""
    each = Field.QUANTITY not in sighting.mapped and bool({Field.SERIAL, Field.NAME} & sighting.mapped)
    quantity = sighting.cells.get(Field.QUANTITY, "")
    answer = read_answer(text, quantity, knowledge, each=each or (len(serials) > 1 and not quantity))
    told = bool(quantity) or any(part.number and part.number.lower != 1 for part in answer.parts)
    return by_serial(counted_by(answer, serials, told=told), serials, knowledge)


def _again(answer: Answer, again: int) -> Answer:
    """An answer of which so many serial numbers stand in earlier rows."""
    why = "some of its serial numbers stand in earlier rows"
    parts = [
        replace(part, number=part.number and Bounds(max(part.number.lower - again, 0), part.number.upper, why))
        for part in answer.parts
    ]
    return replace(answer, parts=tuple(parts), whole=None)


def _noted(answer: Answer, note: str) -> Answer:
    """An answer as its row's note leaves it: refused, in whole or in part; or of units that are not all counted."""
    if refuses(note):
        told = any(part.sure or part.maybe for part in answer.parts) or answer.whole is not None
        return replace(answer, refused=True, unclear=False, parts=answer.parts if told else ())
    if _TAKEN.search(note):
        parts = [replace(part, number=_lowered(part.number)) for part in answer.parts]
        return replace(answer, parts=tuple(parts), whole=_lowered(answer.whole))
    return answer


def _lowered(number: Bounds | None) -> Bounds | None:
    return None if number is None else Bounds(0, number.upper, "the note may take some of them away")


def count(rows: Sequence[Row], knowledge: Knowledge, also: Iterable[str] = (), of: Iterable[str] = ()) -> Fleet:
    """The counts over rows. Bounds of a row hold for all of its parts together.

    `also`, `of`: brands and makers to be counted where no row names them: what is not known may still be theirs.
    """
    live = [row for row in rows if not row.left_out]
    fleet = Fleet(list(rows), Range(), Range(), {}, {}, {})
    named = {key for row in live for part in _aircraft(row) for key in (part.sure, *part.maybe) if key}
    made = {key for row in live for part in _aircraft(row) for key, _ in _makers(part, knowledge)}
    brands, makers = sorted(named.union(also)), sorted(made.union(of))
    fleet.brands = {key: Range() for key in brands}
    fleet.makers = {key: Range() for key in makers}
    fleet.relabels = {key: Range() for key in makers}
    bodies: dict[str, list[Row]] = defaultdict(list)
    for row in live:
        bodies[row.body or f"{row.file} row {row.row}"].append(row)
        _add(fleet, row, knowledge)
    for own in bodies.values():
        fleet.refused += all(row.answer.refused and not row.answer.parts for row in own)
        fleet.partly += any(row.answer.refused for row in own) and any(row.answer.parts for row in own)
        fleet.none += all(row.answer.none for row in own)
        fleet.told += any(row.answer.parts for row in own)
        fleet.unclear += all(row.answer.unclear for row in own)
    return fleet


def _aircraft(row: Row) -> list[Part]:
    return [part for part in row.answer.parts if not part.dock]


def _makers(part: Part, knowledge: Knowledge) -> list[tuple[str, bool]]:
    """Who may have made a part, and whether that is established; its brand's own maker where no edge says more."""
    if part.makers or part.sure is None:
        return list(part.makers)
    own = knowledge.brand(part.sure).supplier
    return [(own, False)] if own else []


def _add(fleet: Fleet, row: Row, knowledge: Knowledge) -> None:
    """What one row adds to every count."""
    parts = _aircraft(row)
    for part in row.answer.parts:
        if part.dock and part.number:
            fleet.docks.add(part.number.lower, part.number.upper, part.number.why)
    every = _total(parts, row.answer.whole if len(parts) == len(row.answer.parts) else None)
    why = next((part.number.why for part in parts if part.number and part.number.why), "")
    bench = _Row(row, parts, every, why)
    bench.add(fleet.whole, [True] * len(parts), [True] * len(parts))
    for brand, told in fleet.brands.items():
        sure = [part.sure == brand for part in parts]
        unknown = [part.sure is None and (not part.maybe or brand in part.maybe) for part in parts]
        bench.add(told, sure, _either(sure, unknown))
    made = [_makers(part, knowledge) for part in parts]
    unknown = [part.sure is None for part in parts]
    for maker, told in fleet.makers.items():
        sure = [(maker, True) in one for one in made]
        bench.add(told, sure, _either(sure, unknown))
        reported = [any(key == maker for key, _ in one) for one in made]
        bench.add(fleet.relabels[maker], sure, _either(_either(sure, unknown), reported), RELABELLED)


def _either(one: Sequence[bool], other: Sequence[bool]) -> list[bool]:
    return [left or right for left, right in zip(one, other, strict=True)]


RELABELLED = "reported to be made by this firm for another brand"


@dataclass(frozen=True, slots=True)
class _Row:
    """One row being counted: its parts, the bounds of all of them, and why those are no plain number."""

    row: Row
    parts: Sequence[Part]
    every: Bounds
    why: str

    def add(self, told: Range, sure: Sequence[bool], maybe: Sequence[bool], beyond: str = "") -> None:
        """Add to a count what is surely of it and what may be. `beyond`: why a part of another name may be."""
        unclear = self.row.answer.unclear
        refused = self.row.answer.refused or unclear
        lower, upper = _of(self.parts, sure, maybe, self.every)
        doubtful = [part for part, s, m in zip(self.parts, sure, maybe, strict=True) if m and not s]
        why = self.why
        if refused:
            why = "no answer that can be read" if unclear else "refused: not nought"
        elif any(part.sure is None for part in doubtful):
            why = "make not known for certain"
        elif doubtful and beyond:
            why = beyond
        told.add(lower, upper, why, refused=refused)


def _total(parts: Sequence[Part], whole: Bounds | None) -> Bounds:
    if whole is not None:
        return whole
    numbers = [part.number for part in parts if part.number]
    open_ = any(number.upper is None for number in numbers)
    return Bounds(
        sum(number.lower for number in numbers), None if open_ else sum(number.upper or 0 for number in numbers)
    )


def _of(parts: Sequence[Part], sure: Sequence[bool], maybe: Sequence[bool], every: Bounds) -> tuple[int, int | None]:
    """Bounds of some parts: from their own numbers, and from what the others leave of all."""
    if not any(maybe):
        return 0, 0
    lower = sum(part.number.lower for part, one in zip(parts, sure, strict=True) if one and part.number)
    others = [part.number for part, one in zip(parts, sure, strict=True) if not one and part.number]
    if all(number.upper is not None for number in others):
        lower = max(lower, every.lower - sum(number.upper or 0 for number in others)) if any(sure) else lower
    mine = [part.number for part, one in zip(parts, maybe, strict=True) if one and part.number]
    upper = None if any(number.upper is None for number in mine) else sum(number.upper or 0 for number in mine)
    rest = sum(part.number.lower for part, one in zip(parts, maybe, strict=True) if not one and part.number)
    if every.upper is not None:
        upper = max(every.upper - rest, lower) if upper is None else max(min(upper, every.upper - rest), lower)
    return lower, upper
