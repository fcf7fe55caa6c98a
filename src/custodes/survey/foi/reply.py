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
from custodes.survey.foi.statements import Makers, Told, fold, statements, told_by
from custodes.survey.foi.wording import wording


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
    return [(row["means"], re.compile("|".join(row["patterns"]))) for row in data("cues.yaml")["cues"]]


#: What the cues add to the logarithm of a kind's probability: measured on replies that neither had seen.
CUES_WEIGH = 0.9
#: And what more in a text of fewer words, of which cues see nearly all, or where a section of a known Act agrees.
SURELY, SHORT = 2.0, 15
#: Signs of a reply that are looked at.
LONGEST = 200_000
#: A statement longer than this is looked at up to here only.
LONGEST_STATEMENT = 2_000
#: Beside these in one statement a maker's name is more likely one from the question, and a number no answer.
_TAKEN_BACK = frozenset(
    ("ncnd", "not_held", "none_exist", "elsewhere", "withheld", "clarification", "transferred", "redirected", "cost")
)
#: Statements of these kinds stand for themselves: numbers in them are days and fees.
_FORMAL = frozenset(("cost", "acknowledged", "pending", "no_record", "retracted", "transferred", "ncnd"))
#: What "no exemption applies" takes the word from.
_REFUSING = frozenset(("withheld", "cost", "partial", "refused", "no_record"))


def read_reply(
    text: str, *, asked: str = "", regime: Regime | None = None, attachments: int = 0, makers: Makers | None = None
) -> Reading:
    """Sort one reply. `asked`: the request; `regime`: the Act the body is under, if that is known from elsewhere."""
    text = text[:LONGEST]
    quotes, told = _heard(text, makers)
    said = {quote.cue for quote in quotes}
    if attachments:
        said.add("attachment")
    under = named_in(text) or regime
    sections = cited(text, under)
    if "spoken_against" not in said:
        said |= {item.section.means for item in sections if item.section is not None and item.section.means != "none"}
    third = _third_party(text, asked)
    if third is not None:
        quotes.append(third)
        said.add(third.cue)
    if told.nil and not told.anything:
        said.add("none_exist")
    by_cues = _kind(_Heard(frozenset(said), told, bool(sections) and under is None))
    lawful = any(item.section is not None and _BY_LAW.get(item.section.means) is by_cues for item in sections)
    kind, rival = (by_cues, None) if third is not None else _weighed(text, by_cues, lawful=lawful)
    also = _also(kind, said)
    missing = _missing(kind, counted=told.counted, named=told.named) if told.anything else ()
    suggestion = ""
    if "not_held" in said or "none_exist" in said:
        suggestion = "none_exist" if "none_exist" in said else "no_record" if "no_record" in said else "unclear"
    person = _person(kind, rival, said, sections)
    return Reading(
        kind, also, missing, under.id if under is not None else "", tuple(sections), suggestion, person, tuple(quotes)
    )


def _heard(text: str, makers: Makers | None) -> tuple[list[Quote], Told]:
    """The cues of all statements, each with the words it was found in; and what the statements tell together."""
    found: dict[str, Quote] = {}
    whole = Told()
    for statement in statements(text):
        folded = statement.folded[:LONGEST_STATEMENT]
        if statement.asks and not statement.answers and not _asks_back(folded):
            continue
        quotes = _quotes(folded)
        said = {quote.cue for quote in quotes}
        if "boilerplate" in said and "sent" not in said:
            continue
        against = "spoken_against" in said
        for quote in quotes:
            if not (against and quote.cue in _REFUSING):
                found.setdefault(quote.cue, quote)
        if said.isdisjoint(_FORMAL) or against:
            told = told_by(statement, makers if against or said.isdisjoint(_TAKEN_BACK) else None)
            if "attachment" not in said or (told.counted and told.named):
                whole = whole.with_(told)
    return list(found.values()), whole


def _asks_back(folded: str) -> bool:
    """Whether a question is one that the body puts to the requester."""
    return any(quote.cue in ("clarification", "redirected") for quote in _quotes(folded))


def _third_party(text: str, asked: str) -> Quote | None:
    """Whether it is a reply at all may be told with the question."""
    folded = fold(f"{text} {asked}")
    for means, pattern in cues():
        match = pattern.search(folded) if means == "third_party" else None
        if match is not None:
            return Quote(means, folded[max(0, match.start() - 40) : match.end() + 40].strip())
    return None


def _quotes(folded: str) -> list[Quote]:
    """Every cue that stands in a statement."""
    found = []
    for means, pattern in cues():
        match = pattern.search(folded) if means != "third_party" else None
        if match is not None:
            found.append(Quote(means, folded[max(0, match.start() - 40) : match.end() + 40].strip()))
    return found


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a reply says: its cues, and what it tells. `unnamed`: it cites sections of an Act that nobody names."""

    cues: frozenset[str]
    told: Told
    unnamed: bool

    def has(self, *cues: str) -> bool:
        """Whether any of the cues was heard."""
        return not self.cues.isdisjoint(cues)

    @property
    def informs(self) -> bool:
        """Whether something of what was asked is told."""
        return self.told.anything

    @property
    def firmly(self) -> bool:
        """Whether it is told as an answer; a mere number may be one of files to be searched."""
        return self.told.firm or self.told.named

    @property
    def gives(self) -> bool:
        """Whether something is given, in the text or beside it."""
        return self.informs or self.has("released") or (self.has("attachment") and self.has("disclosed"))


#: The kinds in the order in which they are thought of: the first that fits is the kind of the reply.
_ORDER: Sequence[tuple[Kind, Callable[[_Heard], bool]]] = (
    (Kind.THIRD_PARTY, lambda it: it.has("third_party")),
    (Kind.RETRACTED, lambda it: it.has("retracted")),
    (Kind.CLARIFICATION, lambda it: it.has("clarification") and not it.firmly and not it.has("ncnd")),
    (Kind.TRANSFERRED, lambda it: it.has("transferred") and not it.informs),
    (Kind.ACKNOWLEDGED, lambda it: it.has("pending") and not it.informs and not it.has("ncnd")),
    (Kind.AT_LEAST, lambda it: it.has("ncnd") and (it.told.counted or it.told.firm or it.has("attachment"))),
    (Kind.NCND, lambda it: it.has("ncnd")),
    (Kind.REFUSED, lambda it: it.has("vexatious") and not it.informs),
    (Kind.PARTIAL, lambda it: it.has("cost") and (it.firmly or it.has("released"))),
    (Kind.NOT_HELD, lambda it: it.has("cost") and it.has("not_held_notice")),
    (Kind.COST, lambda it: it.has("cost")),
    (Kind.ELSEWHERE, lambda it: it.has("elsewhere") and not it.firmly),
    (Kind.PARTIAL, lambda it: it.has("partial") or (it.has("withheld", "refused") and it.gives)),
    (Kind.TRANSFERRED, lambda it: it.has("redirected") and not it.informs),
    (Kind.ANSWERED, lambda it: it.has("not_held", "none_exist") and (it.told.counted or it.told.firm)),
    (Kind.NOT_HELD, lambda it: it.has("not_held", "none_exist")),
    (Kind.REFUSED, lambda it: it.has("withheld", "refused")),
    (Kind.ANSWERED, lambda it: it.informs),
    (Kind.UNREAD, lambda it: it.has("attachment")),
    (Kind.ACKNOWLEDGED, lambda it: it.has("acknowledged")),
    (Kind.ELSEWHERE, lambda it: it.has("linked")),
    (Kind.ANSWERED, lambda it: it.has("disclosed")),
    (Kind.REFUSED, lambda it: it.unnamed),
)


def _kind(heard: _Heard) -> Kind:
    return next((kind for kind, fits in _ORDER if fits(heard)), Kind.UNCLEAR)


#: Kinds that a section of a known Act means by itself.
_BY_LAW: Mapping[str, Kind] = {
    "withheld": Kind.REFUSED,
    "refused": Kind.REFUSED,
    "cost": Kind.COST,
    "not_held": Kind.NOT_HELD,
    "ncnd": Kind.NCND,
    "elsewhere": Kind.ELSEWHERE,
}


def _weighed(text: str, by_cues: Kind, *, lawful: bool) -> tuple[Kind, Kind | None]:
    """The kind that cues and wording together make likeliest; and the other one, where they differ. `lawful`: a
    section of a known Act says what the cues say."""
    shares = wording().shares(text)
    if not shares:
        return by_cues, None
    short = len(text.split(maxsplit=SHORT)) < SHORT
    more = CUES_WEIGH + (SURELY if short else 0) + (SURELY if lawful else 0)
    kind = Kind(max(shares, key=lambda one: shares[one] + (more if one == by_cues else 0)))
    by_wording = Kind(max(shares, key=lambda one: shares[one]))
    others = [one for one in (by_cues, by_wording) if one is not kind]
    return kind, others[0] if others else None


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


def _person(kind: Kind, rival: Kind | None, said: set[str], sections: Sequence[Cited]) -> tuple[str, ...]:
    """What a person has to decide or do. `rival`: another kind that it may be."""
    found = [f"is it {kind} or {rival}? its wording and its statements differ"] if rival is not None else []
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
