"""Verdicts on random claims about random surveys, and after one answer has changed, beside the oracle."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import oracle
import worlds

from custodes.survey.folder import load
from custodes.survey.verdicts import Verdict, judge

SURVEYS = 3000 if os.environ.get("CUSTODES_LONG") else 240
BATCHES = 4
DAYS = ("2022-02-15", "2022-12-31")


def _results(made: dict[str, Any], figures: list[dict[str, Any]], day: str) -> list[dict[str, Any]]:
    rows = worlds.rows_at(made, day)
    return [(oracle.total if item["kind"] == "total" else oracle.share)(made, rows, item) for item in figures]


def _check(made: dict[str, Any], figures: list[dict[str, Any]], claims: list[Any], folder: Path) -> list[str]:
    worlds.write(made, figures, claims, folder)
    survey = load(folder)
    results = {day: _results(made, figures, day) for day in DAYS}
    found = []
    for claim in claims:
        at = int(claim["figure"][1:])
        expected = oracle.verdict(claim, figures[at], results[DAYS[1]][at], results[claim["said_at"]][at])
        judged = judge(survey.claims[claim["id"]], survey)
        assert judged.verdict == expected, f"{folder.name}: {claim}, {figures[at]}, {judged.because}"
        assert judged.because
        found.append(expected)
    return found


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_verdicts_equal_the_oracle_also_after_an_answer_changed(batch: int, tmp_path: Path) -> None:
    seen: set[str] = set()
    for number in range(batch, SURVEYS, BATCHES):
        chance = random.Random(50_000 + number)
        made = worlds.survey(chance)
        figures = [worlds.figure(chance, made) for _ in range(3)]
        if not worlds.small_enough(made, figures):
            continue
        for item in figures:
            item["silence"] = made["questions"][item["question"]]["silence"]
        results = _results(made, figures, chance.choice(DAYS))
        claims = [worlds.claim(chance, n, figures, results) for n in range(6)]
        seen.update(_check(made, figures, claims, tmp_path / f"{number}"))
        body = chance.choice(list(made["bodies"]))
        name = chance.choice(list(made["questions"]))
        value = worlds.value(chance, made["questions"][name])
        made["rows"].append((body, name, "corrected", value, "2022-04-01"))
        seen.update(_check(made, figures, claims, tmp_path / f"{number} changed"))
    assert seen == set(map(str, Verdict))
