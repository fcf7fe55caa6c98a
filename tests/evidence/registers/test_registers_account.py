"""Conservation, row numbers, damage, encodings, headings: what the account promises."""

from __future__ import annotations

import csv
import datetime
import io
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from custodes.evidence.registers import open_register, propose_mapping
from custodes.evidence.registers.damage import find
from custodes.evidence.registers.formats import parse
from custodes.model.errors import BadInput, KnowledgeError
from custodes.model.registers import Limits
from custodes.model.vocab import Damage, Field


def read(path: Path, **more):
    """(rows as dicts without empty values, account) of the only table of `path`."""
    (reading,) = open_register(path, **more)
    rows = [row for batch in reading.batches for row in batch.to_pylist()]
    return [{name: value for name, value in row.items() if value} for row in rows], reading.account


def put(folder: Path, text: str | bytes, name: str = "r.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
HEADS = ["Name", "Make", "Model", "Serial", "Quantity", "Other"]


@settings(max_examples=150, deadline=None)
@example(rows=[["", ";0"], ["", "", "", "", "", "", ";", "0"], ["", ";0"]], delimiter=",", password=True)
@given(st.lists(st.lists(CELL, max_size=8), max_size=30), st.sampled_from([",", ";", "\t", "|"]), st.booleans())
def test_every_row_is_accounted_for(rows: list[list[str]], delimiter: str, password: bool) -> None:
    heads = [*HEADS, "Password"] if password else HEADS
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(
        [heads, ["a", "b", "c", "d", "1", "f"], *rows]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), text.getvalue())
        found, account = read(path)
    filled = {n + 3 for n, row in enumerate(rows) if "".join(row).strip()} | {2}
    places = [row["row"] for row in found] + [skip.row for skip in account.skipped]
    assert sorted(places) == sorted(set(places)) == sorted(filled)
    assert account.rows == len(found) + len(account.skipped)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_rows_or_one_clear_error(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), data)
        try:
            for reading in open_register(path):
                rows = sum(batch.num_rows for batch in reading.batches)
                assert reading.account.rows == rows + len(reading.account.skipped)
        except BadInput as error:
            assert len(str(error).splitlines()) <= 4 and str(error).replace("\n", "").isprintable()


def test_row_numbers_count_titles_blanks_and_quoted_lines(tmp_path: Path) -> None:
    text = 'Title\n\n"Name","Make","Model"\n"a\nb","M1","X-1"\n\n"c","M2","X-2"\n'
    rows, account = read(put(tmp_path, text))
    assert account.header_row == 3
    assert [(row["row"], row["name"]) for row in rows] == [(4, "a\nb"), (6, "c")]


def test_many_batches_keep_every_row(tmp_path: Path) -> None:
    lines = "".join(f"cam {n},M{n % 7},X-{n},note {n}\n" for n in range(20_000))
    rows, account = read(put(tmp_path, "Name,Make,Model,Odd\n" + lines))
    assert [row["row"] for row in rows] == list(range(2, 20_002))
    assert rows[-1]["extra"] == [("Odd", "note 19999")] and account.rows == 20_000


ENCODINGS = [
    ("utf-8", "Name,Make,Notes\nTür,M,Größe\n", "UTF-8"),
    ("utf-8-sig", "Name,Make,Notes\nTür,M,x\n", "UTF-8 with BOM"),
    ("utf-16", "Name,Make,Notes\nTür,M,x\n", "UTF-16"),
    ("utf-16-le", "Name,Make,Notes\nTür,M,x\n", "UTF-16 LE"),
    ("utf-16-be", "Name,Make,Notes\nTür,M,x\n", "UTF-16 BE"),
    ("cp1252", "Name,Make,Cost\nDoor,M,£100\n", "cp1252"),
    ("cp1252", "Name,Make,Notes\nMüller,M,façade – naïve\n", "cp1252"),
    ("gbk", "Name,Make,Notes\nDoor,M,一楼大厅\n", "GB18030"),
    ("gbk", "名称,厂商,型号\n大门,示例,EX-1\n", "GB18030"),
    ("gb18030", "名称,厂商,型号\n门,例,EX-1\n", "GB18030"),
    ("cp932", "名前,メーカー,型番\n正面入口カメラ,サンプル,EX-1\n", "Shift-JIS"),
    ("cp1250", "Nazwa,Producent,Model\nwejście główne,Przykład,EX-1\n", "cp1250"),
    ("cp1251", "Name,Производитель,Модель\nвход,Пример,EX-1\n", "cp1251"),
]


@pytest.mark.parametrize(("encoding", "text", "shown"), ENCODINGS)
def test_encodings(tmp_path: Path, encoding: str, text: str, shown: str) -> None:
    rows, account = read(put(tmp_path, text, encoding=encoding))
    assert account.encoding == shown
    assert (
        rows[0]["name"] == text.splitlines()[1].split(",")[0] and rows[0]["make"] == text.splitlines()[1].split(",")[1]
    )


def test_bad_bytes_in_utf8_are_named(tmp_path: Path) -> None:
    text = ("Name,Make\n" + "Tür,M\n" * 20).encode() + b"\xff,M\n"
    rows, account = read(put(tmp_path, text))
    assert len(rows) == 21 and account.encoding == "UTF-8" and "do not fit" in account.gaps[0]


DAMAGE = [
    (Field.SERIAL, "2.1E+14", Damage.SCIENTIFIC),
    (Field.SERIAL, "2,10E+14", Damage.SCIENTIFIC),
    (Field.SERIAL, "2.10E14", Damage.SCIENTIFIC),
    (Field.SERIAL, "1-Mar", Damage.DATE),
    (Field.SERIAL, "Mar-21", Damage.DATE),
    (Field.SERIAL, "2026-03-01 00:00:00", Damage.DATE),
    (Field.ASSET_TAG, "01/03/2026", Damage.DATE),
    (Field.SERIAL, "12345.0", Damage.FLOAT),
    (Field.SERIAL, "#REF!", Damage.ERROR_VALUE),
    (Field.SERIAL, "########", Damage.ERROR_VALUE),
    (Field.SERIAL, "#N/A", Damage.ERROR_VALUE),
    (Field.SERIAL, "N/A", Damage.PLACEHOLDER),
    (Field.SERIAL, "unbekannt", Damage.PLACEHOLDER),
    (Field.SERIAL, "210235123456789000", Damage.TRUNCATED),
    (Field.MAC, "00:00:00:00:00:00", Damage.PLACEHOLDER),
    (Field.MAC, "FF-FF-FF-FF-FF-FF", Damage.PLACEHOLDER),
    (Field.MAC, "4.419E+11", Damage.SCIENTIFIC),
    (Field.MAC, "1122334455", Damage.LOST_ZEROS),
    (Field.MAC, "not a mac", Damage.MALFORMED),
    (Field.MAC, "4419b6aa0002", None),
    (Field.MAC, "44.19.b6.aa.00.02", Damage.MALFORMED),
    (Field.MAC, "4419.b6aa.0002", None),
    (Field.MAC, "44 19 B6 AA 00 02", None),
    (Field.SERIAL, "DS-2CD2143G2-I20210801AAWRG12345678", None),
    (Field.SERIAL, "7G0A1B2PAG00012", None),
    (Field.SERIAL, "5E1234567", None),
    (Field.SERIAL, "210235123456789", None),
    (Field.MODEL, "#REF!", Damage.ERROR_VALUE),
    (Field.MODEL, "N/A", None),
    (Field.SERIAL, "MARS-2100", None),
    (Field.ASSET_TAG, "CAM-0012", None),
    (Field.SERIAL, "=A1", Damage.MALFORMED),
]


@pytest.mark.parametrize(("field", "value", "kind"), DAMAGE)
def test_damage(field: Field, value: str, kind: Damage | None) -> None:
    assert find(field, value) is kind


def test_lost_zeros_need_siblings(tmp_path: Path) -> None:
    rows, _ = read(put(tmp_path, "Asset tag,Make\n00001,A\n00002,A\n3,A\n12345,A\n"))
    assert [row.get("asset_tag") for row in rows] == ["00001", "00002", None, "12345"]
    assert rows[2]["damaged"] == [{"field": "asset_tag", "kind": "lost-leading-zeros", "shown": "3"}]
    rows, _ = read(put(tmp_path, "Asset tag,Make\n1,A\n2,A\n13,A\n"))
    assert [row["asset_tag"] for row in rows] == ["1", "2", "13"]


def test_workbook_types_merges_and_sheets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Synthetic register"])
    sheet.append([])
    sheet.append(["Site", "Asset tag", "Make", "Model", "Serial number", "MAC address", "Quantity"])
    sheet.append(["HQ", "00012", "M", "X-1", 210235123456789012, "44:19:B6:00:00:01", 2])
    sheet.append([None, "00013", "M", "X-1", datetime.datetime(2026, 3, 1), 1122334455, 3])
    sheet.append([None, 14, "M", "X-1", 987654321, "", 1])
    sheet.append(["Yard"])
    sheet.merge_cells("A4:A6")
    sheet.merge_cells("A7:G7")
    other = book.create_sheet("Two")
    other.append(["Camera", "Brand"])
    other.append(["Door", "M"])
    book.create_sheet("Empty")
    path = tmp_path / "named.csv"
    book.save(path)
    first, second = open_register(path)
    rows = [row for batch in first.batches for row in batch.to_pylist()]
    assert [row["row"] for row in rows] == [4, 5, 6] and {row["site"] for row in rows} == {"HQ"}
    kinds = [{one["field"]: one["kind"] for one in row["damaged"]} for row in rows]
    assert kinds == [
        {"serial": "digits-lost"},
        {"serial": "turned-into-a-date", "mac": "lost-leading-zeros"},
        {"asset_tag": "lost-leading-zeros"},
    ]
    assert [row["quantity"] for row in rows] == ["2", "3", "1"] and rows[2]["serial"] == "987654321"
    assert first.account.skipped[0].row == 7 and "merged" in first.account.skipped[0].reason
    assert first.account.container == "xlsx" and rows[0]["sheet"] == "Sheet"
    assert [row["make"] for batch in second.batches for row in batch.to_pylist()] == ["M"]


def test_error_cells_of_a_workbook_are_damage(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "R & D"
    sheet.append(["Make", "Model", "Serial number"])
    sheet.append(["M", "X-1", "#REF!"])
    sheet.append(["M", "X-1", "#N/A"])
    sheet.append(["M", "X-1", "SN1"])
    path = tmp_path / "errors.xlsx"
    book.save(path)
    rows, _ = read(path)
    assert [row.get("serial") for row in rows] == [None, None, "SN1"]
    assert [one["shown"] for row in rows[:2] for one in row["damaged"]] == ["#REF!", "#N/A"]


ODS = (
    "<office:document-content "
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Kameras">{rows}</table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def ods(path: Path, rows: list[list[str]], tail: str = "") -> Path:
    """A small ODS file; `tail` is raw XML after the rows."""
    made = ""
    for row in rows:
        cells = (
            f'<table:table-cell office:value-type="string"><text:p>{one}</text:p></table:table-cell>' for one in row
        )
        made += "<table:table-row>" + "".join(cells) + "</table:table-row>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", ODS.format(rows=made + tail))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return path


def test_ods(tmp_path: Path) -> None:
    blank = '<table:table-row table:number-rows-repeated="1048000">'
    blank += '<table:table-cell table:number-columns-repeated="1024"/>'
    path = ods(tmp_path / "r.ods", [["Hersteller", "Modell"], ["M", "X-1"]], blank + "</table:table-row>")
    rows, account = read(path)
    assert account.container == "ods" and rows[0]["sheet"] == "Kameras" and rows[0]["make"] == "M"
    full = blank.replace('columns-repeated="1024"/>', 'columns-repeated="1024"><text:p>x</text:p></table:table-cell>')
    full = full.replace("<table:table-cell ", '<table:table-cell office:value-type="string" ')
    with pytest.raises(BadInput):
        open_register(ods(tmp_path / "bomb.ods", [["Make", "Model"]], full + "</table:table-row>"))


def test_login_names_beside_a_password_column(tmp_path: Path) -> None:
    rows, account = read(put(tmp_path, "Make,Identifiant,Mot de passe\nM,admin,x\nM,root,y\n"))
    assert account.credentials.columns == ("Identifiant", "Mot de passe") and account.credentials.values == 4
    assert not rows[0].get("extra")


def test_a_quote_that_is_never_closed_loses_no_line(tmp_path: Path) -> None:
    rows, account = read(put(tmp_path, 'Name,Make\na,M\nb,M\n"c,M\nd,M\n"e\nE",M\nf"f,M\ng,"M\nh,M\n'))
    assert [row["name"] for row in rows] == ["a", "b", "c", "d", "e\nE", 'f"f', "g", "h"]
    assert [row["row"] for row in rows] == list(range(2, 10))
    assert not account.skipped
    assert [gap.split(" is never closed")[0] for gap in account.gaps] == [
        f"a quote opened in record {row}" for row in (4, 8)
    ]


def test_quotes_without_end_cost_no_more_than_a_few_readings(tmp_path: Path) -> None:
    rows, account = read(put(tmp_path, "Name,Make\n" + '"c,M\n' * 1_001))
    assert len(rows) + len(account.skipped) >= 50
    assert any("lines from there on were not read" in gap for gap in account.gaps)
    text = 'Name,Make\n"a screen of 12"" and\na second line",M\nb,M\n'
    rows, account = read(put(tmp_path, text))
    assert len(rows) == 2 and not account.gaps


def test_ragged_duplicate_and_nul(tmp_path: Path) -> None:
    rows, account = read(put(tmp_path, "Name,Make,Make,\na\0,M,N,x\nb\nc,M,N,x,y,z\n"))
    assert [row["name"] for row in rows] == ["a", "b", "c"]
    assert rows[0]["make"] == "M" and ("Make", "N") in rows[0]["extra"]
    assert any("NUL" in gap for gap in account.gaps)
    assert rows[2]["extra"][-1] == ("column 6", "z")


def test_values_decide_where_headings_do_not(tmp_path: Path) -> None:
    text = "Foo,Bar,Make\n44:19:B6:00:00:01,rtsp://10.0.0.1/a,M\n44:19:B6:00:00:02,rtsp://10.0.0.2/a,M\n"
    rows, account = read(put(tmp_path, text))
    assert rows[0]["mac"] == "44:19:B6:00:00:01" and rows[0]["address"] == "rtsp://10.0.0.1/a"
    assert [column.how for column in account.columns] == ["values", "values", "heading"]


@pytest.mark.parametrize(
    "head",
    [
        "Make",
        "Manufacturer",
        "Vendor",
        "Brand",
        "Hersteller",
        "Fabricant",
        "厂商",
        "Camera Make",
        "Make (if known)",
        "Marca",
        "Merk",
        "Producent",
        "Gwneuthurwr",
        "メーカー",
        "Hersteller / Manufacturer",
    ],
)
def test_headings_for_make(tmp_path: Path, head: str) -> None:
    rows, _ = read(put(tmp_path, f"Place,{head},Zone\nDoor,Mx,1\n"))
    assert rows[0]["make"] == "Mx"


def test_address_is_a_street_or_a_network(tmp_path: Path) -> None:
    rows, _ = read(put(tmp_path, "Name,Address,Make\na,12 High Street,M\nb,Mill Lane,M\n"))
    assert rows[0]["location"] == "12 High Street" and "address" not in rows[0]
    rows, _ = read(put(tmp_path, "Name,Address,Make\na,10.0.0.1,M\nb,cam-2.example.invalid,M\n"))
    assert rows[0]["address"] == "10.0.0.1"


def test_mapping_round_trip(tmp_path: Path) -> None:
    path = put(tmp_path, "Foo,Bar,Password\nDoor,M,hunter2x\n")
    text = propose_mapping(path)
    assert "hunter2x" not in text and '"Password": drop' in text
    own = tmp_path / "map.yaml"
    own.write_text(text.replace('"Foo": keep', '"Foo": name').replace('"Bar": keep', '"Bar": make'), encoding="utf-8")
    rows, account = read(path, mapping=own)
    assert rows[0]["name"] == "Door" and rows[0]["make"] == "M"
    assert [column.how for column in account.columns] == ["user", "user", "credential"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("columns:\n  Foo: nmae\n", "line 2"),
        ("columns:\n  Foo: name\n  Bar: name\n", "line 3"),
        ("colums:\n  Foo: name\n", "line 1"),
        ("columns:\n  Nope: name\n", "line 2"),
        ("columns: [", "line"),
        ("header_row: x\ncolumns:\n  Foo: name\n", "line 1"),
        ("row_kind: boat\ncolumns:\n  Foo: name\n", "row_kind"),
    ],
)
def test_broken_mapping_names_the_place(tmp_path: Path, text: str, part: str) -> None:
    path = put(tmp_path, "Foo,Bar\nDoor,M\n")
    own = put(tmp_path, text, "map.yaml")
    with pytest.raises(BadInput) as caught:
        open_register(path, mapping=own)
    assert part in str(caught.value) and "map.yaml" in str(caught.value)


def test_overlay_adds_and_replaces_formats(tmp_path: Path) -> None:
    folder = tmp_path / "register_formats"
    folder.mkdir()
    put(
        folder,
        """
id: invented
name: Invented tool
source: a test
date: "2026-11-22"
certainty: low
row_kind: licence
signature: {required: [Zork]}
fields: {make: [Zork], name: [Blip]}
examples: {match: [[Zork, Blip], [Blip, Zork]], near_miss: [[Blip]]}
""",
        "invented.yaml",
    )
    rows, account = read(put(tmp_path, "Zork,Blip\nM,Door\n"), formats_dirs=[folder])
    assert account.format_id == "invented" and account.row_kind == "licence" and rows[0]["make"] == "M"


def test_broken_format_names_the_place() -> None:
    with pytest.raises(KnowledgeError, match=r"x\.yaml"):
        parse("id: x\nname: Something\n", "x.yaml")
    with pytest.raises(KnowledgeError, match="line 2"):
        parse("id: x\n  name: [", "x.yaml")


def test_limits_stop_with_a_gap(tmp_path: Path) -> None:
    path = put(tmp_path, "Name,Make\n" + "a,M\n" * 9000)
    rows, account = read(path, limits=Limits(max_rows=100))
    assert len(rows) <= 8192 and "more than 100 records" in account.gaps[0]
    with pytest.raises(BadInput, match="too large"):
        open_register(path, limits=Limits(max_bytes=10))


@pytest.mark.parametrize(
    "head", ["Make & Model", "Manufacturer and Model", "Fabrikat/Typ", "Make / Model", "Marque et modèle"]
)
def test_make_and_model_in_one_column_is_a_description(tmp_path: Path, head: str) -> None:
    rows, _ = read(put(tmp_path, f"Site,{head}\nHQ,M X-1\nYard,M X-2\n"))
    assert rows[0]["description"] == "M X-1" and "make" not in rows[0]


def test_letters_are_no_register(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no table"):
        open_register(put(tmp_path, "Dear Sir,\nwe hold no list, of cameras.\nYours\n", "letter.txt"))


def test_records_above_a_wider_heading_are_kept_and_the_second_table_is_named(tmp_path: Path) -> None:
    rows, account = read(put(tmp_path, "Make,Model\nA,A-1\nB,B-1\nMake,Model,Location,Serial\nC,C-1,x,y\n"))
    assert [row["row"] for row in rows] == [2, 3, 5] and account.header_row == 1
    assert [(skip.row, skip.reason[:15]) for skip in account.skipped] == [(4, "another heading")]
    assert any("begins" in gap or "begin at record 4" in gap for gap in account.gaps)


def test_headings_in_two_rows(tmp_path: Path) -> None:
    rows, account = read(put(tmp_path, "Camera,,Place\nMake,Model,Where installed\nA,A-1,Gate\n"))
    assert account.header_row == 2 and [row["make"] for row in rows] == ["A"]


def test_headings_alone_are_a_gap(tmp_path: Path) -> None:
    _, account = read(put(tmp_path, "Make,Model\n"))
    assert account.rows == 0 and account.gaps == ["there are headings, but no record under them"]


def test_headings_that_nobody_knows_are_a_gap(tmp_path: Path) -> None:
    _, account = read(put(tmp_path, "Foo,Bar,Baz\n1,A,A-1 x\n2,B,B-1 y\n"))
    assert account.rows == 2 and "custodes map" in account.gaps[0]


@pytest.mark.parametrize(
    "head",
    [
        "Make (previous)",
        "Make (not installed)",
        "Make - old",
        "Make / rejected",
        "Hersteller (alt)",
        "Make (of bracket)",
    ],
)
def test_a_remark_in_a_heading_takes_the_make_back(tmp_path: Path, head: str) -> None:
    rows, _ = read(put(tmp_path, f"Name,{head}\nGate,A\n"))
    assert "make" not in rows[0]


@pytest.mark.parametrize("head", ["Make (if known)", "Hersteller / Make", "Make (where available)", "Make of camera"])
def test_a_harmless_remark_in_a_heading_does_not(tmp_path: Path, head: str) -> None:
    rows, _ = read(put(tmp_path, f"Name,{head}\nGate,A\n"))
    assert rows[0]["make"] == "A"
