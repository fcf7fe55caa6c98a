"""Figures in sentences for print, in English and Welsh, each with the assumption it rests on.

The Welsh was drafted with the program and wants a Welsh speaker's eye before it is relied upon.
"""

from __future__ import annotations

from collections.abc import Mapping

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

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "silent_unknown": "silence inside a return is not known",
        "silent_no": "silence inside a return means no",
        "any_answer": "{reading}; a missing return may hold any answer",
        "no_more": "; no body has more than {cap}",
        "no_less": "; no body has less than none",
        "returns_assume": "none: every invited body either returned or did not",
        "returns": "{top} of {invited} bodies invited returned an answer",
        "of_invited": "all {many} invited",
        "of_returned": "the {many} that returned",
        "of_asked": "the {many} that the question is about",
        "some": "{top} of {of}",
        "none": "none of {of}",
        "at_least": "at least {top} of {of}",
        "none_known": "none known of {of}",
        "if_no": "{between} if silence inside a return means no",
        "otherwise": "{between} otherwise",
        "exact": "{low} of all {many}",
        "between": "between {low} and {high} of all {many}",
        "units": "{top} {unit}",
        "units_at_least": "at least {top} {unit}",
        "of_counted": "{told} of the {many} counted",
        "no_bound": "{told}; no upper bound, because not every answer is known and no cap for a body is given",
        "at_most": "{told}; at most {high}",
    },
    "cy": {
        "silent_unknown": "nid yw peidio ag ateb o fewn ffurflen yn dweud dim",
        "silent_no": "mae peidio ag ateb o fewn ffurflen yn golygu na",
        "any_answer": "{reading}; gallai ffurflen na ddaeth i law gynnwys unrhyw ateb",
        "no_more": "; nid oes gan yr un corff fwy na {cap}",
        "no_less": "; nid oes gan yr un corff lai na dim",
        "returns_assume": "dim: naill ai dychwelodd corff ei ffurflen neu beidio",
        "returns": "dychwelodd {top} o'r {invited} corff a wahoddwyd ateb",
        "of_invited": "'r {many} a wahoddwyd",
        "of_returned": "'r {many} a ddychwelodd ffurflen",
        "of_asked": "'r {many} y mae'r cwestiwn yn ymwneud â nhw",
        "some": "{top} o{of}",
        "none": "dim un o{of}",
        "at_least": "o leiaf {top} o{of}",
        "none_known": "dim un hysbys o{of}",
        "if_no": "{between} os yw peidio ag ateb o fewn ffurflen yn golygu na",
        "otherwise": "{between} fel arall",
        "exact": "{low} o'r {many} i gyd",
        "between": "o {low} hyd at {high} o'r {many} i gyd",
        "units": "{top} ({unit})",
        "units_at_least": "o leiaf {top} ({unit})",
        "of_counted": "{told} o'r {many} a gyfrifwyd",
        "no_bound": "{told}; nid oes terfyn uchaf, am nad yw pob ateb yn hysbys ac na roddwyd uchafswm i gorff",
        "at_most": "{told}; {high} ar y mwyaf",
    },
}


def assumption(figure: Figure, language: str = "en") -> str:
    """What the figure's own bounds assume."""
    words = _WORDS[language]
    if figure.definition.kind == "returns":
        return words["returns_assume"]
    reading = words["silent_no" if figure.own_reading == "no" else "silent_unknown"]
    told = words["any_answer"].format(reading=reading)
    if figure.definition.kind == "total":
        cap = figure.definition.cap_per_body
        told += words["no_more"].format(cap=whole(cap)) if cap is not None else words["no_less"]
    return told


def sentence(figure: Figure, language: str = "en") -> str:
    """The figure as it may be printed."""
    words = _WORDS[language]
    if figure.definition.kind == "returns":
        told = words["returns"].format(top=f"{whole(figure.numerator):,}", invited=f"{figure.invited:,}")
    elif figure.definition.kind == "total":
        told = _total(figure, language)
    else:
        told = _share(figure, words)
    return told[0].upper() + told[1:] + "."


def _share(figure: Figure, words: Mapping[str, str]) -> str:
    top, bottom = whole(figure.numerator), whole(figure.denominator)
    key, many = {
        INVITED: ("of_invited", figure.invited),
        RETURNED: ("of_returned", bottom),
    }.get(str(figure.definition.denominator), ("of_asked", bottom))
    of = words[key].format(many=f"{many:,}")
    open_ = not _settled(figure)
    form = ("at_least" if top else "none_known") if open_ else ("some" if top else "none")
    return "; ".join([words[form].format(top=f"{top:,}", of=of), *_readings(figure, words)])


def _settled(figure: Figure) -> bool:
    """Whether nothing but missing returns is open, and of a figure over all invited nothing at all."""
    missing = 0 if figure.definition.denominator == INVITED else figure.invited - figure.returned
    upper = figure.silence_unknown.upper
    return upper is not None and figure.numerator + missing >= upper


def _readings(figure: Figure, words: Mapping[str, str]) -> list[str]:
    """The bounds over all invited, under each reading of silence where they differ."""
    unknown, no = (_between(bounds, figure.invited, words) for bounds in (figure.silence_unknown, figure.silence_no))
    if unknown == no:
        return [unknown] if figure.silence_unknown.lower != figure.silence_unknown.upper else []
    return [words["if_no"].format(between=no), words["otherwise"].format(between=unknown)]


def _between(bounds: Bounds, invited: int, words: Mapping[str, str]) -> str:
    low, high = whole(bounds.lower), whole(bounds.upper)
    return words["exact" if low == high else "between"].format(low=f"{low:,}", high=f"{high:,}", many=f"{invited:,}")


def plural(unit: str) -> str:
    """A unit as more than one of them: bodies, drones."""
    if unit.endswith(("s", "x", "ch", "sh")):
        return unit + "es" if not unit.endswith("s") else unit
    return unit[:-1] + "ies" if unit.endswith("y") and unit[-2:-1] not in "aeiou" else unit + "s"


def _total(figure: Figure, language: str) -> str:
    words, top = _WORDS[language], whole(figure.numerator)
    unit = figure.definition.unit if top == 1 or language != "en" else plural(figure.definition.unit)
    open_ = figure.own.upper is None or figure.own.upper != figure.numerator
    told = words["units_at_least" if open_ else "units"].format(top=f"{top:,}", unit=unit)
    if figure.denominator is not None:
        told = words["of_counted"].format(told=told, many=f"{whole(figure.denominator):,}")
    if figure.own.upper is None:
        return words["no_bound"].format(told=told)
    return words["at_most"].format(told=told, high=f"{whole(figure.own.upper):,}") if open_ else told
