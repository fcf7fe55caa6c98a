"""Figures of random small surveys beside an oracle that writes down every completion."""

from __future__ import annotations

import os
import random
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import oracle
import worlds

from custodes.survey.figures import Bounds, Figure
from custodes.survey.folder import load

SURVEYS = 10_000 if os.environ.get("CUSTODES_LONG") else 400
BATCHES = 8


def _fractions(bounds: Bounds) -> dict[str, Any]:
    def divided(pair: tuple[Fraction, Fraction] | None) -> Fraction | None:
        return None if pair is None else pair[0] / pair[1]

    return {
        "lower": bounds.lower,
        "upper": bounds.upper,
        "lower_share": divided(bounds.lower_share),
        "upper_share": divided(bounds.upper_share),
    }


def _share_of(figure: Figure) -> dict[str, Any]:
    return {
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "states": dict(figure.states),
        "bounds": {
            "silence_unknown": _fractions(figure.silence_unknown),
            "silence_no": _fractions(figure.silence_no),
        },
    }


def _total_of(figure: Figure) -> dict[str, Any]:
    readings = {"silence_unknown": figure.silence_unknown, "silence_no": figure.silence_no}
    return {
        "numerator": figure.numerator,
        "bounds": {name: {"lower": item.lower, "upper": item.upper} for name, item in readings.items()},
    }


def _small(chance: random.Random) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    while True:
        made = worlds.survey(chance)
        figures = [worlds.figure(chance, made) for _ in range(3)]
        if worlds.small_enough(made, figures):
            return made, figures


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_bounds_equal_enumeration(batch: int, tmp_path: Path) -> None:
    seen: dict[str, int] = {}
    for number in range(batch, SURVEYS, BATCHES):
        made, figures = _small(random.Random(number))
        worlds.write(made, figures, [], tmp_path / str(number))
        survey = load(tmp_path / str(number))
        for cut in ("2022-02-15", "2022-12-31"):
            rows = worlds.rows_at(made, cut)
            for name, wanted in zip(survey.figures, figures, strict=True):
                figure = survey.figure(survey.figures[name], date.fromisoformat(cut))
                found = _total_of(figure) if wanted["kind"] == "total" else _share_of(figure)
                expected = (oracle.total if wanted["kind"] == "total" else oracle.share)(made, rows, wanted)
                assert found == expected, f"survey {number}, figure {name}, cut {cut}: {wanted}"
                assert sum(figure.states.values()) == figure.invited == len(rows)
                if wanted["kind"] == "share":
                    assert figure.own.upper is not None
                    asks_what_is_known = "'known'" in str((wanted, made["questions"]))
                    assert asks_what_is_known or figure.numerator <= figure.own.upper
                for state in figure.states:
                    seen[state] = seen.get(state, 0) + 1
    assert len(seen) == 9, "every state has occurred"
