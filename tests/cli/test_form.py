"""`custodes form` as a person runs it, a year later too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from cli_run import Run
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from custodes.publication import schemas

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
A_YEAR_LATER = "2027-11-30 12:00:00"


def later(*arguments: object, cwd: Path) -> None:
    """Run the program with the clock moved."""
    faketime = shutil.which("faketime")
    assert faketime, "Debian's package faketime is needed"
    command = [faketime, A_YEAR_LATER, sys.executable, "-m", "custodes.cli.main", *map(str, arguments)]
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=120, env={**os.environ})


@pytest.mark.parametrize("ending", ["xlsx", "docx", "pdf", "json"])
def test_a_worksheet_made_again_a_year_later_is_the_same_to_the_byte(run: Run, tmp_path: Path, ending: str) -> None:
    first, again = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    run("form", "us-889-worksheet", EXAMPLE, "--out", first)
    later("form", "us-889-worksheet", EXAMPLE, "--out", again, cwd=tmp_path)
    assert again.read_bytes() == first.read_bytes()


def test_a_signed_copy_keeps_the_knowledge_of_its_day(run: Run, tmp_path: Path) -> None:
    signed, archive = tmp_path / "signed.xlsx", tmp_path / "signed.zip"
    pack = tmp_path / "pack"
    (pack / "suppliers").mkdir(parents=True)
    (pack / "suppliers" / "new.yaml").write_text("- {id: zorvex, name: Zorvex}\n", encoding="utf-8")
    done = run("form", "us-889-worksheet", EXAMPLE, "--out", signed, "--freeze", archive, "--pack", pack)
    assert "sha256 of its manifest" in done.stderr
    assert "in your possession" in done.stderr
    again = tmp_path / "again.xlsx"
    later("form", "us-889-worksheet", archive, "--out", again, cwd=tmp_path)  # without the pack, a year later
    assert again.read_bytes() == signed.read_bytes()
    assert "belongs" not in done.stderr
    wrong = run("form", "board-page", archive, "--out", tmp_path / "x.pdf", codes=(2,))
    assert "us-889-worksheet" in wrong.stderr


def test_the_json_on_stdout_and_the_list(run: Run) -> None:
    found = json.loads(run("form", "uk-camera-return", EXAMPLE, "--country", "CN", "--format", "json").stdout)
    Draft202012Validator(schemas.schema("form")).validate(found)
    listed = json.loads(run("form", "--format", "json").stdout)
    assert {one["id"] for one in listed} >= {"uk-camera-return", "us-889-worksheet", "foi-copy"}
    assert "us-889-worksheet" in run("form", "us-889-workshet", EXAMPLE, codes=(2,)).stderr
    assert "system.makers" in run("form", "--values").stdout
    assert ".docx" in run("form", "board-page", EXAMPLE, "--out", "x.odt", codes=(2,)).stderr


def test_the_board_page_is_one_side(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "board.pdf"
    run("form", "board-page", EXAMPLE, "--country", "CN", "--marking", "OFFICIAL", "--out", out)
    assert len(PdfReader(out).pages) == 1


def test_what_a_person_wrote_is_taken_over_into_the_next_copy(run: Run, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    run("form", "us-889-worksheet", EXAMPLE, "--out", first)
    book = openpyxl.load_workbook(first)
    items = book["Items"]
    heads = [cell.value for cell in items[1]]
    place = heads.index("Determination (a person's)") + 1
    items.cell(3, place).value = "not used: a spare"
    key = items.cell(3, len(heads)).value
    book.save(first)
    done = run("form", "us-889-worksheet", EXAMPLE, "--filled", first, "--out", second)
    assert "1 answers of a person taken over" in done.stderr
    again = openpyxl.load_workbook(second)["Items"]
    kept = {row[len(heads) - 1].value: row[place - 1].value for row in again.iter_rows(min_row=2)}
    assert {k: v for k, v in kept.items() if v} == {key: "not used: a spare"}


def test_the_first_identification_is_kept_in_the_folder_of_papers(run: Run, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    shutil.copytree(EXAMPLE, estate)
    copy = estate / "papers" / "first.zip"
    run("form", "us-889-worksheet", estate, "--out", tmp_path / "a.xlsx", "--freeze", copy, "--as-at", "2026-11-23")
    found = json.loads(run("form", "us-889-incident", estate, "--as-at", "2027-02-01", "--format", "json").stdout)
    assert {one["day"] for one in found["identified"]} == {"2026-11-23"}
    text = run("form", "board-page", estate, "--as-at", "2027-02-01", "--since", copy).stdout
    assert "since 23 November 2026" in text


def test_no_planted_password_is_in_a_paper_or_its_copy(run: Run, tmp_path: Path) -> None:
    import zipfile

    out, archive = tmp_path / "a.docx", tmp_path / "a.zip"
    done = run("form", "us-grant-worksheet", EXAMPLE, "--out", out, "--freeze", archive)
    secret = json.loads((EXAMPLE / "TRUTH.json").read_text(encoding="utf-8"))["secret_prefix"].encode()
    for path in (out, archive):
        with zipfile.ZipFile(path) as held:
            assert not [name for name in held.namelist() if secret in held.read(name)]
    assert secret.decode() not in done.stdout + done.stderr


def small(folder: Path, name: str = "SYNTHETIC_r.csv") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("Ref,Make,Model\n1,Hikvision,DS-2CD2143G2-I\n2,Axis,P3265-LV\n", encoding="utf-8")
    return path


def test_nothing_that_is_read_or_was_signed_is_written_over(run: Run, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    register = small(estate)
    book = estate / "r.xlsx"
    openpyxl.Workbook().save(book)
    before = {path: path.read_bytes() for path in (register, book)}
    for out in (book, tmp_path / "estate" / ".." / "estate" / "r.xlsx"):
        assert "is a file that is read" in run("form", "board-page", estate, "--out", out, codes=(2,)).stderr
    filled = tmp_path / "filled.xlsx"
    run("form", "us-889-worksheet", register, "--out", filled)
    again = run("form", "us-889-worksheet", register, "--filled", filled, "--out", filled, codes=(2,))
    assert "is a file that is read" in again.stderr
    signed = tmp_path / "a.zip"
    run("form", "us-889-worksheet", register, "--out", tmp_path / "b.xlsx", "--freeze", signed)
    first = signed.read_bytes()
    done = run("form", "us-889-worksheet", register, "--out", tmp_path / "c.xlsx", "--freeze", signed, codes=(2,))
    assert "never written over" in done.stderr
    assert signed.read_bytes() == first
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("target", ["/proc/x/a.xlsx", "dir/a.xlsx/b.xlsx", "there.xlsx"])
def test_a_place_that_cannot_be_written_is_one_message(run: Run, tmp_path: Path, target: str) -> None:
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "a.xlsx").write_text("x", encoding="utf-8")
    (tmp_path / "there.xlsx").mkdir()
    out = Path(target) if target.startswith("/") else tmp_path / target
    done = run("form", "board-page", small(tmp_path / "e"), "--out", out, codes=(2,))
    assert "cannot be read or written" in done.stderr


def test_a_frozen_copy_is_known_by_its_hash_and_takes_no_options(run: Run, tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    done = run("form", "board-page", small(tmp_path / "e"), "--out", tmp_path / "a.xlsx", "--freeze", archive)
    digest = done.stderr.split("sha256 of its manifest: ")[1].split()[0]
    again = tmp_path / "b.xlsx"
    assert digest in run("form", "board-page", archive, "--out", again, "--expect", digest.upper()).stderr
    assert "another hash" in run("form", "board-page", archive, "--expect", "0" * 64, codes=(2,)).stderr
    options = ["--country", "CN", "--as-at", "2026-01-01", "--marking", "X", "--body", "b"]
    refused = run("form", "board-page", archive, *options, codes=(2,)).stderr
    assert all(option in refused for option in options[::2])
    assert "is none" in run("form", "board-page", tmp_path / "e", "--expect", digest, codes=(2,)).stderr


def test_a_damaged_copy_among_the_papers_is_refused(run: Run, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    small(estate)
    copy = estate / "papers" / "a.zip"
    run("form", "us-889-worksheet", estate, "--out", tmp_path / "a.xlsx", "--freeze", copy)
    whole = copy.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], whole[:200] + bytes(50) + whole[250:]):
        copy.write_bytes(damaged)
        assert "a.zip" in run("form", "us-889-worksheet", estate, codes=(2,)).stderr


def test_its_own_files_in_a_folder_are_no_registers(run: Run, tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    register = small(estate)
    run("form", "us-889-worksheet", register, "--out", estate / "worksheet.xlsx")
    run("form", "us-889-worksheet", register, "--out", estate / "worksheet.json")
    run("assess", register, "--out", tmp_path / "report", "--annotate", estate / "annotated.xlsx")
    for name in ("devices.csv", "devices.json", "devices.xlsx", "findings.json"):
        shutil.copyfile(tmp_path / "report" / name, estate / name)
    (estate / "assess.json").write_text(run("assess", register, "--format", "json").stdout, encoding="utf-8")
    done = run("assess", estate, "--format", "json")
    assert json.loads(done.stdout)["summary"]["devices"] == 2
    assert done.stderr.count("written by custodes, so not read as a register") == 8


def test_answers_to_lines_that_are_gone_stand_in_the_next_copy(run: Run, tmp_path: Path) -> None:
    register = small(tmp_path / "e")
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    run("form", "us-889-worksheet", register, "--out", first)
    book = openpyxl.load_workbook(first)
    items = book["Items"]
    heads = [cell.value for cell in items[1]]
    for row in (2, 3):
        items.cell(row, heads.index("Action") + 1).value = "remove it"
    book.save(first)
    register.write_text("Ref,Make,Model\n1,Hikvision,DS-2CD2143G2-I\n", encoding="utf-8")
    done = run("form", "us-889-worksheet", register, "--filled", first, "--out", second)
    assert "1 answers of a person taken over" in done.stderr
    assert "1 answers are to lines that no record has any more" in done.stderr
    sheet = openpyxl.load_workbook(second)["Answers to lines that are"]
    assert [cell.value for cell in sheet[2]][-2] == "remove it"


def test_deep_or_ragged_copies_are_refused(run: Run, tmp_path: Path) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text("[" * 100_000 + "]" * 100_000, encoding="utf-8")
    estate = small(tmp_path / "e")
    assert "no earlier copy" in run("form", "board-page", estate, "--since", deep, codes=(2,)).stderr
    short = tmp_path / "short.json"
    short.write_text(
        '{"summary": {"as_at": "2026-01-01", "pack": {"version": "1"}}, "devices": [{}]}', encoding="utf-8"
    )
    assert "no earlier copy" in run("form", "board-page", estate, "--since", short, codes=(2,)).stderr
