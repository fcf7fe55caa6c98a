"""Change between waves, counted by hand on a small survey of two waves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app

QUESTIONNAIRE = """\
id: q
version: 1
title: A survey
sections:
  - id: s
    title: S
    questions:
      - {id: use, text: Use it?, type: yes_no, comparability: reworded}
      - {id: many, text: How many?, type: count}
      - {id: other, text: Other?, type: yes_no, comparability: not comparable}
"""
WAVES = "waves:\n  - {id: old, opened: 2020-01-01}\n  - {id: new, opened: 2022-01-01}\n"
BODIES = """\
body,name,kind,invited_from,invited_to,follows
a,A,force,,,
b,B,force,,,
c,C,force,,,
d,D,force,,2021-01-01,
e,E,force,,2021-01-01,
de,D and E,force,2021-02-01,,d;e
f,F,force,2021-02-01,,
"""
FIGURES = """\
figures:
  - {id: users, kind: share, unit: body, question: use, denominator: returned}
  - {id: things, kind: total, unit: thing, question: many}
  - {id: others, kind: share, unit: body, question: other, denominator: returned}
  - {id: returns, kind: returns, unit: body}
"""
ANSWERS = """\
body,question,part,value,state,valid_at,recorded_at,source,wave
a,use,,no,answered,,2020-02-01,x,old
a,use,,yes,answered,,2022-02-01,x,new
b,use,,yes,answered,,2020-02-01,x,old
b,use,,,refused,,2022-02-01,x,new
c,many,,4,answered,,2020-02-01,x,old
c,many,,6,answered,,2022-02-01,x,new
d,use,,yes,answered,,2020-02-01,x,old
de,use,,no,answered,,2022-02-01,x,new
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"questionnaire.yaml": QUESTIONNAIRE, "waves.yaml": WAVES, "bodies.csv": BODIES}
    for name, text in {**files, "figures.yaml": FIGURES, "answers.csv": ANSWERS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _run(folder: Path, *arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["survey", "compare", str(folder), *arguments])
    assert done.exit_code == code, done.output
    return done.output if code else done.stdout


def test_whole_set_and_matched_panel(folder: Path) -> None:
    done = CliRunner().invoke(app, ["survey", "compare", str(folder), "old", "new", "--format", "jsonl"])
    found = {item["id"]: item for item in map(json.loads, done.stdout.splitlines())}
    users = found["users"]
    # old: a no, b yes, d yes; c and e open: 2 to 4 of 5. new: a yes, de no; b, c, f open: 1 to 4 of 5.
    assert (users["first"]["lower"], users["first"]["upper"]) == (2, 4)
    assert (users["second"]["lower"], users["second"]["upper"]) == (1, 4)
    assert users["whole_set"] == {"lower": 1 - 4, "upper": 4 - 2}
    assert users["panel"] == {"bodies": 1, "first": 0, "second": 1, "change": 1, "began": 1, "ended": 0}
    assert users["doubt"] == "reworded since the wave before: use"
    things = found["things"]
    assert things["whole_set"] == {"lower": None, "upper": None}
    assert (things["panel"]["bodies"], things["panel"]["change"]) == (1, 2)
    assert found["returns"]["whole_set"] == {"lower": 0, "upper": 0}
    assert users["attrition"] == {
        "invited_both": 3,
        "returned_both": 3,
        "only_first": 0,
        "only_second": 0,
        "neither": 0,
        "joined": ["f"],
        "left": [],
        "merged": {"de": ["d", "e"]},
    }
    assert "others" not in found
    assert "others: 'other' cannot be compared with the wave before" in done.stderr


def test_a_figure_that_cannot_be_compared_is_refused_by_name(folder: Path) -> None:
    assert "cannot be compared" in str(
        CliRunner().invoke(app, ["survey", "compare", str(folder), "old", "new", "others"]).exception
    )


def test_the_earlier_wave_stands_first(folder: Path) -> None:
    assert "did not open after" in str(
        CliRunner().invoke(app, ["survey", "compare", str(folder), "new", "old"]).exception
    )


def test_the_table_says_it_in_words(folder: Path) -> None:
    told = _run(folder, "old", "new")
    assert "change over the whole set: -3 to +2" in told
    assert "on the 1 body settled in both: 0 to 1, +1 (1 began, 0 ended)" in told
    assert "de is the successor of d, e" in told
