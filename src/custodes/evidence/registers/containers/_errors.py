"""Cells of an XLSX that hold a spreadsheet error (`#REF!`): calamine hands them on as blank."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]{0,80}?\bt="e"[^>]{0,80}>'
    rb"(?:<f[^>]{0,80}>[^<]{0,400}</f>|<f/>)?<v>(#[^<]{1,12})</v>"
)
_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]{0,400}>")
_RELATION = re.compile(r"<Relationship\s[^>]{0,600}>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_MOST = 20_000
_CHUNK = 1 << 20

Places = dict[tuple[int, int], str]


def errors(path: Path) -> dict[str, Places]:
    """Sheet name -> {(row index, column index): "#REF!"}; call only for a workbook already checked."""
    found: dict[str, Places] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name, part in _parts(archive).items():
                places = _places(archive, part)
                if places:
                    found[name] = places
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, EOFError):
        return found
    return found


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets: dict[str, str] = {}
    for match in _RELATION.finditer(relations):
        held = dict(_ATTRIBUTE.findall(match.group()))
        target = held.get("Target", "").lstrip("/")
        targets[held.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    parts: dict[str, str] = {}
    for match in _SHEET.finditer(book):
        held = dict(_ATTRIBUTE.findall(match.group()))
        if held.get("r:id") in targets:
            parts[html.unescape(held.get("name", ""))] = targets[held["r:id"]]
    return parts


def _places(archive: zipfile.ZipFile, part: str) -> Places:
    places: Places = {}
    tail = b""
    with archive.open(part) as handle:
        while chunk := handle.read(_CHUNK):
            data = tail + chunk
            tail = data[-1_000:]
            if b't="e"' not in data:
                continue
            for letters, row, shown in _CELL.findall(data):
                if len(places) < _MOST:
                    places[(int(row) - 1, _column(letters))] = shown.decode("ascii", "replace")
    return places


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
