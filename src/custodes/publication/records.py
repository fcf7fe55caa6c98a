"""Every record of a user's own table as text, counted as the readers count: titles and blank lines too."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput

Records = list[list[str]]
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "vertical bar": "|"}


def table_sheets(source: Path, *, encoding: str = "", delimiter: str = "") -> list[tuple[str, Records, bool]]:
    """(sheet name, records, whether the first record is a heading of ours) of any non-XLSX table."""
    suffix = source.suffix.lower()
    if suffix in (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb"):
        return [(name, rows, False) for name, rows in _workbook(source)]
    text = _decoded(source.read_bytes(), encoding)
    if suffix in (".json", ".jsonl", ".ndjson"):
        return [("", _objects(text, source), True)]
    mark = _DELIMITERS.get(delimiter, delimiter if len(delimiter) == 1 else "")
    return [("", _delimited(text, mark or _likely_delimiter(text)), False)]


def _workbook(source: Path) -> list[tuple[str, Records]]:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(source))
        return [
            (n, _cells(book.get_sheet_by_name(n).to_python(skip_empty_area=False))) for n in book.sheet_names
        ]
    except Exception as error:
        raise BadInput(
            "the workbook cannot be opened",
            where=source.name,
            why=str(error)[:200],
            remedy="save it again as XLSX",
        ) from error


def _cells(rows: Iterable[Iterable[Any]]) -> Records:
    return [[cell_text(value) for value in row] for row in rows]


def cell_text(value: object) -> str:
    """A workbook cell as the text a person would read in it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _decoded(raw: bytes, encoding: str) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    for name in (encoding, *_ENCODINGS):
        try:
            text = raw.decode(name) if name else None
        except (UnicodeDecodeError, LookupError):
            continue
        if text is not None:
            return text.removeprefix("\ufeff")
    return raw.decode("utf-8", "replace")


def _likely_delimiter(text: str) -> str:
    lines = text[:20_000].splitlines()[:20]
    return max(",;\t|", key=lambda mark: sum(line.count(mark) for line in lines))


def _delimited(text: str, mark: str) -> Records:
    csv.field_size_limit(1 << 24)
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=mark)
    return list(reader)


def _objects(text: str, source: Path) -> Records:
    try:
        found = json.loads(text)
    except ValueError:
        found = _json_lines(text, source)
    if isinstance(found, dict):
        lists = [value for value in found.values() if isinstance(value, list)]
        found = max(lists, key=len) if lists else [found]
    rows = [row if isinstance(row, dict) else {"value": row} for row in found]
    heads = list(dict.fromkeys(str(key) for row in rows for key in row))
    return [heads, *([_json_cell(row.get(head)) for head in heads] for row in rows)]


def _json_lines(text: str, source: Path) -> list[Any]:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise BadInput("the JSON cannot be read", where=source.name, why=str(error)) from error


def _json_cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
