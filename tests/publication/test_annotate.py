import csv
import re
import zipfile
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from publication_sample import FORMULA, MARKUP, device, established, probable, sample, unknown, with_readings

from custodes.evidence.registers import is_credential_header, raw_tables
from custodes.model.assessment import Skipped
from custodes.model.errors import BadInput
from custodes.model.registers import Credentials, RawTable
from custodes.model.sources import SourceRow
from custodes.publication.annotate import annotate

SECRET = "hunter2-PLANTED"
HEADS = [
    "Made by",
    "How sure",
    "Because",
    "Label on it",
    "Owner of the maker",
    "Findings",
    "What would settle it",
]


def blank(header):
    return bool(re.fullmatch(r"(?i)(password|pwd|pin)", header.strip()))


def scrub(text):
    return re.subn(rf"{SECRET}\S*", "[removed]", text)


def estate(file, rows, *, sheet="", header=1, **more):
    kinds = (established, probable, unknown)
    devices = tuple(device(n, kinds[n % 3](), sources=(SourceRow(file, row, sheet),)) for n, row in enumerate(rows))
    account = replace(
        sample().files[0],
        file=file,
        header_row=header,
        mapped=(("Make", "make"), ("Model", "model")),
        unmapped=("Colour",),
        credentials=Credentials(("Password",), 1),
    )
    return sample(devices=devices, files=(account,), skipped=more.pop("skipped", ()), merged=(), **more)


def run(source, assessment, **more):
    out = source.with_name("answered.xlsx")
    more.setdefault("tables", lambda: raw_tables(source))
    annotate(source, out, assessment, marking="OFFICIAL & MORE", blank_cells=blank, scrub=scrub, **more)
    return out


def leaks(path):
    with zipfile.ZipFile(path) as archive:
        return [name for name in archive.namelist() if SECRET.encode() in archive.read(name)]


@pytest.fixture
def workbook(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Cameras"
    sheet["A1"] = "Register of cameras"
    sheet.merge_cells("A1:D1")
    sheet.append([])
    sheet.append(["Make", "Model", "Password", "Colour", "Total"])
    sheet.append(["Alder", "AC-200", SECRET, "white", "=SUM(1,2)"])
    sheet.append(["Cedar", "C-9", SECRET, f"login admin/{SECRET} at the gate", 3])
    sheet.append(["", "", SECRET, "", 4.5])
    sheet.append(["Total", None, None, None, "=SUM(E4:E6)"])
    sheet["A4"].font, sheet["A4"].fill = Font(bold=True), PatternFill("solid", fgColor="FFEE00")
    sheet["A4"].comment = Comment(f"ask Bob, the code is {SECRET}", "me")
    sheet["B4"].comment = Comment("a harmless remark", "me")
    sheet["C4"].comment = Comment("old one", "me")
    sheet["A5"].hyperlink = f"http://admin:{SECRET}@camera.invalid/"
    sheet.column_dimensions["B"].width = 33
    sheet.conditional_formatting  # noqa: B018 - created on reading
    rule = DataValidation("list", formula1=f'"a,{SECRET}"')
    rule.add("D4:D6")
    sheet.add_data_validation(rule)
    notes = book.create_sheet("Notes")
    notes.append(["Recorder", "10.0.0.1"])
    notes.append(["Password", SECRET + "9"])
    logins = book.create_sheet("Logins")
    logins.sheet_state = "hidden"
    logins.append(["User", "Password", "Site"])
    logins.append(["admin", SECRET, "=A2"])
    book.defined_names["code"] = DefinedName("code", attr_text=f'"{SECRET}"')
    book.properties.description = f"built in is {SECRET}"
    path = tmp_path / "cameras.xlsx"
    book.save(path)
    return path


def test_the_users_workbook_comes_back_with_answers_beside(workbook):
    skipped = (Skipped("cameras.xlsx", 7, "a line of totals", "Cameras"),)
    out = run(workbook, estate("cameras.xlsx", [4, 5, 6], sheet="Cameras", header=3, skipped=skipped))
    old, new = load_workbook(workbook), load_workbook(out)
    assert new.sheetnames == [*old.sheetnames, "About this copy"]
    assert new["Logins"].sheet_state == "hidden"
    sheet = new["Cameras"]
    assert [sheet.cell(3, 6 + n).value for n in range(7)] == HEADS
    assert [sheet.cell(4, 6 + n).value for n in range(2)] == ["Alder Optical", "established"]
    assert [sheet.cell(5, 6 + n).value for n in range(2)] == [
        "Elm Devices or Fir Electronics",
        "probably, check",
    ]
    assert sheet["F6"].value == "not known because the cell for the make is empty"
    assert sheet["F7"].value == "no device: a line of totals"
    assert sheet["F1"].value is None and sheet["F2"].value is None
    for row in old["Cameras"].iter_rows():
        for cell in row:
            if cell.column in (3, 4) and cell.row > 3:
                continue
            twin = sheet[cell.coordinate]
            assert (twin.value, twin.number_format) == (cell.value, cell.number_format)
            assert cell.value is None or twin.data_type == ("s" if cell.data_type == "f" else cell.data_type)
            assert repr(twin.font) == repr(cell.font) and repr(twin.fill) == repr(cell.fill)
    assert sheet["E4"].value == "=SUM(1,2)" and sheet["E4"].quotePrefix  # no program kept a result of it
    assert sheet["B4"].comment.text == "a harmless remark"
    assert sheet.column_dimensions["B"].width == 33 and str(sheet.merged_cells.ranges) == "{<MergedCellRange A1:D1>}"
    assert sheet.oddHeader.center.text == "OFFICIAL && MORE"


def test_no_planted_password_comes_out(workbook):
    assert leaks(workbook)
    out = run(workbook, estate("cameras.xlsx", [4, 5, 6], sheet="Cameras", header=3))
    assert leaks(out) == []
    sheet = load_workbook(out)["Cameras"]
    assert [sheet.cell(row, 3).value for row in (3, 4, 5)] == ["Password", None, None]
    assert sheet["D5"].value == "login admin/[removed] at the gate" and sheet["C4"].comment is None
    logins = load_workbook(out)["Logins"]
    assert [c.value for c in logins[2]] == ["admin", None, "=A2"]


def test_secrets_in_margins_and_in_lists_to_choose_from(workbook):
    book = load_workbook(workbook)
    book["Cameras"].oddFooter.left.text = f"printed by {SECRET}"
    book.save(workbook)
    out = run(workbook, estate("cameras.xlsx", [4, 5, 6], sheet="Cameras", header=3))
    assert leaks(out) == []
    sheet = load_workbook(out)["Cameras"]
    assert sheet.oddFooter.left.text == "printed by [removed]"
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == ['""']


def test_a_formula_comes_back_as_its_last_result(workbook):
    with zipfile.ZipFile(workbook) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb"(<f>SUM\(1,2\)</f>)<v ?/?>(</v>)?", rb"\1<v>3</v>", parts[sheet])
    assert b"<v>3</v>" in parts[sheet]
    with zipfile.ZipFile(workbook, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    book = load_workbook(run(workbook, estate("cameras.xlsx", [4], sheet="Cameras", header=3)))
    assert book["Cameras"]["E4"].value == 3 and book["Cameras"]["E7"].value == "=SUM(E4:E6)"
    told = dict(row[:2] for row in book["About this copy"].iter_rows(values_only=True))
    assert told["formulas"].startswith("3 stand here as their last result")


def test_every_list_of_a_json_file_has_its_sheet(tmp_path):
    source = tmp_path / "c.json"
    source.write_text('{"in/side":[{"Make":"A"}],"outside":[{"Make":"B"},{"Make":"C"}]}')
    assessment = estate("c.json", [1], sheet="in/side", header=None)
    more = estate("c.json", [2], sheet="outside", header=None)
    book = load_workbook(run(source, replace(assessment, devices=(*assessment.devices, *more.devices))))
    assert book.sheetnames[:2] == ["in side", "outside"]
    assert book["in side"]["B2"].value == "Alder Optical" and book["outside"]["B3"].value == "Alder Optical"


def test_same_bytes_twice_and_the_source_untouched(workbook):
    before = workbook.read_bytes()
    assessment = estate("cameras.xlsx", [4, 5], sheet="Cameras", header=3)
    first = run(workbook, assessment).read_bytes()
    assert run(workbook, assessment).read_bytes() == first and workbook.read_bytes() == before


def test_columns_for_readings_and_rules_come_only_when_asked(workbook):
    asked = with_readings(estate("cameras.xlsx", [4], sheet="Cameras", header=3))
    sheet = load_workbook(run(workbook, asked))["Cameras"]
    heads = [cell.value for cell in sheet[3]][5:]
    assert heads[5:11] == [
        "Reading: name on the box",
        "Reading: actual maker",
        "Reading: owner of the maker",
        "Reading: named part inside",
        "Reading: put together",
        "Rules",
    ]
    assert [cell.value for cell in sheet[4]][10:15] == ["no", "yes", "yes", "not known", "not known"]


def test_nothing_in_it_is_live(workbook):
    evil = replace(established(), oem_name=FORMULA, brand_name="@" + MARKUP)
    assessment = estate("cameras.xlsx", [4], sheet="Cameras", header=3)
    assessment = replace(assessment, devices=(replace(assessment.devices[0], attribution=evil),))
    book = load_workbook(run(workbook, assessment))
    live = [(s.title, c.coordinate) for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    assert live == []
    assert book["Cameras"]["F4"].value == FORMULA and book["Cameras"]["F4"].quotePrefix


def test_what_could_not_be_kept_is_said(workbook):
    with zipfile.ZipFile(workbook, "a") as archive:
        archive.writestr("xl/slicers/slicer1.xml", "<slicers/>")
        archive.writestr("xl/media/image1.png", b"png")
    book = load_workbook(run(workbook, estate("cameras.xlsx", [4], sheet="Cameras", header=3)))
    told = dict(row[:2] for row in book["About this copy"].iter_rows(values_only=True))
    assert told["not carried over"] == "pictures, slicers. They are still in your original."


def test_a_blanked_value_is_taken_out_wherever_it_stands_again(tmp_path):
    book = Workbook()
    book.active.append(["Make", "Password", "Remark"])
    book.active.append(["Alder", "Tr0ub4dor", "use Tr0ub4dor at the desk"])
    book.active.append(["Alder", 482913, "code 482913, serial X4829137"])
    book.create_sheet("Other").append(["written on the wall: Tr0ub4dor"])
    source = tmp_path / "c.xlsx"
    book.save(source)
    new = load_workbook(run(source, estate("c.xlsx", [2, 3])))
    assert new["Sheet"]["C2"].value == "use [removed] at the desk"
    assert new["Sheet"]["C3"].value == "code [removed], serial X4829137"
    assert new["Other"]["A1"].value == "written on the wall: [removed]"
    with zipfile.ZipFile(tmp_path / "answered.xlsx") as archive:
        assert not [n for n in archive.namelist() if b"Tr0ub4dor" in archive.read(n)]


def test_columns_that_the_reader_dropped_are_blanked_too(tmp_path):
    records = [["Make", "Anmerkung", ""], ["Alder", "x1", "s3cret!!"]]
    source = csv_file(tmp_path, records)
    assessment = estate("cameras.csv", [2])
    account = replace(assessment.files[0], credentials=Credentials(("Anmerkung", "column 3"), 2))
    sheet = load_workbook(run(source, replace(assessment, files=(account,))))["Records"]
    assert [c.value for c in sheet[2]][:3] == ["Alder", None, "Alder Optical"]


def test_a_slipped_csv_row_leaks_nothing(tmp_path):
    source = csv_file(tmp_path, [["Make", "Password", "Colour"], ["Alder", "Ltd", "pass1234", "white"]])
    sheet = load_workbook(run(source, estate("cameras.csv", [2])))["Records"]
    assert "pass1234" not in [c.value for c in sheet[2]]


def test_nested_json_secrets_have_a_heading(tmp_path):
    source = tmp_path / "c.json"
    source.write_text(
        '{"devices":[{"Make":"A","login":{"password":"qwe.123"},"p":[{"name":"pin","value":"98-76"}]},{"Make":"B"}]}'
    )
    out = source.with_name("o.xlsx")
    annotate(
        source,
        out,
        estate("c.json", [1], header=None),
        lambda: raw_tables(source),
        marking="",
        blank_cells=is_credential_header,
    )
    sheet = load_workbook(out)["Records"]
    assert [c.value for c in sheet[1]][:3] == [
        "Make",
        "login.password (credential)",
        "p.pin (credential)",
    ]
    assert [c.value for c in sheet[2]][:3] == ["A", None, None]


def test_the_kind_is_told_by_content(tmp_path, workbook):
    odd = tmp_path / "cameras.csv"
    odd.write_bytes(workbook.read_bytes())
    out = run(odd, estate("cameras.csv", [4], sheet="Cameras", header=3))
    assert load_workbook(out)["Cameras"]["F4"].value == "Alder Optical"


def test_a_workbook_that_cannot_be_kept_comes_back_as_text(workbook, monkeypatch):
    def refuse(*_args, **_more):
        raise ValueError("a style nobody knows")

    with monkeypatch.context() as patch:
        patch.setattr("custodes.publication.annotate.load_workbook", refuse)
        out = run(workbook, estate("cameras.xlsx", [4], sheet="Cameras", header=3))
    book = load_workbook(out)
    assert book["Cameras"]["F4"].value == "Alder Optical" and leaks(out) == []
    assert "stands here as text" in str(list(book["About this copy"].values))


def test_two_devices_of_one_row_stand_side_by_side(workbook):
    assessment = estate("cameras.xlsx", [4, 4], sheet="Cameras", header=3)
    sheet = load_workbook(run(workbook, assessment))["Cameras"]
    assert sheet["F4"].value == "Alder Optical | Elm Devices or Fir Electronics"


def csv_file(tmp_path, records, name="cameras.csv", delimiter=",", encoding="utf-8"):
    path = tmp_path / name
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=delimiter).writerows(records)
    return path


RECORDS = [
    ["Our cameras"], [], ["Make", "Model", "Password", "Colour"],
    ["=1+1", "line one\nline two", SECRET, "0012"], ["Cedar", "C-9", SECRET, f"pw {SECRET}"],
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "delimiter", "encoding"),
    [("cameras.csv", ",", "utf-8-sig"), ("cameras.tsv", "\t", "utf-8"), ("c.csv", ";", "utf-16")],
)
def test_a_csv_comes_back_as_text_cells(tmp_path, name, delimiter, encoding):
    source = csv_file(tmp_path, RECORDS, name, delimiter, encoding)
    assessment = estate(name, [4, 5], header=3)
    assessment = replace(assessment, files=(replace(assessment.files[0], delimiter=delimiter, encoding=encoding),))
    out = run(source, assessment)
    assert leaks(out) == []
    sheet = load_workbook(out)["Records"]
    assert sheet["A1"].value == "Our cameras" and sheet["A2"].value is None
    assert (sheet["A4"].value, sheet["A4"].data_type) == ("=1+1", "s")
    assert sheet["B4"].value == "line one\nline two" and sheet["D4"].value == "0012"
    assert sheet["C4"].value is None and sheet["D5"].value == "pw [removed]"
    assert [cell.value for cell in sheet[3]][4:] == HEADS
    assert sheet["E4"].value == "Alder Optical" and sheet["E5"].value.startswith("Elm")


def test_records_of_the_caller_are_used_as_they_are(tmp_path):
    source = csv_file(tmp_path, [["other"]])
    out = run(source, estate("cameras.csv", [4], header=3), tables=lambda: [RawTable("", RECORDS)])
    assert load_workbook(out)["Records"]["E4"].value == "Alder Optical"


@pytest.mark.parametrize("text", ['[{"Make":"A","n":1},{"Make":"=B","x":null}]', '{"Make":"A","n":1}\n{"Make":"=B"}'])
def test_json_gets_a_heading_row(tmp_path, text):
    source = tmp_path / ("c.json" if text.startswith("[") else "c.jsonl")
    source.write_text(text)
    sheet = load_workbook(run(source, estate(source.name, [1, 2], header=None)))["Records"]
    assert [c.value for c in sheet[1]][:2] == ["Make", "n"] and sheet["A3"].value == "=B"
    column = [c.value for c in sheet[1]].index("Made by") + 1
    assert sheet.cell(2, column).value == "Alder Optical" and sheet.cell(3, column).value.startswith("Elm")


def test_ods(tmp_path):
    office = "urn:oasis:names:tc:opendocument:xmlns"
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>{}</table:table-row>"
    rows = [["Title"], [], ["Make", "Model", "Password"], ["Alder", "AC", SECRET]]
    body = "".join(row.format("".join(map(cell.format, r)) or "<table:table-cell/>") for r in rows)
    content = (
        f'<office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" '
        f'xmlns:text="{office}:text:1.0">'
        "<office:body>"
        f'<office:spreadsheet><table:table table:name="Kit">{body}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    source = tmp_path / "kit.ods"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    out = run(source, estate("kit.ods", [4], sheet="Kit", header=3))
    sheet = load_workbook(out)["Kit"]
    assert sheet["A1"].value == "Title" and sheet["D3"].value == "Made by" and sheet["D4"].value == "Alder Optical"
    assert leaks(out) == []


def test_a_broken_workbook_is_one_clear_message(tmp_path):
    source = tmp_path / "c.xlsx"
    source.write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(BadInput, match="cut off or damaged"):
        run(source, estate("c.xlsx", [2]))
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("x", "y")
    with pytest.raises(BadInput, match="no workbook"):
        run(source, estate("c.xlsx", [2]))
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("xl/workbook.xml", "y")
    with pytest.raises(BadInput, match="damaged"):
        run(source, estate("c.xlsx", [2]))


CELL = st.text(alphabet=st.sampled_from("abc019 =+-@'\"<&;,\n漢\x1b"), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, max_size=4), min_size=1, max_size=6))
def test_every_cell_of_a_csv_stays_where_it_was(tmp_path, records):
    source = csv_file(tmp_path, records)
    with source.open(newline="", encoding="utf-8") as stream:
        read = list(csv.reader(stream))
    tables = [RawTable("", read)]
    sheet = load_workbook(run(source, estate("cameras.csv", [], header=None), tables=lambda: tables))["Records"]
    for number, record in enumerate(read, 1):
        for column, text in enumerate(record, 1):
            cell = sheet.cell(number, column)
            assert (cell.value or "") == text.replace("\x1b", "") or "\x1b" in text
            assert cell.data_type != "f"


def test_reading_a_table_leaves_the_limit_of_other_readers_alone(tmp_path):
    usual = csv.field_size_limit()
    source = tmp_path / "long.csv"
    source.write_text("make,note\nAxis," + "a" * (usual + 1) + "\n", encoding="utf-8")
    [table] = raw_tables(source)
    assert len(table.records) == 2
    assert csv.field_size_limit() == usual
