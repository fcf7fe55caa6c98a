"""The e-mail round with LibreOffice between: 47 workbooks out, filled by a script in it, 39 in."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.survey.folder import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "survey-2022"
FILL = Path(__file__).with_name("fill_in_office.py")
HEADER = "body,question,part,value,state,valid_at,recorded_at,source,wave\n"
pytestmark = pytest.mark.long


def _cell(path: Path, sheet: str, question: str) -> str:
    page = openpyxl.load_workbook(path)[sheet]
    return f"F{next(cell.row for cell in page['A'] if cell.value == question)}"


def _in_office(jobs: list[dict[str, object]], tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "Debian's packages libreoffice-calc-nogui and python3-uno are needed"
    (tmp_path / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    running = subprocess.Popen(
        [office, profile, "--headless", "--norestore", "--accept=pipe,name=custodes;urp"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        command = ["/usr/bin/python3", str(FILL), "custodes", str(tmp_path / "jobs.json")]
        subprocess.run(command, check=True, timeout=280)
    finally:
        running.terminate()
        running.wait(30)


def test_47_out_39_filled_in_libreoffice(tmp_path: Path) -> None:
    survey = tmp_path / "survey"
    shutil.copytree(EXAMPLE, survey)
    (survey / "answers.csv").write_text(HEADER, encoding="utf-8")
    out, back = tmp_path / "out", tmp_path / "back"
    back.mkdir()
    done = CliRunner().invoke(app, ["survey", "pack", str(survey), "--out", str(out), "--wave", "survey-2022"])
    assert done.exit_code == 0
    books = sorted(out.iterdir())
    assert len(books) == 47
    concern, cameras, dji = (
        _cell(books[0], *place)
        for place in (
            ("cctv-internal", "cctv.internal.concern"),
            ("cctv-internal", "cctv.internal.cameras"),
            ("drones", "drones.dji"),
        )
    )
    jobs: list[dict[str, object]] = []
    for number, path in enumerate(books[:39]):
        cells: list[list[object]] = [
            ["cctv-internal", concern, "yes / ie" if number < 24 else "no / na"],
            ["cctv-internal", cameras, number],
            ["systems", "A4", "North"],
            ["systems", "C4", 7],
        ]
        insert = ["drones", 2] if number == 37 else None
        day = ["drones", dji] if number == 38 else None
        jobs.append({"path": str(path), "out": str(back / path.name), "cells": cells, "insert": insert, "date": day})
    _in_office(jobs, tmp_path)
    done = CliRunner().invoke(
        app, ["survey", "import", str(survey), *map(str, sorted(back.iterdir())), "--recorded-at", "2022-10-01"]
    )
    assert done.exit_code == 2
    assert f"{books[37].name}: drones!C2: nothing stands where “Cwestiwn” stood" in done.output
    assert f"{books[38].name}: drones!{dji}: a date stands here (2022-03-04)" in done.output
    loaded = load(survey)
    figure = loaded.figure(loaded.figures["internal"], None)
    assert (figure.numerator, figure.returned, figure.invited) == (24, 37, 47)
    held = loaded.answers.cells("systems.devices", "survey-2022", None)
    assert all(cell["North"].value == 7 for cell in held.values())
    assert len(held) == 37
