"""JSON whose rows are bare lists: headings in the first row, beside it, or nowhere; several documents in one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from custodes.evidence.registers import open_register

HEADS = ["Ref", "Make", "Model"]
ROWS: list[list[Any]] = [["1", "ExampleCam", "EX-1"], ["2", "OtherCam", "OT-2"], [3, "ThirdCam", None]]
COLUMNS = [{"name": head, "dataTypeName": "text"} for head in HEADS]


def read(path: Path, document: Any) -> list[dict[str, Any]]:
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    found = []
    for table in open_register(path):
        for batch in table.batches:
            found += batch.to_pylist()
    return found


@pytest.mark.parametrize(
    "document",
    [
        [HEADS, *ROWS],
        {"columns": HEADS, "rows": ROWS},
        {"data": ROWS, "header": HEADS},
        {"columns": COLUMNS, "data": ROWS},
        {"meta": {"view": {"columns": COLUMNS, "tags": ["a", "b"]}}, "data": ROWS},
        {"columns": HEADS, "index": [0, 1, 2], "data": ROWS},
        "\n".join(json.dumps(row) for row in [HEADS, *ROWS]),
    ],
    ids=["first row", "beside", "behind", "objects", "open data", "frame", "lines"],
)
def test_the_headings_are_found(document: Any, tmp_path: Path) -> None:
    found = read(tmp_path / "r.json", document)
    assert [(row["asset_tag"], row["make"], row["model"]) for row in found] == [
        ("1", "ExampleCam", "EX-1"),
        ("2", "OtherCam", "OT-2"),
        ("3", "ThirdCam", None),
    ]


def test_rows_without_any_headings_are_all_kept(tmp_path: Path) -> None:
    assert len(read(tmp_path / "r.json", ROWS)) == 3
    assert len(read(tmp_path / "s.json", {"rows": ROWS})) == 3


def test_a_value_too_many_moves_nothing(tmp_path: Path) -> None:
    found = read(tmp_path / "r.json", {"columns": HEADS, "rows": [[*ROWS[0], "surplus"], ROWS[1][:2]]})
    assert [(row["make"], row["model"]) for row in found] == [("ExampleCam", "EX-1"), ("OtherCam", None)]


def test_several_lists_one_behind_the_other_are_all_read(tmp_path: Path) -> None:
    text = '[{"Make": "ExampleCam", "Model": "EX-1"}]\n[{"Make": "OtherCam", "Model": "OT-2"}, {"Make": "ThirdCam"}]'
    assert [row["make"] for row in read(tmp_path / "r.json", text)] == ["ExampleCam", "OtherCam", "ThirdCam"]


def test_a_password_under_a_told_heading_is_dropped(tmp_path: Path) -> None:
    rows = [["1", "ExampleCam", "Planted-Secret-1"]] * 3
    found = read(tmp_path / "r.json", {"columns": ["Ref", "Make", "Password"], "rows": rows})
    assert len(found) == 3
    assert "Planted-Secret" not in json.dumps(found)
    found = read(tmp_path / "s.json", [["Ref", "Make", "Password"], *rows])
    assert "Planted-Secret" not in json.dumps(found)


def test_the_corners_of_a_shape_are_no_rows(tmp_path: Path) -> None:
    document = {"area": {"coordinates": [[1.0, 2.0], [3.0, 4.0]]}, "cameras": [{"Make": "ExampleCam", "Model": "EX-1"}]}
    assert [row["make"] for row in read(tmp_path / "r.json", document)] == ["ExampleCam"]
