"""Figures in sentences for print, each with the assumption it rests on."""

from __future__ import annotations

from custodes.survey.figures import INVITED, RETURNED, Bounds, Figure, whole

#: A state in words that a person reads.
STATE_NAMES = {
    "answered": "answered",
    "corrected": "corrected",
    "none": "none",
    "routed_out": "not asked",
    "not_known": "not known to them",
    "refused": "refused",
    "not_answered": "left unanswered",
    "return_missing": "no return",
    "withdrawn": "withdrawn",
    "returned": "returned",
}
SYNTHETIC = "Some answers are synthetic: their rows say so, and say nothing about the bodies they name."
SILENT_UNKNOWN = "silence inside a return is not known"
SILENT_NO = "silence inside a return means no"


def assumption(figure: Figure) -> str:
    """What the figure's own bounds assume."""
    if figure.definition.kind == "returns":
        return "none: every invited body either returned or did not"
    own = SILENT_NO if figure.own_reading == "no" else SILENT_UNKNOWN
    told = f"{own}; a missing return may hold any answer"
    if figure.definition.kind == "total":
        cap = figure.definition.cap_per_body
        told += f"; no body has more than {whole(cap)}" if cap is not None else "; no body has less than none"
    return told


def sentence(figure: Figure) -> str:
    """The figure as it may be printed."""
    if figure.definition.kind == "returns":
        return f"{whole(figure.numerator):,} of {figure.invited:,} bodies invited returned an answer."
    if figure.definition.kind == "total":
        return _total(figure)
    return _share(figure)


def _share(figure: Figure) -> str:
    top, bottom = whole(figure.numerator), whole(figure.denominator)
    of = {
        INVITED: f"all {figure.invited:,} invited",
        RETURNED: f"the {bottom:,} that returned",
    }.get(str(figure.definition.denominator), f"the {bottom:,} that the question is about")
    told = f"{top:,} of {of}" if top else f"none of {of}"
    if not _settled(figure):
        told = f"at least {told}" if top else f"none known of {of}"
    return "; ".join([told[0].upper() + told[1:], *_readings(figure)]) + "."


def _settled(figure: Figure) -> bool:
    """Whether nothing but missing returns is open, and of a figure over all invited nothing at all."""
    missing = 0 if figure.definition.denominator == INVITED else figure.invited - figure.returned
    upper = figure.silence_unknown.upper
    return upper is not None and figure.numerator + missing >= upper


def _readings(figure: Figure) -> list[str]:
    """The bounds over all invited, under each reading of silence where they differ."""
    unknown, no = (_between(bounds, figure.invited) for bounds in (figure.silence_unknown, figure.silence_no))
    if unknown == no:
        return [unknown] if figure.silence_unknown.lower != figure.silence_unknown.upper else []
    return [f"{no} if {SILENT_NO}", f"{unknown} otherwise"]


def _between(bounds: Bounds, invited: int) -> str:
    low, high = whole(bounds.lower), whole(bounds.upper)
    if low == high:
        return f"{low:,} of all {invited:,}"
    return f"between {low:,} and {high:,} of all {invited:,}"


def plural(unit: str) -> str:
    """A unit as more than one of them: bodies, drones."""
    if unit.endswith(("s", "x", "ch", "sh")):
        return unit + "es" if not unit.endswith("s") else unit
    return unit[:-1] + "ies" if unit.endswith("y") and unit[-2:-1] not in "aeiou" else unit + "s"


def _total(figure: Figure) -> str:
    top = whole(figure.numerator)
    unit = figure.definition.unit if top == 1 else plural(figure.definition.unit)
    open_ = figure.own.upper is None or figure.own.upper != figure.numerator
    told = f"{'At least ' if open_ else ''}{top:,} {unit}"
    if figure.denominator is not None:
        told += f" of the {whole(figure.denominator):,} counted"
    told = told[0].upper() + told[1:]
    if figure.own.upper is None:
        return f"{told}; no upper bound, because not every answer is known and no cap for a body is given."
    return f"{told}; at most {whole(figure.own.upper):,}." if open_ else f"{told}."
