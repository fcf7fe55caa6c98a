"""What describes the tables to other programs, held against the tables; in `make long`, against those programs."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from publishing_sample import EXAMPLE, ROOT, published
from test_assurance import made
from test_withheld import answered, changed

TOOLS = ROOT / ".venv-check/bin"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The 2022 example, with a list of those who had access before."""
    survey = tmp_path_factory.mktemp("survey") / "survey"
    shutil.copytree(EXAMPLE, survey)
    plan = survey / "publication.yaml"
    told = plan.read_text(encoding="utf-8") if plan.exists() else ""
    access = "access_before_release: [{role: statistician, organisation: the office, from: 2023-02-10, why: checks}]\n"
    plan.write_text(f"{told}\n{access}", encoding="utf-8")
    out = survey.parent / "bundle"
    published(survey, out)
    return out


def rows(bundle: Path, name: str) -> list[dict[str, str]]:
    with (bundle / f"data/{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def entities(bundle: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (bundle / "data/entities.ftm.json").read_text(encoding="utf-8").splitlines()]


def test_each_address_of_the_catalogue_is_a_file(bundle: Path) -> None:
    told = json.loads((bundle / "data/catalogue.jsonld").read_text(encoding="utf-8"))["dcat:distribution"]
    assert len(told) > 20
    for one in told:
        path = (bundle / "data" / one["dcat:downloadURL"]["@id"]).resolve()
        assert path.is_relative_to(bundle.resolve())
        assert path.stat().st_size == int(one["dcat:byteSize"]["@value"])


def test_each_review_leads_to_its_claim(bundle: Path) -> None:
    told = json.loads((bundle / "data/claimreview.jsonld").read_text(encoding="utf-8"))["@graph"]
    assert len(told) == len(rows(bundle, "claims"))
    for one in told:
        path, _, place = one["url"].partition("#")
        assert f'id="{place}"' in (bundle / "data" / path).read_text(encoding="utf-8")


def test_links_of_follow_the_money_are_the_bodies_that_said_yes(tmp_path: Path) -> None:
    """A figure about one firm links it with whoever said yes; figures about none or about two link nobody."""
    yes = {"==": [{"source": "answers", "identifier": "q000"}, "yes"]}
    one = {
        "id": "one-firm",
        "kind": "share",
        "unit": "body",
        "title": {"en": "One"},
        "question": "q000",
        "numerator": yes,
    }
    two = {"id": "two-firms", "names": ["Axis", "Bosch"], "title": {"en": "Two"}}
    survey = changed(tmp_path, "{invented: yes}", figures=[{**one, "names": ["Axis"]}, {**one, **two}])
    said = sorted(body for body, value in answered(survey, "q000").items() if value == "yes")
    assert len(said) >= 3
    published(survey, tmp_path / "bundle")
    found = {one["id"]: one for one in entities(tmp_path / "bundle")}
    links = [one["properties"] for one in found.values() if one["schema"] == "UnknownLink"]
    names = {one["name"]: one["body"] for one in rows(tmp_path / "bundle", "bodies")}
    assert sorted(names[found[one["subject"][0]]["properties"]["name"][0]] for one in links) == said
    assert {found[one["object"][0]]["properties"]["name"][0] for one in links} == {"Axis"}
    assert {one["role"][0] for one in links} == {"One"}


def test_who_had_access_is_a_table_of_its_own(bundle: Path, tmp_path: Path) -> None:
    assert rows(bundle, "access") == [
        {"role": "statistician", "organisation": "the office", "from": "2023-02-10", "why": "checks"}
    ]
    published(EXAMPLE, tmp_path / "plain")
    assert not (tmp_path / "plain/data/access.csv").exists(), "nobody is told of in the example"


def tool(name: str, *words: object) -> str:
    done = subprocess.run([TOOLS / name, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
def test_frictionless_finds_every_table_valid(bundle: Path) -> None:
    told = json.loads(tool("frictionless", "validate", bundle / "data/datapackage.json", "--json"))
    assert told["valid"]
    assert {one["name"] for one in told["tasks"]} >= {"figures", "answers", "members", "access"}


@pytest.mark.long
def test_csvw_finds_every_table_valid(bundle: Path) -> None:
    assert "OK" in tool("csvwvalidate", bundle / "data/csv-metadata.json")


@pytest.mark.long
def test_follow_the_money_takes_every_entity(bundle: Path) -> None:
    kept = tool("ftm", "validate", "-i", bundle / "data/entities.ftm.json").splitlines()
    ours = {one["id"]: one["properties"] for one in entities(bundle)}
    assert {one["id"]: one["properties"].keys() for one in map(json.loads, kept)} == {
        name: told.keys() for name, told in ours.items()
    }


@pytest.mark.long
def test_the_catalogue_is_a_graph_of_datasets(bundle: Path) -> None:
    turtle = tool("rdfpipe", "-i", "json-ld", "-o", "nt", bundle / "data/catalogue.jsonld").splitlines()
    kinds = [line.split()[2] for line in turtle if "22-rdf-syntax-ns#type" in line]
    assert kinds.count("<http://www.w3.org/ns/dcat#Dataset>") == 1
    assert kinds.count("<http://www.w3.org/ns/dcat#Distribution>") > 20


@pytest.mark.long
def test_trestle_reads_the_assessment_results(tmp_path: Path) -> None:
    estate = Path(str(resources.files("custodes.estate") / "example"))
    path = made("report", tmp_path / "report", estate=estate) / "data/oscal-assessment-results.json"
    read = (
        "import sys; from pathlib import Path; from trestle.oscal.assessment_results import AssessmentResults as R; "
        "found = R.oscal_read(Path(sys.argv[1])); print(len(found.results[0].observations))"
    )
    told = json.loads(path.read_text(encoding="utf-8"))["assessment-results"]["results"][0]["observations"]
    assert int(tool("python", "-c", read, path)) == len(told) > 0


@pytest.mark.long
def test_libreoffice_reads_the_same_from_both_workbooks(bundle: Path, tmp_path: Path) -> None:
    """Each sheet of the ODS and of the XLSX as CSV, and the tables that they are of."""
    sheets: dict[str, dict[str, str]] = {}
    for end in ("ods", "xlsx"):
        out = tmp_path / end
        filters = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", filters,
             "--outdir", out, bundle / f"data/survey.{end}"],
            check=True, capture_output=True, timeout=240,
        )  # fmt: skip
        sheets[end] = {one.name.split("-", 1)[1]: one.read_text(encoding="utf-8") for one in out.iterdir()}
    assert sheets["ods"].keys() == sheets["xlsx"].keys() >= {"Cover.csv", "Notes.csv", "figures.csv", "access.csv"}
    for name, text in sheets["ods"].items():
        assert text == sheets["xlsx"][name], name
    with ZipFile(bundle / "data/survey.ods") as ods:
        assert ods.namelist()[0] == "mimetype"
