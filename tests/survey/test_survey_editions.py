"""Editions, corrections and the confirmation round, on the 2022 example."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.model.errors import BadUsage

EXAMPLE = Path(__file__).parents[2] / "examples" / "survey-2022"


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    folder = tmp_path / "survey"
    shutil.copytree(EXAMPLE, folder)
    return folder


def _run(*arguments: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["survey", *map(str, arguments)])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def _json(*arguments: object) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["survey", *map(str, arguments), "--format", "jsonl"])
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_correction_lists_every_affected_figure_claim_and_row(survey: Path) -> None:
    first, second = _json("edition", survey)
    assert [item["id"] for item in first["figures"]] == ["returns", "body-worn", "drones-used"]
    assert second["corrects"] is True
    assert [
        (item["id"], item["as_published"]["numerator"], item["as_corrected"]["numerator"]) for item in second["figures"]
    ] == [("body-worn", 2, 0)]
    assert second["claims"] == [{"id": "bwv", "then": "supported", "now": "superseded"}]
    assert {row["question"] for row in second["rows"]} == {"bodyworn.hikvision"}
    assert all(row["source"].startswith("synthetic: ") for row in second["rows"])
    assert second["notice"]["cause"]


def test_a_frozen_edition_rebuilds_and_a_later_row_changes_nothing(survey: Path) -> None:
    _run("edition", survey, "february-2023", "--freeze")
    frozen = survey / "editions" / "february-2023.json"
    before = frozen.read_bytes()
    with (survey / "answers.csv").open("a", encoding="utf-8") as stream:
        stream.write("kent,drones.use,,no,corrected,,2024-01-01,x,survey-2022\n")
    (found,) = _json("edition", survey, "february-2023")
    assert (found["rebuilds"], found["differs"]) == (True, [])
    assert "frozen, and rebuilt to the same figures" in _run("edition", survey, "february-2023")
    assert frozen.read_bytes() == before


def test_a_row_slipped_in_before_the_cut_is_seen(survey: Path) -> None:
    _run("edition", survey, "february-2023", "--freeze")
    with (survey / "answers.csv").open("a", encoding="utf-8") as stream:
        stream.write("kent,drones.use,,no,corrected,,2023-02-15,x,survey-2022\n")
    told = _run("edition", survey, "february-2023", code=1)
    assert "does NOT rebuild" in told
    assert "changed since: answers up to the cut" in told


def test_what_is_frozen_stays(survey: Path) -> None:
    _run("edition", survey, "february-2023", "--freeze")
    done = CliRunner().invoke(app, ["survey", "edition", str(survey), "february-2023", "--freeze"])
    assert isinstance(done.exception, BadUsage)
    assert "a change is a new edition" in str(done.exception)


def test_publication_without_a_round_says_so(survey: Path) -> None:
    assert "Published without a confirmation round" in _run("edition", survey, "february-2023", "--freeze")
    frozen = json.loads((survey / "editions" / "february-2023.json").read_text(encoding="utf-8"))
    assert frozen["confirmation"].startswith("Published without")


def test_letters_replies_and_silence(survey: Path, tmp_path: Path) -> None:
    out = tmp_path / "letters"
    options = ("--reply-by", "2023-02-13", "--on", "2023-01-30", "--marking", "OFFICIAL")
    _run("confirm", survey, "february-2023", "--out", out, *options)
    names = {path.name for path in out.iterdir()}
    assert "confirm_february-2023_body_kent-OFFICIAL.docx" in names
    assert "confirm_february-2023_supplier_Hikvision-OFFICIAL.docx" in names
    letter = Document(str(out / "confirm_february-2023_body_kent-OFFICIAL.docx"))
    text = "\n".join(paragraph.text for paragraph in letter.paragraphs)
    assert "by 13 February 2023" in text
    assert "synthetic" in text
    assert letter.sections[0].header.paragraphs[0].text == "OFFICIAL"
    cells = [cell.text for table in letter.tables for row in table.rows for cell in row.cells]
    assert "Is any of it made by Hikvision?" in cells
    supplier = Document(str(out / "confirm_february-2023_supplier_DJI-OFFICIAL.docx"))
    told = [cell.text for table in supplier.tables for row in table.rows for cell in row.cells]
    assert any("230 drones of the 337 counted" in text for text in told)
    _run(
        "confirm",
        survey,
        "february-2023",
        "--party",
        "kent",
        "--reply",
        "disputed",
        "--on",
        "2023-02-01",
        "--remark",
        "no Hikvision body-worn video",
    )
    _run("confirm", survey, "february-2023", "--party", "DJI", "--reply", "replied", "--on", "2023-02-02")
    _run("confirm", survey, "february-2023", "--party", "surrey", "--on", "2023-02-03")
    (found,) = _json("confirm", survey, "february-2023")
    assert (found["confirmed"], found["disputed"], found["replied"]) == (["surrey"], ["kent"], ["DJI"])
    assert len(found["silent"]) == len(found["asked"]) - 3
    assert "1 dispute it (kent)" in found["sentence"]
    assert "disputed: kent: no Hikvision body-worn video" in _run("confirm", survey, "february-2023")


def test_letters_come_out_the_same(survey: Path, tmp_path: Path) -> None:
    for place in ("a", "b"):
        _run("confirm", survey, "february-2023", "--out", tmp_path / place, "--on", "2023-01-30")
    name = "confirm_february-2023_body_kent.docx"
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    rows = (survey / "confirmations.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == len(set(rows))


def test_wrong_events_are_faults(survey: Path) -> None:
    (survey / "confirmations.csv").write_text(
        "edition,party,kind,event,date,note\nnone,kent,body,asked,2023-01-01,\nfebruary-2023,nobody,body,asked,2023-01-01,\n"
        "february-2023,kent,body,said,2023-01-32,\n",
        encoding="utf-8",
    )
    told = _run("check", survey, code=2)
    for fault in (
        "confirmations.csv:2: no edition 'none'",
        "confirmations.csv:3: no body 'nobody'",
        "confirmations.csv:4: `event` is asked, confirmed, disputed or replied, not 'said'",
        "confirmations.csv:4: date: '2023-01-32' is no day",
    ):
        assert fault in told


def test_a_new_folder_is_whole_and_is_not_written_twice(tmp_path: Path) -> None:
    _run("new", tmp_path / "mine")
    assert "no fault" in _run("check", tmp_path / "mine")
    assert "0 of 2 bodies invited returned an answer" in _run("figures", tmp_path / "mine")
    done = CliRunner().invoke(app, ["survey", "new", str(tmp_path / "mine")])
    assert "is there already" in str(done.exception)


def test_any_two_editions_beside_each_other() -> None:
    """A notice belongs to the edition that it corrects, and to no other."""
    from typer.testing import CliRunner

    from custodes.cli.commands import app

    runner = CliRunner()
    told = runner.invoke(app, ["survey", "edition", str(EXAMPLE), "corrected", "--since", "november-2022"]).output
    assert "Since edition november-2022" in told and "cause:" not in told
    assert "Bodies with Hikvision cameras: as published 11 of 36 (30.6 %), now 11 of 39 (28.2 %)" in " ".join(
        told.split()
    )
    told = runner.invoke(app, ["survey", "edition", str(EXAMPLE), "corrected", "--since", "february-2023"]).output
    assert "Correction of edition february-2023" in told and "cause:" in told
    assert (
        runner.invoke(app, ["survey", "edition", str(EXAMPLE), "november-2022", "--since", "corrected"]).exit_code != 0
    )
