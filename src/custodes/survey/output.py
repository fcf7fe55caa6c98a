"""Figures and verdicts as the objects that machines read. Their names are relied upon by others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from custodes.survey.compare import Change
from custodes.survey.corrections import Correction
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
        "said_by": claim.said_by or None,
        "now": claim.now or None,
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


def change_object(change: Change) -> dict[str, Any]:
    """One figure in two waves."""
    attrition = change.attrition
    return {
        "id": change.first.definition.id,
        "unit": change.first.definition.unit,
        "waves": [change.first.wave, change.second.wave],
        "first": _side(change.first),
        "second": _side(change.second),
        "whole_set": {"lower": whole(change.lower), "upper": whole(change.upper)},
        "panel": {
            "bodies": change.panel,
            "first": whole(change.panel_first),
            "second": whole(change.panel_second),
            "change": whole(change.change),
            "began": change.moves.get((False, True), 0),
            "ended": change.moves.get((True, False), 0),
        },
        "attrition": {
            "invited_both": attrition.invited_both,
            "returned_both": attrition.returned_both,
            "only_first": attrition.only_first,
            "only_second": attrition.only_second,
            "neither": attrition.neither,
            "joined": list(attrition.joined),
            "left": list(attrition.left),
            "merged": {name: list(names) for name, names in attrition.merged.items()},
        },
        "doubt": change.doubt or None,
    }


def _side(figure: Figure) -> dict[str, Any]:
    return {
        "numerator": whole(figure.numerator),
        "denominator": whole(figure.denominator),
        "lower": whole(figure.own.lower),
        "upper": whole(figure.own.upper),
    }


def correction_object(found: Correction) -> dict[str, Any]:
    """What differs between two editions."""
    return {
        "from": found.before.id,
        "to": found.after.id,
        "corrects": found.corrects,
        "notice": dict(found.after.notice) if found.corrects else {},
        "figures": [
            {
                "id": item.after.definition.id,
                "as_published": _side(item.before),
                "as_corrected": _side(item.after),
            }
            for item in found.figures
        ],
        "claims": [
            {"id": now.claim.id, "then": str(then.verdict), "now": str(now.verdict)} for then, now in found.claims
        ],
        "rows": [
            {
                "body": row.body,
                "question": row.question,
                "state": str(row.held.state),
                "recorded_at": row.recorded_at.isoformat(),
                "source": row.source,
            }
            for row in found.rows
        ],
    }
