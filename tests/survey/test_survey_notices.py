"""Answers that can stand and are odd, totals and their parts, versions that went out, keys that look misspelt."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.survey.folder import read

QUESTIONNAIRE = """\
id: s
version: 1
title: S
sections:
  - id: a
    title: A
    questions:
      - {id: uses, text: Uses?, type: yes_no}
      - {id: many, text: How many?, type: count, when: {"==": [{source: answers, identifier: uses}, "yes"]}}
      - {id: fixed, text: Fixed?, type: count}
      - {id: moving, text: Moving?, type: count}
      - {id: all, text: All?, type: count, total_of: [fixed, moving]}
      - {id: every, text: In all systems?, type: count, total_of: [inside]}
  - id: b
    title: B
    repeat: system
    questions:
      - {id: inside, text: Inside?, type: count}
"""
HEADER = "body,question,part,value,state,valid_at,recorded_at,source\n"


def _folder(path: Path, answers: str, questionnaire: str = QUESTIONNAIRE) -> Path:
    (path / "questionnaire.yaml").write_text(questionnaire, encoding="utf-8")
    (path / "waves.yaml").write_text("waves: [{id: w, opened: 2026-01-01, questionnaire: s}]\n", encoding="utf-8")
    (path / "bodies.csv").write_text("body,name,kind,invited_from,invited_to\nk,Kent,force,,\n", encoding="utf-8")
    rows = "".join(f"k,{row},,2026-01-02,x\n" for row in answers.split())
    (path / "answers.csv").write_text(HEADER + rows, encoding="utf-8")
    return path


def _notes(path: Path) -> list[tuple[int, str]]:
    survey, faults = read(path)
    assert survey is not None
    assert faults.found == []
    return [(item.line, item.reason) for item in faults.notes]


def test_an_answer_to_a_question_that_was_not_to_be_put(tmp_path: Path) -> None:
    (note,) = _notes(_folder(tmp_path, "uses,,no,answered many,,7,answered"))
    assert note[0] == 3
    assert "'many' is answered, and by the other answers was not to be put" in note[1]
    assert _notes(_folder(tmp_path, "uses,,,not_known many,,7,answered")) == []
    assert _notes(_folder(tmp_path, "uses,,no,answered many,,,routed_out")) == []


def test_a_total_that_is_not_the_sum_of_its_parts(tmp_path: Path) -> None:
    (note,) = _notes(_folder(tmp_path, "fixed,,3,answered moving,,4,answered all,,8,answered"))
    assert note == (4, "k: 'all' is 8, and its parts come to 7")
    assert _notes(_folder(tmp_path, "fixed,,3,answered moving,,4,answered all,,7,answered")) == []
    assert _notes(_folder(tmp_path, "fixed,,3,answered moving,,,refused all,,8,answered")) == []


def test_a_total_over_the_parts_of_a_repeating_section(tmp_path: Path) -> None:
    (note,) = _notes(_folder(tmp_path, "inside,x,3,answered inside,y,4,answered every,,9,answered"))
    assert note[1] == "k: 'every' is 9, and its parts come to 7"
    assert _notes(_folder(tmp_path, "inside,x,3,answered inside,y,4,answered every,,7,answered")) == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("[fixed, moving]", "[fixed, uses]", "'uses' is no number that can be part of 'all'"),
        ("[fixed, moving]", "[all]", "'all' is no number that can be part of 'all'"),
        ("[fixed, moving]", "[nowhere]", "'nowhere' is no number"),
        ("type: yes_no}", "type: yes_no, total_of: [fixed]}", "'uses' is no number: it cannot be a total"),
    ],
)
def test_a_total_that_cannot_be_one_is_a_fault(tmp_path: Path, old: str, new: str, why: str) -> None:
    _, faults = read(_folder(tmp_path, "uses,,no,answered", QUESTIONNAIRE.replace(old, new)))
    assert any(why in item.reason for item in faults.found)


def test_a_version_that_went_out_is_not_changed(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "uses,,no,answered")
    done = CliRunner().invoke(app, ["survey", "pack", str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert (folder / "published" / "s-1.yaml").read_text(encoding="utf-8") == QUESTIONNAIRE
    for changed, fine in (
        ("# a remark\n" + QUESTIONNAIRE, True),
        (QUESTIONNAIRE.replace("Fixed?", "Fixed cameras?"), False),
        (QUESTIONNAIRE.replace("Fixed?", "Fixed cameras?").replace("version: 1", "version: 2"), True),
    ):
        (folder / "questionnaire.yaml").write_text(changed, encoding="utf-8")
        told = CliRunner().invoke(app, ["survey", "check", str(folder)])
        assert (told.exit_code == 0) is fine, told.output
        assert fine or "questionnaire.yaml:2: version 1 has gone out and is changed here" in told.stdout
    again = CliRunner().invoke(app, ["survey", "pack", str(folder), "--out", str(tmp_path / "out2")])
    assert again.exit_code == 0
    assert sorted(path.name for path in (folder / "published").iterdir()) == ["s-1.yaml", "s-2.yaml"]


def test_a_key_that_looks_misspelt_is_noted(tmp_path: Path) -> None:
    changed = QUESTIONNAIRE.replace("type: yes_no}", "type: yes_no, silense: no, owner: me}")
    (note,) = _notes(_folder(tmp_path, "uses,,no,answered", changed))
    assert note == (8, "no key `silense` is known here, and it says nothing; did you mean 'silence'?")


FIRST = """\
id: s
version: 1
title: S
sections:
  - id: a
    title: A
    questions:
      - {id: uses, text: Uses?, type: choice, options: [some, none]}
      - {id: many, text: How many?, type: count, when: {"==": [{source: answers, identifier: uses}, some]}}
"""
WAVES = "waves: [{id: w1, opened: 2025-01-01, questionnaire: s@1}, {id: w2, opened: 2026-01-01, questionnaire: s@2}]\n"
FIGURES = """\
figures:
  - {id: f, kind: share, unit: bodies, question: many, denominator: invited,
     numerator: {">": [{source: answers, identifier: many}, 0]}}
"""


def _two_versions(path: Path, second: str) -> Path:
    folder = _folder(path, "uses,,none,answered", FIRST)
    (folder / "published").mkdir()
    (folder / "published" / "s-1.yaml").write_text(FIRST, encoding="utf-8")
    (folder / "questionnaire.yaml").write_text(second.replace("version: 1", "version: 2"), encoding="utf-8")
    (folder / "waves.yaml").write_text(WAVES, encoding="utf-8")
    (folder / "figures.yaml").write_text(FIGURES, encoding="utf-8")
    header = HEADER.replace("source\n", "source,wave\n")
    rows = [
        f"k,{row},,2026-01-02,x,{wave}\n"
        for wave in ("w1", "w2")
        for row in ("uses,,none,answered", "many,,7,answered")
    ]
    (folder / "answers.csv").write_text(header + "".join(rows), encoding="utf-8")
    return folder


def test_answers_stay_pinned_to_the_version_they_were_given_to(tmp_path: Path) -> None:
    """In version 1 `many` was not to be put to a body that answered "none"; in version 2 it is put to everybody."""
    second = FIRST.replace(', when: {"==": [{source: answers, identifier: uses}, some]}', "").replace(
        "none]", "nothing]"
    )
    folder = _two_versions(tmp_path, second)
    survey, faults = read(folder)
    assert survey is not None
    assert [item.reason for item in faults.found] == []  # "none" is an option of version 1
    counted = {wave: survey.figure(survey.figures["f"], None, wave) for wave in ("w1", "w2")}
    assert {wave: figure.numerator for wave, figure in counted.items()} == {"w1": 0, "w2": 1}
    assert [(item.line, "was not to be put" in item.reason) for item in faults.notes] == [(3, True)]


def test_a_question_of_another_type_wants_another_id(tmp_path: Path) -> None:
    _, faults = read(_two_versions(tmp_path, FIRST.replace("type: count", "type: number")))
    (fault,) = faults.found
    assert str(fault) == (
        "questionnaire.yaml:9: 'many' was of type count in version 1: what is asked otherwise wants another id"
    )


def test_an_older_version_that_was_not_kept_is_noted(tmp_path: Path) -> None:
    folder = _two_versions(tmp_path, FIRST)
    (folder / "published" / "s-1.yaml").unlink()
    assert any("was asked with 's@1', not kept here" in reason for _, reason in _notes(folder))
