"""An estate's own assurance report, and its totals for everybody."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
from attacker import Puzzle, Sum, seek
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from publishing_sample import SIGNER
from typer.testing import CliRunner

from custodes.cli.commands import app
from custodes.publication.proof.keys import Key
from custodes.publication.proof.log import DEVICE, FINDING, is_kind
from custodes.publication.proof.tree import leaf_hash
from custodes.publication.proof.verify import verify

ESTATE = Path(str(resources.files("custodes.estate") / "example"))
DAY = ["--as-at", "2026-08-01"]


def made(command: str, out: Path, *more: str, estate: Path = ESTATE) -> Path:
    key = out.parent / "key"
    key.write_text(SIGNER.line())
    done = CliRunner().invoke(app, [command, str(estate), "--out", str(out), "--key", str(key), *DAY, *more])
    assert done.exit_code == 0, done.output
    return out


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("report", tmp_path_factory.mktemp("whole") / "bundle")


@pytest.fixture(scope="module")
def totals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("publish", tmp_path_factory.mktemp("totals") / "bundle")


def devices(whole: Path) -> list[dict[str, object]]:
    return list(json.loads((whole / "data/devices.json").read_text(encoding="utf-8"))["devices"])


@pytest.mark.parametrize("which", ["whole", "totals"])
def test_it_verifies_by_the_key(which: str, request: pytest.FixtureRequest) -> None:
    found = verify(request.getfixturevalue(which), [Key("", SIGNER.verifier.public, None)])
    assert (found.wrong, found.trusted, found.editions) == ([], True, ["estate"])


@pytest.mark.parametrize("command", ["report", "publish"])
def test_the_same_bytes_twice(command: str, tmp_path: Path) -> None:
    """From two copies of the folder."""
    hashes = []
    for number in range(2):
        estate = tmp_path / f"estate-{number}"
        shutil.copytree(ESTATE, estate)
        bundle = made(command, tmp_path / f"out-{number}", estate=estate)
        hashes.append((bundle / "manifest.json").read_bytes())
    assert hashes[0] == hashes[1]


def test_every_device_and_finding_has_its_place_in_the_log(whole: Path) -> None:
    entries = (whole / "proof/log.jsonl").read_bytes().splitlines()
    told = json.loads((whole / "proof/proofs.json").read_text())["entries"]
    kinds = Counter(one["kind"] for one in told)
    assert kinds[DEVICE] == len(devices(whole)) and kinds[FINDING] > 20
    for one in told:
        assert is_kind(entries[one["index"]], one["kind"])
        assert leaf_hash(entries[one["index"]]).hex() == one["leaf"]


def test_nothing_of_a_single_device_is_in_the_totals(whole: Path, totals: Path) -> None:
    needles = {}
    with (whole / "data/devices.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for column in ("device", "name", "site", "location", "mac", "serial", "firmware"):
                if len(row.get(column) or "") > 7:
                    needles[f"{column} {row[column]}"] = row[column]
    files = {str(one["file"]) for one in json.loads((whole / "data/devices.json").read_text())["summary"]["files"]}
    needles |= {f"file {name}": name for name in files}
    assert len(needles) > 200
    systems = {
        row["system"] for row in csv.DictReader((totals / "data/systems.csv").open(encoding="utf-8", newline=""))
    }
    assert seek(totals, needles) == []
    assert "systems named after a site" in systems and not any("Quayside" in system for system in systems)


def test_small_counts_of_a_system_cannot_be_worked_out(whole: Path, totals: Path) -> None:
    live = [one for one in devices(whole) if one["live"]]
    truth: Counter[tuple[str, str]] = Counter()
    for one in live:
        told = one["attribution"]
        maker = str(told["oem_name"]) if told["maker_status"] == "asserted" else "not established"  # type: ignore[index]
        system = str(one["system"])
        system = "systems named after a site" if "Quayside" in system else system
        truth[system, maker] += int(str(one["quantity"]))
    puzzle = Puzzle()
    with (totals / "data/systems.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        cell = ("", "", row["system"], row["maker"])
        if row["devices"] == "[c]":
            puzzle.hidden.add(cell)
        else:
            puzzle.known[cell] = int(row["devices"])
            assert int(row["devices"]) == truth[row["system"], row["maker"]]
    for place in (2, 3):
        for name in {cell[place] for cell in (*puzzle.known, *puzzle.hidden)}:
            cells = {cell: 1 for cell in (*puzzle.known, *puzzle.hidden) if cell[place] == name}
            total = sum(truth[cell[2], cell[3]] for cell in cells)
            puzzle.sums.append(Sum(cells, total, total))
    small = {("", "", *cell) for cell, many in truth.items() if 0 < many < 3}
    assert small and small <= puzzle.hidden
    everything = Puzzle({}, {*puzzle.known, *puzzle.hidden}, puzzle.sums)
    assert set(puzzle.recovered()) & (small - set(everything.recovered())) == set()


def test_oscal_says_of_nothing_that_it_is_satisfied(whole: Path) -> None:
    told = json.loads((whole / "data/oscal-assessment-results.json").read_text(encoding="utf-8"))
    results = told["assessment-results"]
    assert {"uuid", "metadata", "import-ap", "results"} <= set(results)
    assert {"title", "last-modified", "version", "oscal-version"} <= set(results["metadata"])
    (result,) = results["results"]
    checks = json.loads((whole / "data/checks.json").read_text(encoding="utf-8"))
    short = [one for one in checks if one["says"] in ("shortfall", "attested-not", "attested-in-part")]
    assert len(result["observations"]) == len(checks) and len(result["findings"]) == len(short) > 0
    observed = {one["uuid"] for one in result["observations"]}
    assert len(observed) == len(checks)
    for finding in result["findings"]:
        assert finding["target"]["status"]["state"] == "not-satisfied"
        assert finding["related-observations"][0]["observation-uuid"] in observed


def test_the_bill_of_materials_is_valid_and_names_no_doubtful_maker(whole: Path) -> None:
    text = (whole / "data/devices.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    named = {one["bom-ref"]: one.get("manufacturer") for one in json.loads(text)["components"]}
    for one in devices(whole):
        if one["live"]:
            sure = one["attribution"]["maker_status"] == "asserted"  # type: ignore[index]
            assert (named[one["device"]] is not None) == bool(sure and one["attribution"]["oem_name"])  # type: ignore[index]


def test_rules_are_told_with_what_they_describe(whole: Path, totals: Path) -> None:
    told = json.loads((totals / "data/figures.json").read_text(encoding="utf-8"))
    reached: dict[str, Counter[str]] = {}
    for one in devices(whole):
        for rule in one["measures"] if one["live"] else ():  # type: ignore[attr-defined]
            reached.setdefault(f"rule {rule['id']}", Counter())[rule["reaches"]] += int(str(one["quantity"]))
    rules = {one["id"]: one for one in told if one["id"].startswith("rule ") and "lower" in one}
    assert rules and set(rules) == set(reached)
    for key, many in reached.items():
        assert (rules[key]["lower"], rules[key]["upper"]) == (many["yes"], many["yes"] + many["unknown"]), key
    assert len({one["id"] for one in told}) == len(told)


def test_words_that_are_not_said(totals: Path, whole: Path) -> None:
    for page in (totals / "index.html", whole / "index.html"):
        text = re.sub(r"https?://\S+", " ", page.read_text(encoding="utf-8").casefold())
        for word in ("compliant", "certified", "banned"):
            assert word not in text


@pytest.mark.browser
@pytest.mark.enable_socket
def test_the_page_of_totals_in_a_browser(totals: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    sync = pytest.importorskip("playwright.sync_api")
    from test_site_browser import ARGS, CHROMIUM, TAGS

    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for wide in (320, 1280):
            tab = browser.new_page(viewport={"width": wide, "height": 900})
            messages: list[str] = []
            tab.on("console", lambda told, into=messages: into.append(told.text))
            tab.goto((totals / "index.html").as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth") <= wide
            assert messages == []
            found = axe.Axe().run(tab, options={"runOnly": {"type": "tag", "values": TAGS}}).response
            assert [one["id"] for one in found["violations"]] == []
            tab.close()
        browser.close()
