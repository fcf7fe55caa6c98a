"""A cell of a fleet list to its parts: "2 x DJI Mavic 3E and 1 Skydio X10" is two models with a number each.

A number is what the words allow: "at least 10" has no upper end, "fewer than 5" no lower one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from custodes.attribution import graph
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.knowledge.text import fold
from custodes.model.vocab import Status

#: The kind of a station that an aircraft starts from by itself: a device on a network at a site.
DOCK = "drone dock"
_DOCK = re.compile(r"\bdock(?:ing stations?|s)?\b", re.IGNORECASE)
#: More units in one part are no fleet of a body.
MOST = 100_000
_BETWEEN = re.compile(
    r"\s*(?:[;\n|]+|,(?!\d{3}\b)\s*|\s(?:and|plus|as well as)\s|\s[&+]\s|\s/\s"
    r"|\s(?=(?:others?|the rest|remainder)\b))\s*",
    re.IGNORECASE,
)
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_NUMBER = rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}}|{'|'.join(_WORDS)})"
_HEDGE = (
    r"(?:at least|over|more than|about|approx\.?|approximately|circa|around|up to|fewer than|less than|minimum of)?"
)
#: Where a number of units stands in a part; a number elsewhere is of a model.
_PLACES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![\w.]){_NUMBER}\s*(?:x|×|no\.?|nos\.?|off|of|pcs?\.?|units?|drones?|aircraft|uavs?)(?![\w])",
        rf"(?:^|[\s(])(?:x|×|qty\.?:?|quantity:?|number:?)\s*{_NUMBER}(?![\w])",
        rf"\(\s*(?:about|approx\.?|circa|c\.|~)?\s*{_NUMBER}\s*(?:approx\.?|in total|total|off|no\.?)?\s*\)",
        rf"\s[-–—:=]\s*{_NUMBER}\s*$",
        rf"^\W*{_HEDGE}\s*{_NUMBER}\s+(?=[A-Za-z]{{2,}})",
    )
)
_ALONE = re.compile(rf"^\D*?{_NUMBER}(?:\s*(?:-|–|to)\s*(?P<m>\d{{1,5}}))?\D*$", re.IGNORECASE)
_LEAST = re.compile(r"\b(?:at least|minimum|min\.|no (?:fewer|less) than)\b|\d\s?\+(?!\w)|≥", re.IGNORECASE)
_OVER = re.compile(r"\b(?:more than|over|in excess of)\b|>", re.IGNORECASE)
_MOST_OF = re.compile(r"\b(?:up to|at most|no more than|maximum|max\.)|≤", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:fewer than|less than|under)\b|<", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:approx\w*|about|circa|around|roughly)\b|~|\bc\.\s?\d", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:refus\w+|exempt\w*|withh\w+|redact\w+|ncnd|neither confirms? nor den\w+|not disclos\w+)"
    r"|\bs(?:ection|\.)?\s?(?:23|24|31)\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"^\W*(?:none|nil|no(?: drones?| uavs?| aircraft)?|zero|0|not? (?:any|applicable)|n/?a)\W*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """At least and at most so many; `upper` None has no end. `why`: what makes it no plain number."""

    lower: int
    upper: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One make of a row. `sure` and `maybe`: ids of the brand it is of, or may be; `makers`: supplier id to whether
    that is established; `dock`: it is a station, no aircraft. `number` is None where the part itself tells none."""

    text: str
    number: Bounds | None
    sure: str | None = None
    maybe: frozenset[str] = frozenset()
    makers: tuple[tuple[str, bool], ...] = ()
    dock: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row says: its parts, or that there are none, or that it was refused (in whole, or a part of it). `whole`:
    the number that the row gives for all of its parts."""

    parts: tuple[Part, ...] = ()
    whole: Bounds | None = None
    none: bool = False
    refused: bool = False


def read_answer(text: str, number: str, knowledge: Knowledge, *, each: bool = False) -> Answer:
    """The answer in the equipment text and the cell of a number, which may both be empty. `each`: a row that tells no
    number is of one unit, as in a list of units."""
    told = " ".join(filter(None, (text.strip(), number.strip())))
    refused = _REFUSED.search(told) is not None
    if _NONE.match(number.strip() or text.strip()):
        return Answer(none=True)
    pieces = [piece for piece in _BETWEEN.split(text.strip()) if piece.strip() and not _REFUSED.search(piece)]
    parts = _carried([_part(piece, knowledge) for piece in pieces], knowledge)
    named = [part for part in parts if part.sure or part.maybe or part.number]
    whole = number_of(number) if number.strip() and not _REFUSED.search(number) else None
    if refused and not named and not whole:
        return Answer(refused=True)
    kept = named or parts[:1] or [Part(told, None)]
    return Answer(tuple(_shared(kept, whole, each=each)), whole, refused=refused)


def number_of(cell: str) -> Bounds | None:
    """The number in a cell that holds nothing else; None if it holds none."""
    match = _ALONE.match(fold(cell))
    return _bounds(match, cell) if match else None


def _bounds(match: re.Match[str], text: str) -> Bounds:
    told = match["n"].lower()
    number = min(_WORDS.get(told) or int(told.replace(",", "")), MOST)
    if match.groupdict().get("m"):
        return Bounds(number, max(int(match["m"]), number), "a range")
    if _OVER.search(text):
        return Bounds(number + 1, None, f"more than {number}")
    if _LEAST.search(text):
        return Bounds(number, None, f"at least {number}")
    if _UNDER.search(text):
        return Bounds(0, max(number - 1, 0), f"fewer than {number}")
    if _MOST_OF.search(text):
        return Bounds(0, number, f"up to {number}")
    return Bounds(number, number, f"{number} is said to be approximate" if _ABOUT.search(text) else "")


def _part(text: str, knowledge: Knowledge, before: str = "") -> Part:
    """One piece of a cell. `before`: the brand of the piece before it, which a bare model may go on from."""
    number, rest = None, text
    for place in _PLACES:
        match = place.search(text)
        if match:
            number = _bounds(match, text)
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            break
    resolution = resolve_text(f"{before} {rest}".strip(), knowledge, explain=False)
    sure = {item.brand for item in resolution.mentions if item.status is Status.ASSERTED}
    maybe = frozenset(item.brand for item in resolution.mentions if item.status is not Status.UNKNOWN)
    brand = sure.pop() if len(sure) == 1 else None
    makers: tuple[tuple[str, bool], ...] = ()
    if brand is not None:
        found = graph.makers(knowledge.brand(brand), resolution.model, rest, "", knowledge.pack.date, knowledge)
        makers = tuple((item.supplier, item.established) for item in found)
    dock = resolution.device_type == DOCK or (_DOCK.search(text) is not None and resolution.model is None)
    return Part(text.strip(), number, brand, maybe - {brand} if brand else maybe, makers, dock)


def _carried(parts: Sequence[Part], knowledge: Knowledge) -> list[Part]:
    """Pieces that name no brand of their own, read again behind the brand of the piece before them."""
    found: list[Part] = []
    for part in parts:
        before = next((item.sure for item in reversed(found) if item.sure), None)
        if before and not part.sure and not part.maybe and any(sign.isdigit() for sign in part.text):
            again = _part(part.text, knowledge, knowledge.brand(before).name)
            part = again if again.sure == before else part
        found.append(part)
    return found


def _shared(parts: Sequence[Part], whole: Bounds | None, *, each: bool) -> list[Part]:
    """The number of a row given to its parts: to the one part, to what the others leave, or shared as nobody knows."""
    open_ = [place for place, part in enumerate(parts) if part.number is None]
    if whole is None:
        alone = Bounds(1, 1) if each else Bounds(1, None, "no number told")
        return [replace(part, number=part.number or alone) for part in parts]
    told = sum(part.number.lower for part in parts if part.number)
    if not open_:
        if len(parts) == 1:
            return [replace(parts[0], number=whole)]
        why = f"the parts add up to {told}, the row says {whole.lower}" if told != whole.lower else ""
        return [replace(part, number=_widened(part.number, told, whole, why)) for part in parts if part.number]
    rest = max(whole.lower - told, 0)
    most = None if whole.upper is None else max(whole.upper - told, 0)
    if len(open_) == 1:
        given = Bounds(rest, most, whole.why)
    else:
        share = None if most is None else max(most - len(open_) + 1, 1)
        given = Bounds(1, share, f"{whole.lower} shared among several models")
    return [replace(part, number=part.number or given) for part in parts]


def _widened(number: Bounds, told: int, whole: Bounds, why: str) -> Bounds:
    """The number of a part where those of all parts and of the row do not agree: either may be wrong."""
    if not why:
        return number
    spare = abs(whole.lower - told)
    lower = max(number.lower - (spare if whole.lower < told else 0), 0)
    open_ = number.upper is None or whole.upper is None
    return Bounds(lower, None if open_ else (number.upper or 0) + (spare if whole.lower > told else 0), why)
