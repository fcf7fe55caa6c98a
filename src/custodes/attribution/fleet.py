"""A cell of a fleet list to its parts: "2 x DJI Mavic 3E and 1 Skydio X10" is two models with a number each.

A number is what the words allow: "at least 10" has no upper end, "fewer than 5" no lower one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from custodes.attribution import graph
from custodes.attribution.amounts import SPELT, Bounds, number_in, number_of
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.knowledge.text import BRACKETS
from custodes.model.vocab import Status

#: The kind of a station that an aircraft starts from by itself: a device on a network at a site.
DOCK = "drone dock"
AIRCRAFT, PAYLOAD = "drone", "drone payload"
_DOCK = re.compile(r"\bdock(?:ing stations?|s)?\b", re.IGNORECASE)
_BETWEEN = re.compile(
    r"\s*(?:[;\n|•]+|(?<=\d)\.\s+|(?<=[x×]\d)/|(?<=[x×] \d)/|,(?!\d{3}\b)\s*|\s(?:and|plus|as well as)\s|\s[&+]\s|\s/\s"
    r"|\s(?=(?:others?|the rest|remainder)\b))\s*",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:refus\w+|(?<!vat )(?<!caa )exempt\w*|withh\w+|redact\w+|ncnd|declin\w+"
    r"|neither confirm\w* n?or den\w+|not disclos\w+"
    r"|unable to (?:disclose|confirm|release)|cost limit)|\bs(?:ections?|ec\.?|\.)?\s?(?:12|14|23|24|31|38|40|43)\b",
    re.IGNORECASE,
)
_FLOWN = r"(?:drones?|aircraft|uavs?|uas|units)"
_THINGS = r"(?:drones?|uavs?|uas|rpas|aircraft|devices?|cameras?|body[- ]worn|units?|them|any)"
_NONE = re.compile(
    rf"^\W*(?:none|nil|zero|no|0|not? any)(?:[\s-]+(?:{_THINGS}|held|owned|in use|return|at present|currently|used"
    rf"|operated|recorded|applicable))*\W*$|^\W*(?:not applicable|n/?a)\W*$"
    rf"|^\W*(?:none|nil|no)\s*[-–,;:(](?=\D*$)|^\W*no {_THINGS} (?:are|is|were)\b(?=\D*$)"
    rf"|\b(?:do(?:es)?|did)(?: not|n['’]t) (?:currently |presently )?(?:own|have|operate|use|possess|hold)"
    rf"\s+(?:or \w+ )?(?:any )?{_THINGS}\W*$"
    rf"|\b(?:has|have|owns?|operates?) no {_THINGS}\W*$",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(r"^\W*(?:n/?a|not applicable)?\W*$", re.IGNORECASE)
#: Goods beside an aircraft, where they are what is counted, and people.
_GOODS = (
    r"(?:batter(?:y|ies)|controllers?|chargers?|propellers?|pilots?|operators?|payloads?|gimbals?|parachutes?"
    r"|spotlights?)"
)
_GOODS_COUNTED = re.compile(rf"\b{_GOODS}\b(?=\s*(?:for\b.*|\([^)]*\))?\W*$|\s+for\b)", re.IGNORECASE)
_WITH = re.compile(r"\b(?:(?:operated|flown) by|with|including|incl\.?|inc\.?|c/w|w/)\s.*$", re.IGNORECASE)
_TOTAL = re.compile(
    r"^\W*(?:(?:we|the force|the council|it)\s+(?:have|has|holds?|owns?|operates?)\s+)?(?:a\s+)?"
    rf"(?:(?P<k>\d[\d,]*)(?=\s*(?:\(|[,;:–-]\s*(?:all\b|of (?:which|these|them)\b)))"
    rf"|total(?:\s+of)?\W*(?P<n>\d[\d,]*|{SPELT})\s*{_FLOWN}?|(?P<m>\d[\d,]*|{SPELT})\s*(?:{_FLOWN}|in total))"
    r"\s*[:(,;–-]\s*(?P<rest>[^()]+)\)?\W*$",
    re.IGNORECASE,
)
_RESTATED = re.compile(
    rf"^\W*(?:grand )?total\W*(?P<n>\d[\d,]*|{SPELT})\W*$|^\W*(?P<m>\d[\d,]*|{SPELT})\s*(?:in )?total\W*$",
    re.IGNORECASE,
)
#: Pieces that stand for units of makes that are not named.
_OTHERS = re.compile(
    r"^\W*(?:(?:and|plus|one|some)\s+)*(?:others?\b|etc\b|various|unknown|misc\w*|home[- ]?(?:built|made)|fixed[- ]wing"
    r"|(?:the )?rest|remainder)",
    re.IGNORECASE,
)
_TRAILING = re.compile(r"^\W*(?P<name>[A-Za-z][A-Za-z .&-]*?)\s+(?P<number>[<>]?=?\s?\d[\d,]*\+?)\W*$")
_SPOKEN = re.compile(
    r"^\W*(?:yes\W+)?(?:we|(?:the )?(?:force|council|trust|constabulary|service|police|authority))\s+"
    r"(?:currently |presently )?"
    r"(?:have|has|holds?|owns?|operates?)\s+(?=\d|one\b|two\b|three\b|four\b|five\b|a total\b)",
    re.IGNORECASE,
)
_ALL_OF = re.compile(
    r"\b(?:all(?: (?:are|of (?:which|these|them) are))?|of (?:which|these|them)(?: (?:is|are))?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Part:
    """One make of a row. `number`: None where the part itself tells none.

    `sure` and `maybe`: ids of the brand it is of, or may be; `makers`: supplier id to whether that is established.
    `dock`: a station, no aircraft; `aside`: goods beside one, or people; `known`: a model of the reference data.
    """

    text: str
    number: Bounds | None
    sure: str | None = None
    maybe: frozenset[str] = frozenset()
    makers: tuple[tuple[str, bool], ...] = ()
    dock: bool = False
    aside: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row says: its parts, or that there are none, or that it was refused (in whole, or a part of it).

    `whole`: the number that the row gives for all of its parts. `unclear`: nothing that can be read as an answer;
    `aside`: only goods beside an aircraft.
    """

    parts: tuple[Part, ...] = ()
    whole: Bounds | None = None
    none: bool = False
    refused: bool = False
    unclear: bool = False
    aside: bool = False


def read_answer(text: str, number: str, knowledge: Knowledge, *, each: bool = False) -> Answer:
    """The answer in the equipment text and the cell of a number, which may both be empty. `each`: a row that tells no
    number is of one unit, as in a list of units."""
    text, number = _SPOKEN.sub("", text.strip()), number.strip()
    if text and _NOT_SAID.match(number):
        number = ""
    refused = any(map(_REFUSED.search, (text, number)))
    if _NONE.search(BRACKETS.sub(" ", number).strip() or ("" if number else text)):
        return Answer(none=True)
    if number and _NONE.search(text):
        return Answer(unclear=True)
    text = _without_refused_asides(text)
    whole, spelt = number_of(_without_refusal(number)), False
    if whole is None and (total := _TOTAL.match(text)) and (told := number_of(total["n"] or total["m"] or total["k"])):
        whole, text, spelt = told, total["rest"], True
    pieces = [piece for piece in map(_unrefused, _BETWEEN.split(text.strip())) if piece.strip()]
    for piece in pieces if whole is None and len(pieces) > 1 else ():
        if restated := _RESTATED.match(piece):
            whole = number_of(restated["n"] or restated["m"])
    pieces = [piece for piece in pieces if not _RESTATED.match(piece)]
    parts = _carried([_part(piece, knowledge) for piece in pieces], knowledge)
    parts = [part for part in parts if not part.aside]
    if pieces and not parts and not refused:
        return Answer(aside=True)
    named = [part for part in parts if part.sure or part.maybe or part.number or _OTHERS.match(part.text)]
    if refused and not named and not whole:
        return Answer(refused=True)
    if not named and whole is None and not each:
        return Answer(unclear=True)
    kept = _contradicted(named or parts[:1] or [Part(text or number, None)], number, knowledge)
    return Answer(tuple(_shared(kept, whole, each=each, spelt=spelt)), whole, refused=refused)


def _contradicted(parts: list[Part], number: str, knowledge: Knowledge) -> list[Part]:
    """Parts of a row whose number names another brand, as "5 (2 Parrot)" does: of which of the two is not known."""
    if not any(map(str.isalpha, number)):
        return parts
    told = {item.brand for item in resolve_text(number, knowledge, explain=False).mentions}
    others = frozenset(told) - {part.sure for part in parts}
    if not others:
        return parts
    return [
        replace(part, sure=None, maybe=part.maybe | others | {part.sure}, makers=()) if part.sure else part
        for part in parts
    ]


def _unrefused(piece: str) -> str:
    """A piece without a refusal that follows it; nothing where the refusal is what it says."""
    match = _REFUSED.search(piece)
    if match is None:
        return piece
    before = piece[: match.start()].rstrip()
    return before.rstrip("-–.:;( ") if before[-1:] in tuple("-–.:;(") and any(map(str.isdigit, before)) else ""


def refuses(text: str) -> bool:
    """Whether words of a refusal stand in a text."""
    return _REFUSED.search(text) is not None


def _without_refused_asides(text: str) -> str:
    """A text without the brackets that hold a refusal."""
    return BRACKETS.sub(lambda aside: " " if _REFUSED.search(aside[0]) else aside[0], text)


def _without_refusal(number: str) -> str:
    """A cell of a number without what it puts in brackets, and nothing where the cell itself refuses."""
    bare = _without_refused_asides(number)
    return "" if _REFUSED.search(bare) else bare


def _part(text: str, knowledge: Knowledge, before: str = "") -> Part:
    """One piece of a cell. `before`: the brand of the piece before it, which a bare model may go on from."""
    number, rest = number_in(text)
    if number is None:
        number, rest = _behind_brand(text, knowledge)
    rest = _WITH.sub("", _ALL_OF.sub(" ", rest))
    resolution = resolve_text(f"{before} {rest}".strip(), knowledge, explain=False)
    sure = {item.brand for item in resolution.mentions if item.status is Status.ASSERTED}
    maybe = frozenset(item.brand for item in resolution.mentions if item.status is not Status.UNKNOWN)
    # "90% DJI" is of one brand and of others.
    brand = sure.pop() if len(sure) == 1 and "%" not in text else None
    makers: tuple[tuple[str, bool], ...] = ()
    if brand is not None:
        found = graph.makers(knowledge.brand(brand), resolution.model, rest, "", knowledge.pack.date, knowledge)
        makers = tuple((item.supplier, item.established) for item in found)
    dock = resolution.device_type == DOCK or (_DOCK.search(text) is not None and resolution.model is None)
    aside = not dock and (
        resolution.device_type == PAYLOAD or _GOODS_COUNTED.search(BRACKETS.sub(" ", _WITH.sub("", rest))) is not None
    )
    told = Part(text.strip(), number, brand, maybe - {brand} if brand else maybe, makers, dock, aside)
    # A model that the reference data knows: what may be read on from the brand of the piece before.
    known = resolution.device_type == AIRCRAFT and resolution.model is not None
    return replace(told, known=known)


def _behind_brand(text: str, knowledge: Knowledge) -> tuple[Bounds | None, str]:
    """A number that stands directly behind the bare name of a brand: "DJI 5", "Autel <5"."""
    match = _TRAILING.match(text)
    if match is None:
        return None, text
    named = resolve_text(match["name"], knowledge, explain=False)
    sure = [item for item in named.mentions if item.status is Status.ASSERTED]
    if len(sure) != 1 or named.model is not None or len(match["name"].split()) > 1:
        return None, text
    return number_of(match["number"]), match["name"]


def _carried(parts: Sequence[Part], knowledge: Knowledge) -> list[Part]:
    """Pieces that name no brand of their own, read again behind the brand of the piece before them."""
    found: list[Part] = []
    before: str | None = None
    for part in parts:
        if before and not part.sure and not part.maybe - {before} and any(sign.isdigit() for sign in part.text):
            again = _part(part.text, knowledge, knowledge.brand(before).name)
            part = again if again.sure == before and again.known else part
        before = part.sure or before
        found.append(part)
    return found


def _shared(parts: Sequence[Part], whole: Bounds | None, *, each: bool, spelt: bool) -> list[Part]:
    """The number of a row given to its parts: to the one part, to what the others leave, or shared as nobody knows."""
    open_ = [place for place, part in enumerate(parts) if part.number is None]
    if whole is None:
        alone = Bounds(1, 1) if each else Bounds(1, None, "no number told")
        return [replace(part, number=part.number or alone) for part in parts]
    told = sum(part.number.lower for part in parts if part.number)
    if not open_:
        if told < whole.lower and (spelt or _exact(parts)):
            left = Bounds(whole.lower - told, None if whole.upper is None else whole.upper - told, whole.why)
            return [*parts, Part("the rest", left)]
        if len(parts) == 1:
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


def _exact(parts: Sequence[Part]) -> bool:
    """Whether each part says "of which": its own plain number is a share of the number of the row."""
    return all(_ALL_OF.search(part.text) and part.number and part.number.lower == part.number.upper for part in parts)


def _widened(number: Bounds, told: int, whole: Bounds, why: str) -> Bounds:
    """The number of a part where those of all parts and of the row do not agree: either may be wrong."""
    if not why:
        return number
    spare = abs(whole.lower - told)
    lower = max(number.lower - (spare if whole.lower < told else 0), 0)
    open_ = number.upper is None or whole.upper is None
    return Bounds(lower, None if open_ else (number.upper or 0) + (spare if whole.lower > told else 0), why)
