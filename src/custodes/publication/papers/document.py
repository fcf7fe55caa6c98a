"""A paper as a Word document: marking on every page, tables that repeat their heading. The same bytes every time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from custodes.model.papers import Cell, Entry, Kind, Paper, Section
from custodes.publication.fixedzip import fixed
from custodes.publication.papers.said import as_blocks, block_title, for_page, halves, heading, page_text
from custodes.publication.text import clean

#: Shares of the width that a label and its value take.
_PAIR = (3.0, 7.0)


def write_document(path: Path, paper: Paper) -> Path:
    """Writes the document; wide tables become one block a line."""
    from docx import Document

    document: Any = Document()
    stamp = datetime(paper.on.year, paper.on.month, paper.on.day)
    _prepare(document, paper, stamp)
    document.add_heading(clean(paper.title), 0)
    if paper.about:
        document.add_paragraph(clean(paper.about))
    _pairs(document, heading(paper))
    for section in paper.sections:
        _section(document, section)
    document.add_heading("Signed", 1)
    _entries(document, paper.signs)
    raw = io.BytesIO()
    document.save(raw)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fixed(raw, stamp, stored=True))
    return path


def _prepare(document: Any, paper: Paper, stamp: datetime) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt

    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    if paper.wide:
        page.orientation = WD_ORIENT.LANDSCAPE
        page.page_width, page.page_height = Cm(29.7), Cm(21)
    margin = Cm(1.3 if paper.one_side else 2)
    page.header_distance = page.footer_distance = Cm(0.6)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = margin
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(7.5 if paper.one_side else 10)
    normal.paragraph_format.space_after = Pt(0 if paper.one_side else 4)
    for level, points in ((0, 16), (1, 12), (2, 10)):
        style = document.styles["Title" if level == 0 else f"Heading {level}"]
        style.font.name, style.font.size = "Arial", Pt(points - 2 if paper.one_side else points)
        style.font.color.rgb = None
        style.paragraph_format.space_before = Pt(3 if paper.one_side else 10)
        style.paragraph_format.space_after = Pt(2)
        _one_font(style)
    _language(document)
    _margins(page, paper)
    core = document.core_properties
    core.title, core.author, core.subject = clean(paper.title), "custodes", clean(paper.marking)
    core.created = core.modified = stamp
    core.last_modified_by, core.comments, core.revision = "custodes", "", 1


def _one_font(style: Any) -> None:
    """The template's headings name a theme font, which would win over the name given."""
    from docx.oxml.ns import qn

    fonts = style.element.rPr.rFonts
    for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(key), None)


def _language(document: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = document.styles["Normal"].element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    properties.append(language)


def _margins(page: Any, paper: Paper) -> None:
    """The marking above and below every page, and the number of the page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for part in (page.header, page.footer):
        line = part.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(clean(paper.marking)).bold = True
    line = page.footer.paragraphs[0]
    line.add_run("   page ")
    _number(line, "PAGE")
    line.add_run(" of ")
    _number(line, "NUMPAGES")


def _number(line: Any, name: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    line._p.append(field)


def _pairs(document: Any, pairs: list[tuple[str, str]]) -> None:
    table = _new_table(document, _PAIR)
    for label, text in pairs:
        cells = _row(table).cells
        cells[0].paragraphs[0].add_run(label).bold = True
        cells[1].text = text


def _block(document: Any, pairs: list[tuple[str, str]]) -> None:
    """The rows of a block, two beside each other."""
    table = _new_table(document, (*_PAIR, *_PAIR))
    for row in halves(pairs):
        cells = _row(table).cells
        for place, pair in enumerate(row):
            if pair is not None:
                cells[2 * place].paragraphs[0].add_run(pair[0]).bold = True
                cells[2 * place + 1].text = pair[1]


def _row(table: Any) -> Any:
    """A new row, which stays on one page."""
    from docx.oxml import OxmlElement

    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return row


def _new_table(document: Any, shares: Sequence[float]) -> Any:
    """A table over the whole width of the page, its columns in these shares."""
    page = document.sections[0]
    width = page.page_width - page.left_margin - page.right_margin
    table = document.add_table(rows=0, cols=len(shares))
    table.style, table.autofit = "Table Grid", False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = int(width * share / sum(shares))
    return table


def _entries(document: Any, entries: tuple[Entry, ...]) -> None:
    if not entries:
        return
    table = _new_table(document, _PAIR)
    for entry in entries:
        cells = _row(table).cells
        cells[0].paragraphs[0].add_run(clean(entry.label)).bold = True
        if entry.note:
            cells[0].add_paragraph(clean(entry.note)).runs[0].italic = True
        cells[1].text = _text(entry.cell)


def _text(cell: Cell) -> str:
    return "……………………" if cell.kind is Kind.TO_FILL else page_text(cell)


def _section(document: Any, section: Section) -> None:
    if section.title:
        document.add_heading(clean(section.title), 1)
    for text in section.text:
        document.add_paragraph(for_page(clean(text)))
    _entries(document, section.entries)
    if not section.columns:
        return
    if not section.lines:
        document.add_paragraph(clean(section.empty) or "No line.")
    elif as_blocks(section):
        for place, line in enumerate(section.lines):
            document.add_heading(block_title(section, place), 2)
            pairs = zip(section.columns, line.cells, strict=True)
            _block(document, [(clean(column.label), _text(cell)) for column, cell in pairs])
    else:
        _table(document, section)


def _table(document: Any, section: Section) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    table = _new_table(document, [2.4 if column.wide else 1 for column in section.columns])
    head = table.add_row()
    for cell, column in zip(head.cells, section.columns, strict=True):
        cell.paragraphs[0].add_run(clean(column.label)).bold = True
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    head._tr.get_or_add_trPr().append(repeat)
    for line in section.lines:
        for target, cell in zip(_row(table).cells, line.cells, strict=True):
            target.text = _text(cell)
