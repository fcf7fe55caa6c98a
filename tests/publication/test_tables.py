import csv
import hashlib
import json
import time
import zipfile

import jsonschema
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from publication_sample import FORMULA, device, established, many, sample, with_readings
from python_calamine import CalamineWorkbook

from custodes.model.errors import BadUsage
from custodes.publication import tables
from custodes.publication.schemas import names, schema

DEVICE_KEYS = [
    "device",
    "name",
    "body",
    "site",
    "system",
    "location",
    "quantity",
    "live",
    "attribution",
    "origin",
    "measures",
    "findings",
    "sources",
    "mac",
    "serial",
    "firmware",
    "landlord",
    "installer",
    "contract",
    "channels",
    "lenses",
]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_rows_hold_every_device():
    columns, rows = tables.device_rows(sample())
    assert columns == list(tables.COLUMNS) and len(rows) == 20
    assert {len(row) for row in rows} == {len(columns)}
    first = dict(zip(columns, rows[0], strict=True))
    assert first["made_by"] == "Alder Optical" and first["how_sure"] == "established" and first["live"] is True
    assert first["read_in"] == "cameras.csv, row 2"


def test_csv_opens_right_and_runs_nothing(tmp_path):
    path = tables.write_csv(tmp_path / "devices.csv", with_readings(sample()))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 21 and {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert any(cell == "'" + FORMULA for row in rows for cell in row)


def test_xlsx_runs_nothing_and_is_marked(tmp_path):
    path = tables.write_xlsx(tmp_path / "devices.xlsx", with_readings(sample()))
    book = load_workbook(path)
    assert book.sheetnames == ["Devices", "Findings", "About"]
    for sheet in book.worksheets:
        assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]
        assert sheet.oddHeader.center.text == "OFFICIAL - EXAMPLE ONLY" == sheet.oddFooter.center.text
        assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref and not sheet.merged_cells.ranges
    raw = zipfile.ZipFile(path)
    assert not [n for n in raw.namelist() if b"<f>" in raw.read(n)]
    names = [row[1] for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Devices").to_python()]
    assert FORMULA in names
    about = dict(CalamineWorkbook.from_path(str(path)).get_sheet_by_name("About").to_python())
    assert about["marking"] == "OFFICIAL - EXAMPLE ONLY" and about["live devices"] == 30


def test_same_bytes_twice(tmp_path):
    estate = with_readings(sample())
    writers = [tables.write_csv, tables.write_xlsx, tables.write_parquet, tables.write_findings]
    writers.append(lambda path, a: tables.write_text(path, tables.assessment_text(a, indent=1)))
    first = [digest(write(tmp_path / f"a{n}", estate)) for n, write in enumerate(writers)]
    time.sleep(2.1)  # an archive date counts in steps of two seconds
    assert first == [digest(write(tmp_path / f"b{n}", estate)) for n, write in enumerate(writers)]


def test_an_empty_estate_writes_every_table(tmp_path):
    empty = sample(devices=(), findings=())
    for write in (tables.write_csv, tables.write_xlsx, tables.write_parquet, tables.write_findings):
        assert write(tmp_path / "new" / write.__name__, empty).stat().st_size


def test_parquet_is_typed(tmp_path):
    table = pq.read_table(tables.write_parquet(tmp_path / "d.parquet", sample()))
    assert table.num_rows == 20 and str(table.schema.field("quantity").type) == "int64"
    assert table.schema.metadata[b"marking"] == b"OFFICIAL - EXAMPLE ONLY"


@pytest.mark.parametrize("estate", [sample(), with_readings(sample()), sample(devices=(), files=()), many(50)])
def test_real_output_keeps_the_published_schema(tmp_path, estate):
    path = tables.write_text(tmp_path / "devices.json", tables.assessment_text(estate, indent=1))
    validator = jsonschema.Draft202012Validator(schema("assess"))
    validator.check_schema(schema("assess"))
    validator.validate(json.loads(path.read_text(encoding="utf-8")))


_FIRMWARE = ["firmware-diff", "firmware-inspect"]
_SURVEY = ("survey-claims", "survey-figures")


def test_the_schema_refuses_a_renamed_key():
    payload = json.loads("".join(tables.assessment_text(sample())))
    payload["devices"][0]["maker"] = "x"
    assert not jsonschema.Draft202012Validator(schema("assess")).is_valid(payload)
    before = ["assess", "assessment-diff", "capture", "check-answers", "claims"]
    behind = ["form", "identify", "plan", "rollup", *_SURVEY, "tables", "timeline"]
    assert names() == [*before, "estimate", *_FIRMWARE, *behind]
    with pytest.raises(BadUsage):
        schema("../assess")


def test_device_object_has_exactly_the_promised_keys():
    told = tables.device_payload(device(1, established()))
    assert list(told) == DEVICE_KEYS
    assert told["sources"] == [{"file": "cameras.csv", "row": 2}]
    assert list(told["origin"]) == ["brand", "maker", "owner", "component", "assembled"]


def test_summary_accounts_for_every_row():
    summary = tables.summary_payload(sample())
    assert summary["rows"] == 23 and summary["live"] + summary["not_live"] == summary["quantity"] == 33
    assert summary["established"] + summary["probable"] + summary["unknown"] == summary["live"]
    assert summary["credentials"] == {"columns": ["Password"], "values": 20}
    assert summary["merged"] == [{"file": "cameras.csv", "row": 23, "into": "dev-0001"}]
    assert {"F-1", "F-2", "F-3"} == {f["id"] for f in summary["findings"]}


def test_json_keeps_text_exactly_and_shows_no_control_character(tmp_path):
    estate = sample()
    text = tables.write_text(tmp_path / "d.json", tables.assessment_text(estate)).read_text(encoding="utf-8")
    assert not set(text) & set("\x1b\x07\x00\u202e")
    assert [d["name"] for d in json.loads(text)["devices"]] == [d.name for d in estate.devices]
