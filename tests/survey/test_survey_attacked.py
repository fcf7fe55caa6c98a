"""Faults that an attack found, each with what it did: none of them may come back."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.model.errors import BadInput, CustodesError
from custodes.survey.folder import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "survey-2022"
HEADER = "body,question,part,value,state,valid_at,recorded_at,source\n"


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    _run("new", tmp_path / "n")
    return tmp_path / "n"


def _run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["survey", *map(str, arguments)])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def _error(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["survey", *map(str, arguments)])
    assert isinstance(done.exception, CustodesError), (done.output, done.exception)
    return str(done.exception)


def _answers(folder: Path, rows: str) -> None:
    (folder / "answers.csv").write_text(HEADER + rows, encoding="utf-8")


def test_import_keeps_every_row_that_is_right(starter: Path) -> None:
    _answers(
        starter,
        "example-one,drones.use,,YES,answered,,2026-02-01,x\nexample-one,drones.count,,0,none,,2026-02-01,x\n"
        "example-two,drones.use,,Yes,answered,,2026-02-01,x\nexample-two,drones.count,, 007,answered,,2026-02-01,x\n",
    )
    before = load(starter)
    figures = [before.figure(item, None) for item in before.figures.values()]
    assert "4 answers imported" in _run("import", starter)
    after = load(starter)
    assert figures == [after.figure(item, None) for item in after.figures.values()]


def test_import_refuses_a_body_that_leads_itself_and_a_column_twice(starter: Path) -> None:
    (starter / "answers.csv").write_text(
        HEADER.replace("source", "source,lead") + "example-one,drones.use,,,answered,,2026-02-01,x,example-one\n",
        "utf-8",
    )
    assert "answers by pointing on" in _run("import", starter, code=2)
    (starter / "answers.csv").write_text(HEADER.replace("source", "source,value"), "utf-8")
    assert "two columns have one name" in _error("import", starter)


def test_the_store_is_out_of_date_once_a_type_has_changed(starter: Path) -> None:
    _answers(starter, "example-one,drones.count,,3,answered,,2026-02-01,x\n")
    _run("import", starter)
    path = starter / "questionnaire.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("type: count", "type: text"), encoding="utf-8")
    (starter / "figures.yaml").write_text("figures: []\n", encoding="utf-8")
    with pytest.raises(BadInput, match="out of date"):
        load(starter)


def test_a_claim_is_judged_by_the_wave_it_names(starter: Path) -> None:
    (starter / "waves.yaml").write_text(
        "waves:\n  - {id: w1, opened: 2020-01-01}\n  - {id: w2, opened: 2026-02-01}\n", encoding="utf-8"
    )
    (starter / "answers.csv").write_text(
        HEADER.replace("source", "source,wave")
        + "example-one,drones.use,,yes,answered,,2020-02-01,x,w1\n"
        + "example-two,drones.use,,no,answered,,2020-02-01,x,w1\n",
        encoding="utf-8",
    )
    (starter / "claims.yaml").write_text(
        "claims:\n  - {id: right, figure: drones-used, wave: w1, unit: body, numerator: 1, denominator: 2, share: 50,"
        " said_at: 2026-03-01, source: x}\n",
        encoding="utf-8",
    )
    assert "right: holds (supported)" in _run("claims", starter)


def test_names_that_look_alike_get_files_of_their_own(starter: Path, tmp_path: Path) -> None:
    names = ["a b", "a-b", "a.b", "../x"]
    rows = "".join(f"{name},N,force,,\n" for name in names)
    (starter / "bodies.csv").write_text("body,name,kind,invited_from,invited_to\n" + rows, encoding="utf-8")
    _answers(starter, "".join(f"{name},drones.use,,yes,answered,,2026-02-01,x\n" for name in names))
    (starter / "editions.yaml").write_text(
        "editions:\n" + "".join(f"  - {{id: {name}, cut: 2026-03-01}}\n" for name in ("a b", "a-b", "../../e")),
        encoding="utf-8",
    )
    _run("pack", starter, "--out", tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 4
    _run("confirm", starter, "../../e", "--out", tmp_path / "letters")
    assert len(list((tmp_path / "letters").iterdir())) == 4
    for edition in ("a b", "a-b"):
        _run("edition", starter, edition, "--freeze")
        assert "rebuilt to the same figures" in _run("edition", starter, edition)


def _book(folder: Path, out: Path) -> tuple[Path, openpyxl.Workbook]:
    _run("pack", folder, "--out", out, "--wave", "survey-2022", "--body", "kent")
    path = out / "return_kent.xlsx"
    return path, openpyxl.load_workbook(path)


def test_a_return_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    path, book = _book(folder, tmp_path / "out")
    table = book["systems"]
    table["C24"] = 5
    table["A4"], table["B4"], table["A5"], table["B5"] = "cam", "anpr", "cam", "drones"
    book["drones"]["F5"] = "=1+1"
    book["drones"]["E3"], book["drones"]["G3"] = "refused / gwrthodwyd", "essex"
    book.save(path)
    told = _run("import", folder, path, code=2)
    for why in (
        "systems!C24: the table ends in row 23",
        "systems!A5: part “cam” stands already in row 4",
        "drones!F5: a formula stands here",
    ):
        assert why in told


def test_two_returns_of_one_day_that_differ_are_not_both_taken(tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    path, book = _book(folder, tmp_path / "out")
    book["drones"]["F3"] = "yes"
    book.save(path)
    _run("import", folder, path, "--recorded-at", "2024-01-01")
    book["drones"]["F3"] = "no"
    book.save(path)
    assert "give a later --recorded-at" in _run("import", folder, path, "--recorded-at", "2024-01-01", code=2)
    _run("import", folder, path, "--recorded-at", "2024-01-02")
    assert "no fault" in _run("check", folder)


def test_a_return_into_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    path, book = _book(folder, tmp_path / "out")
    book["drones"]["F3"] = "yes"
    book.save(path)
    for content in (b"a,b\n1,2\n", b"body,question\ncaf\xe9,x\n"):
        (folder / "answers.csv").write_bytes(content)
        assert "answers.csv" in _error("import", folder, path)
        assert (folder / "answers.csv").read_bytes() == content


def test_a_dispute_that_was_taken_back_is_no_dispute(tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    for reply in ("confirmed", "disputed", "confirmed"):
        _run("confirm", folder, "corrected", "--party", "kent", "--reply", reply, "--on", "2023-05-01")
    assert "1 of 1 asked confirmed" in _run("confirm", folder, "corrected")
    assert "did you mean" in _error("confirm", folder, "corrected", "--party", "kentt")
    assert "want --party" in _error("confirm", folder, "corrected", "--remark", "x")


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("waves.yaml", "kinds: [office]", "kinds: office", "`kinds` is a list: [office]"),
        ("questionnaire.yaml", "waves: [office]", "waves: office", "`waves` is a list: [office]"),
        ("editions.yaml", "corrects: february-2023", "corrects: corrected", "which is no earlier edition"),
        (
            "editions.yaml",
            "figures: [asked, returns, internal",
            "figures: [nope, returns, internal",
            "names no figure 'nope'",
        ),
    ],
)
def test_what_was_ignored_is_a_fault(file: str, old: str, new: str, fault: str, tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    assert fault in _run("check", folder, code=2)


@pytest.mark.parametrize("many", [1000, 100_000])
def test_a_file_of_brackets_is_a_fault_and_no_crash(many: int, starter: Path) -> None:
    (starter / "figures.yaml").write_text("figures: " + "[" * many, encoding="utf-8")
    assert "figures.yaml:1: cannot be read" in _run("check", starter, code=2)


@pytest.mark.parametrize("parts", [12, 1500])
def test_very_many_unknown_parts_end_soon(parts: int, starter: Path) -> None:
    text = (starter / "questionnaire.yaml").read_text(encoding="utf-8")
    section = "  - id: r\n    title: R\n    repeat: part\n    questions:\n      - {id: r.n, text: N, type: count}\n"
    (starter / "questionnaire.yaml").write_text(text + section, encoding="utf-8")
    rows = "".join(f"example-one,r.n,p{n},,not_known,,2026-01-01,x\n" for n in range(parts))
    _answers(starter, rows)
    (starter / "figures.yaml").write_text(
        "figures:\n  - {id: f, kind: share, unit: body, question: r.n, denominator: invited, "
        'numerator: {"==": [{source: answers, identifier: r.n}, 3]}}\n',
        encoding="utf-8",
    )
    done = CliRunner().invoke(app, ["survey", "figures", str(starter), "--format", "jsonl"])
    if done.exit_code:
        assert isinstance(done.exception, CustodesError)
        assert "too many combinations" in str(done.exception)
    else:
        assert '"lower":0,"upper":2' in done.stdout


def test_control_characters_stay_out_of_the_terminal(starter: Path) -> None:
    (starter / "editions.yaml").write_text('editions:\n  - {id: "e\\e[31m1", cut: 2026-03-01}\n', encoding="utf-8")
    _run(
        "confirm",
        starter,
        "e\x1b[31m1",
        "--party",
        "example-one",
        "--remark",
        "\x1b[31mred\nline: y",
        "--on",
        "2026-01-01",
    )
    for command in (("edition", starter), ("edition", starter, "e\x1b[31m1"), ("confirm", starter, "e\x1b[31m1")):
        assert "\x1b" not in CliRunner().invoke(app, ["survey", *map(str, command)]).stdout


def test_no_live_formula_in_a_coding_sheet(tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    with (folder / "answers.csv").open("a", encoding="utf-8") as stream:
        stream.write("kent,anpr.suppliers,,=1+cmd|x,answered,,2024-01-01,x,survey-2022\n")
    _run("code", folder, tmp_path / "c.csv")
    assert ",=1" not in (tmp_path / "c.csv").read_text(encoding="utf-8-sig")


def test_days_far_off_and_options_that_do_not_fit_are_refused(starter: Path, tmp_path: Path) -> None:
    assert "lies too far off" in _error("import", starter, tmp_path / "x.xlsx", "--recorded-at", "9999-12-31")
    assert "--freeze wants an edition" in _error("edition", starter, "--freeze")
    (tmp_path / "r.csv").write_text("body,answer,date\nkent,We have 12 cameras,01/05/2022\n", encoding="utf-8")
    assert ".csv or .xlsx" in _error("foi", tmp_path / "r.csv", "--out", tmp_path / "o.pdf")
    (tmp_path / "other.csv").write_text(HEADER, encoding="utf-8")
    assert "of its own" in _error("import", starter, tmp_path / "other.csv")


def test_an_answer_without_a_day_is_not_late(tmp_path: Path) -> None:
    rows = "body,answer,date\nkent,We have 12 cameras,\nessex,We have 9 cameras,2021-01-01\n"
    (tmp_path / "r.csv").write_text(rows, encoding="utf-8")
    options = ("--sent", "2022-04-14", "--on", "2022-06-01", "--act", "uk-2000", "--format", "jsonl")
    for line in CliRunner().invoke(app, ["survey", "foi", str(tmp_path / "r.csv"), *options]).stdout.splitlines():
        assert '"late":null' in line
