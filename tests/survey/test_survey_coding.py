"""Free text coded by two people: what must not be overlooked, their agreement by hand, and disagreement kept open."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from custodes.cli.coding import _brands
from custodes.cli.commands import app
from custodes.survey.coding import EVADES, NO_MAKER, ONLY_ASKED, Coded, agreement, look

EXAMPLE = Path(__file__).parents[2] / "examples" / "survey-2022"


@pytest.mark.parametrize(
    ("answer", "question", "expected"),
    [
        ("Procured in line with procurement policy and government advice.", "Any Hikvision?", EVADES),
        ("Milestone XProtect, audio and visual", "Which makers?", NO_MAKER),
        ("Milestone XProtect with Axis cameras", "Which makers?", ""),
        ("Some are, in two buildings", "Do you have Hikvision cameras?", ONLY_ASKED),
        ("No", "Do you have Hikvision cameras?", ""),
        ("Hikvision, 12 cameras", "Do you have Hikvision cameras?", ""),
    ],
)
def test_what_must_not_be_overlooked(answer: str, question: str, expected: str) -> None:
    assert look(answer, question, _brands()) == expected


def test_kappa_by_hand() -> None:
    codes = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    rows = [Coded("b", "q", "", a, b, "", line) for line, (a, b) in enumerate(codes, 2)]
    found = agreement([*rows, Coded("b", "q", "", "y", "", "", 99)])["q"]
    assert (found.coded, found.same, found.waiting) == (50, 35, 1)
    assert found.kappa == pytest.approx(0.4)  # (0.7 - 0.5) / (1 - 0.5): 25/50 and 30/50 say y
    assert len(found.open) == 15


def test_the_sheet_out_and_back(tmp_path: Path) -> None:
    folder, path = tmp_path / "survey", tmp_path / "codes.csv"
    shutil.copytree(EXAMPLE, folder)
    with (folder / "answers.csv").open("a", encoding="utf-8") as stream:
        stream.write("kent,cctv.internal.concern,,yes,answered,,2023-05-01,x,survey-2022\n")
        stream.write("kent,anpr.suppliers,,in line with government advice,answered,,2023-05-01,x,survey-2022\n")
    done = CliRunner().invoke(app, ["survey", "code", str(folder), str(path)])
    assert "3 answers in" in done.output
    assert "1 with something that must not be overlooked" in done.output
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {row["body"]: row["look"] for row in rows}["kent"] == EVADES
    rows[0].update(code_a="evades", code_b="Evades")
    rows[1].update(code_a="yes", code_b="no")
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    told = CliRunner().invoke(app, ["survey", "code", str(folder), str(path)]).stdout
    assert "all questions: 1 of 2 coded the same" in told
    assert "to settle, line 3: west-yorkshire" in told
    rows[0]["agreed"] = "plain"
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.DictWriter(stream, rows[0].keys())
        out.writeheader()
        out.writerows(rows)
    done = CliRunner().invoke(app, ["survey", "code", str(folder), str(path)])
    assert "codes.csv:2: both coded 'evades', and agreed is 'plain'" in str(done.exception)
