"""Bad input: each fault is found with its file and line, and the rest is still reported."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.publication.schemas import schema
from custodes.survey.faults import SurveyRefused
from custodes.survey.folder import load, read

QUESTIONNAIRE = """\
id: q
version: 1
title: A survey
sections:
  - id: s
    title: S
    questions:
      - {id: use, text: Use it?, type: yes_no}
      - {id: all, text: How many?, type: count, when: {"==": [{source: answers, identifier: use}, "yes"]}}
      - {id: some, text: How many of them?, type: count}
      - {id: kind, text: Which kind?, type: choice, options: [a, b]}
"""
WAVES = "waves:\n  - {id: w, opened: 2022-06-24, questionnaire: q}\n"
BODIES = "body,name,kind,invited_from,invited_to\nb1,One,force,,\nb2,Two,force,,\n"
HEADER = "body,question,part,value,state,valid_at,recorded_at,source\n"
FIGURES = """\
figures:
  - {id: users, kind: share, unit: body, question: use, denominator: invited}
  - {id: part, kind: total, unit: thing, question: some, of: all}
"""
CLAIMS = (
    "claims:\n  - {id: c, figure: users, unit: body, bound: exactly, numerator: 1, said_at: 2022-07-01, source: x}\n"
)


def _folder(tmp_path: Path, answers: str = "", **files: str) -> Path:
    content = {
        "questionnaire.yaml": QUESTIONNAIRE,
        "waves.yaml": WAVES,
        "bodies.csv": BODIES,
        "answers.csv": HEADER + answers,
        "figures.yaml": FIGURES,
        "claims.yaml": CLAIMS,
    }
    content.update({name.replace("_", "."): text for name, text in files.items()})
    for name, text in content.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def _faults(folder: Path) -> list[str]:
    _, faults = read(folder)
    return [str(fault) for fault in sorted((*faults.found, *faults.outside))]


def test_a_folder_without_a_fault(tmp_path: Path) -> None:
    survey = load(_folder(tmp_path, "b1,use,,yes,answered,,2022-07-01,x\n"))
    assert list(survey.figures) == ["users", "part"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b9,use,,yes,answered,,2022-07-01,x", "no body 'b9'"),
        (",use,,yes,answered,,2022-07-01,x", "no body is given"),
        ("b1,used,,yes,answered,,2022-07-01,x", "no question 'used'; did you mean 'use'?"),
        ("b1,use,,yes,said,,2022-07-01,x", "no state 'said'"),
        ("b1,use,,maybe,answered,,2022-07-01,x", "'maybe' is neither yes nor no"),
        ("b1,use,,,answered,,2022-07-01,x", "state `answered` wants a value"),
        ("b1,use,,,corrected,,2022-07-01,x", "state `corrected` wants a value"),
        ("b1,use,,yes,refused,,2022-07-01,x", "state `refused` goes with no value, and there is 'yes'"),
        ("b1,some,,3,none,,2022-07-01,x", "state `none` goes with the value 0 or none at all, not '3'"),
        ("b1,some,,-3,answered,,2022-07-01,x", "'-3' is no count: a whole number from 0 is wanted"),
        ("b1,some,,2.5,answered,,2022-07-01,x", "'2.5' is no count"),
        ("b1,some,,many,answered,,2022-07-01,x", "'many' is no number"),
        ("b1,kind,,c,answered,,2022-07-01,x", "'c' is none of the options"),
        ("b1,use,,yes,answered,,2022-02-30,x", "recorded_at: '2022-02-30' is no day: write YYYY-MM-DD"),
        ("b1,use,,yes,answered,2022-13-01,2022-07-01,x", "valid_at: '2022-13-01' is no day"),
        ("b1,use,,yes,answered,,,x", "recorded_at: '' is no day"),
        ("b1,use,2,yes,answered,,2022-07-01,x", "'use' is asked once: it has no part '2'"),
        ("b1,use,,yes,answered,,2022-07-01", "7 cells where the header has 8"),
    ],
)
def test_a_wrong_row_is_one_fault_with_its_line(row: str, reason: str, tmp_path: Path) -> None:
    good = "b2,use,,no,answered,,2022-07-01,x\n"
    found = _faults(_folder(tmp_path, f"{good}{row}\n\n"))
    assert len(found) == 1
    assert found[0].startswith(f"answers.csv:3: {reason}")


def test_every_fault_of_every_file_is_found(tmp_path: Path) -> None:
    folder = _folder(
        tmp_path,
        'b1,use,,yes,answered,,2022-07-01,"two\nlines"\nb1,use,,no,answered,,2022-07-01,x\nb1,kind,,z,answered,,2022-07-01,x\n',
        bodies_csv=BODIES + "b1,Again,force,,\nb3,Three,force,2022-31-01,\n",
        waves_yaml="waves:\n  - {id: w, opened: 2022-06-24}\n  - {id: v, opened: 2022-06-31}\n",
        figures_yaml=FIGURES
        + "  - {id: users, kind: share, unit: body, question: use}\n  - {id: x, kind: ratio, unit: y}\n"
        '  - {id: z, kind: share, unit: body, question: use, numerator: {"=": [1, 2]}}\n',
        claims_yaml="claims:\n  - {id: c, figure: nil, unit: body, numerator: 5, denominator: 4, said_at: 2022-02-30}\n"
        "  - {id: d, figure: users, unit: body, numerator: 1, said_at: 2022-07-01, verdict: supported}\n",
    )
    found = _faults(folder)
    expected = [
        "answers.csv:4: says another thing than line 2, recorded on the same day",
        "answers.csv:5: 'z' is none of the options",
        "bodies.csv:4: body 'b1' stands already in line 2",
        "bodies.csv:5: invited_from: '2022-31-01' is no day: write YYYY-MM-DD",
        "claims.yaml:2: `said_at`: '2022-02-30' is no day: write YYYY-MM-DD",
        "claims.yaml:2: no figure 'nil'",
        "claims.yaml:2: numerator 5 lies outside its denominator 4",
        "claims.yaml:3: claim 'd' brings its own verdict: a verdict is worked out, not told",
        "figures.yaml:4: figure 'users' stands twice",
        "figures.yaml:5: `kind` is share, total or returns, not 'ratio'",
        "figures.yaml:6: no operator `=`; and, or, not, ==, !=, >, <, >=, <=, in or known",
        "waves.yaml:3: `opened`: '2022-06-31' is no day: write YYYY-MM-DD",
    ]
    assert found == expected


def test_a_part_outside_its_whole_is_a_fault_of_the_row_and_the_rest_is_counted(tmp_path: Path) -> None:
    rows = "b1,use,,yes,answered,,2022-07-01,x\nb1,all,,2,answered,,2022-07-01,x\nb1,some,,3,answered,,2022-07-01,x\n"
    folder = _folder(tmp_path, rows)
    assert _faults(folder) == ["answers.csv:4: 3 of some lies outside the 2 of all"]
    warned: list[str] = []
    survey = load(folder, warned.append)
    assert warned == ["warning: answers.csv:4: 3 of some lies outside the 2 of all"]
    assert survey.figure(survey.figures["part"], None).share is None
    assert survey.figure(survey.figures["users"], None).numerator == 1


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("{and: []}", "`and` takes a list of rules"),
        ("{not: [true, true]}", "`not` takes 1 argument, not 2"),
        ('{"==": [{source: answers, identifier: use}]}', "`==` takes 2 arguments, not 1"),
        ('{"==": [{source: answers, identifier: usee}, "yes"]}', "no question 'usee'; did you mean 'use'?"),
        ('{"==": [{source: list, identifier: use}, "yes"]}', "`source` is `answers`, not 'list'"),
        ('{">": [{source: answers, identifier: use}, 3]}', "`>` compares counts, numbers and dates only"),
        ('{"==": [{source: answers, identifier: kind}, c]}', "'c' is none of the options"),
        ('{"==": [{source: answers, identifier: some}, few]}', "'few' is no number"),
        ("{source: answers, identifier: some}", "'some' is no yes-or-no question: compare it with something"),
        ('{"==": [{source: answers, identifier: some}, {source: answers, identifier: use}]}', "cannot be compared"),
        ("[1]", "a rule is {OP: [arguments]}"),
    ],
)
def test_a_wrong_rule_is_refused_where_it_stands(rule: str, reason: str, tmp_path: Path) -> None:
    figures = f"figures:\n  - id: f\n    kind: share\n    unit: body\n    question: use\n    numerator: {rule}\n"
    (found,) = _faults(_folder(tmp_path, figures_yaml=figures, claims_yaml="claims: []\n"))
    assert found.startswith("figures.yaml:6: ")
    assert reason in found


def test_routing_in_a_circle_is_refused(tmp_path: Path) -> None:
    circle = QUESTIONNAIRE.replace(
        "{id: use, text: Use it?, type: yes_no}",
        '{id: use, text: Use it?, type: yes_no, when: {">": [{source: answers, identifier: all}, 0]}}',
    )
    (found,) = _faults(_folder(tmp_path, questionnaire_yaml=circle))
    assert "hangs on itself: a circle" in found


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("questionnaire.yaml", b"id: [\n", "questionnaire.yaml:2: cannot be read"),
        ("questionnaire.yaml", b"\xff\xfe\x00", "questionnaire.yaml:1: cannot be read"),
        ("questionnaire.yaml", b"- 1\n", "questionnaire.yaml:1: the file holds no mapping"),
        ("waves.yaml", b"waves: {a: 1, a: 2}\n", "waves.yaml:1: the key `a` stands twice"),
        ("answers.csv", b"body,value\n", "answers.csv:1: columns are missing: question, part, state"),
        ("answers.csv", b"\x00\xff\xfe", "answers.csv:1: cannot be read"),
        ("bodies.csv", b"", "bodies.csv:1: columns are missing"),
    ],
)
def test_a_file_that_is_none_is_one_fault(file: str, content: bytes, reason: str, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / file).write_bytes(content)
    assert any(fault.startswith(reason) for fault in _faults(folder))


def test_a_file_of_aliases_that_multiply_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    folder = _folder(tmp_path, waves_yaml="\n".join(lines) + "\n")
    assert any("levels or" in fault for fault in _faults(folder))


def test_missing_files_are_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    for name in ("waves.yaml", "answers.csv"):
        (folder / name).unlink()
    assert "waves.yaml:1: the file is missing" in _faults(folder)


def test_check_lists_every_fault_and_figures_refuse(tmp_path: Path) -> None:
    rows = "".join(f"b{n},use,,yes,answered,,2022-07-01,x\n" for n in range(3, 40))
    folder = _folder(tmp_path, rows)
    done = CliRunner().invoke(app, ["survey", "check", str(folder)])
    assert done.exit_code == 2
    assert len(done.stdout.splitlines()) == 37
    with pytest.raises(SurveyRefused) as refused:
        load(folder)
    assert len(str(refused.value).splitlines()) <= 12
    assert "and 29 more" in str(refused.value)


def test_the_order_of_rows_and_keys_changes_nothing(tmp_path: Path) -> None:
    rows = [
        "b1,use,,yes,answered,,2022-07-01,x\n",
        "b2,use,,no,answered,,2022-07-02,x\n",
        "b1,some,,3,answered,,2022-07-01,x\n",
    ]
    found = []
    for number, order in enumerate((rows, rows[::-1])):
        (tmp_path / str(number)).mkdir()
        survey = load(_folder(tmp_path / str(number), "".join(order)))
        found.append([survey.figure(item, None).numerator for item in survey.figures.values()])
    assert found[0] == found[1]
    shutil.rmtree(tmp_path / "1")


PUBLISHERS = """\
publishers:
  - {id: scc, name: The first office, since: 2014-01-01, until: 2021-03-01}
  - {id: bscc, name: The second office, since: 2021-03-01, until: 2023-12-31, follows: [scc]}
  - {id: north, name: The northern office, since: 2024-01-01, follows: [bscc]}
  - {id: south, since: 2024-01-01, follows: [bscc]}
  - {id: paper, name: A newspaper}
"""
SAID = "  - {{id: {0}, figure: users, unit: body, numerator: 1, said_at: {1}, publisher: {2}, source: x}}\n"


def test_who_answers_today_for_a_claim(tmp_path: Path) -> None:
    told = [("a", "2020-05-01", "scc"), ("b", "2022-05-01", "bscc"), ("c", "2024-05-01", "north")]
    told.append(("d", "2022-05-01", "paper"))
    claims = PUBLISHERS + "claims:\n" + "".join(SAID.format(*one) for one in told)
    folder = _folder(tmp_path, "b1,use,,yes,answered,,2019-07-01,x\n", claims_yaml=claims)
    found = load(folder).claims
    assert [found[key].said_by for key in "abcd"] == [
        "The first office", "The second office", "The northern office", "A newspaper",
    ]  # fmt: skip
    assert [found[key].now for key in "abcd"] == ["The northern office, south"] * 2 + ["", ""]
    done = CliRunner().invoke(app, ["survey", "claims", str(folder)])
    assert "(The second office (now The northern office, south), 2022-05-01)" in " ".join(done.stdout.split())
    told_all = json.loads(CliRunner().invoke(app, ["survey", "claims", str(folder), "--format", "json"]).stdout)
    for one in told_all:
        jsonschema.validate(one, schema("survey-claims"))
    assert [one["now"] for one in told_all][2:] == [None, None]


def test_publishers_that_cannot_be(tmp_path: Path) -> None:
    claims = (
        "publishers:\n"
        "  - {id: a, since: 2020-02-30}\n"
        "  - {id: b, since: 2022-01-01, until: 2021-01-01}\n"
        "  - {id: c, follows: [nobody]}\n"
        "  - {id: d, follows: [e]}\n"
        "  - {id: e, follows: [d], until: 2021-12-31}\n"
        "claims:\n" + SAID.format("x", "2022-05-01", "e") + SAID.format("y", "2022-05-01", "f")
    )
    assert _faults(_folder(tmp_path, claims_yaml=claims)) == [
        "claims.yaml:2: `since`: '2020-02-30' is no day: write YYYY-MM-DD",
        "claims.yaml:3: publisher 'b' ends before it begins",
        "claims.yaml:4: publisher 'c' follows no publisher 'nobody'",
        "claims.yaml:5: publisher 'd' is its own successor",
        "claims.yaml:6: publisher 'e' is its own successor",
        "claims.yaml:8: publisher 'e' was none on 2022-05-01: name the one that was",
        "claims.yaml:9: no publisher 'f'",
    ]
