"""What kind of reply a text is. The machine sorts and quotes; it never turns silence or "not held" into a no.

Kinds (a closed list): answered, answered_at_least (a part is neither confirmed nor denied), partial (a part is
withheld), answered_unread (the answer is in an attachment), refused, refused_cost, refused_ncnd, not_held (a person
decides: none exist, no record, unclear), elsewhere, clarification, transferred, acknowledged, retracted, third_party,
unclear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from custodes.survey.foi.regimes import Cited, Regime, cited, data, named_in


class Kind(StrEnum):
    """The kind of a reply."""

    ANSWERED = "answered"
    AT_LEAST = "answered_at_least"
    PARTIAL = "partial"
    UNREAD = "answered_unread"
    REFUSED = "refused"
    COST = "refused_cost"
    NCND = "refused_ncnd"
    NOT_HELD = "not_held"
    ELSEWHERE = "elsewhere"
    CLARIFICATION = "clarification"
    TRANSFERRED = "transferred"
    ACKNOWLEDGED = "acknowledged"
    RETRACTED = "retracted"
    THIRD_PARTY = "third_party"
    UNCLEAR = "unclear"


#: Kinds that end nothing: the request runs on, stands still or went elsewhere.
PENDING = frozenset((Kind.ACKNOWLEDGED, Kind.CLARIFICATION, Kind.TRANSFERRED))


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a reply that a cue was found in."""

    cue: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A reply read. `also`: what else it says. `missing`: of an answer that was read, what it leaves out.

    `suggestion`: of a reply that something is not held, what the words suggest: none_exist, no_record or unclear.
    `person`: what a person decides or does.
    """

    kind: Kind
    also: tuple[str, ...]
    missing: tuple[str, ...]
    regime: str
    sections: tuple[Cited, ...]
    suggestion: str
    person: tuple[str, ...]
    quotes: tuple[Quote, ...]


@lru_cache(maxsize=1)
def cues() -> Sequence[tuple[str, re.Pattern[str]]]:
    """What is looked for, and its pattern."""
    return [(row["means"], re.compile(row["pattern"])) for row in data("cues.yaml")["cues"]]


#: Names the makers in a text: brand ids. Given from outside, so that this module stays free of the pack.
Makers = Callable[[str], Sequence[str]]
#: Signs of a reply that are looked at.
LONGEST = 200_000
_THINGS = (
    r"(?:cameras?|cams?|drones?|uavs?|uas|rpas|aircraft|devices?|units?|recorders?|systems?|nvrs?|dvrs?|static|ptzs?|"
    r"domes?|bwv|anpr|cctv)"
)
_MONTHS = (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug"
)
_MONTHS += " sep sept oct nov dec working day days week weeks month months year years hour hours"
_NO_DAY = rf"(?!(?:{'|'.join(_MONTHS.split())})\b)"
_IN_WORDS = "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|a dozen|{'|'.join(_IN_WORDS.split())})"
_COUNT = re.compile(
    rf"\b{_NUMBER}\s+{_THINGS}\b|\b(?!(?:19|20)\d\d\b){_NUMBER}\s+{_NO_DAY}(?:[a-z][\w'/-]*\s+){{1,3}}?{_THINGS}\b"
    rf"|\b{_THINGS}\s*(?:[:x=]|-|–)\s*\d{{1,6}}\b|\b(?:a )?total of {_NUMBER}"
    rf"|\bthere (?:are|were) (?:currently |now )?{_NUMBER}\b|\b\d{{1,6}} of (?:them|these|which)\b|\b\d{{1,5}} carry\b"
    r"|\bx ?\d{1,5}\b|\b\d{1,5} ?x\b|\banswer[^.]{0,30} is [\w-]* ?\(?\d{1,6}\b|\bhow many[^?]{0,80}\?\W*\d{1,6}\b"
)
#: A number before a name of two words: "nine DJI Inspire".
_COUNT_NAMED = re.compile(
    rf"(?:^|[,;:.(]\s*|\b[a-z]+\s){_NUMBER}\s+(?!Act|Section|Part|Schedule|Working|Days)[A-Z][\w-]+ [A-Z0-9][\w-]*"
)
_UNDER_TEST = re.compile(
    r"\b(?:over|some|about)?\s*\d[\d,]*\s+[\w ]{0,20}(?:would|need|have) (?:have |need )?"
    r"to be (?:inspected|checked|visited|examined)"
)
_YES = re.compile(r"^\W*(?:q?\d{1,2}[.:)]\s*)?yes\b|\b(?:cameras?|drones?|video|anpr|cctv|uavs?)\?\s*yes\b")


#: Beside these a maker's name is more likely one from the question.
_TAKEN_BACK = frozenset(("ncnd", "not_held", "none_exist", "elsewhere", "withheld", "clarification", "transferred"))


def read_reply(
    text: str, *, asked: str = "", regime: Regime | None = None, attachments: int = 0, makers: Makers | None = None
) -> Reading:
    """Sort one reply. `asked`: the request; `regime`: the Act the body is under, if that is known from elsewhere."""
    text = text[:LONGEST]
    folded = " ".join(text.casefold().replace("’", "'").split())
    quotes = _quotes(folded, f"{folded} {' '.join(asked.casefold().split())}")
    said = {quote.cue for quote in quotes}
    if attachments:
        said.add("attachment")
    under = named_in(text) or regime
    sections = cited(text, under)
    said |= {item.section.means for item in sections if item.section is not None and item.section.means != "none"}
    counted = bool(_COUNT.search(_UNDER_TEST.sub(" ", folded)) or (text != text.upper() and _COUNT_NAMED.search(text)))
    named = bool(makers(text)) if makers is not None else False
    informs = counted or bool(_YES.search(folded)) or (named and said.isdisjoint(_TAKEN_BACK))
    kind = _kind(said, informs, unnamed=bool(sections) and under is None)
    also = _also(kind, said)
    missing = _missing(kind, counted=counted, named=named) if informs else ()
    suggestion = ""
    if "not_held" in said or "none_exist" in said:
        suggestion = "none_exist" if "none_exist" in said else "no_record" if "no_record" in said else "unclear"
    person = _person(kind, said, sections)
    return Reading(
        kind, also, missing, under.id if under is not None else "", tuple(sections), suggestion, person, tuple(quotes)
    )


def _quotes(folded: str, with_question: str) -> list[Quote]:
    """Every cue that stands in the text; whether it is a reply at all may be told with the question."""
    found = []
    for means, pattern in cues():
        match = pattern.search(with_question if means == "third_party" else folded)
        if match is not None:
            start, end = max(0, match.start() - 40), match.end() + 40
            whole = with_question if means == "third_party" else folded
            found.append(Quote(means, whole[start:end].strip()))
    return found


def _kind(said: set[str], informs: bool, *, unnamed: bool) -> Kind:
    """The kind by what is said, the most telling first."""
    for cue, kind in (("third_party", Kind.THIRD_PARTY), ("retracted", Kind.RETRACTED)):
        if cue in said:
            return kind
    for cue, kind in (
        ("clarification", Kind.CLARIFICATION),
        ("transferred", Kind.TRANSFERRED),
        ("pending", Kind.ACKNOWLEDGED),
    ):
        if cue in said and not informs and ("ncnd" not in said or cue == "transferred"):
            return kind
    if "cost" in said and not ("disclosed" in said and informs):
        return Kind.NOT_HELD if "not_held_notice" in said else Kind.COST
    if "ncnd" in said:
        return Kind.AT_LEAST if informs or "attachment" in said else Kind.NCND
    if "partial" in said:
        return Kind.PARTIAL
    if "not_held" in said or "none_exist" in said:
        return Kind.ANSWERED if informs and "no_record" not in said else Kind.NOT_HELD
    return _open_kind(said, informs) or (Kind.REFUSED if unnamed else Kind.UNCLEAR)


def _open_kind(said: set[str], informs: bool) -> Kind | None:
    """Kinds of replies that neither confirm nor deny, nor say that something is not held."""
    read = "attachment" in said
    if "elsewhere" in said and not informs:
        return Kind.ELSEWHERE
    if "withheld" in said or "refused" in said:
        return Kind.PARTIAL if informs or (read and "disclosed" in said) else Kind.REFUSED
    if informs or read:
        return Kind.ANSWERED if informs else Kind.UNREAD
    for cue, kind in (
        ("redirected", Kind.TRANSFERRED),
        ("acknowledged", Kind.ACKNOWLEDGED),
        ("linked", Kind.ELSEWHERE),
        ("disclosed", Kind.ANSWERED),
    ):
        if cue in said:
            return kind
    return None


_ALSO: Mapping[str, str] = {
    "redirected": "redirected",
    "cost": "refused_cost",
    "not_held": "not_held",
    "elsewhere": "elsewhere",
    "ncnd": "ncnd_part",
    "attachment": "attachment",
    "withheld": "withheld",
}


def _also(kind: Kind, said: set[str]) -> tuple[str, ...]:
    return tuple(word for cue, word in _ALSO.items() if cue in said and word != kind)


def _missing(kind: Kind, *, counted: bool, named: bool) -> tuple[str, ...]:
    """Of an answer: what it leaves out. "No quantities" in so many words is one too."""
    if kind not in (Kind.ANSWERED, Kind.AT_LEAST, Kind.PARTIAL):
        return ()
    return (*(() if counted else ("count",)), *(() if named else ("maker",)))


def _person(kind: Kind, said: set[str], sections: Sequence[Cited]) -> tuple[str, ...]:
    """What a person has to decide or do."""
    found = []
    if "not_held" in said or "none_exist" in said:
        found.append("not held: do none exist, is there no record, or is it unclear?")
    if kind is Kind.UNREAD or (kind is Kind.AT_LEAST and "attachment" in said):
        found.append("read the attachment")
    if kind is Kind.ELSEWHERE:
        found.append("fetch it from where it is published")
    if kind is Kind.UNCLEAR:
        found.append("no known kind: read it")
    if sections and all(item.section is None for item in sections):
        found.append("which Act? a section number means nothing without it")
    return tuple(found)
