"""What is released of one body when somebody asks for it."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import docx
from publishing_sample import EXAMPLE
from typer.testing import CliRunner

from custodes.cli.commands import app


def released(tmp_path: Path, body: str) -> dict[str, bytes]:
    out = tmp_path / f"{body}.zip"
    done = CliRunner().invoke(app, ["survey", "disclose", str(EXAMPLE), body, "--out", str(out)])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(out) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_the_answers_that_were_released_in_2023(tmp_path: Path) -> None:
    """BSCC-FOI-0323-OC: one force's raw answers."""
    files = released(tmp_path, "west-yorkshire")
    answers = {row["question"]: row["value"] for row in rows(files["answers.csv"])}
    assert answers["drones.dji"] == "20"
    assert answers["drones.firmware"] == "controllers go online over Wi-Fi for software updates"
    assert all("synthetic" not in row["source"] for row in rows(files["answers.csv"]))
    text = "\n".join(
        cell.text for table in docx.Document(io.BytesIO(files["release.docx"])).tables for cell in table._cells
    )
    assert "controllers go online over Wi-Fi" in text


def test_nothing_is_made_up_for_a_body_of_which_nothing_is_known(tmp_path: Path) -> None:
    files = released(tmp_path, "kent")
    assert rows(files["answers.csv"]) == []
    # what would be withheld is the same of every body: it tells of none that it answered
    others = released(tmp_path, "essex")
    assert rows(files["withheld.csv"]) == rows(others["withheld.csv"]) != []
    assert {row["standing"] for row in rows(files["figures.csv"])} <= {"withheld", "not_told", "counted"}
    assert files == released(tmp_path, "kent")
