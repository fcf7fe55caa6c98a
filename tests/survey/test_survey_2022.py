"""The 2022 survey rebuilt: every published figure and verdict, from the folder that ships. Sources: its own rows."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.publication import schemas
from custodes.survey import schemas as survey_files
from custodes.survey.folder import load

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "survey-2022"


def _objects(*arguments: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, ["survey", arguments[0], str(EXAMPLE), *arguments[1:], "--format", "jsonl"])
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def figures() -> dict[tuple[str, str], dict[str, Any]]:
    return {(item["edition"], item["id"]): item for item in _objects("figures")}


#: id, numerator, denominator, per cent, as printed on 15 February 2023 (share: facts of the survey, section 2).
PRINTED = [
    ("asked", 47, 47, 100.0),
    ("returns", 39, 47, 83.0),
    ("internal", 24, 39, 61.5),
    ("external", 18, 39, 46.2),
    ("anpr", 11, 39, 28.2),
    ("drones-used", 31, 39, 79.5),
    ("drones-aware", 23, 31, 74.2),
    ("drones-dji", 230, 337, 68.2),
    ("drones-answered", 37, 43, 86.0),
]


@pytest.mark.parametrize("edition", ["february-2023", "corrected"])
@pytest.mark.parametrize(("name", "numerator", "denominator", "percent"), PRINTED)
def test_figures_as_printed(edition: str, name: str, numerator: int, denominator: int, percent: float, figures) -> None:
    item = figures[edition, name]
    assert (item["numerator"], item["denominator"], item["percent"]) == (numerator, denominator, percent)


@pytest.mark.parametrize(
    ("name", "numerator"),
    [
        ("returns", 36),
        ("drones-used", 28),
        ("cameras-from-abroad", 12),
        ("hikvision-cameras", 11),
        ("aware-of-concerns", 2),
        ("live-facial-recognition", 1),
        ("live-facial-recognition-intended", 13),
        ("body-worn", 0),
    ],
)
def test_figures_of_november(name: str, numerator: int, figures) -> None:
    item = figures["november-2022", name]
    assert item["numerator"] == numerator
    assert item["denominator"] == {"returns": 47, "aware-of-concerns": 12}.get(name, 36)


def test_the_body_worn_finding_as_published_and_as_corrected(figures) -> None:
    found = {edition: figures[edition, "body-worn"]["numerator"] for edition in ("february-2023", "corrected")}
    assert found == {"february-2023": 2, "corrected": 0}
    assert figures["corrected", "body-worn"]["states"]["corrected"] == 2


def test_bounds_under_both_readings(figures) -> None:
    bounds = figures["corrected", "internal"]["bounds"]
    assert bounds["silence_no"] == {"lower": 24, "upper": 32, "lower_share": "24/47", "upper_share": "32/47"}
    assert bounds["silence_unknown"] == {"lower": 24, "upper": 47, "lower_share": "24/47", "upper_share": "47/47"}
    assert figures["corrected", "internal"]["sentence"] == (
        "At least 24 of the 39 that returned; between 24 and 32 of all 47 if silence inside a return means no; "
        "between 24 and 47 of all 47 otherwise."
    )
    assert figures["corrected", "drones-dji"]["upper"] is None


def test_states_sum_to_the_invited(figures) -> None:
    assert all(sum(item["states"].values()) == item["invited"] for item in figures.values())


VERDICTS = {
    "contradicted": "rate-91 two-thirds 35-areas 39-of-43 six-chinese invited-nov drones-of-responses hikvision-nov",
    "superseded": "bwv returns-nov abroad-nov lfr-intended-nov drones-nov",
    "not_comparable": "anpr-10 two-thirds-britain",
    "supported": """internal external anpr drones drones-foi returns-feb invited five-companies aware-nov bwv-nov
        lfr-nov drones-feb""",
    "unverifiable": """huawei dates annual-report quotes banned-sites classified-premises huawei-5g us-huawei-zte
        lfr-none-nov retrospective-nov questions-feb""",
}


def test_claims() -> None:
    found = {item["id"]: item for item in _objects("claims")}
    assert {name: item["verdict"] for name, item in found.items()} == {
        name: verdict for verdict, names in VERDICTS.items() for name in names.split()
    }
    assert "30.6 % was cut off, not rounded." in found["hikvision-nov"]["because"]  # 11/36, printed as 30 %
    assert "39/43 = 90.7 %: over the territorial bodies invited" in found["rate-91"]["because"]
    assert "24/39 = 61.5 %, not 66.7 %" in found["two-thirds"]["because"]


def test_outputs_meet_their_published_schemas() -> None:
    for command in ("figures", "claims"):
        schema = schemas.schema(f"survey-{command}")
        for item in _objects(command):
            jsonschema.validate(item, schema)


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        ("questionnaire", "survey-questionnaire"),
        ("waves", "survey-waves"),
        ("figures", "survey-figures-file"),
        ("claims", "survey-claims-file"),
        ("editions", "survey-editions"),
    ],
)
def test_files_meet_their_published_schemas(file: str, schema: str) -> None:
    text = (EXAMPLE / f"{file}.yaml").read_text(encoding="utf-8")
    loader = type(
        "Days", (yaml.SafeLoader,), {"yaml_implicit_resolvers": dict(yaml.SafeLoader.yaml_implicit_resolvers)}
    )
    loader.yaml_implicit_resolvers["2"] = [
        pair for pair in yaml.SafeLoader.yaml_implicit_resolvers["2"] if "timestamp" not in pair[0]
    ]
    jsonschema.validate(yaml.load(text, loader), survey_files.schema(schema))


def test_every_row_is_real_with_a_source_or_says_that_it_is_synthetic() -> None:
    survey = load(EXAMPLE)
    sources = Counter("synthetic" if row.source.startswith("synthetic: ") else "real" for row in survey.answers.rows)
    assert sources["real"] == 11
    assert all(row.source for row in survey.answers.rows)


def test_the_tool_writes_the_same_files(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / "make_survey_2022.py"), str(tmp_path)], check=True)
    for name in ("bodies.csv", "answers.csv"):
        assert (tmp_path / name).read_bytes() == (EXAMPLE / name).read_bytes()


def test_every_text_is_in_english_and_welsh() -> None:
    survey = load(EXAMPLE)
    texts = [question.text for question in survey.questionnaire.questions.values()]
    texts += [section.title for section in survey.questionnaire.sections]
    texts += [figure.title for figure in survey.figures.values()]
    assert [text for text in texts if set(text) != {"en", "cy"}] == []


@pytest.mark.parametrize("command", ["figures", "claims"])
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_tables_fit_the_terminal(command: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    done = CliRunner().invoke(app, ["survey", command, str(EXAMPLE)])
    assert done.exit_code == 0
    assert max(map(len, done.stdout.splitlines())) <= columns
