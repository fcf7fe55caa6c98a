"""Make the bundled example estate: SYNTHETIC files in real export formats, and what is true of them.

    python tools/make_example.py            write src/custodes/estate/example/
    python tools/make_example.py --check    exit 1 if a file there differs from what would be written

The rows are data in `tools/example_estate/*.yaml`; this module only lays them out. Same data, same bytes:
no clock, no chance, and workbooks are stored uncompressed so that the zlib at hand makes no difference.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from example_pages import readme_bytes, toml_bytes

os.environ["OPENPYXL_LXML"] = "False"  # another writer, when it happens to be installed, gives other bytes
from openpyxl import Workbook

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "tools" / "example_estate"
OUT = ROOT / "src" / "custodes" / "estate" / "example"
SECRET = "Example-Secret-"  # every planted password starts so
STAMP = datetime(2026, 11, 22)
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
LABEL = "SYNTHETIC example data: fictional force, sites, firms and units."


@dataclass(slots=True)
class Row:
    """One data row: its cells, the id other rows call it by, and what it is a trap for."""

    cells: list[str]
    id: str
    trap: Mapping[str, Any] | None = None
    merges: Sequence[str] = ()
    shows: str = ""


@dataclass(slots=True)
class Sheet:
    """One file to write."""

    name: str
    kind: str
    columns: list[str]
    rows: list[Row]
    encoding: str = "utf-8"
    delimiter: str = ","
    quote_all: bool = False
    titles: list[list[str]] = field(default_factory=list)
    mac: str = ""
    passwords: list[str] = field(default_factory=list)
    sheet: str = ""
    merge: list[str] = field(default_factory=list)

    @property
    def header_row(self) -> int:
        """Record number of the header; 0 where the format has none."""
        return 0 if self.kind == "jsonl" else len(self.titles) + 1

    def number(self, index: int) -> int:
        """Record number of the data row at `index`."""
        return self.header_row + 1 + index


def load(name: str) -> dict[str, Any]:
    """One data file. Everything is text: no number, date or boolean is guessed."""
    text = (DATA / name).read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))


def sheet_from(entry: Mapping[str, Any]) -> Sheet:
    """A file as described in the data: short rows are padded, `lead` and `fill` cells are put in."""
    columns = list(entry["columns"])
    lead, fill = list(entry.get("lead", [])), entry.get("fill", {})
    rows = []
    for item in entry.get("rows", []):
        cells = lead + list(item["c"])
        cells += [""] * (len(columns) - len(cells))
        if len(cells) != len(columns):
            raise ValueError(f"{entry['name']}: row {item['id']} has {len(cells)} cells, not {len(columns)}")
        cells = [cell or fill.get(name, "") for name, cell in zip(columns, cells, strict=True)]
        shows = item.get("shows") or next(cell for cell in cells[len(lead) :] if cell)
        rows.append(Row(cells, item["id"], item.get("t"), item.get("merges", ()), shows))
    return Sheet(
        name=entry["name"],
        kind=entry["kind"],
        columns=columns,
        rows=rows,
        encoding=entry.get("encoding", "utf-8"),
        delimiter=entry.get("delimiter", ","),
        quote_all=entry.get("quote_all", "") == "true",
        titles=list(entry.get("titles", [])),
        mac=entry.get("mac", ""),
        passwords=list(entry.get("passwords", [])),
        sheet=entry.get("sheet", ""),
        merge=list(entry.get("merge", [])),
    )


def report_row(unit: Mapping[str, Any], channel: str, minute: int) -> list[str]:
    """One channel of a unit, in the column order of the camera report."""
    error = unit.get("err", "False")
    state = "Responding" if error == "False" else "Not Responding"
    when = f"14/11/2026 06:{minute:02d}:00"  # day first, as that machine's culture has it
    head = [channel, state, "True", "False", "False", "False", error, when]
    named = [f"{unit['hw']} ({unit['ip']})", unit["hw"], f"http://{unit['ip']}:80/", "False", unit["mac"]]
    driver = [unit["fw"], unit["fam"], unit["drv"], "13.2", "NM-REC-01"]
    return [*head, *named, *driver, *["1920x1080", "H264", "8"] * 2, "02/06/2025 10:15:00"]


def milestone() -> list[Sheet]:
    """The camera report (a row a channel) and the hardware export (a row a box) of the same units."""
    data = load("vms.yaml")
    channels: list[Row] = []
    boxes: list[Row] = []
    for index, unit in enumerate(data["hardware"]):
        for nth, channel in enumerate(unit["ch"]):
            cells = report_row(unit, channel, index)
            name = unit["id"] if nth == 0 else f"{unit['id']}/{nth + 1}"
            channels.append(Row(cells, name, unit.get("t") if nth == 0 else None, (), channel))
        title, url = f"{unit['hw']} ({unit['ip']})", unit.get("url", f"http://{unit['ip']}:80/")
        secret = [unit["mac"], "root", f"{SECRET}M{index + 1:02d}", unit["num"], unit["drv"]]
        cells = [title, url, *secret, "NM-REC-01", "3f0c0000-0000-0000-0000-000000000001"]
        trap = data["export_traps"].get(unit["id"])
        boxes.append(Row(cells, f"{unit['id']}@box", trap, [unit["id"]] if trap and unit["mac"] else (), title))
    report, export = sheet_from(data["report"]), sheet_from(data["export"])
    report.rows, export.rows = channels, boxes
    return [report, export]


def sheets() -> list[Sheet]:
    """Every file of the estate, in the order of the configuration."""
    found = milestone()
    for name in ("tools.yaml", "registers.yaml", "lists.yaml"):
        found += [sheet_from(entry) for entry in load(name)["files"]]
    return found


def csv_bytes(sheet: Sheet) -> bytes:
    """A delimited file with Windows line ends; only a cell that needs them is quoted, unless all are."""
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=sheet.delimiter,
        quoting=csv.QUOTE_ALL if sheet.quote_all else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    )
    writer.writerows(sheet.titles)
    writer.writerow(sheet.columns)
    writer.writerows(row.cells for row in sheet.rows)
    return out.getvalue().encode(sheet.encoding)


def jsonl_bytes(sheet: Sheet) -> bytes:
    """One object a line, each marked synthetic."""
    lines = []
    for row in sheet.rows:
        record = {"synthetic": True, **dict(zip(sheet.columns, row.cells, strict=True))}
        lines.append(json.dumps(record, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def typed(cell: str) -> str | int | float | date | None:
    """A workbook cell: text unless the data says `float:`, `int:`, `date:` or `error:`."""
    kind, _, rest = cell.partition(":")
    if kind == "float":
        return float(rest)
    if kind == "int":
        return int(rest)
    if kind == "date":
        return date.fromisoformat(rest)
    if kind == "error":
        return rest
    return cell or None


def xlsx_bytes(sheet: Sheet) -> bytes:
    """A workbook with fixed properties and dates, stored rather than compressed."""
    book = Workbook()
    book.properties.creator, book.properties.title = "custodes example", LABEL
    book.properties.created = book.properties.modified = STAMP
    page = book.worksheets[0]
    page.title = sheet.sheet
    records = [*sheet.titles, sheet.columns, *(row.cells for row in sheet.rows)]
    for number, cells in enumerate(records, start=1):
        for column, cell in enumerate(cells, start=1):
            value = typed(cell)
            if value is not None:
                page.cell(number, column, value)
    for area in sheet.merge:
        page.merge_cells(area)
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)
    fixed = STAMP.strftime("%Y-%m-%dT00:00:00Z").encode()
    with zipfile.ZipFile(raw) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as plain:
        for name in sorted(packed.namelist(), key=lambda part: (part != "[Content_Types].xml", part)):
            body = MODIFIED.sub(rb"\g<1>" + fixed + rb"\g<2>", packed.read(name))
            info = zipfile.ZipInfo(name, STAMP.timetuple()[:6])
            info.create_system = 0
            plain.writestr(info, body)
    return out.getvalue()


WRITERS = {"csv": csv_bytes, "jsonl": jsonl_bytes, "xlsx": xlsx_bytes}


def place(found: Sequence[Sheet]) -> dict[str, dict[str, Any]]:
    """Where each row id stands: file and record number."""
    places: dict[str, dict[str, Any]] = {}
    for sheet in found:
        for index, row in enumerate(sheet.rows):
            if row.id in places:
                raise ValueError(f"row id {row.id} is used twice")
            places[row.id] = {"file": sheet.name, "row": sheet.number(index)}
    return places


def must_of(must: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any]:
    """What a correct answer has to say, with true and false, numbers and row ids made plain."""
    plain: dict[str, Any] = {}
    for key, value in must.items():
        if key in ("never_merges_with", "may_merge_with"):
            plain[key] = [places[other] for other in value]
        elif key == "at_least":
            plain[key] = {name: int(count) for name, count in value.items()}
        elif value in ("true", "false"):
            plain[key] = value == "true"
        elif key in ("quantity", "quantity_about", "one_device_with_channels"):
            plain[key] = int(value)
        else:
            plain[key] = value
    return plain


def traps(found: Sequence[Sheet]) -> list[dict[str, Any]]:
    """Every trap with its place; `shows` is text of that record, so that the place can be checked."""
    places = place(found)
    listed = []
    for sheet in found:
        for index, row in enumerate(sheet.rows):
            if row.trap is None and not row.merges:
                continue
            trap = row.trap or {"what": "the same unit as another row", "must": {}}
            must = must_of(trap["must"], places)
            if row.merges:
                must["merges_with"] = [places[other] for other in row.merges]
            spot = {"id": row.id, "file": sheet.name, "row": sheet.number(index), "shows": row.shows}
            listed.append({**spot, "what": trap["what"], "must": must})
    return listed


def same_devices(found: Sequence[Sheet]) -> list[dict[str, Any]]:
    """Rows that name one MAC address, however written: one device by construction."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for sheet in found:
        if not sheet.mac:
            continue
        column = sheet.columns.index(sheet.mac)
        for index, row in enumerate(sheet.rows):
            digits = re.sub(r"[^0-9a-f]", "", row.cells[column].lower())
            if len(digits) == 12 and digits != "0" * 12:
                groups.setdefault(digits, []).append({"file": sheet.name, "row": sheet.number(index)})
    return [{"mac": mac, "rows": rows} for mac, rows in groups.items() if len(rows) > 1]


def describe(sheet: Sheet) -> dict[str, Any]:
    """Counts of one file. `records` counts everything from 1; `rows` the records below the header."""
    count = len(sheet.rows)
    return {
        "file": sheet.name,
        "container": sheet.kind,
        "encoding": sheet.encoding,
        "header_row": sheet.header_row or None,
        "first_row": sheet.number(0),
        "records": sheet.number(count - 1),
        "rows": count,
        "password_columns": sheet.passwords,
        "secrets": sum(SECRET in cell for row in sheet.rows for cell in row.cells),
    }


def truth(found: Sequence[Sheet]) -> dict[str, Any]:
    """What is true of the estate by construction."""
    files = [describe(sheet) for sheet in found]
    return {
        "synthetic": True,
        "note": LABEL,
        "as_at": load("estate.yaml")["estate"]["as_at"],
        "secret_prefix": SECRET,
        "must_words": load("words.yaml")["must_words"],
        "files": files,
        "rows": sum(entry["rows"] for entry in files),
        "same_device": same_devices(found),
        "traps": traps(found),
    }


def build() -> dict[str, bytes]:
    """Every file of the example by name."""
    found = sheets()
    facts = truth(found)
    made = {sheet.name: WRITERS[sheet.kind](sheet) for sheet in found}
    made["custodes.toml"] = toml_bytes(load("estate.yaml"), LABEL)
    made["TRUTH.json"] = (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()
    made["README.md"] = readme_bytes(facts, (DATA / "README.head.md").read_text(encoding="utf-8"))
    made[".gitattributes"] = b"* -text\n"  # line ends are part of the data
    listed = {entry["file"] for entry in load("estate.yaml")["source"]}
    if listed != {sheet.name for sheet in found}:
        raise ValueError("the sources in estate.yaml are not the files that are made")
    return made


def differing(made: Mapping[str, bytes], folder: Path = OUT) -> list[str]:
    """Names that are missing, stale or left over in `folder`."""
    there = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))


def main(arguments: Sequence[str]) -> int:
    """Write the example, or with `--check` only compare."""
    made = build()
    if "--check" in arguments:
        wrong = differing(made)
        for name in wrong:
            print(f"{name}: differs from what tools/make_example.py makes", file=sys.stderr)
        return 1 if wrong else 0
    OUT.mkdir(parents=True, exist_ok=True)
    for name, body in made.items():
        (OUT / name).write_bytes(body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
