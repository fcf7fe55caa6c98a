"""A published table of listed companies to the editions of a list: renames, whole lists, additions and ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from custodes.knowledge import load_pack
from custodes.knowledge.listing import Change, editions, list_row, read_table
from custodes.model.errors import BadInput

HEAD = "Name,Clean Name,Alias,Previous Name,Start date,End date\n"
DAHUA = '"Zhejiang Dahua Technology Co., Ltd. (Dahua)*","Zhejiang Dahua Technology Co., Ltd.",Dahua,,2021-01-01,'
TABLE = f"""{HEAD}{DAHUA}
Alder Works Ltd,Alder Works Ltd,,,2021-01-01,
Birch Ltd,Birch Ltd,BL,,2021-01-01,
Cedar Ltd,Cedar Ltd,,,2022-01-01,
Birch Ltd,Birch Ltd,BL,,2021-01-01,2022-06-01
"Dahua Technology","Dahua Technology",Dahua,,2023-01-01,
Alder Holding Ltd,Alder Holding Ltd,,Alder Works Ltd,2023-01-01,
Elm Ltd,Elm Ltd,,,2023-01-01,
"""
DATA = os.environ.get("CUSTODES_DATA", "")


def read(path: Path, text: str) -> list[Change]:
    path.write_text(text, encoding="utf-8")
    return editions(read_table(path, load_pack().suppliers))


def test_renames_stay_one_and_additions_and_removals_are_exact(tmp_path: Path) -> None:
    changes = read(tmp_path / "t.csv", TABLE)
    assert [(one.day, one.whole) for one in changes] == [
        ("2021-01-01", True),
        ("2022-01-01", False),
        ("2022-06-01", False),
        ("2023-01-01", True),
    ]
    assert [(one.added, one.removed) for one in changes] == [
        (("Alder Holding Ltd", "Birch Ltd", "dahua"), ()),
        (("Cedar Ltd",), ()),
        ((), ("Birch Ltd",)),
        (("Elm Ltd",), ("Cedar Ltd",)),
    ]


def test_two_rows_of_one_day_are_two_members(tmp_path: Path) -> None:
    names = [("A Ltd", "AA"), ("AA (Beijing) Ltd", "AA"), ("AA Ltd", "")]
    rows = "".join(f"{name},{name},{alias},,2021-01-01,\n" for name, alias in names)
    (change,) = read(tmp_path / "t.csv", HEAD + rows)
    assert len(change.others) == 3


def test_sentences_that_say_by_whom_something_is_made(tmp_path: Path) -> None:
    head = "covered_equipment_or_services,date_of_inclusion_on_covered_list\n"
    sentence = "Video equipment produced by Dahua Technology Company, to the extent it is used for public safety."
    (change,) = read(tmp_path / "t.csv", f'{head}"{sentence}","March 12, 2021Updated:June 1, 2022"\n')
    assert (change.day, change.suppliers, change.others) == ("2021-03-12", ("dahua",), ())


def test_the_row_is_one_that_a_pack_takes(tmp_path: Path) -> None:
    changes = read(tmp_path / "t.csv", TABLE)
    pack = tmp_path / "mine"
    pack.mkdir()
    (pack / "lists.yaml").write_text(yaml.safe_dump([list_row("ours", "Ours", "t.csv", changes)]), encoding="utf-8")
    row = load_pack([pack]).rulebook.lists["ours"]
    assert [edition.members for edition in row.editions] == [frozenset(("dahua",))] * 4


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Name,Start date\nAlder,some day\n"])
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput):
        read(tmp_path / "t.csv", text)


@pytest.mark.skipif(not DATA, reason="CUSTODES_DATA is not set")
def test_the_real_tables() -> None:
    """Rows of each day as counted in the table itself: 47, 13, 16, 133, 188; 12 rows end on 17 February 2026."""
    suppliers = load_pack().suppliers
    table = editions(read_table(Path(DATA) / "registers/us_dod_1260h_lists.csv", suppliers))
    sizes = {one.day: len(one.suppliers) + len(one.others) for one in table}
    assert (sizes["2021-06-03"], sizes["2025-01-07"], sizes["2026-06-08"]) == (47, 133, 188)
    assert sizes["2026-02-17"] == 133 - 12
    latest = table[-1]
    assert {"dji", "dahua", "hikvision", "autel", "autel-intelligent", "tplink"} <= set(latest.suppliers)
    assert "dji" not in latest.added and "tplink" in latest.added
    covered = editions(read_table(Path(DATA) / "registers/us_fcc_covered_list_table.csv", suppliers))
    assert covered[0].suppliers == ("dahua", "hikvision", "huawei", "hytera", "zte")
