"""Every record of a user's own table as text, counted as the readers count: titles and blank lines too."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from custodes.model.errors import BadInput

Records = list[list[str]]
_NAMES = ("name", "key", "label", "field")
_VALUES = ("value", "val", "text")
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
_MAX_CELL = 1 << 24
_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|", "vertical bar": "|"}


def kind_of(source: Path) -> str:
    """xlsx | xlsm | workbook (any other that calamine opens) | json | text: by content, not by name."""
    with source.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(b"PK"):
        return _packed_kind(source)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    return "json" if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") else "text"


def _packed_kind(source: Path) -> str:
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return "workbook"
    if "xl/workbook.xml" not in names:
        return "workbook"
    return "xlsm" if "xl/vbaProject.bin" in names else "xlsx"


def table_sheets(source: Path, *, encoding: str = "", delimiter: str = "") -> list[tuple[str, Records]]:
    """(sheet name, records) of any table that is not written back cell by cell. JSON begins with headings."""
    kind = kind_of(source)
    if kind not in ("json", "text"):
        return _workbook(source)
    text = _decoded(source.read_bytes(), encoding)
    if kind == "json":
        return [("", _objects(text, source))]
    mark = _DELIMITERS.get(delimiter, delimiter if len(delimiter) == 1 else "")
    return [("", _delimited(text, mark or _likely_delimiter(text)))]


def _workbook(source: Path) -> list[tuple[str, Records]]:
    from python_calamine import CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(source))
        return [(n, _cells(book.get_sheet_by_name(n).to_python(skip_empty_area=False))) for n in book.sheet_names]
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
    encoding = encoding.lower().replace("with bom", "").replace(" ", "-").strip("-")
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
    usual = csv.field_size_limit(_MAX_CELL)  # the limit is the whole process's: the registers' reader relies on it
    try:
        return list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=mark))
    finally:
        csv.field_size_limit(usual)


def _objects(text: str, source: Path) -> Records:
    """One record an object, under the dotted headings of all, so that a nested secret has a heading."""
    try:
        found = _largest(json.loads(text), 0)
    except (ValueError, RecursionError):
        found = _json_lines(text, source)
    rows = [_flat(item) for item in found]
    heads = list(dict.fromkeys(key for row in rows for key in row))
    return [heads, *([row.get(head, "") for head in heads] for row in rows)]


def _largest(found: Any, depth: int) -> list[Any]:
    if isinstance(found, list):
        return found
    if not isinstance(found, dict):
        return [found]
    inner = [_largest(value, depth + 1) for value in found.values() if isinstance(value, list | dict)]
    inner = [rows for rows in inner if any(isinstance(row, dict) for row in rows)]
    lists = [rows for rows in inner if depth < 4 and len(rows) > 1]
    if lists:
        return max(lists, key=len)
    held = [value for value in found.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
    return held[0] if held else [found]


def _json_lines(text: str, source: Path) -> list[Any]:
    """One item a line; a blank line is an empty record, a damaged one is named and not shown."""
    items: list[Any] = []
    good = 0
    for line in text.split("\n"):
        try:
            items.append(json.loads(line) if line.strip() else {})
            good += bool(line.strip())
        except (ValueError, RecursionError):
            items.append({"line": "(not readable)"})
    if not good:
        raise BadInput("the JSON cannot be read", where=source.name, remedy="check that the file is complete")
    return items


def _flat(item: Any) -> dict[str, str]:
    row: dict[str, str] = {}
    _walk("", item if isinstance(item, dict) else {"value": item}, row, 0)
    return row


def _walk(path: str, value: Any, row: dict[str, str], depth: int) -> None:
    if isinstance(value, dict) and depth < 8:
        for key, inner in value.items():
            _walk(f"{path}.{key}" if path else str(key), inner, row, depth + 1)
    elif isinstance(value, list) and depth < 8:
        for inner in value:
            name, held = _pair(inner)
            _walk(f"{path}.{name}" if name else path, held, row, depth + 1)
    elif isinstance(value, dict | list):
        row[path] = "(too deep to show)"
    elif value is not None and value != "":
        text = value if isinstance(value, str) else json.dumps(value)
        row[path] = f"{row[path]}; {text}" if path in row else text


def _pair(item: Any) -> tuple[str, Any]:
    """The name and value of `{"name": ..., "value": ...}`, so that a password among them has a heading."""
    if isinstance(item, dict) and len(item) <= 4:
        name = next((item[key] for key in _NAMES if isinstance(item.get(key), str)), "")
        held = next((key for key in _VALUES if key in item), "")
        if name and held:
            return name, item[held]
    return "", item
