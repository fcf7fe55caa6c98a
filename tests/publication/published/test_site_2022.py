"""What the pages of the 2022 example say, against what was printed at the time (tests/survey has the sources)."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from pathlib import Path

import yaml
from publishing_sample import EXAMPLE

SYNTHETIC = re.compile(r"^synthetic", re.I)


def text_of(page: Path) -> str:
    told = re.sub(r"<(style|svg)\b.*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", told)).split())


def test_the_front_page_names_who_did_not_answer(example: Path) -> None:
    told = text_of(example / "index.html")
    silent = ["City of London", "Gloucestershire", "Greater Manchester", "Gwent", "Merseyside", "South Yorkshire",
              "Thames Valley", "National Crime Agency"]  # fmt: skip
    assert f"8 did not return an answer: {', '.join(silent)}." in told
    assert "39 of 47 bodies invited returned an answer." in told


def test_the_correction_is_shown_as_published_and_as_corrected(example: Path) -> None:
    told = text_of(example / "corrections.html")
    assert "Body-worn video made by Hikvision 2 of 39 (5.1 %)" in told
    assert "0 of 39 (0.0 %) None of the 39 that returned" in told
    assert "further enquiries after publication showed it to be wrong" in told
    assert "It corrects edition “february-2023”." in text_of(example / "index.html")


def test_every_claim_stands_with_its_verdict(example: Path) -> None:
    told = text_of(example / "claims.html")
    claims = yaml.safe_load((EXAMPLE / "claims.yaml").read_text(encoding="utf-8"))["claims"]
    for claim in claims:
        assert claim["text"] in told, claim["id"]
    assert "a return rate of 91 % the office, 2023-02-15" in told
    assert "39/47 = 83.0 %, not 91 %" in told and "39/43 = 90.7 %" in told
    assert told.count("does not hold") >= 7


def test_every_published_figure_has_a_page(example: Path) -> None:
    figures = json.loads((example / "editions/corrected/figures.json").read_text(encoding="utf-8"))
    assert len(figures) == 17
    for figure in figures:
        for prefix in ("", "cy/"):
            assert (example / prefix / f"figures/{figure['id']}.html").is_file()
        told = text_of(example / f"figures/{figure['id']}.html")
        assert figure["sentence"] in told
        assert f"{sum(figure['states'].values())} bodies that were asked" in told


def test_no_synthetic_row_is_told_of_a_body(example: Path) -> None:
    with (EXAMPLE / "answers.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    real = {(row["body"], row["question"]) for row in rows if not SYNTHETIC.match(row["source"])}
    with (example / "data/answers.csv").open(encoding="utf-8", newline="") as stream:
        shown = {(row["body"], row["question"]) for row in csv.DictReader(stream)}
    assert shown == real
    with (example / "data/members.csv").open(encoding="utf-8", newline="") as stream:
        members = list(csv.DictReader(stream))
    for row in members:
        if row["figure"] in ("internal", "external", "anpr", "drones-used"):
            told = row["standing"] in ("withheld", "no_return") or (row["body"], "anpr.concern") in real
            assert told, row


def test_who_is_counted_cannot_be_told_from_who_is_left_over(example: Path) -> None:
    """24 bodies answered yes, 15 nothing: were the 15 named, the 24 would be."""
    told = text_of(example / "figures/internal.html")
    assert "returned; its answer is not published 39" in told
    assert "its answers do not settle it" not in told


def test_every_body_that_returned_is_told_of_alike(example: Path) -> None:
    """The number of withheld rows of one body would tell how much of it was filled in."""
    pages = {}
    with (example / "data/bodies.csv").open(encoding="utf-8", newline="") as stream:
        bodies = {
            row["body"] for row in csv.DictReader(stream) if row["wave"] == "survey-2022" and row["returned"] == "yes"
        }
    with (example / "data/answers.csv").open(encoding="utf-8", newline="") as stream:
        named = {row["body"] for row in csv.DictReader(stream)}
    for body in sorted(bodies - named):
        told = re.sub(r"[0-9]", "", text_of(example / f"bodies/{body}.html"))
        pages[body] = told.split("Kind", 1)[1].split("Check it")[-1]
    kinds: dict[str, set[str]] = {}
    for told in pages.values():
        kinds.setdefault(told.split()[0], set()).add(told)
    assert all(len(told) == 1 for told in kinds.values()), {kind: len(told) for kind, told in kinds.items()}


def test_both_languages_have_the_same_pages(example: Path) -> None:
    english = {
        page.relative_to(example) for page in example.rglob("*.html") if page.relative_to(example).parts[0] != "cy"
    }
    welsh = {page.relative_to(example / "cy") for page in (example / "cy").rglob("*.html")}
    assert english == welsh and len(english) > 90
    assert '<html lang="cy">' in (example / "cy/index.html").read_text(encoding="utf-8")
    assert "Dychwelodd 39 o'r 47 corff a wahoddwyd ateb." in text_of(example / "cy/index.html")


def test_rules_with_their_force(example: Path) -> None:
    told = text_of(example / "suppliers/hikvision.html")
    assert "UK statement of 24 November 2022" in told and "does not bind this body" in told
    for word in ("banned", "compliant", "certified", "hostile"):
        assert word not in told.casefold()
    assert "None." in text_of(example / "suppliers/honeywell.html")


def test_the_front_page_is_small(example: Path) -> None:
    assert (example / "index.html").stat().st_size < 200_000
