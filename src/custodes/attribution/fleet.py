"""A cell of a fleet list to its parts: "2 x DJI Mavic 3E and 1 Skydio X10" is two models with a number each.

A number is what the words allow: "at least 10" has no upper end, "fewer than 5" no lower one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from custodes.attribution import shares, sharing
from custodes.attribution.amounts import SPELT, Bounds, number_of
from custodes.attribution.measures import without_measures, years_only
from custodes.attribution.pieces import OTHERS, PER, Part, for_each, read_piece
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge
from custodes.knowledge.counting import Counting
from custodes.knowledge.text import BRACKETS

#: A longer cell is an essay: no answer that can be read.
LONGEST = 4000
#: The end of a sentence, and no abbreviation.
_ABBREVIATED = ("approx", "incl", "inc", "qty", "est", "max", "min", "nos", "ref", "ltd")
_STOP = "".join(f"(?<!{word})" for word in _ABBREVIATED) + r"(?<=[A-Za-z]{3})\.\s+"
_BETWEEN = re.compile(
    rf"\s*(?:{_STOP}|[;\n|•]+|(?<=\d)\.\s+|(?<=[x×]\d)/|(?<=[x×] \d)/|(?<=\d\))\s[-–]\s+(?=[A-Z])|,(?!\d{{3}}\b)\s*"
    r"|\s(?:and|plus|as well as)\s|\s[&+]\s|\s/\s|\s(?=(?:others?|the rest|remainder)\b))\s*",
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
_TOTAL = re.compile(
    r"^\W*(?:(?:we|the force|the council|it)\s+(?:have|has|holds?|owns?|operates?)\s+)?(?:a\s+)?"
    rf"(?:(?P<k>\d[\d,]*)(?=\s*(?:\(|[,;:–-]\s*(?:all\b|of (?:which|these|them)\b)))"
    rf"|total(?:\s+of)?\W*(?P<n>\d[\d,]*|{SPELT})\s*{_FLOWN}?|(?P<m>\d[\d,]*|{SPELT})\s*(?:{_FLOWN}|in total))"
    r"\s*[:(,;–-]\s*(?P<rest>[^()]+)\)?\W*$",
    re.IGNORECASE,
)
_RESTATED = re.compile(
    r"^\W*(?:(?:grand )?total|quantity|qty|number|count)(?:\s+of\s+(?:drones|aircraft|uavs?|units|devices|cameras))?"
    rf"\W*(?P<n>\d[\d,]*|{SPELT})\W*$|^\W*(?P<m>\d[\d,]*|{SPELT})\s*(?:in )?total\W*$",
    re.IGNORECASE,
)
_ENUMERATED = re.compile(r"^\W*(\d{1,3})\s*(?:[-–:.)]|\s[-–]\s)\s*(?=[A-Za-z])")
_BETWEEN_TWO = re.compile(rf"\bbetween\s+(\d+|{SPELT})\s+and\s+(\d+|{SPELT})\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"^\W*(?:yes\W+)?(?:we|(?:the )?(?:force|council|trust|constabulary|service|police|authority))\s+"
    r"(?:currently |presently )?"
    r"(?:have|has|holds?|owns?|operates?)\s+(?=\d|one\b|two\b|three\b|four\b|five\b|a total\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row says: its parts, or that there are none, or that it was refused (in whole, or a part of it).

    `whole`: the number that the row gives for all of its parts. `unclear`: nothing that can be read as an answer;
    `aside`: only goods beside an aircraft; `partly`: some of them are told to be out of use, and not all.
    """

    parts: tuple[Part, ...] = ()
    whole: Bounds | None = None
    none: bool = False
    refused: bool = False
    unclear: bool = False
    aside: bool = False
    partly: bool = False


def read_answer(text: str, number: str, knowledge: Knowledge, *, each: bool = False) -> Answer:
    """The answer in the equipment text and the cell of a number, which may both be empty. `each`: a row that tells no
    number is of one unit, as in a list of units."""
    text, number = _SPOKEN.sub("", _tidied(text)), _tidied(number)
    if max(len(text), len(number)) > LONGEST:
        return Answer(refused=True) if any(map(_REFUSED.search, (text, number))) else Answer(unclear=True)
    if text and _NOT_SAID.match(number):
        number = ""
    refused = any(map(_REFUSED.search, (text, number)))
    if _NONE.search(BRACKETS.sub(" ", number).strip() or ("" if number else text)):
        return Answer(none=True)
    if number and _NONE.search(text):
        return Answer(unclear=True)
    row = _read(_without_refused_asides(text), without_refusal(number), knowledge)
    parts = [part for part in row.parts if not part.aside]
    if row.parts and not parts and not refused:
        return Answer(aside=True)
    named = [part for part in parts if part.sure or part.maybe or part.number or OTHERS.match(part.text)]
    if refused and not named and not row.whole:
        return Answer(refused=True)
    if not named and row.whole is None and not each:
        return Answer(unclear=True)
    kept = _contradicted(named or parts[:1] or [Part(text or number, None)], number, knowledge)
    told = [
        sharing.without_gone(part, knowledge.counting)
        for part in sharing.shared(kept, row.whole, each=each, spelt=row.spelt)
    ]
    out = any(part.gone for part in told)
    left = any(part.number and part.number.lower for part in told)
    whole = None if out else sharing.agreed(kept, row.whole, spelt=row.spelt)
    if whole is not None and whole.upper is None:
        # "about six" of two models is two at least.
        whole = replace(whole, lower=max(whole.lower, sum(part.number.lower for part in told if part.number)))
    return Answer(tuple(told), whole, refused=refused, partly=out and left)


def _read(text: str, number: str, knowledge: Knowledge) -> sharing.ReadRow:
    """The parts of a text, and the number of the row in its own cell or at the head of the text."""
    counting = knowledge.counting
    text, number, apiece = _apiece(text, number, counting)
    whole = _cell(number, counting)
    text = re.sub(r"\b24\s?/\s?7\b", " ", text)
    dated = shares.at_dates(years_only(text), counting)
    if dated is not None and len({sharing.thing(name, counting) for name in dated.names}) < 2:
        part = read_piece(f"{dated.names[0]} {dated.rest}", knowledge)[0]
        return sharing.ReadRow([replace(part, number=dated.bounds, text=text)], whole)
    text = _BETWEEN_TWO.sub(r"\1-\2", text)
    split = shares.split_shares(text)
    row = _with_shares(split, whole, knowledge) if split is not None else _listed(text, whole, knowledge)
    if apiece is not None:
        row.parts = sharing.of_each(row.parts, apiece)
    return sharing.apart_from_docks(sharing.of_dates(row, counting))


#: A part of a text with what it puts in brackets: "4 DJI (2 M30T and 2 M300)".
_NESTED = re.compile(
    rf"^\W*(?:[A-Za-z']+\s+){{0,6}}?(?:(?<!\w)\d|\b(?:{SPELT})\b)[^()]*[A-Za-z][^()]*\((?P<inner>[^()]*[;,&/]\s*[^()]*|[^()]*\s(?:and|plus)\s[^()]*)\)\W*$",
    re.IGNORECASE,
)


def _listed(text: str, whole: Bounds | None, knowledge: Knowledge) -> sharing.ReadRow:
    """A list of pieces, perhaps behind the number of all of them, or with what some are made up of in brackets."""
    counting = knowledge.counting
    spelt = False
    text, nested = _nested(text)
    if whole is None and not nested and (total := _TOTAL.match(text)):
        whole = number_of(total["n"] or total["m"] or total["k"], counting)
        spelt = whole is not None
        text = total["rest"] if spelt else text
    pieces = _pieces(text)
    for piece in pieces if whole is None and len(pieces) > 1 else ():
        if restated := _RESTATED.match(piece):
            whole = number_of(restated["n"] or restated["m"], counting)
            spelt = True
    parts = _parts([piece for piece in pieces if not _RESTATED.match(piece)], knowledge)
    row = sharing.of_tail(sharing.of_head(sharing.of_several(sharing.ReadRow(parts, whole, spelt)), counting), counting)
    for one in nested:
        inner = _with_shares(one, None, knowledge)
        if inner.whole is None:
            row.parts += inner.parts
        elif row.parts or len(nested) > 1:
            row.parts += sharing.shared(inner.parts, inner.whole, each=False, spelt=True)
        else:
            row = sharing.ReadRow(inner.parts, row.whole or inner.whole, spelt=True)
    return row


def _pieces(text: str) -> list[str]:
    pieces = [piece for piece in map(_unrefused, _BETWEEN.split(text.strip())) if piece.strip()]
    numbered = [_ENUMERATED.match(piece) for piece in pieces]
    if len(pieces) > 1 and [match and int(match[1]) for match in numbered] == list(range(1, len(pieces) + 1)):
        # "1 - ..., 2 - ..., 3 - ...": perhaps the numbers of the lines.
        return [piece[match.end() :] for piece, match in zip(pieces, numbered, strict=True) if match]
    return pieces


def _nested(text: str) -> tuple[str, list[shares.Shared]]:
    """A text without the pieces that tell in brackets what their number is made up of, and these."""
    kept, found = [], []
    for piece in re.split(r"(?:[;,\n]|\s(?:and|plus|&)\s)(?![^()]*\))", text):
        match = _NESTED.match(piece)
        if match:
            found.append(shares.Shared(piece[: match.start("inner") - 1], match["inner"]))
        else:
            kept.append(piece)
    return (", ".join(kept), found) if found else (text, [])


def _parts(pieces: Sequence[str], knowledge: Knowledge) -> list[Part]:
    """The parts of pieces. What only says that units are gone belongs to the part before it."""
    found: list[Part] = []
    for piece in pieces:
        bare, gone = _without_gone(piece, knowledge.counting)
        parts = [replace(part, gone=gone) if gone else part for part in read_piece(bare, knowledge)]
        last = parts[-1]
        named = last.sure or last.maybe or last.known
        if found and not named and shares.says_gone(piece, knowledge.counting):
            every = shares.every_one(piece)
            found = (
                [replace(part, gone=(*part.gone, piece)) for part in found]
                if every
                else [*found[:-1], replace(found[-1], gone=(*found[-1].gone, piece))]
            )
        elif shares.says_gone(bare, knowledge.counting):
            if found and shares.every_one(bare):
                found = [replace(part, gone=(*part.gone, "all")) for part in found]
            found += [replace(part, gone=(*part.gone, "all")) for part in parts]
        else:
            if found and not named and last.number is None and not last.aside and not last.dock:
                found[-1] = _before_unread(found[-1], piece, knowledge.counting)
            found += parts
    return _carried(_without_bare(found), knowledge)


def _before_unread(part: Part, piece: str, counting: Counting) -> Part:
    """A part before a piece that tells a number and not of what: there may be more of it."""
    if part.number is None or not re.search(
        rf"(?<![\w.])(?:\d+|(?:{SPELT}))(?![\w.])", without_measures(piece, counting)
    ):
        return part
    return replace(part, number=Bounds(part.number.lower, None, "a number that is not understood follows"))


def _without_bare(parts: Sequence[Part]) -> list[Part]:
    """Parts without those that only name the make of the model behind them: "DJI, M30T" is one aircraft's name."""
    kept = []
    for part, after in zip_longest(parts, parts[1:]):
        heading = part.number is None and part.sure and not part.known and not part.dock and not part.gone
        if not (heading and after is not None and after.sure == part.sure and after.known):
            kept.append(part)
    return kept


def _without_gone(piece: str, counting: Counting) -> tuple[str, tuple[str, ...]]:
    """A piece without the brackets that say that some of its units are gone, and what those say."""
    gone = tuple(aside for aside in BRACKETS.findall(piece) if shares.says_gone(aside, counting))
    for aside in gone:
        piece = piece.replace(aside, " ")
    return piece, tuple(aside if shares.numbered(aside) else "all" for aside in gone)


def _with_shares(split: shares.Shared, whole: Bounds | None, knowledge: Knowledge) -> sharing.ReadRow:
    """ "10 drones, of which 4 are DJI": the parts behind are some of the last number before."""
    counting = knowledge.counting
    head = f"{split.head} units" if re.fullmatch(r"\W*\d[\d,]*\W*", split.head) else split.head
    parts = _parts(_pieces(head), knowledge)
    if not parts:
        return sharing.ReadRow(_parts(_pieces(split.tail), knowledge), whole)
    *before, base = parts
    told = []
    for piece in _pieces(split.tail):
        if shares.says_gone(piece, counting):
            base = replace(base, gone=(*base.gone, piece if shares.numbered(piece) else "some"))
            continue
        told += [
            _some(part, piece, base.number)
            for part in read_piece(shares.without_some(piece), knowledge)
            if not part.aside
        ]
    told = [part for part in _carried(told, knowledge) if part.sure or part.maybe or part.number]
    if base.sure or base.maybe or not told:
        others = [part for part in told if base.sure and part.sure and part.sure != base.sure]
        return sharing.ReadRow([*before, *sharing.contested(base, others)], whole)
    if not before and (whole is None or base.number is None or whole == base.number):
        return sharing.ReadRow(told, whole or base.number, spelt=True)
    left = base.number or Bounds(1, None, "no number told")
    return sharing.ReadRow([*before, *sharing.shared(told, left, each=False, spelt=True)], whole)


def _some(part: Part, piece: str, base: Bounds | None) -> Part:
    """A share of which no number is told, but that it is not all: "most of which are DJI"."""
    if part.number is not None or not shares.not_all(piece):
        return part
    return replace(part, number=Bounds(1, base.upper if base else None, "how many of them is not told"))


#: "2 each", "two of each:", "(2 each)", and not "Dock 3 each".
_APIECE = (
    r"(?:^|(?<!\d),|[(:;–-]|\b(?:and|x|qty))\s*(?P<n>\d[\d,]*|\b(?:{spelt})\b)\s*(?:x\s*|no\.?\s*|units?\s*)?"
    r"{each}(?!\w)(?:\s+of(?:\s+(?:the\s+following|these))?\b)?\s*[:)]?"
)


def _apiece(text: str, number: str, counting: Counting) -> tuple[str, str, Bounds | None]:
    """Text and number without "2 each", and that number."""
    bare = without_measures(number, counting)
    if counting.has("each", bare):
        return text, "", number_of(counting.without("each", bare), counting)
    form = re.compile(_APIECE.format(spelt=SPELT, each=counting.source["each"]), re.IGNORECASE)
    masked = without_measures(text, counting)
    match = form.search(masked)
    if match is None:
        return text, number, None
    return f"{masked[: match.start()]} {masked[match.end() :]}", number, number_of(match["n"], counting)


def _cell(number: str, counting: Counting) -> Bounds | None:
    """The number in the cell of a row's number."""
    if dated := shares.at_dates(years_only(number), counting):
        return dated.bounds
    split = shares.split_shares(number)
    told = number_of(without_measures(split.head if split else number, counting), counting)
    if told is None:
        return None
    if PER.search(number):
        return for_each(told)
    if split and not any(map(str.isalpha, split.tail)):
        some = number_of(split.tail, counting)
        return Bounds(some.lower, told.upper, f"{number.strip()}: how many is not clear") if some else told
    asides = [split.tail] if split else BRACKETS.findall(number)
    for aside in asides:
        if shares.says_gone(aside, counting) and shares.numbered(aside):
            told = shares.less(told, aside, counting)
    if shares.says_gone(BRACKETS.sub(" ", split.head if split else number), counting):
        told = shares.less(told, "all", counting)
    return told


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


def _tidied(text: str) -> str:
    """A text without long runs of blanks or of one mark, which say nothing and cost time."""
    return re.sub(r"([^\w\s])\1{3,}", r"\1\1\1", re.sub(r"[^\S\n]+", " ", text)).strip()


def refuses(text: str) -> bool:
    """Whether words of a refusal stand in a text."""
    return _REFUSED.search(text) is not None


def _without_refused_asides(text: str) -> str:
    """A text without the brackets that hold a refusal."""
    return BRACKETS.sub(lambda aside: " " if _REFUSED.search(aside[0]) else aside[0], text)


def without_refusal(number: str) -> str:
    """A cell of a number without what it puts in brackets, and nothing where the cell itself refuses."""
    bare = _without_refused_asides(number)
    return "" if _REFUSED.search(bare) else bare


def _carried(parts: Sequence[Part], knowledge: Knowledge) -> list[Part]:
    """Pieces that name no brand of their own, read again behind the brand of the piece before them."""
    found: list[Part] = []
    before: str | None = None
    for part in parts:
        if before and not part.sure and not part.maybe - {before} and any(sign.isdigit() for sign in part.text):
            again = read_piece(part.text, knowledge, knowledge.brand(before).name)[-1]
            part = replace(again, gone=part.gone) if again.sure == before and again.known else part
        before = part.sure or before
        found.append(part)
    return found
