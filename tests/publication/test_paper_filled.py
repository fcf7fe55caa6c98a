"""A workbook that came back, as people bring it: moved, copied, cut, with answers to lines that are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from paper_sample import BLANK, paper

from custodes.evidence.registers import raw_tables
from custodes.model.errors import BadInput
from custodes.model.papers import Column, Line, Paper, Section, Unplaced
from custodes.publication.papers import write_paper
from custodes.publication.papers.filled import MOST_LINES, Filling, read_filled
from custodes.publication.papers.sheet import sheet_titles


def own() -> Paper:
    """A paper with a table of a person's own."""
    columns = (Column("who", "Who", person=True), Column("what", "What", person=True))
    lines = tuple(Line(str(number), (BLANK, BLANK)) for number in (1, 2))
    return replace(paper(), sections=(*paper().sections, Section("steps", "Steps taken", (), (), columns, lines)))


def came_back(folder: Path, one: Paper, change: Callable[[Any], None], now: Paper | None = None) -> Filling:
    path = write_paper(folder / "p.xlsx", one)
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return read_filled(path.name, raw_tables(path), now or one)


def test_lines_of_a_persons_own_keep_their_number_or_get_the_next(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book["Steps taken"]
        sheet["A3"] = "second"
        for row, (who, ref) in enumerate([("third", None), ("fourth", "1e300"), ("fifth", "9" * 400)], 4):
            sheet.cell(row, 1).value, sheet.cell(row, 3).value = who, ref

    found = came_back(tmp_path, own(), change).answers
    assert found == {
        ("steps", number, "who"): text
        for number, text in {"2": "second", "3": "third", "4": "fourth", "5": "fifth"}.items()
    }


def test_an_answer_to_a_line_that_is_gone_is_handed_on(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Things all of them"]["D2"] = "kept"
        book["Things all of them"]["D3"] = "orphan"

    now = paper()
    table = replace(now.sections[1], lines=now.sections[1].lines[:1])
    found = came_back(tmp_path, paper(), change, replace(now, sections=(now.sections[0], table, *now.sections[2:])))
    assert found.answers == {("things", "key-1", "c3"): "kept"}
    (lost,) = found.unplaced
    assert (lost.sheet, lost.question, lost.text) == ("Things all of them", "Column 3", "orphan")
    assert lost.line.startswith("5 · not known: nobody told")


def twice(book: Any) -> None:
    sheet = book["Things all of them"]
    sheet["D2"], sheet["D4"], sheet["E4"] = "one", "another", "key-1"


def no_line(book: Any) -> None:
    sheet = book["Form"]
    row = next(row for row in sheet.iter_rows() if row[3].value == "head/who")
    sheet.delete_rows(row[0].row)


def too_many(book: Any) -> None:
    for row in range(2, MOST_LINES + 5):
        book["Steps taken"].cell(row, 1).value = "x"


@pytest.mark.parametrize(
    ("change", "message"), [(twice, "row 4"), (no_line, "“head/who” is missing"), (too_many, "more than 1,000 lines")]
)
def test_what_would_lose_an_answer_is_refused(change: Callable[[Any], None], message: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        came_back(tmp_path, own(), change)
    assert message in str(error.value)


def test_a_line_twice_with_the_same_answers_is_one(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book["Things all of them"]
        sheet["D2"], sheet["D4"], sheet["E4"] = "one", "one", "key-1"

    assert came_back(tmp_path, paper(), change).answers == {("things", "key-1", "c3"): "one"}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"Who,What\n1,2\n"])
def test_what_is_no_workbook_of_the_form_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    path.write_bytes(data)
    with pytest.raises(BadInput):
        read_filled(path.name, raw_tables(path), paper())


def test_titles_of_sheets_end_at_a_word() -> None:
    def titled(*titles: str) -> list[str]:
        sections = [replace(paper().sections[1], id=f"s{n}", title=title) for n, title in enumerate(titles)]
        return list(sheet_titles(replace(paper(), sections=tuple(sections))).values())

    assert titled("Identified earlier, and not among the equipment above") == ["Identified earlier"]
    assert titled("Form", "Form", "x" * 60) == ["Form 2", "Form 3", "x" * 28]
    long = titled(*["What is not known, and what settles it"] * 3)
    assert len(set(long)) == 3
    assert all(len(title) <= 31 for title in long)


def test_unplaced_answers_stand_in_the_paper() -> None:
    from custodes.estate.papers.fill import _unplaced

    section = _unplaced([Unplaced("Items", "Gate · Axis", "Action", "remove")])
    assert [cell.value for cell in section.lines[0].cells] == ["Items", "Gate · Axis", "Action", "remove"]


def test_a_workbook_of_another_body_or_form_is_refused(tmp_path: Path) -> None:
    for now in (replace(paper(), body="Another body"), replace(paper(), form="another")):
        with pytest.raises(BadInput, match="it was made for"):
            came_back(tmp_path, paper(), lambda book: None, now)


def test_text_beside_the_cells_of_the_form_is_kept(tmp_path: Path) -> None:
    def change(book: Any) -> None:
        sheet = book["Things all of them"]
        sheet["F1"], sheet["F2"] = "My note", "not mine"
        book["Form"]["F20"] = "stray"

    found = {(one.question, one.text) for one in came_back(tmp_path, paper(), change).unplaced}
    assert found == {("My note", "not mine"), ("column F", "stray")}
