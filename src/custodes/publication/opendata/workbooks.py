"""The tables as workbooks after the public sector's guidance: a cover, notes, one table a sheet, nothing merged."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from custodes.publication.edition.content import Release
from custodes.publication.fixedzip import fixed, stamped
from custodes.publication.opendata.tables import Table
from custodes.publication.text import clean, no_formula

#: A longer table is left out whole and named: a part of it would be counted as if it were all.
MOST_ROWS = 20_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def cover(found: Release) -> list[tuple[str, str]]:
    """What stands on the cover."""
    last = found.last
    return [
        ("Title", clean(found.plan.title.get("en") or found.survey.questionnaire.id)),
        ("Publisher", clean(found.plan.publisher or "not told")),
        ("Contact", clean(found.plan.contact or "not told")),
        ("Edition", clean(last.edition.title or last.edition.id)),
        ("With what was recorded up to", last.edition.cut.isoformat()),
        ("Corrects", clean(last.edition.corrects or "no edition")),
        ("Hash of the edition", last.stamp.digest()),
        ("Made with", f"{last.stamp.code}, reference data {last.stamp.knowledge}"),
    ]


def notes(found: Release, tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """The notes: what the tables hold, and what their columns mean."""
    yield "Empty cells", "not known, or not applicable"
    yield "[c]", "a number that is not shown, so that no single body can be worked out from it"
    yield "Counting", "a census: no sampling, so no sampling error; bounds are over everything that is not known"
    if found.kept_back:
        yield "Withheld", f"{len(found.kept_back):,} rows are not published; the sheet withheld says why"
    for table in tables:
        yield f"Sheet {table.name}", table.means if _fits(table) else _elsewhere(table)
        for column in table.columns:
            yield f"{table.name}, {column.name}", column.means


def _fits(table: Table) -> bool:
    return len(table.rows) <= MOST_ROWS


def _elsewhere(table: Table) -> str:
    return f"not in this workbook: its {len(table.rows):,} rows are in {table.name}.csv"


def xlsx(found: Release, tables: Sequence[Table]) -> bytes:
    """The workbook as XLSX, the same bytes on any day."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "Cover"
    _pairs(first, "Cover", cover(found))
    _pairs(book.create_sheet("Notes"), "Notes", notes(found, tables))
    for table in filter(_fits, tables):
        _sheet(book.create_sheet(table.name[:31]), table)
    book.properties.title = found.plan.title.get("en") or found.survey.questionnaire.id
    book.properties.language = "en-GB"
    day = found.last.edition.cut
    stamped(book, day)
    raw = io.BytesIO()
    book.save(raw)
    return fixed(raw, datetime(day.year, day.month, day.day), stored=True)


def _pairs(sheet: Worksheet, title: str, pairs: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> None:
    sheet.append([title])
    sheet["A1"].font = Font(bold=True, size=14)
    for pair in pairs:
        sheet.append([_safe(cell) for cell in pair])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 34, 90
    for row in sheet.iter_rows(min_row=2, min_col=2, max_col=2):
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _sheet(sheet: Worksheet, table: Table) -> None:
    sheet.append([table.title])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([table.means])
    sheet.append(list(table.names))
    for cell in sheet[3]:
        cell.font = Font(bold=True)
    for row in table.rows:
        sheet.append([_cell(row.get(name)) for name in table.names])
    sheet.freeze_panes = "A4"
    for place, name in enumerate(table.names):
        letter = get_column_letter(place + 1)
        widest = max((len(str(row.get(name) or "")) for row in table.rows[:200]), default=0)
        sheet.column_dimensions[letter].width = min(60, max(len(name), widest) + 2)


def _cell(value: object) -> object:
    if value is None or isinstance(value, (int, float)):
        return value
    return _safe(value)


def _safe(value: object) -> str:
    return _ILLEGAL.sub("", no_formula(value))[:32_000]


def ods(found: Release, tables: Sequence[Table]) -> bytes:
    """The same as OpenDocument (ODF 1.3), which public bodies are asked to offer."""
    sheets = [_ods_pairs("Cover", cover(found)), _ods_pairs("Notes", list(notes(found, tables)))]
    for table in filter(_fits, tables):
        head = [[table.title], [table.means], list(table.names)]
        rows = [[row.get(name) for name in table.names] for row in table.rows]
        sheets.append(_ods_sheet(table.name, [*head, *rows], 3))
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
        'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" office:version="1.3">'
        '<office:automatic-styles><style:style style:name="head" style:family="table-cell">'
        '<style:text-properties fo:font-weight="bold"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return _ods_file(content, found.last.edition.cut, found.plan.title.get("en") or "")


def _ods_pairs(name: str, pairs: list[tuple[str, str]]) -> str:
    return _ods_sheet(name, [[name], *map(list, pairs)], 1)


def _ods_sheet(name: str, rows: Sequence[Sequence[object]], heads: int) -> str:
    told = "".join(
        f"<table:table-row>{''.join(_ods_cell(cell, head=number < heads) for cell in row)}</table:table-row>"
        for number, row in enumerate(rows)
    )
    return f"<table:table table:name={quoteattr(name)}>{told}</table:table>"


def _ods_cell(value: object, *, head: bool) -> str:
    style = ' table:style-name="head"' if head else ""
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, (int, float)):
        return (
            f'<table:table-cell{style} office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    text = escape(_safe(value))
    return f'<table:table-cell{style} office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _ods_file(content: str, day: date, title: str) -> bytes:
    meta = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"><office:meta>'
        f"<dc:title>{escape(_safe(title))}</dc:title><dc:language>en-GB</dc:language>"
        f"<dc:date>{day.isoformat()}T00:00:00</dc:date></office:meta></office:document-meta>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        '<manifest:file-entry manifest:full-path="meta.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        parts = {"mimetype": kind, "content.xml": content, "meta.xml": meta, "META-INF/manifest.xml": manifest}
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text.encode())
    return out.getvalue()
