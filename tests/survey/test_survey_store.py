"""Answers imported into the store: the same figures and the same faults as from memory."""

from __future__ import annotations

import random
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))
import worlds

from custodes.cli.commands import app
from custodes.model.errors import BadInput, BadUsage
from custodes.survey import folder as folders
from custodes.survey.faults import Faults
from custodes.survey.folder import load, read, read_frame
from custodes.survey.ingest import ingest

EXAMPLE = Path(__file__).parents[2] / "examples" / "survey-2022"
QUESTIONNAIRE = """\
id: q
version: 1
title: A survey
sections:
  - id: s
    title: S
    questions:
      - {id: use, text: Use it?, type: yes_no}
      - {id: many, text: How many?, type: count, when: {"==": [{source: answers, identifier: use}, "yes"]}}
  - id: fleets
    title: Fleets
    repeat: fleet
    questions:
      - {id: fleet.kind, text: Which?, type: choice, options: [a, b]}
      - {id: fleet.size, text: How many?, type: count}
      - {id: fleet.since, text: Since?, type: date}
"""
WAVES = "waves:\n  - {id: w1, opened: 2020-01-01}\n  - {id: w2, opened: 2022-01-01}\n"
BODIES = "body,name,kind,invited_from,invited_to\n" + "".join(f"b{n},B {n},force,,\n" for n in range(1, 6))
FIGURES = """\
figures:
  - {id: users, kind: share, unit: body, question: use, denominator: invited}
  - {id: total, kind: total, unit: device, question: many}
  - {id: fleets, kind: total, unit: device, question: fleet.size, cap_per_body: 100}
  - id: has-a
    kind: share
    unit: body
    question: fleet.kind
    numerator:
      and:
        - {"==": [{source: answers, identifier: fleet.kind}, a]}
        - {">": [{source: answers, identifier: fleet.size}, 3]}
    denominator: invited
"""
HEADER = "body,question,part,value,state,valid_at,recorded_at,source,wave,lead\n"
ROWS = """\
b1,use,,yes,answered,,2022-02-01,x,w2,
b1,use,,no,answered,,2020-02-01,x,w1,
b1,many,,7,answered,2022-01-31,2022-02-01,x,w2,
b2,use,,,answered,,2022-02-01,x,w2,b1
b2,many,,,answered,,2022-02-01,x,w2,b1
b3,use,,,not_known,,2022-02-01,x,,
b3,use,,yes,corrected,,2022-03-01,x,w2,
b3,fleet.kind,1,a,answered,,2022-02-01,x,w2,
b3,fleet.size,1,2,answered,,2022-02-01,x,w2,
b3,fleet.kind,2,b,answered,,2022-02-01,x,w2,
b3,fleet.size,2,9,answered,,2022-02-01,x,w2,
b4,fleet.kind,north,a,answered,,2022-02-01,x,w2,
b4,fleet.size,north,4,answered,,2022-02-01,"x
y",w2,
b4,fleet.since,north,2021-05-01,answered,,2022-02-01,x,w2,
b5,fleet.kind,1,,refused,,2022-02-01,x,w2,
b5,fleet.size,1,5,answered,,2022-02-01,x,w2,
"""


def _folder(tmp_path: Path, rows: str = ROWS) -> Path:
    files = {"questionnaire.yaml": QUESTIONNAIRE, "waves.yaml": WAVES, "bodies.csv": BODIES, "figures.yaml": FIGURES}
    for name, text in {**files, "answers.csv": HEADER + rows}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _import(folder: Path) -> Faults:
    faults = Faults()
    asked = read_frame(folder, faults)
    assert asked is not None
    ingest(folder / "answers.csv", folder, asked[1], faults, lambda _: None)
    return faults


def test_parts_leads_and_waves_counted_by_hand(tmp_path: Path) -> None:
    survey = load(_folder(tmp_path))
    found = {name: survey.figure(item, None) for name, item in survey.figures.items()}
    assert found["users"].numerator == 3  # b1, b2 by its lead b1, b3 as corrected
    assert found["users"].states == {"answered": 2, "corrected": 1, "not_answered": 2}
    assert found["total"].numerator == 7  # b2 points to b1: counted once
    assert found["fleets"].numerator == 2 + 9 + 4 + 5
    assert found["fleets"].own.upper == 11 + 4 + 5 + 2 * 100  # b1 and b2 returned and named no fleet
    assert found["has-a"].numerator == 1  # b4; b3 has kind a and more than three, but not in one fleet
    assert (found["has-a"].own.lower, found["has-a"].own.upper) == (1, 4)  # b5, b1, b2 may
    assert survey.figure(survey.figures["users"], None, "w1").numerator == 0
    assert survey.figure(survey.figures["users"], date(2022, 2, 15)).states["not_known"] == 1


def test_the_store_gives_the_same_figures(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    held = load(folder)
    assert not _import(folder).found
    stored = load(folder)
    for wave in held.waves:
        for cut in (None, date(2020, 6, 1), date(2022, 2, 15)):
            for name, item in held.figures.items():
                assert held.figure(item, cut, wave) == stored.figure(item, cut, wave), (name, wave, cut)
    assert held.answers.latest() == stored.answers.latest()


def test_the_store_gives_the_same_figures_of_random_surveys(tmp_path: Path) -> None:
    for number in range(40):
        chance = random.Random(90_000 + number)
        made = worlds.survey(chance)
        figures = [worlds.figure(chance, made) for _ in range(4)]
        worlds.write(made, figures, [], tmp_path / str(number))
        held = load(tmp_path / str(number))
        assert not _import(tmp_path / str(number)).found
        stored = load(tmp_path / str(number))
        for cut in (None, date(2022, 2, 15), date(2021, 1, 1)):
            assert [held.figure(item, cut) for item in held.figures.values()] == [
                stored.figure(item, cut) for item in stored.figures.values()
            ]


def test_the_example_from_the_store(tmp_path: Path) -> None:
    folder = tmp_path / "example"
    shutil.copytree(EXAMPLE, folder)
    held = load(folder)
    done = CliRunner().invoke(app, ["survey", "import", str(folder)])
    assert (done.exit_code, done.stdout) == (0, "")
    stored = load(folder)
    for edition in held.editions.values():
        for item in held.figures.values():
            assert held.figure(item, edition.cut) == stored.figure(item, edition.cut)


WRONG = """\
b9,use,,yes,answered,,2022-02-01,x,w2,
b1,use,,yes,answered,,2022-02-30,x,w2,

b1,many,,seven,answered,,2022-02-01,x,w2,
b1,use,,,refused,,2022-02-01,"two
lines",w2,
b1,use,1,yes,answered,,2022-02-03,x,w2,
b1,use,,yes,answered,,2022-02-01
b1,fleet.kind,1,c,answered,,2022-02-01,x,w9,
b1,many,,7,refused,,2022-02-01,x,w2,
b1,use,,Yes,answered,,2022-02-04,x,w2,
b2,use,,,answered,,2022-02-01,x,w2,b8
"""


def test_the_import_finds_the_same_faults_and_writes_nothing(tmp_path: Path) -> None:
    folder = _folder(tmp_path, WRONG)
    _, expected = read(folder)
    found = _import(folder)
    assert list(map(str, found.sorted())) == list(map(str, expected.sorted()))
    assert len(found.found) == 9
    assert not (folder / folders.STORE).exists()
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_two_rows_of_one_day_that_differ_are_found_by_the_import(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path, "b1,use,,yes,answered,,2022-02-01,x,w2,\n" * 2 + "b1,use,,no,answered,,2022-02-01,x,w2,\n"
    )
    assert list(map(str, _import(folder).sorted())) == [
        "answers.csv:4: says another thing than another line, recorded on the same day"
    ]


def test_a_store_that_is_out_of_date_is_refused(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    _import(folder)
    (folder / "answers.csv").write_text(HEADER, encoding="utf-8")
    with pytest.raises(BadInput, match="out of date"):
        load(folder)
    _import(folder)
    (folder / "bodies.csv").write_text(BODIES + "b6,Six,force,,\n", encoding="utf-8")
    with pytest.raises(BadInput, match="out of date"):
        load(folder)


def test_a_file_too_large_to_hold_is_to_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _folder(tmp_path)
    monkeypatch.setattr(folders, "MOST_HELD_BYTES", 100)
    with pytest.raises(BadUsage, match="first to be imported"):
        load(folder)
    _import(folder)
    assert load(folder).figure(load(folder).figures["total"], None).numerator == 7
