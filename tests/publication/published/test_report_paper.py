"""The report on paper: what the PDF standards ask, read with pikepdf; the same numbers in every form."""

from __future__ import annotations

import io
import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from pypdf import PdfReader

from custodes.knowledge import knowledge
from custodes.publication.annual.print import pdf
from custodes.publication.annual.write import write_report
from custodes.publication.edition.content import release
from custodes.publication.papers.print import EASTERN, find_fonts
from custodes.publication.redaction.policy import read_plan
from custodes.publication.site.build import Head
from custodes.survey.folder import load
from made_survey import make


def elements(node: Any) -> Iterator[tuple[str, Any]]:
    """Every element of the structure tree in reading order, with its tag."""
    kids = node.get("/K") if isinstance(node, pikepdf.Dictionary) else None
    for kid in kids if isinstance(kids, pikepdf.Array) else ([kids] if kids is not None else []):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield str(kid["/S"]), kid
            yield from elements(kid)


@pytest.fixture(scope="module")
def book(example: Path) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(example / "report/report.pdf") as opened:
        yield opened


def test_what_the_standards_ask(book: pikepdf.Pdf) -> None:
    with book.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("2", "A", "1")
        assert "Overt surveillance camera systems, 2022" in str(about["dc:title"])
    assert str(book.Root.Lang) == "en-GB"
    assert bool(book.Root.MarkInfo.Marked)
    assert bool(book.Root.ViewerPreferences.DisplayDocTitle)


def test_tags_in_reading_order(book: pikepdf.Pdf) -> None:
    tags = [(tag, node) for tag, node in elements(book.Root.StructTreeRoot)]
    names = [tag for tag, _ in tags]
    heads = [tag for tag in names if re.fullmatch(r"/H[1-6]?", tag)]
    assert heads[0] == "/H1" and heads.count("/H1") == 1
    levels = [int(tag[2:]) for tag in heads]
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))
    assert names.index("/H1") < names.index("/Figure") < names.index("/Table")
    figures = [node for tag, node in tags if tag == "/Figure"]
    assert figures and all(len(str(node.get("/Alt", ""))) > 40 for node in figures)
    assert "Internal camera systems with equipment of concern: 24 – 47" in str(figures[0]["/Alt"])
    for tag, node in tags:
        if tag == "/Table":
            inside = [name for name, _ in elements(node)]
            assert inside.count("/TH") >= 2 and "/TD" in inside


def test_every_page_carries_the_code_and_the_root(example: Path) -> None:
    root = (example / "proof/checkpoint").read_text(encoding="utf-8").split("\n")[2]
    told = json.loads((example / "report/report.json").read_text(encoding="utf-8"))
    code = re.search(r"[A-Z2-7]{6}(?:-[A-Z2-7]{6}){3}", told["footer"])
    assert code is not None
    pages = PdfReader(example / "report/report.pdf").pages
    assert len(pages) > 4
    for page in pages:
        text = unicodedata.normalize("NFKC", page.extract_text())
        assert code[0] in text and root in text


def test_every_form_says_the_same(example: Path) -> None:
    figures = json.loads((example / "editions/corrected/figures.json").read_text(encoding="utf-8"))
    paper = " ".join(page.extract_text() for page in PdfReader(example / "report/report.pdf").pages)
    paper = " ".join(unicodedata.normalize("NFKC", paper).split())
    word = docx.Document(str(example / "report/report.docx"))
    written = "\n".join(line.text for line in word.paragraphs)
    markdown = (example / "report/report.md").read_text(encoding="utf-8").replace("\\", "")
    for figure in figures:
        for form in (paper, written, markdown):
            assert figure["sentence"] in form, figure["id"]


def test_a_long_appendix_is_quick_and_small(tmp_path: Path) -> None:
    """5,600 answers and more; `bench/publish_speed.py` has the time beside WeasyPrint."""
    survey = load(make(tmp_path / "survey", 50, 119, 4, missing=0.0))
    found = release(survey, read_plan(survey), "1", None)
    assert len(found.rows) > 5_550
    (tmp_path / "out").mkdir()
    write_report(tmp_path / "out", found, Head("x/y", found.log.size, "A" * 44, "AAAAAA", ""))
    data = (tmp_path / "out/report/report.pdf").read_bytes()
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert text.count("body-0007") >= 100


def test_every_sign_of_the_reference_data_prints() -> None:
    """Names in native script as themselves, where the fonts are the wheel's; no sign is ever lost or refused."""
    names = sorted({name for row in knowledge().pack.suppliers.values() for name in row.native_names})
    assert "大华" in "".join(names) or any("大华" in name for name in names)
    blocks = [{"text": name} for name in names]
    report = {"title": "Signs", "language": "en", "year": 2026, "month": 1, "day": 1, "publisher": "", "edition": "e",
              "about": [], "footer": "f", "root": "r", "parts": [{"title": "Names", "blocks": blocks}]}  # fmt: skip
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf(report))).pages)
    plain = unicodedata.normalize("NFKC", "".join(text.split()))
    assert any(font.name == EASTERN for font in find_fonts()), "make fonts"
    for name in names:
        assert unicodedata.normalize("NFKC", "".join(name.split())) in plain, name
