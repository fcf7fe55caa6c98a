"""Files made to harm: each costs one clear message or a partial result, quickly."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from custodes.evidence.registers import open_register, printable, sniff
from custodes.model.errors import BadInput

SHEET = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)


def workbook(path: Path, sheet: bytes | None = None, extra: dict[str, bytes] | None = None) -> Path:
    """A small workbook at `path`, its first sheet replaced by `sheet`, parts added."""
    book = openpyxl.Workbook()
    book.active.append(["Name", "Make"])
    book.active.append(["Door", "M"])
    held = io.BytesIO()
    book.save(held)
    with zipfile.ZipFile(held) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            replaced = sheet is not None and name == "xl/worksheets/sheet1.xml"
            target.writestr(name, sheet if replaced else source.read(name))
        for name, data in (extra or {}).items():
            target.writestr(name, data)
    return path


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        open_register(path)
    text = str(caught.value)
    assert len(text.splitlines()) <= 12 and path.name in text
    return text


def test_zip_bombs(tmp_path: Path) -> None:
    assert "unpack" in refused(workbook(tmp_path / "ratio.xlsx", SHEET % (b" " * 60_000_000)))
    assert "unpack" in refused(workbook(tmp_path / "nested.xlsx", extra={"inner.zip": os.urandom(2_000_000)}))
    many = {f"xl/p{n}.xml": os.urandom(50) for n in range(10_001)}
    assert "parts" in refused(workbook(tmp_path / "many.xlsx", extra=many))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, encoding: str) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><worksheet>&c;</worksheet>'
    assert "entities" in refused(workbook(tmp_path / "laughs.xlsx", text.encode(encoding)))


def test_one_cell_far_away(tmp_path: Path) -> None:
    cells = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "no table of devices" in refused(workbook(tmp_path / "far.xlsx", SHEET % cells))
    shown = b"".join(
        b'<c r="%s1" t="inlineStr"><is><t>%s</t></is></c>' % one for one in ((b"A", b"Name"), (b"B", b"Make"))
    )
    told = b"".join(b'<c r="%s2" t="inlineStr"><is><t>%s</t></is></c>' % one for one in ((b"A", b"Door"), (b"B", b"M")))
    rows = b'<row r="1">%s</row><row r="2">%s</row>' % (shown, told)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    (table,) = open_register(workbook(tmp_path / "table.xlsx", SHEET % (rows + far)))
    found = [row for batch in table.batches for row in batch.to_pylist()]
    assert [(row["name"], row["make"]) for row in found] == [("Door", "M")]
    assert [skip.row for skip in table.account.skipped] == [1048576]


def test_truncated_and_damaged_workbooks(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx").read_bytes()
    for size in (30, len(whole) // 2, len(whole) - 10):
        path = tmp_path / f"cut{size}.xlsx"
        path.write_bytes(whole[:size])
        refused(path)
    assert "damaged" in refused(workbook(tmp_path / "xml.xlsx", b"<worksheet><sheetData><row"))


def test_wrong_names_do_not_matter(tmp_path: Path) -> None:
    (reading,) = open_register(workbook(tmp_path / "book.csv"))
    assert reading.account.container == "xlsx"
    path = tmp_path / "text.xlsx"
    path.write_text("Name,Make\nDoor,M\n", encoding="utf-8")
    (reading,) = open_register(path)
    assert reading.account.container == "csv" and sum(batch.num_rows for batch in reading.batches) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n \n",
        b"\0" * 9000,
        bytes(range(256)) * 40,
        b"%PDF-1.7\n",
        b"<html><table><tr><td>x",
        b"Dear Sir\n",
        b"MZ" + b"\0" * 99,
        b"PK\x03\x04garbage",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 3000,
        b"[]",
        b"{}",
        b"[1,2,3]",
        b"[",
        b'{"a":',
        b"null",
    ],
)
def test_no_register(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.dat"
    path.write_bytes(data)
    refused(path)


@pytest.mark.parametrize("piece", [b"a", b",", b'"', b"[", b'{"a":', b"[[],", b" "])
def test_one_byte_over_and_over(tmp_path: Path, piece: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(piece * (4_000_000 // len(piece)))
    refused(path)


def test_ten_million_columns(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b"Name,Make\nDoor,M\n" + b"x," * 3_000_000 + b"\nYard,M\n")
    (reading,) = open_register(path)
    assert sum(batch.num_rows for batch in reading.batches) == 2
    assert "columns" in reading.account.skipped[0].reason and reading.account.rows == 3


def test_huge_cell_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "cell.csv"
    path.write_text("Name,Make,Notes\nDoor,M," + "x " * 30_000 + "\nYard,M,y\n", encoding="utf-8")
    (reading,) = open_register(path)
    notes = [row["notes"] for batch in reading.batches for row in batch.to_pylist()]
    assert len(notes[0]) <= 32_769 and notes[1] == "y" and reading.account.gaps


def test_deep_and_cut_json(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('[{"name":"a","make":"M"},{"name":' + "[" * 100_000 + "]" * 100_000 + "}]", encoding="utf-8")
    (reading,) = open_register(path)
    assert sum(batch.num_rows for batch in reading.batches) == 1 and "deep" in reading.account.gaps[0]
    path.write_text(json.dumps([{"name": "a"}, {"name": "b"}])[:-4], encoding="utf-8")
    (reading,) = open_register(path)
    assert sum(batch.num_rows for batch in reading.batches) == 1 and "cut off" in reading.account.gaps[0]


def test_yaml_aliases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("manufacturer: &a [x]\nmodel: [*a, *a]\n", encoding="utf-8")
    refused(path)


def test_no_control_characters_in_messages(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31mb.csv"
    path.write_bytes(b"\x1b[31m\0" * 99)
    with pytest.raises(BadInput) as caught:
        open_register(path)
    assert "\x1b" not in str(caught.value)
    assert printable("a\x1b[31m\u202eb\n c\0") == "a [31m b c"
    path = tmp_path / "h.csv"
    path.write_text("Na\x1bme,Ma\u202eke\nDoor\x1b,M\n", encoding="utf-8")
    (reading,) = open_register(path)
    list(reading.batches)
    assert "\x1b" not in repr(reading.account).encode().decode("unicode_escape")


def test_sniff() -> None:
    assert sniff(b"Name,Make\n", "a.csv") > 0 and sniff(b"\0\0\0\0", "a.csv") == 0
