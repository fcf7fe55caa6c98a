"""Figures and verdicts as the objects that machines read. Their names are relied upon by others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from custodes.survey.editions import Edition
from custodes.survey.figures import Bounds, Figure, fraction_text, whole
from custodes.survey.folder import Survey
from custodes.survey.sentences import assumption, sentence
from custodes.survey.verdicts import Judged, percent


def figure_object(figure: Figure, edition: str) -> dict[str, Any]:
    """One figure of one edition."""
    definition, share = figure.definition, figure.share
    return {
        "id": definition.id,
        "kind": definition.kind,
        "title": dict(definition.title),
        "question": definition.question or None,
        "wave": figure.wave,
        "edition": edition,
        "unit": definition.unit,
        "numerator": whole(figure.numerator),
        "denominator": whole(figure.denominator),
        "percent": None if share is None else float(percent(share)),
        "invited": figure.invited,
        "returned": figure.returned,
        "lower": whole(figure.own.lower),
        "upper": whole(figure.own.upper),
        "bounds": {"silence_unknown": _bounds(figure.silence_unknown), "silence_no": _bounds(figure.silence_no)},
        "assumption": assumption(figure),
        "states": dict(figure.states),
        "sentence": sentence(figure),
    }


def _bounds(bounds: Bounds) -> dict[str, Any]:
    return {
        "lower": whole(bounds.lower),
        "upper": whole(bounds.upper),
        "lower_share": fraction_text(bounds.lower_share),
        "upper_share": fraction_text(bounds.upper_share),
    }


def claim_object(judged: Judged) -> dict[str, Any]:
    """One claim with its verdict."""
    claim, now = judged.claim, judged.now
    return {
        "id": claim.id,
        "verdict": str(judged.verdict),
        "figure": claim.figure or None,
        "unit": claim.unit or None,
        "said_at": claim.said_at.isoformat(),
        "source": claim.source,
        "expected": {
            "bound": claim.bound,
            "numerator": whole(claim.numerator),
            "denominator": whole(claim.denominator),
            "share": None if claim.share is None else float(claim.share),
        },
        "computed": None
        if now is None
        else {
            "numerator": whole(now.numerator),
            "denominator": whole(now.denominator),
            "share": None if now.share is None else float(percent(now.share)),
            "lower": whole(now.own.lower),
            "upper": whole(now.own.upper),
        },
        "because": list(judged.because),
    }


def edition_figures(survey: Survey, edition: Edition, wanted: tuple[str, ...] = ()) -> Iterator[Figure]:
    """The figures of an edition, as they were when it was cut."""
    for definition in survey.figures.values():
        named = not edition.figures or definition.id in edition.figures
        if named and (not wanted or definition.id in wanted):
            yield survey.figure(definition, edition.cut)
