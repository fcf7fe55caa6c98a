"""Papers as files: each layout holds every value, the marking on every page, nothing live, and the same bytes."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from docx import Document
from paper_sample import HOSTILE, paper
from pypdf import PdfReader

from custodes.evidence.registers import raw_tables
from custodes.model.errors import BadInput, BadUsage
from custodes.model.papers import Kind, Paper
from custodes.publication.papers import WRITERS, paper_payload, write_paper
from custodes.publication.papers.filled import read_filled
from custodes.publication.papers.frozen import ASSESSMENT, MANIFEST, PAPER, freeze, is_frozen, open_frozen, read_part
from custodes.publication.papers.payload import paper_of
from custodes.publication.papers.screen import render_paper
from custodes.publication.schemas import schema

TEXTS = ("A sample paper", "About it.", "Who answers", "value 0", "not known: nobody told", "There is none.", "1,234")


def docx_text(path: Path) -> str:
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def pdf_text(path: Path) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def xlsx_text(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    values = [f"{c.value:,}" if isinstance(c.value, int) else str(c.value) for s in book for r in s for c in r]
    return "\n".join(values)


READ = {".docx": docx_text, ".pdf": pdf_text, ".xlsx": xlsx_text}


@pytest.mark.parametrize("ending", sorted(READ))
@pytest.mark.parametrize("columns", [4, 14])
def test_every_layout_holds_every_value(ending: str, columns: int, tmp_path: Path) -> None:
    path = write_paper(tmp_path / f"p{ending}", paper(columns))
    text = " ".join(READ[ending](path).split())
    assert not [wanted for wanted in TEXTS if wanted not in text]
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("ending", sorted(WRITERS))
def test_the_same_paper_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    first = write_paper(tmp_path / f"a{ending}", paper()).read_bytes()
    assert write_paper(tmp_path / f"b{ending}", paper()).read_bytes() == first


def test_the_json_follows_its_schema_and_comes_back_as_the_same_paper() -> None:
    payload = json.loads(json.dumps(paper_payload(paper())))
    jsonschema.Draft202012Validator(schema("form")).validate(payload)
    assert paper_of(payload) == paper()


def test_the_marking_stands_on_every_page_and_sheet(tmp_path: Path) -> None:
    pdf = PdfReader(write_paper(tmp_path / "p.pdf", paper(14)))
    assert all(page.extract_text().count("OFFICIAL-SENSITIVE") >= 2 for page in pdf.pages)
    book = openpyxl.load_workbook(write_paper(tmp_path / "p.xlsx", paper()))
    assert {sheet.oddHeader.center.text for sheet in book} == {"OFFICIAL-SENSITIVE"}
    document = Document(str(write_paper(tmp_path / "p.docx", paper())))
    for part in (document.sections[0].header, document.sections[0].footer):
        assert "OFFICIAL-SENSITIVE" in part.paragraphs[0].text


def test_the_pdf_is_tagged_archival_and_names_signs_that_no_font_has(tmp_path: Path) -> None:
    reader = PdfReader(write_paper(tmp_path / "p.pdf", paper()))
    root = reader.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    meta = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    assert "<pdfaid:part>2</pdfaid:part>" in meta
    assert "U+1F41F" in reader.pages[0].extract_text()


def test_nothing_in_the_workbook_is_live(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_paper(tmp_path / "p.xlsx", paper()))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value == HOSTILE]
    assert cells
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)
    assert book.sheetnames == ["Form", "Things all of them", "Nothing"]


def test_a_filled_workbook_comes_back_with_a_persons_cells_only(tmp_path: Path) -> None:
    path = write_paper(tmp_path / "p.xlsx", paper())
    book = openpyxl.load_workbook(path)
    form, things = book["Form"], book["Things all of them"]
    for row in form.iter_rows():
        if row[3].value in ("head/who", "head/body", "signs/signed"):
            row[1].value = f"by hand {row[3].value}"
    things["B2"], things["D2"], things["D3"] = "overwritten", "because of this", "=1+1"
    things.move_range("A3:E3", rows=3)  # a person sorted the lines
    book.save(path)
    assert read_filled(path.name, raw_tables(path), paper()).answers == {
        ("head", "who", ""): "by hand head/who",
        ("signs", "signed", ""): "by hand signs/signed",
        ("things", "key-1", "c3"): "because of this",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda book: book["Things all of them"].delete_cols(2), "cell B1"),
        (lambda book: book.remove(book["Form"]), "sheet Form"),
        (lambda book: setattr(book["Things all of them"]["A1"], "value", "Else"), "should be “Column 0” and is “Else”"),
    ],
)
def test_a_workbook_with_another_structure_is_refused_with_its_cell(change, message: str, tmp_path: Path) -> None:
    path = write_paper(tmp_path / "p.xlsx", paper())
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    with pytest.raises(BadInput, match=message):
        read_filled(path.name, raw_tables(path), paper())


def frozen(tmp_path: Path, one: Paper) -> Path:
    signed = write_paper(tmp_path / "signed.xlsx", one)
    archive = tmp_path / "copy.zip"
    assert len(freeze(archive, one, signed, ['{"devices": []}'], {"pack/a.yaml": b"a: 1\n"})) == 64
    return archive


def test_a_frozen_copy_gives_back_the_paper_and_the_signed_file(tmp_path: Path) -> None:
    archive = frozen(tmp_path, paper())
    assert is_frozen(archive)
    opened = open_frozen(archive)
    assert opened.paper == paper()
    assert opened.signed == (tmp_path / "signed.xlsx").read_bytes()
    assert read_part(archive, ASSESSMENT) == {"devices": []}
    for ending in WRITERS:
        first = write_paper(tmp_path / f"x{ending}", paper()).read_bytes()
        assert write_paper(tmp_path / f"y{ending}", opened.paper).read_bytes() == first


@pytest.mark.parametrize("name", [PAPER, "reference-data/pack/a.yaml", MANIFEST, "signed/signed.xlsx", "new.txt", ""])
def test_a_touched_copy_is_refused_and_the_entry_named(name: str, tmp_path: Path) -> None:
    archive = frozen(tmp_path, paper())
    with zipfile.ZipFile(archive) as old:
        files = {item: old.read(item) for item in old.namelist()}
    if name:
        files[name] = files.get(name, b"") + b" "
        wrong = "copy.zip" if name == MANIFEST else name
    else:
        del files["reference-data/pack/a.yaml"]
        wrong = "reference-data/pack/a.yaml: it is missing"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for item, data in files.items():
            new.writestr(item, data)
    archive.write_bytes(out.getvalue())
    if name == MANIFEST:  # blanks at its end change nothing that it says
        assert open_frozen(archive).paper == paper()
        return
    with pytest.raises(BadInput, match=wrong.replace(".", r"\.")):
        open_frozen(archive)


@pytest.mark.parametrize("data", [b"", b"PK", b"no archive", b"PK\x03\x04" + b"\0" * 60])
def test_what_is_no_copy_is_said_to_be_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert not is_frozen(path)
    with pytest.raises(BadInput, match="no frozen copy"):
        open_frozen(path)


@pytest.mark.parametrize("columns", [30, 80, 200])
def test_the_screen_fits_its_width(columns: int) -> None:
    text = render_paper(paper(), columns)
    assert max(map(len, text.splitlines())) <= columns + 12  # wide signs count double
    assert "to be filled in by a person" in " ".join(text.split())


def test_endings_and_lengths_that_no_layout_takes(tmp_path: Path) -> None:
    with pytest.raises(BadUsage, match="no paper is written"):
        write_paper(tmp_path / "p.odt", paper())
    long = replace(paper(), sections=(replace(paper().sections[1], lines=paper().sections[1].lines * 2000),))
    with pytest.raises(BadUsage, match="too many for pages"):
        write_paper(tmp_path / "p.pdf", long)
    assert write_paper(tmp_path / "p.xlsx", long).is_file()


def test_a_blank_is_no_answer() -> None:
    blanks = [cell for line in paper().sections[1].lines for cell in line.cells if cell.kind is Kind.TO_FILL]
    assert len(blanks) == 2
    assert all(cell.value == "" for cell in blanks)
