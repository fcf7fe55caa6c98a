"""The verdict on a claim: what it says, what the answers come to, and the nearest explanation of the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from custodes.survey.claims import Claim
from custodes.survey.figures import INVITED, Figure, whole
from custodes.survey.folder import Survey
from custodes.survey.sentences import plural


class Verdict(StrEnum):
    """What becomes of a claim. A closed list."""

    SUPPORTED = "supported"
    SUPERSEDED = "superseded"
    CONTRADICTED = "contradicted"
    NOT_COMPARABLE = "not_comparable"
    UNVERIFIABLE = "unverifiable"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with its verdict. `now`: the figure with what is known now; none where none was named."""

    claim: Claim
    verdict: Verdict
    now: Figure | None
    because: tuple[str, ...]


def judge(claim: Claim, survey: Survey, cut: date | None = None) -> Judged:
    """The verdict on one claim with what was recorded up to `cut` (None: everything)."""
    judged = _judge(claim, survey, cut)
    return replace(judged, because=(*judged.because, claim.note)) if claim.note else judged


def _judge(claim: Claim, survey: Survey, cut: date | None) -> Judged:
    if not claim.figure:
        return Judged(claim, Verdict.UNVERIFIABLE, None, ("no figure of this survey says it",))
    definition = survey.figures[claim.figure]
    apart = list(_apart(claim, survey))
    wave = claim.wave if claim.wave and not definition.wave else ""
    now = survey.figure(definition, cut, wave)
    if apart:
        return Judged(claim, Verdict.NOT_COMPARABLE, now, tuple(apart))
    if holds(claim, now):
        return Judged(claim, Verdict.SUPPORTED, now, (f"{said(now)}, as claimed",))
    then_cut = claim.said_at if cut is None else min(cut, claim.said_at)
    then = survey.figure(definition, then_cut, wave)
    if holds(claim, then):
        why = (f"held with what was recorded up to {then_cut.isoformat()}: {said(then)}", f"now {said(now)}")
        return Judged(claim, Verdict.SUPERSEDED, now, why)
    if _inside(claim, now):
        low, high = whole(now.own.lower), whole(now.own.upper)
        open_ = f"between {low} and {high} of all {now.invited} invited: the answers do not settle it"
        return Judged(claim, Verdict.UNVERIFIABLE, now, (open_,))
    return Judged(claim, Verdict.CONTRADICTED, now, (*_differences(claim, now), *_explanation(claim, now, survey, cut)))


def _apart(claim: Claim, survey: Survey) -> Iterator[str]:
    """Why a claim speaks of another thing than its figure."""
    definition = survey.figures[claim.figure]
    if claim.unit != definition.unit:
        yield f"it counts {claim.unit or 'nothing named'}, the figure counts {definition.unit}"
    if claim.question and claim.question != definition.question:
        yield f"it speaks of '{claim.question}', the figure of '{definition.question or 'returns'}'"
    if claim.wave and definition.wave and claim.wave != definition.wave:
        yield f"it speaks of wave '{claim.wave}', the figure is of wave '{definition.wave}'"
    wave = survey.wave_of(definition, claim.wave if not definition.wave else "")
    said_in = claim.wave or _wave_on(claim.said_at, survey)
    questions = survey.questions
    changed = [name for name in sorted(definition.questions()) if questions[name].comparability == "not_comparable"]
    if said_in and said_in != wave.id and changed and survey.waves[said_in].opened < wave.opened:
        yield f"said of wave '{said_in}'; '{changed[0]}' cannot be compared with it in wave '{wave.id}'"


def _wave_on(day: date, survey: Survey) -> str:
    """The wave last opened on a day; none before the first."""
    opened = [wave.id for wave in survey.waves.values() if wave.opened <= day]
    return opened[-1] if opened else ""


def holds(claim: Claim, figure: Figure) -> bool:
    """Whether a claim holds of a figure. Of one over all invited, only where the bounds settle it."""
    if claim.numerator is None or not _same_denominator(claim, figure):
        return False
    low, high = _range(figure)
    met = {
        "exactly": low == high == claim.numerator,
        "at_least": claim.numerator <= low,
        "at_most": high is not None and high <= claim.numerator,
    }[claim.bound]
    return met and (claim.share is None or _prints(low, figure.denominator, claim.share))


def _range(figure: Figure) -> tuple[Fraction, Fraction | None]:
    """What a claim is held against: the bounds of a share of all invited, else the numerator as it stands."""
    if figure.definition.kind == "share" and figure.definition.denominator == INVITED:
        return figure.own.lower or Fraction(0), figure.own.upper
    return figure.numerator, figure.numerator


def _same_denominator(claim: Claim, figure: Figure) -> bool:
    return claim.denominator is None or claim.denominator == figure.denominator


def _prints(numerator: Fraction, denominator: Fraction | None, share: Decimal) -> bool:
    """Whether a share comes to what was printed, at the precision it was printed with. A tie may go either way."""
    if not denominator:
        return False
    places = max(0, -int(share.as_tuple().exponent))
    return abs(100 * numerator / denominator - Fraction(share)) <= Fraction(1, 2 * 10**places)


def _inside(claim: Claim, figure: Figure) -> bool:
    """Whether a claim over all invited lies inside the bounds without being settled by them."""
    if figure.definition.kind != "share" or figure.definition.denominator != INVITED or claim.numerator is None:
        return False
    if not _same_denominator(claim, figure):
        return False
    if claim.share is not None and not _prints(claim.numerator, figure.denominator, claim.share):
        return False
    low, high = _range(figure)
    above = claim.numerator >= low or claim.bound == "at_least"
    below = high is None or claim.numerator <= high or claim.bound == "at_most"
    return above and below


def said(figure: Figure) -> str:
    """A figure in words: "24 of 39 (61.5 %)"."""
    told = f"{whole(figure.numerator):,}"
    if figure.denominator is None:
        return told
    return f"{told} of {whole(figure.denominator):,}{_percent(figure.numerator, figure.denominator)}"


def _percent(numerator: Fraction, denominator: Fraction | None) -> str:
    return f" ({percent(numerator / denominator)} %)" if denominator and numerator <= denominator else ""


def percent(share: Fraction, places: int = 1) -> str:
    """A share in per cent; a tie is rounded up, as people do."""
    scaled = 100 * share * 10**places
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return str(Decimal(rounded).scaleb(-places)) if places else str(rounded)


def _differences(claim: Claim, now: Figure) -> Iterator[str]:
    """Where a claim and its figure part."""
    low, high = _range(now)
    if not _same_denominator(claim, now):
        told = f"{whole(now.denominator)} {plural(now.definition.unit)}" if now.denominator is not None else "no whole"
        yield f"the denominator is {told}, not {whole(claim.denominator)}"
    if claim.numerator is not None and not low == high == claim.numerator:
        word = claim.bound.replace("_", " ") + " " if claim.bound != "exactly" else ""
        shown = whole(low) if low == high else f"{whole(low)} to {whole(high) if high is not None else 'no limit'}"
        yield f"claimed {word}{whole(claim.numerator)}, counted {shown}"
    if claim.share is not None and not _prints(low, now.denominator, claim.share):
        yield f"{_sum(low, now.denominator)}, not {claim.share} %"


def _sum(numerator: Fraction, denominator: Fraction | None) -> str:
    if not denominator:
        return f"{whole(numerator)} of nothing that was counted"
    return f"{whole(numerator)}/{whole(denominator)} = {percent(numerator / denominator)} %"


def _counts(now: Figure, survey: Survey, cut: date | None) -> dict[str, Fraction]:
    """Counts that a writer may have taken for another: invited and returned, and of each kind."""
    asked = survey.asking(survey.waves[now.wave], cut)
    found = {"all invited": Fraction(now.invited), "all returns": Fraction(now.returned)}
    invited = Counter(body.kind for body in asked.bodies if body.kind)
    returned = Counter(body.kind for body in asked.bodies if body.kind and body.id in asked.returned)
    for kind, many in sorted(invited.items()):
        found[f"the {kind} bodies invited"] = Fraction(many)
        found[f"the returns of {kind} bodies"] = Fraction(returned[kind])
    return found


def _explanation(claim: Claim, now: Figure, survey: Survey, cut: date | None) -> Iterator[str]:
    """The counts that would give what was printed, the figure's own numerator tried first."""
    counts = _counts(now, survey, cut)
    names = {value: name for name, value in reversed(counts.items())}
    if claim.share is not None:
        tops = dict.fromkeys((now.numerator, *([claim.numerator] if claim.numerator else []), Fraction(now.returned)))
        for top in tops:
            for bottom in names:
                if bottom and top <= bottom != now.denominator and _prints(top, bottom, claim.share):
                    what = "" if top == now.numerator else f"{names.get(top, 'the claimed number')} "
                    yield f"{_sum(top, bottom)}: {what}over {names[bottom]}"
                    return
    if claim.denominator is not None and claim.denominator != now.denominator and claim.denominator in names:
        yield f"{whole(claim.denominator)} is the number of {names[claim.denominator].removeprefix('the ')}"
    elif claim.numerator is not None and claim.numerator in names and claim.numerator != now.numerator:
        yield f"{whole(claim.numerator)} is the number of {names[claim.numerator].removeprefix('the ')}"
