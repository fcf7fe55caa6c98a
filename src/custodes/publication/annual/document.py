"""The report as DOCX, for the people who must clear it before it goes out and write into it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docx import Document
from docx.shared import Pt

from custodes.publication.fixedzip import fixed


def docx(report: Mapping[str, Any]) -> bytes:
    """The document of a payload, the same bytes on any day."""
    book = Document()
    stamp = datetime(report["year"], report["month"], report["day"])
    about = book.core_properties
    about.title, about.author, about.language = report["title"], report["publisher"] or "custodes", "en-GB"
    about.created = about.modified = stamp
    about.last_modified_by, about.revision, about.comments = "custodes", 1, ""
    book.styles["Normal"].font.name, book.styles["Normal"].font.size = "Arial", Pt(10.5)
    book.add_heading(report["title"], 0)
    book.add_paragraph(report["edition"])
    for told in report["about"]:
        book.add_paragraph(told)
    for part in report["parts"]:
        book.add_heading(part["title"], 1)
        for block in part["blocks"]:
            _block(book, block)
    book.sections[0].footer.paragraphs[0].text = f"{report['footer']} · {report['root']}"
    raw = io.BytesIO()
    book.save(raw)
    return fixed(raw, stamp, stored=True)


def _block(book: Any, block: Mapping[str, Any]) -> None:
    if "head" in block:
        book.add_heading(block["head"], 2)
    elif "text" in block:
        book.add_paragraph(block["text"])
    elif "items" in block:
        for item in block["items"]:
            line = book.add_paragraph(style="List Bullet")
            line.add_run(f"{item['head']}: ").bold = True
            line.add_run(item["text"])
    elif "chart" in block:
        book.add_paragraph(block["alt"])
    elif "table" in block:
        _table(book, block["table"])


def _table(book: Any, table: Mapping[str, Any]) -> None:
    grid = book.add_table(rows=1, cols=len(table["columns"]), style="Table Grid")
    for cell, name in zip(grid.rows[0].cells, table["columns"], strict=True):
        cell.paragraphs[0].add_run(name).bold = True
    mark = grid.rows[0]._tr.get_or_add_trPr()
    mark.append(mark.makeelement("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tblHeader", {}))
    for row in table["rows"]:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    book.add_paragraph()
