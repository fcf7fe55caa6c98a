from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from custodes.model.errors import BadInput
from custodes.model.questions import Question
from custodes.publication.ask import STATES, AnswersRefused, check_answers, read_answers, write_questions

AS_AT = date(2026, 11, 22)
FIRST_ANSWER = 8  # column of the state


def question(number, **more):
    base = dict(
        id=f"q-{number:04d}",
        addressee_kind="landlord",
        addressee="Larch Estates",
        site="Town Hall",
        subject=f"camera {number}",
        place="north stairs",
        missing="make and model",
        todo="photograph the label",
        settles=number,
    )
    return Question(**{**base, **more})


def sent(tmp_path, questions, marking="OFFICIAL"):
    return write_questions(questions, tmp_path, marking=marking, as_at=AS_AT)


def fill(path, answers):
    """`answers`: {question id: {column offset from the state: value}}."""
    book = load_workbook(path)
    sheet = book["Questions"]
    for row in range(2, sheet.max_row + 1):
        for offset, value in answers.get(sheet.cell(row, 1).value, {}).items():
            sheet.cell(row, FIRST_ANSWER + offset).value = value
    book.save(path)


def test_one_marked_workbook_for_each_addressee(tmp_path):
    asked = [
        question(1),
        question(2, addressee_kind="installer", addressee="Hazel"),
        question(3, addressee="漢字"),
    ]
    paths = sent(tmp_path, asked, "OFFICIAL: draft")
    assert len(paths) == 3 and all(path.name.startswith("OFFICIAL-DRAFT_questions_") for path in paths)
    for path in paths:
        book = load_workbook(path)
        assert all(s.oddHeader.center.text == "OFFICIAL: draft" for s in book.worksheets)
        assert book["Questions"].freeze_panes == "B2"
        (rule,) = book["Questions"].data_validations.dataValidation
        assert rule.formula1 == '"could not find out,not held,refused"'
        assert not [c for s in book.worksheets for row in s.iter_rows() for c in row if c.data_type == "f"]


def test_what_settles_most_comes_first_and_sites_stay_together(tmp_path):
    asked = [
        question(1, settles=5, site="B"),
        question(2, settles=90, site="A"),
        question(3, settles=90, site="B"),
    ]
    (path,) = sent(tmp_path, asked)
    sheet = load_workbook(path)["Questions"]
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["q-0003", "q-0001", "q-0002"]


def test_same_bytes_twice(tmp_path):
    (first,), (second,) = (sent(tmp_path / name, [question(1)]) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_blank_is_not_answered(tmp_path):
    (path,) = sent(tmp_path, [question(1), question(2)])
    assert read_answers(path) == []
    fill(path, {"q-0002": {0: "refused"}})
    (answer,) = read_answers(path)
    assert (answer.question, answer.state, answer.row, answer.sheet) == ("q-0002", "refused", 2, "Questions")


def test_identifiers_that_became_numbers_are_named(tmp_path):
    (path,) = sent(tmp_path, [question(1)])
    fill(path, {"q-0001": {1: "Alder", 3: 210235, 4: date(2001, 2, 3), 7: date(2026, 12, 1)}})
    (answer,) = read_answers(path)
    assert answer.damaged == ("serial", "mac") and answer.serial == "210235" and answer.date == "2026-12-01"


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("A2", "q-9999", "never asked"),
        ("A3", "q-0002", "second time"),
        ("H2", "maybe", "none of the states"),
        ("I1", "brand", "heading should be"),
        ("Q1", "extra", "was added"),
    ],
)
def test_every_change_is_refused_with_its_cell(tmp_path, cell, value, said):
    (path,) = sent(tmp_path, [question(1), question(2)])
    book = load_workbook(path)
    book["Questions"][cell] = value
    book.save(path)
    with pytest.raises(AnswersRefused, match=said) as caught:
        read_answers(path)
    assert caught.value.refusals[0].cell == cell and caught.value.refusals[0].sheet == "Questions"
    assert f"cell {cell}" in str(caught.value)


def test_a_missing_id_beside_an_answer_is_refused_and_the_rest_kept(tmp_path):
    (path,) = sent(tmp_path, [question(1), question(2)])
    fill(path, {"q-0001": {1: "Alder"}, "q-0002": {1: "Cedar"}})
    book = load_workbook(path)
    book["Questions"]["A2"] = None
    book.save(path)
    answers, refusals = check_answers(path)
    assert [a.question for a in answers] == ["q-0001"] and [r.cell for r in refusals] == ["A2"]


def test_renamed_sheet_unknown_file_and_known_ids(tmp_path):
    (path,) = sent(tmp_path, [question(1)])
    fill(path, {"q-0001": {1: "Alder"}})
    assert read_answers(path, known={"q-0001"})
    with pytest.raises(AnswersRefused, match="never asked"):
        read_answers(path, known={"q-0007"})
    book = load_workbook(path)
    book["Questions"].title = "Answers"
    book.save(path)
    with pytest.raises(AnswersRefused, match="renamed"):
        read_answers(path)
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK nothing")
    with pytest.raises(BadInput, match="cannot be opened"):
        read_answers(broken)


WORD = st.text(alphabet=st.sampled_from("abcXYZ019 =+-@'\"<&漢ع."), max_size=8).map(lambda t: " ".join(t.split()))
FILLED = st.fixed_dictionaries({0: st.sampled_from(["", *STATES]), **{n: WORD for n in range(1, 9)}})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FILLED, min_size=1, max_size=3))
def test_answers_come_back_as_they_were_given(tmp_path, filled):
    asked = [question(n) for n in range(1, len(filled) + 1)]
    (path,) = sent(tmp_path, asked)
    book = load_workbook(path)
    sheet = book["Questions"]
    given_by_id = {q.id: cells for q, cells in zip(asked, filled, strict=True)}
    for row in range(2, sheet.max_row + 1):
        for offset, value in given_by_id[sheet.cell(row, 1).value].items():
            cell = sheet.cell(row, FIRST_ANSWER + offset)
            cell.value = value or None
            if value:
                cell.data_type = "s"
    book.save(path)
    told = {a.question: a for a in read_answers(path)}
    for identity, cells in given_by_id.items():
        if not any(cells.values()):
            assert identity not in told
            continue
        a = told[identity]
        back = (a.state, a.make, a.model, a.serial, a.mac, a.firmware, a.answered_by, a.date, a.remark)
        assert back == tuple(cells[n] for n in range(9)) and a.damaged == ()
