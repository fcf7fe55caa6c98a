"""XLSForm in and out: pyxform reads what is written, and the questionnaire comes back the same."""

from __future__ import annotations

import contextlib
from pathlib import Path

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyxform.xls2xform import convert
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.survey.documents import read as read_document
from custodes.survey.faults import Faults
from custodes.survey.folder import load
from custodes.survey.questionnaire import Questionnaire, read_questionnaire
from custodes.survey.xlsform import xpath
from custodes.survey.xlsform.read import read_xlsform

EXAMPLE = Path(__file__).parents[2] / "examples" / "survey-2022"


def _read(path: Path) -> Questionnaire:
    faults = Faults()
    top = read_document(path, faults)
    assert top is not None
    found = read_questionnaire(top, path.name, faults)
    assert faults.found == []
    return found


def test_the_example_goes_out_and_comes_back_the_same(tmp_path: Path) -> None:
    book, back = tmp_path / "q.xlsx", tmp_path / "q.yaml"
    assert CliRunner().invoke(app, ["survey", "xlsform", str(EXAMPLE), "--out", str(book)]).exit_code == 0
    done = CliRunner().invoke(app, ["survey", "xlsform", str(book), "--out", str(back)])
    assert done.exit_code == 0, done.output
    assert "left out" not in done.output
    before, after = load(EXAMPLE).questionnaire, _read(back)
    assert list(before.questions) == list(after.questions)
    for name, question in before.questions.items():
        told = after.questions[name]
        assert (told.type, told.options, told.when, told.repeats) == (
            question.type,
            question.options,
            question.when,
            question.repeats,
        )
        assert told.text == question.text
    assert [section.id for section in before.sections] == [section.id for section in after.sections]


def test_pyxform_makes_a_form_of_what_is_written(tmp_path: Path) -> None:
    book = tmp_path / "q.xlsx"
    CliRunner().invoke(app, ["survey", "xlsform", str(EXAMPLE), "--out", str(book)])
    form = convert(book, validate=False)
    assert form.warnings == []
    assert "drones.aware" in form.xform
    assert "Cymraeg (cy)" in form.xform


SURVEY = [
    ["type", "name", "label", "relevant"],
    ["integer", "age", "Age", ""],
    ["begin group", "g", "Group", "${age} > 17"],
    ["select_one yn", "use", "Use it?", ""],
    ["begin group", "inner", "Inner", "${use} = 'yes' or not(${use} = '')"],
    ["decimal", "much", "How much?", "${age} < 99"],
    ["end group", "", "", ""],
    ["select_multiple kinds", "kinds", "Which?", ""],
    ["geopoint", "where", "Where?", ""],
    ["calculate", "twice", "", ""],
    ["text", "why", "Why?", "count-selected(${kinds}) > 1"],
    ["end group", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label"],
    ["yn", "yes", "Y"],
    ["yn", "no", "N"],
    ["kinds", "a", "A"],
    ["kinds", "b", "B"],
]


def _book(path: Path, survey: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for row in survey:
        book.active.append(row)
    page = book.create_sheet("choices")
    for row in CHOICES:
        page.append(row)
    book.save(path)
    return path


def test_what_has_no_counterpart_is_named(tmp_path: Path) -> None:
    survey = [row if row[1] != "twice" else [*row, "1 + 1"] for row in SURVEY]
    survey[0] = [*survey[0], "calculation"]
    found, left_out = read_xlsform(_book(tmp_path / "f.xlsx", survey))
    assert [section["id"] for section in found["sections"]] == ["questions", "g"]
    questions = {item["id"]: item for section in found["sections"] for item in section["questions"]}
    assert list(questions) == ["age", "use", "much", "kinds.a", "kinds.b", "why"]
    adult = {">": [{"source": "answers", "identifier": "age"}, 17]}
    use = {"source": "answers", "identifier": "use"}
    assert questions["use"]["when"] == adult
    assert questions["much"]["when"] == {
        "and": [
            adult,
            {"or": [{"==": [use, "yes"]}, {"not": [{"not": [{"known": [use]}]}]}]},
            {"<": [{"source": "answers", "identifier": "age"}, 99]},
        ]
    }
    told = "\n".join(left_out)
    for word in (
        "where: type 'geopoint'",
        "twice: a calculation",
        "kinds: several may be chosen",
        "why: the condition",
    ):
        assert word in told
    path = tmp_path / "q.yaml"
    path.write_text(yaml.safe_dump(found), encoding="utf-8")
    _read(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no workbook"])
def test_what_is_no_form_is_one_message(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(content)
    done = CliRunner().invoke(app, ["survey", "xlsform", str(path), "--out", str(tmp_path / "q.yaml")])
    assert "XLSForm" in str(done.exception)
    assert not (tmp_path / "q.yaml").exists()


@pytest.mark.parametrize(
    "text", ["${a} = ", "${a} + 1 > 2", "sum(${a}) > 1", "(${a} = 1", "${a} = 1 ${b}", "'x'", "$a = 1", "(" * 400]
)
def test_an_expression_that_cannot_be_read_says_so(text: str) -> None:
    with pytest.raises(xpath.Unreadable):
        xpath.read(text)


@given(st.text(max_size=60))
def test_any_expression_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(xpath.Unreadable):
        xpath.read(text)
