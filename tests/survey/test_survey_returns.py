"""Return workbooks: 47 out, filled in, 39 in; what was moved or pasted is refused by cell."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.publication.returns import layout
from custodes.survey.folder import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "survey-2022"
HEADER = "body,question,part,value,state,valid_at,recorded_at,source,wave\n"


def _run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["survey", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """The example without an answer."""
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    (folder / "answers.csv").write_text(HEADER, encoding="utf-8")
    (folder / "editions.yaml").unlink()
    return folder


def _row(sheet: object, question: str) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == question)


def _fill(path: Path, answers: dict[str, object], states: dict[str, str] | None = None) -> None:
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        ids = {cell.value for cell in sheet["A"]}
        for question, value in answers.items():
            if question in ids:
                sheet.cell(_row(sheet, question), layout.ANSWER_COLUMN).value = value
        for question, word in (states or {}).items():
            if question in ids:
                sheet.cell(_row(sheet, question), layout.STATE_COLUMN).value = word
    book["Return"][layout.AS_AT] = datetime.date(2022, 6, 30)
    book.save(path)


def _pack(survey: Path, out: Path) -> list[Path]:
    _run("pack", survey, "--out", out, "--wave", "survey-2022")
    return sorted(out.iterdir())


def test_47_out_39_in_two_refused_by_cell(survey: Path, tmp_path: Path) -> None:
    books = _pack(survey, tmp_path / "out")
    assert len(books) == 47
    for number, path in enumerate(books[:39]):
        said = "yes / ie" if number < 24 else "no / na"
        _fill(path, {"cctv.internal.concern": said, "drones.use": "na", "cctv.internal.cameras": number})
    moved, pasted = books[37], books[38]
    book = openpyxl.load_workbook(moved)
    book["drones"].insert_cols(3)
    book.save(moved)
    book = openpyxl.load_workbook(pasted)
    sheet = book["drones"]
    sheet.cell(_row(sheet, "drones.dji"), layout.ANSWER_COLUMN).value = datetime.datetime(2022, 3, 4)
    book.save(pasted)
    out = _run("import", survey, *books[:39], "--recorded-at", "2022-10-01", code=2)
    assert f"{moved.name}: drones!C2: nothing stands where “Cwestiwn” stood: was something moved?" in out
    assert f"{pasted.name}: drones!F5: a date stands here (2022-03-04) where the answer is of type count" in out
    assert "37 returns taken, 2 refused whole" in out
    loaded = load(survey)
    figure = loaded.figure(loaded.figures["internal"], None)
    assert (figure.numerator, figure.returned, figure.invited) == (24, 37, 47)
    row = loaded.answers.rows[0]
    assert (row.valid_at, row.recorded_at.isoformat()) == ("2022-06-30", "2022-10-01")
    assert "sha256" in row.source
    assert "cell F" in row.source


def test_the_same_workbook_again_adds_nothing(survey: Path, tmp_path: Path) -> None:
    path = _pack(survey, tmp_path / "out")[0]
    _fill(path, {"drones.use": "yes"})
    assert "1 of them new" in _run("import", survey, path, "--recorded-at", "2022-10-01")
    assert "0 of them new" in _run("import", survey, path, "--recorded-at", "2022-10-01")
    assert "0 of them new" in _run("import", survey, path, "--recorded-at", "2022-10-09")


def test_states_leads_parts_and_both_languages(survey: Path, tmp_path: Path) -> None:
    path = _pack(survey, tmp_path / "out")[0]
    states = {"anpr.use": "ddim yn hysbys", "bodyworn.use": "refused / gwrthodwyd", "air.use": "none / dim"}
    _fill(path, {"facial.live": "Rydym yn bwriadu", "drones.use": "ie", "cctv.internal.cameras": 12.0}, states)
    book = openpyxl.load_workbook(path)
    sheet = book["cctv-external"]
    sheet.cell(_row(sheet, "cctv.external.use"), layout.LEAD_COLUMN).value = "kent"
    table = book["systems"]
    for row, values in enumerate((("North", "anpr", 7), ("South", "drones", "(not known)"), (None, "anpr", 2)), 4):
        for column, value in enumerate(values, 1):
            table.cell(row, column).value = value
    book.save(path)
    _run("import", survey, path, "--recorded-at", "2022-10-01")
    rows = {(row.question, row.part): row for row in load(survey).answers.rows}
    held = {key: (str(row.held.state), row.held.value) for key, row in rows.items()}
    assert held["facial.live", ""] == ("answered", "intends")
    assert held["drones.use", ""] == ("answered", "yes")
    assert held["cctv.internal.cameras", ""] == ("answered", 12)
    assert held["anpr.use", ""] == ("not_known", None)
    assert held["bodyworn.use", ""] == ("refused", None)
    assert held["air.use", ""] == ("none", "no")
    assert rows["cctv.external.use", ""].lead == "kent"
    assert held["systems.devices", "North"] == ("answered", 7)
    assert held["systems.devices", "South"] == ("not_known", None)
    assert held["systems.kind", "3"] == ("answered", "anpr")


@pytest.mark.parametrize(
    ("sheet", "question", "column", "value", "where"),
    [
        ("drones", "drones.use", layout.ANSWER_COLUMN, "maybe", "drones!F3: “maybe” is none of: yes / ie, no / na"),
        ("drones", "drones.dji", layout.ANSWER_COLUMN, -1, "drones!F5: '-1' is no count"),
        ("drones", "drones.dji", layout.ANSWER_COLUMN, 2.5, "drones!F5: '2.5' is no count"),
        ("drones", "drones.use", layout.STATE_COLUMN, "perhaps", "drones!E3: “perhaps” is none of the states"),
        ("drones", "drones.use", layout.LEAD_COLUMN, "scotland", "drones!G3: “scotland” is no other body"),
    ],
)
def test_a_wrong_cell_is_named(
    sheet: str, question: str, column: int, value: object, where: str, survey: Path, tmp_path: Path
) -> None:
    path = _pack(survey, tmp_path / "out")[0]
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    page.cell(_row(page, question), column).value = value
    book.save(path)
    assert f"{path.name}: {where}" in _run("import", survey, path, code=2)
    assert (survey / "answers.csv").read_text(encoding="utf-8") == HEADER


def test_a_return_of_another_version_or_body_is_refused(survey: Path, tmp_path: Path) -> None:
    path = _pack(survey, tmp_path / "out")[0]
    for key, value, why in (
        ("body", "nobody", "stamp!B5: no body “nobody” in this survey"),
        ("version", "reconstruction-0", "stamp!B3: the version is “reconstruction-0”"),
        ("structure", "00", "stamp!B6: the structure is “00”"),
    ):
        book = openpyxl.load_workbook(path)
        book["stamp"].cell(layout.STAMP_KEYS.index(key) + 1, 2).value = value
        changed = tmp_path / "changed.xlsx"
        book.save(changed)
        assert why in _run("import", survey, changed, code=2)


def test_what_is_no_workbook_is_one_message_and_the_others_are_taken(survey: Path, tmp_path: Path) -> None:
    good = _pack(survey, tmp_path / "out")[0]
    _fill(good, {"drones.use": "yes"})
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"no workbook")
    out = _run("import", survey, bad, good, code=2)
    assert "bad.xlsx: the return cannot be opened" in out
    assert "1 returns taken, 1 refused" in out


def test_last_time_stands_beside(survey: Path, tmp_path: Path) -> None:
    waves = survey / "waves.yaml"
    later = "  - {id: survey-2026, opened: 2026-06-24, questionnaire: bscc-2022, kinds: [territorial]}\n"
    waves.write_text(waves.read_text(encoding="utf-8") + later, encoding="utf-8")
    text = (survey / "questionnaire.yaml").read_text(encoding="utf-8")
    (survey / "questionnaire.yaml").write_text(text.replace("waves: [survey-2022]", "waves: []"), encoding="utf-8")
    rows = "kent,drones.use,,yes,answered,,2023-02-15,x,office\nkent,drones.dji,,,refused,,2023-02-15,x,\n"
    (survey / "answers.csv").write_text(HEADER + rows.replace(",office", ","), encoding="utf-8")
    bodies = (survey / "waves.yaml").read_text(encoding="utf-8").replace("kinds: [office]", "kinds: [territorial]")
    waves.write_text(bodies, encoding="utf-8")
    _run("pack", survey, "--out", tmp_path / "out", "--wave", "survey-2026", "--body", "kent")
    book = openpyxl.load_workbook(tmp_path / "out" / "return_kent.xlsx")
    sheet = book["drones"]
    assert sheet.cell(_row(sheet, "drones.use"), 4).value == "yes"
    assert sheet.cell(_row(sheet, "drones.dji"), 4).value == "refused"


def test_workbooks_come_out_the_same_byte_for_byte(survey: Path, tmp_path: Path) -> None:
    arguments = ("pack", survey, "--wave", "survey-2022", "--body", "kent", "--marking", "OFFICIAL")
    for place in ("a", "b"):
        _run(*arguments, "--out", tmp_path / place)
    name = "return_kent-OFFICIAL.xlsx"
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    book = openpyxl.load_workbook(tmp_path / "a" / name)
    assert all("OFFICIAL" in (sheet.oddHeader.center.text or "") for sheet in book.worksheets)
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state == "hidden"] == ["lists", "stamp"]
