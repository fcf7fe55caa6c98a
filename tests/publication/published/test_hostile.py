"""Surveys that try to break out of their pages, and folders that are not to be written over."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from publishing_sample import EXAMPLE, published

from custodes.model.errors import BadUsage
from custodes.publication.proof.manifest import walk
from custodes.publication.proof.verify import verify
from made_survey import make

LIVE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{7*7}}=1+1"


def rewritten(survey: Path, name: str, change: dict[str, str]) -> None:
    path = survey / name
    text = path.read_text(encoding="utf-8")
    for old, new in change.items():
        assert old in text or name == "answers.csv", old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_no_text_of_a_survey_comes_alive(tmp_path: Path) -> None:
    survey = make(tmp_path / "survey", 6, 7, 1)
    live = json.dumps(LIVE)[1:-1]
    rewritten(
        survey, "questionnaire.yaml", {"Invented question q000?": live, "Made up": live, "Invented section faces": live}
    )
    rewritten(survey, "figures.yaml", {"Figure of q001": live, "Returns": live})
    rewritten(survey, "editions.yaml", {"With late returns": live})
    rewritten(survey, "claims.yaml", {"an invented claim": live, "an invented paper": live})
    rewritten(
        survey, "bodies.csv", {"Invented": '"' + LIVE.replace('"', '""') + '"'} if False else {"Invented": "<b>x</b>"}
    )
    published(survey, tmp_path / "bundle")
    for page in (tmp_path / "bundle").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text and "<img" not in text and "<b>x" not in text, page
        assert "49" not in text.split("{{7*7}}")[0][-5:], page
    for page in (tmp_path / "bundle/data").glob("*.csv"):
        for line in page.read_text(encoding="utf-8").splitlines():
            assert not any(cell.startswith(("=", "+", "@")) for cell in line.split(",")), page


def test_no_two_things_share_a_page(tmp_path: Path) -> None:
    survey = make(tmp_path / "survey", 6, 7, 1)
    for name in ("bodies.csv", "answers.csv"):
        rewritten(
            survey,
            name,
            {"body-0001": "INDEX", "body-0002": "index", "body-0003": "Body-0004", "body-0005": "kÖrper 3"},
        )
    rewritten(survey, "figures.yaml", {'"id": "q001"': '"id": "index"'})
    done = published(survey, tmp_path / "bundle")
    names = [name.casefold() for name, _ in walk(tmp_path / "bundle")]
    assert len(set(names)) == len(names)
    assert len([name for name in names if name.startswith("bodies/")]) == 7
    assert len([name for name in names if name.startswith("figures/")]) == len(done.found.last.figures) + 1


def test_a_survey_of_questions_alone(tmp_path: Path) -> None:
    survey = make(tmp_path / "survey", 6, 7, 1)
    for name in ("figures.yaml", "claims.yaml", "editions.yaml", "publication.yaml"):
        (survey / name).unlink()
    published(survey, tmp_path / "bundle")
    assert verify(tmp_path / "bundle").wrong == []


def test_a_title_of_nothing_that_can_be_seen(tmp_path: Path) -> None:
    survey = make(tmp_path / "survey", 6, 7, 1)
    rewritten(survey, "questionnaire.yaml", {"Made up": "\\u200b\\ufffe"})
    published(survey, tmp_path / "bundle")
    assert "<h1><bdi>made-up</bdi></h1>" in (tmp_path / "bundle/index.html").read_text(encoding="utf-8")


def test_nothing_is_taken_away_but_a_bundle(tmp_path: Path) -> None:
    survey = tmp_path / "survey"
    shutil.copytree(EXAMPLE, survey)
    other = tmp_path / "other"
    other.mkdir()
    (other / "manifest.json").write_text('{"manifest_version": 3}')
    (other / "precious").write_text("x")
    for out in (other, survey, survey / "inside", tmp_path):
        with pytest.raises(BadUsage):
            published(survey, out)
    assert (other / "precious").is_file() and (survey / "answers.csv").is_file()
    bundle = tmp_path / "bundle"
    published(survey, bundle)
    published(survey, bundle)  # one of ours is written anew
    (bundle / "notes.txt").write_text("mine")
    with pytest.raises(BadUsage, match="holds other things"):
        published(survey, bundle)
    assert (bundle / "notes.txt").is_file()
    link = tmp_path / "link"
    link.symlink_to(other)
    with pytest.raises(BadUsage, match="plain folder"):
        published(survey, link)
