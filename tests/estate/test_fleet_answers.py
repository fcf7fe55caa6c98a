"""Counts of fleets as answers of a survey: the survey's figures come to what the count itself says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.estate.config import load_estate
from custodes.estate.fleet_bodies import Wanted, by_body
from custodes.estate.fleet_flows import counted
from custodes.estate.flows import Options
from custodes.knowledge import knowledge
from custodes.model.errors import BadUsage

TABLE = """Force,Make and model,Number,Notes
Avon & Somer,DJI Mavic 3E x4,,SYNTHETIC
Barset,"DJI Mavic 2, Parrot Anafi",6,
Dale,Refused s.31,,
Eastshire,None,0,
Grantley,DJI,at least 10,
Hexham,Anzu Raptor T,3,
Jarrow,DJI Dock 2,1,
Lorn,Unknown,4,
Stranger,DJI Mini 3,1,
"""
BODIES = ["avon-and-somer", "barset", "dale", "eastshire", "grantley", "hexham", "jarrow", "lorn", "silent"]


def _survey(folder: Path, repeat: bool = True) -> Path:
    path = folder / "survey"
    path.mkdir()
    section = {
        "id": "drones",
        "title": {"en": "SYNTHETIC"},
        "questions": [{"id": "dji", "text": {"en": "How many are made by DJI?"}, "type": "count"}],
    }
    if repeat:
        section["repeat"] = "part"
    files = {
        "questionnaire": {"id": "q", "version": "1", "title": {"en": "SYNTHETIC"}, "sections": [section]},
        "waves": {"waves": [{"id": "one", "opened": "2026-01-01", "closed": "2026-06-01", "questionnaire": "1"}]},
        "figures": {"figures": [{"id": "dji", "kind": "total", "unit": "drone", "question": "dji"}]},
        "claims": {"claims": []},
    }
    for name, told in files.items():
        (path / f"{name}.yaml").write_text(json.dumps(told), encoding="utf-8")
    names = [name.replace("-", " ").title() for name in BODIES]
    rows = "".join(f"{body},{name},force,,\n" for body, name in zip(BODIES, names, strict=True))
    (path / "bodies.csv").write_text("body,name,kind,invited_from,invited_to\n" + rows, encoding="utf-8")
    header = "body,question,part,value,state,valid_at,recorded_at,source\n"
    (path / "answers.csv").write_text(header, encoding="utf-8")
    return path


def _count(folder: Path, table: str, *options: str) -> str:
    done = _run(folder, table, *options)
    assert done.exit_code == 0, done.output
    return done.output


def _refused(folder: Path, table: str, *options: str) -> str:
    done = _run(folder, table, *options)
    assert isinstance(done.exception, BadUsage), done.output
    return str(done.exception)


def _run(folder: Path, table: str, *options: str) -> Result:
    path = folder / "SYNTHETIC_fleet.csv"
    path.write_text(table, encoding="utf-8")
    return CliRunner().invoke(app, ["drone", "count", str(path), "--as-at", "2026-03-01", *options])


def _figure(survey: Path) -> dict:
    assert CliRunner().invoke(app, ["survey", "check", str(survey)]).exit_code == 0
    done = CliRunner().invoke(app, ["survey", "figures", str(survey), "--format", "json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    return next(iter(told["figures"] if isinstance(told, dict) else told))


ASKED = ("--question", "dji", "--brand", "dji", "--recorded-at", "2026-03-02")


def test_every_body_answers_what_its_rows_come_to(tmp_path: Path) -> None:
    survey = _survey(tmp_path)
    told = _count(tmp_path, TABLE, "--survey", str(survey), *ASKED)
    assert "Stranger is no body of survey" in told
    figure = _figure(survey)
    # Avon 4; Barset 1 at least, two models sharing six; Grantley 10
    assert figure["numerator"] == "15" or figure["numerator"] == 15
    assert figure["upper"] is None
    assert figure["states"] == {"answered": 4, "none": 1, "refused": 1, "not_known": 2, "return_missing": 1}


def test_a_dock_alone_does_not_say_that_there_is_no_aircraft(tmp_path: Path) -> None:
    survey = _survey(tmp_path)
    _count(tmp_path, TABLE, "--survey", str(survey), *ASKED)
    text = (survey / "answers.csv").read_text(encoding="utf-8")
    assert "jarrow,dji,in doubt,,not_known,,2026-03-02,SYNTHETIC_fleet.csv row 8: only docks are named" in text


def test_said_twice_is_added_once_and_a_later_answer_settles_it(tmp_path: Path) -> None:
    survey = _survey(tmp_path)
    _count(tmp_path, TABLE, "--survey", str(survey), *ASKED)
    before = (survey / "answers.csv").read_text(encoding="utf-8")
    assert "0 answers added" in _count(tmp_path, TABLE, "--survey", str(survey), *ASKED)
    assert (survey / "answers.csv").read_text(encoding="utf-8") == before
    later = TABLE.replace("at least 10", "12").replace('"DJI Mavic 2, Parrot Anafi",6', "DJI Mavic 2,6")
    later = later.replace("Refused s.31,,", "DJI,1,").replace("DJI Dock 2,1", "DJI Dock 2 and 1 x DJI M30,")
    later = later.replace("Unknown,4", "Parrot Anafi,4") + "Silent,None,0,\n"
    refused = _refused(tmp_path, later, "--survey", str(survey), *ASKED)
    assert "recorded on 2026-03-02" in refused
    assert (survey / "answers.csv").read_text(encoding="utf-8") == before
    _count(tmp_path, later, "--survey", str(survey), *ASKED[:-1], "2026-04-01")
    figure = _figure(survey)
    assert (int(figure["numerator"]), int(figure["upper"])) == (4 + 6 + 1 + 12 + 1,) * 2


def test_a_question_without_parts_keeps_no_least(tmp_path: Path) -> None:
    survey = _survey(tmp_path, repeat=False)
    told = _count(tmp_path, TABLE, "--survey", str(survey), *ASKED)
    assert "4 answers are no single number" in told
    assert int(_figure(survey)["numerator"]) == 4


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--survey", "SURVEY"), "--question"),
        (("--survey", "SURVEY", "--question", "dij"), "dji"),
        (("--survey", "SURVEY", "--question", "dji", "--brand", "no-such"), "no brand 'no-such'"),
        (("--survey", "SURVEY", "--question", "dji", "--brand", "dji", "--maker", "dji"), "give one"),
        (("--brand", "dji"), "--survey"),
    ],
)
def test_what_is_asked_wrongly_adds_nothing(tmp_path: Path, options: tuple[str, ...], word: str) -> None:
    survey = _survey(tmp_path)
    before = (survey / "answers.csv").read_bytes()
    told = _refused(tmp_path, TABLE, *[str(survey) if text == "SURVEY" else text for text in options])
    assert word in told
    assert (survey / "answers.csv").read_bytes() == before


CELLS = st.sampled_from(
    ["DJI Mavic 3E,4", "DJI M30,at least 2", "Unknown,3", "Parrot Anafi,5", "None,0", "Refused,", '"DJI, Autel",7']
)


@settings(max_examples=25, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=12), st.sampled_from([Wanted(), Wanted("dji"), Wanted("", "dji")]))
def test_bodies_add_up_to_the_fleet(tmp_path_factory: pytest.TempPathFactory, cells: list[str], wanted: Wanted) -> None:
    path = tmp_path_factory.mktemp("fleet") / "SYNTHETIC_fleet.csv"
    rows = "".join(f"Body {number},{cell}\n" for number, cell in enumerate(cells))
    path.write_text("Force,Make and model,Number\n" + rows, encoding="utf-8")
    fleet = counted(load_estate(path), Options(date(2026, 3, 1)), lambda _: None)
    bodies = list(by_body(fleet, knowledge(), wanted))
    assert len(bodies) == len(cells)
    whole = fleet.whole
    if wanted.brand:
        whole = fleet.brands.get(wanted.brand) or whole.__class__()
    elif wanted.maker:
        whole = fleet.relabels.get(wanted.maker) or whole.__class__()
    elif any(body.refused for body in bodies):
        assert whole.upper is None
    assert sum(body.lower for body in bodies) == whole.lower
