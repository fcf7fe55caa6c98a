"""One piece of a cell of a fleet list: what it counts, of whom, and how sure that is.

A dock and the aircraft that is told with it are two parts of one piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from custodes.attribution import graph
from custodes.attribution.amounts import Bounds, number_in, number_of, uncertain
from custodes.attribution.measures import without_measures
from custodes.attribution.mention import Resolution
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.knowledge.counting import Counting
from custodes.knowledge.text import BRACKETS
from custodes.model.vocab import Reason, Status

#: The kind of a station that an aircraft starts from by itself: a device on a network at a site.
DOCK = "drone dock"
AIRCRAFT, PAYLOAD = "drone", "drone payload"
#: A number without a word of units that is as large as this is rather a price: of an aircraft, of anything else.
PRICE_OF_AIRCRAFT, PRICE = 200, 1000
_WITH = re.compile(r"\b(?:(?:operated|flown) by|with|including|incl\.?|inc\.?|c/w|w/)\s.*$", re.IGNORECASE)
_TRAILING = re.compile(r"^\W*(?P<name>[A-Za-z][A-Za-z .&-]*?)\s+(?P<number>[<>~]?=?\s?\d[\d,]*\+?)\W*$")
#: Pieces that stand for units of makes that are not named.
OTHERS = re.compile(
    r"^\W*(?:(?:and|plus|one|some)\s+)*(?:others?\b|etc\b|various|unknown|misc\w*|home[- ]?(?:built|made)|fixed[- ]wing"
    r"|(?:the )?rest|remainder)",
    re.IGNORECASE,
)
ALL_OF = re.compile(
    r"\b(?:all(?: (?:are|of (?:which|these|them) are))?|of (?:which|these|them)(?: (?:is|are))?)\b", re.IGNORECASE
)
#: "Mavic (3)", "Phantom - 4": a number that may be of the model's name.
_OF_NAME = re.compile(r"^(?P<name>.*[A-Za-z])\s*(?:\(\s*|\s[-–—]\s*)(?P<n>\d{1,2})\s*\)?\W*$")
_BARE_END = re.compile(r"(?:\s[-–—=]|:|\(|[A-Za-z0-9])\s*(?P<n>\d[\d,]*)\W*$")
_THEN_NAME = re.compile(r"(?<![\w.])\d{1,5}\s+([A-Z][\w-]*)")
_PLURAL = re.compile(r"\b([A-Z][A-Za-z]*\d[A-Z\d]*)['’]?s\b")
_BARE_START = re.compile(r"^\W*(?P<n>\d[\d,]*)\s*[-–—:=]\s")
_TIMES = re.compile(r"(?:\b[x×]|[*]|\bqty\.?:?|\bnumber:?)\s*\d[\d,]*\W*$", re.IGNORECASE)
PER = re.compile(r"\bper\b|\beach\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One make of a row. `number`: None where the part itself tells none.

    `sure` and `maybe`: ids of the brand it is of, or may be; `makers`: supplier id to whether that is established.
    `dock`: a station, no aircraft; `aside`: goods beside one, or people; `known`: a model of the reference data;
    `gone`: what the row says of units of it that are not in use.
    """

    text: str
    number: Bounds | None
    sure: str | None = None
    maybe: frozenset[str] = frozenset()
    makers: tuple[tuple[str, bool], ...] = ()
    dock: bool = False
    aside: bool = False
    known: bool = False
    gone: tuple[str, ...] = ()


def read_piece(text: str, knowledge: Knowledge, before: str = "") -> list[Part]:
    """The parts of one piece. `before`: the brand of the piece before it, which a bare model may go on from."""
    dock = _docks(knowledge.counting).search(text)
    if dock is not None:
        apart = _docked(text, dock, knowledge)
        if apart:
            return apart
    return [_part(text, knowledge, before)]


@lru_cache(maxsize=8)
def _docks(counting: Counting) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){counting.source['docks']}(?!\w)(?:\s+[1-9](?![\w.]))?", re.IGNORECASE)


def _docks_alone(text: str, rest: str, knowledge: Knowledge) -> bool:
    """Whether a text names docks and no known aircraft beside them."""
    docks = _docks(knowledge.counting)
    if docks.search(text) is None:
        return False
    beside = resolve_text(docks.sub(" ", rest), knowledge, explain=False)
    return beside.device_type != AIRCRAFT or beside.model is None


def _docked(text: str, dock: re.Match[str], knowledge: Knowledge) -> list[Part]:
    """A dock and the aircraft named with it as two parts: the number is of what it stands before."""
    before, after = text[: dock.start()], text[dock.end() :]
    ahead, behind = (
        _part(one, knowledge)
        for one in (before, re.sub(r"^\W*(?:each\s+)?(?:with|and|for|plus|w/|c/w)?\s*", "", after))
    )
    open_ = Bounds(1, None, "how many aircraft are told with the docks is not said")
    if behind.known and not ahead.known:
        station = _part(text[: dock.end()], knowledge)
        told = open_ if behind.number is None or re.search(r"[x×(]\s*\d+\W*$|\d\s*[x×]?\W*$", after) else behind.number
        return [
            replace(station, number=station.number or Bounds(1, None, "no number told"), dock=True),
            replace(behind, number=told),
        ]
    if ahead.known:
        number = ahead.number or open_
        return [
            replace(ahead, number=number),
            replace(_part(dock[0], knowledge), number=Bounds(1, None, "no number told"), dock=True),
        ]
    return []


def _part(text: str, knowledge: Knowledge, before: str = "") -> Part:
    counting = knowledge.counting
    bare = _PLURAL.sub(r"\1", without_measures(text, counting))
    number, rest = _number(bare, knowledge)
    rest = counting.without("per", _WITH.sub("", ALL_OF.sub(" ", rest)))
    resolution = _resolved(f"{before} {rest}".strip(), knowledge)
    sure = {item.brand for item in resolution.mentions if item.status is Status.ASSERTED}
    sure |= _by_model(resolution)
    maybe = frozenset(item.brand for item in resolution.mentions if item.status is not Status.UNKNOWN)
    # "90% DJI" is of one brand and of others.
    brand = sure.pop() if len(sure) == 1 and "%" not in text else None
    makers: tuple[tuple[str, bool], ...] = ()
    if brand is not None:
        found = graph.makers(knowledge.brand(brand), resolution.model, rest, "", knowledge.pack.date, knowledge)
        makers = tuple((item.supplier, item.established) for item in found)
    dock = resolution.device_type == DOCK or _docks_alone(text, rest, knowledge)
    aside = not dock and (resolution.device_type == PAYLOAD or _goods(rest, counting))
    # A model that the reference data knows: what may be read on from the brand of the piece before.
    known = resolution.device_type == AIRCRAFT and resolution.model is not None
    number = _doubted(number, bare, rest, resolution, knowledge)
    if number is not None and brand is None and not known and not dock:
        number = _counted(number, bare, rest, resolution, knowledge)
    return Part(text.strip(), number, brand, maybe - {brand} if brand else maybe, makers, dock, aside, known)


def _number(text: str, knowledge: Knowledge) -> tuple[Bounds | None, str]:
    """The number of a piece and the piece without it; words of a sentence in front of it are passed over."""
    number, rest = number_in(text, knowledge.counting)
    if number is None and (start := _sentence(knowledge.counting).match(text)):
        number, rest = number_in(text[start.end() :], knowledge.counting)
    return (number, rest) if number is not None else _behind_brand(text, knowledge)


@lru_cache(maxsize=8)
def _sentence(counting: Counting) -> re.Pattern[str]:
    return re.compile(rf"^\W*(?:(?:{counting.source['harmless']}|of)\b(?!-)[\s,]*)+(?=\S)", re.IGNORECASE)


def _behind_brand(text: str, knowledge: Knowledge) -> tuple[Bounds | None, str]:
    """A number that stands directly behind the bare name of a brand: "DJI 5", "Autel <5"."""
    match = _TRAILING.match(text)
    if match is None:
        return None, text
    named = resolve_text(match["name"], knowledge, explain=False)
    sure = [item for item in named.mentions if item.status is Status.ASSERTED]
    if len(sure) != 1 or named.model is not None or len(match["name"].split()) > 1:
        return None, text
    return number_of(match["number"], knowledge.counting), match["name"]


def _resolved(text: str, knowledge: Knowledge) -> Resolution:
    """Whose a piece is; without the words of a sentence where they alone leave it open ("our drones are all DJI")."""
    found = resolve_text(text, knowledge, explain=False)
    if any(item.status is Status.ASSERTED for item in found.mentions):
        return found
    again = resolve_text(knowledge.counting.without("harmless", text), knowledge, explain=False)
    settled = len(again.mentions) == 1 and again.mentions[0].status is Status.ASSERTED
    return again if settled or (again.mentions and not again.unexplained) else found


def _by_model(resolution: Resolution) -> set[str]:
    """The brand of a known aircraft that is told by nothing but its model, where no other brand has such a model.

    Elsewhere "M300" alone is no proof; in a list of fleets, with nothing that speaks against it, it is the aircraft.
    """
    if resolution.device_type != AIRCRAFT or resolution.model is None or resolution.flags or resolution.unexplained:
        return set()
    alone = len(resolution.mentions) == 1 and set(resolution.code_brands) == {resolution.mentions[0].brand}
    return {resolution.mentions[0].brand} if alone and resolution.mentions[0].reason is Reason.AMBIGUOUS_CODE else set()


def _goods(rest: str, counting: Counting) -> bool:
    """Whether goods beside an aircraft, or people, are what a piece is about."""
    return _goods_last(counting).search(BRACKETS.sub(" ", _WITH.sub("", rest))) is not None


@lru_cache(maxsize=8)
def _goods_last(counting: Counting) -> re.Pattern[str]:
    goods = rf"(?<![\w-]){counting.source['goods']}(?![\w-])"
    return re.compile(rf"{goods}(?=\s*(?:for\b.*|\([^)]*\))?\W*$|\s+for\b)", re.IGNORECASE)


def for_each(number: Bounds) -> Bounds:
    """A number that is told for each station or team, of how many nobody tells."""
    return Bounds(min(number.upper or 1, 1), None, "so many for each of a number that is not told")


def _doubted(
    number: Bounds | None, text: str, rest: str, resolution: Resolution, knowledge: Knowledge
) -> Bounds | None:
    """A number as the rest of its piece leaves it: of the name of a model, a price, or one of several."""
    if number is None:
        return None
    if PER.search(text):
        return for_each(number)
    if number.lower == number.upper:
        if _of_name(text, number.lower, knowledge):
            return Bounds(1, None, f"{number.lower} may be of the model's name")
        least = PRICE_OF_AIRCRAFT if resolution.device_type in (AIRCRAFT, None) else PRICE
        end = _BARE_END.search(text) or _BARE_START.match(text)
        if number.lower >= least and end and not _TIMES.search(text) and int(end["n"].replace(",", "")) == number.lower:
            return Bounds(1, None, f"{number.lower} may be a price")
    several = len(resolution.mentions) > 1 and re.search(r"(?<![\w.])\d+(?![\w.])", rest)
    if several or _before_brand(rest, knowledge):
        return Bounds(number.lower, None, "several numbers in one part")
    return number


def _before_brand(rest: str, knowledge: Knowledge) -> bool:
    """Whether a second number stands before the name of a brand: "5 of one 8 of the same"."""
    words = [match[1] for match in _THEN_NAME.finditer(rest)]
    found = (resolve_text(word, knowledge, explain=False).mentions for word in words)
    return any(item.status is Status.ASSERTED for mentions in found for item in mentions)


def _of_name(text: str, number: int, knowledge: Knowledge) -> bool:
    """Whether a number at the end of a piece makes another known model of the name before it: "Mavic (3)"."""
    match = _OF_NAME.match(text)
    if match is None or int(match["n"]) != number:
        return False
    named = resolve_text(match["name"], knowledge, explain=False).model
    longer = resolve_text(f"{match['name']} {number}", knowledge, explain=False).model
    return longer is not None and longer != named and longer.endswith(str(number))


def _counted(number: Bounds, text: str, rest: str, resolution: Resolution, knowledge: Knowledge) -> Bounds:
    """The number of a piece that names no make for certain: it counts aircraft only if nothing says another thing."""
    counting = knowledge.counting
    if counting.has("units", text) or OTHERS.match(rest):
        return number
    bare = counting.without("plain", counting.without("harmless", _WITH.sub("", BRACKETS.sub(" ", rest))))
    # A code or a word that the reference data does not know may be of a camera, a battery, or an aircraft.
    unknown = not resolution.mentions and any(map(str.isalpha, bare))
    strange = bool(resolution.mentions and resolution.unexplained) and resolution.model is None
    return uncertain(number) if unknown or strange or counting.strange(bare) else number
