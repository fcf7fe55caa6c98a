"""Papers on small synthetic estates with trouble: nothing read is not nought, nothing open is a no, no day is lost."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from paper_reading import rows, section, value

from custodes.estate.papers import Beside
from custodes.estate.papers.again import Marks, pair
from custodes.estate.papers.systems import owned_by
from custodes.knowledge import knowledge
from custodes.model.errors import BadInput, BadUsage
from custodes.model.papers import Identified, Paper

Make = Callable[..., Paper]
HEADS = ["Ref", "Make", "Model", "Site", "Serial Number", "Status"]
HIK, AXIS = ["Hikvision", "DS-2CD2143G2-I"], ["Axis", "P3265-LV"]


def register(folder: Path, name: str, lines: list[list[str]], heads: list[str] | None = None) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"SYNTHETIC_{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads or HEADS, *lines])


def config(folder: Path, text: str) -> None:
    (folder / "custodes.toml").write_text(text, encoding="utf-8")


def own_form(folder: Path, part: str) -> Path:
    """A pack with one form "mine", of one part and the limits."""
    pack = folder / "own"
    (pack / "forms").mkdir(parents=True)
    (pack / "forms" / "mine.yaml").write_text(
        f'- id: mine\n  title: Mine\n  version: "1"\n  parts:\n  - {part}\n'
        "  - {id: not-looked-at, lines: not-looked-at}\n",
        encoding="utf-8",
    )
    return pack


def test_a_system_of_which_no_record_speaks_has_no_nought(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "a", [["1", *AXIS, "", "", ""]])
    register(tmp_path, "empty", [])
    config(
        tmp_path,
        '[[body]]\nid = "b"\nname = "B"\nkind = "council"\n'
        '[[system]]\nid = "s"\nname = "S"\nbody = "b"\n'
        '[[system]]\nid = "silent"\nname = "Silent"\nbody = "b"\nkind = "anpr"\n'
        '[[system]]\nid = "head"\nname = "Headings only"\nbody = "b"\n'
        '[[source]]\nfile = "SYNTHETIC_a.csv"\nsystem = "s"\n'
        '[[source]]\nfile = "SYNTHETIC_empty.csv"\nsystem = "head"\n',
    )
    found = {row["system_name"]: row for row in rows(paper_of("uk-camera-return", tmp_path, country="CN"), "systems")}
    assert set(found) == {"S", "Silent", "Headings only"}
    for name in ("Silent", "Headings only"):
        numbers = {key: text for key, text in found[name].items() if "least" in key or "most" in key}
        numbers |= {key: found[name][key] for key in ("total", "in_use", "established", "sensitive", "cloud")}
        assert set(numbers.values()) == {"not known"}
    assert found["S"]["total"] == 1


def test_two_systems_of_one_name_stay_two(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "a", [["1", *AXIS, "", "", ""]])
    register(tmp_path, "b", [["2", *HIK, "", "", ""], ["3", *HIK, "", "", ""]])
    config(
        tmp_path,
        '[[body]]\nid = "x"\nname = "X"\n[[body]]\nid = "y"\nname = "Y"\n'
        '[[system]]\nid = "xs"\nname = "CCTV"\nbody = "x"\nowner = "X"\n'
        '[[system]]\nid = "ys"\nname = "CCTV"\nbody = "y"\nowner = "Z"\npurposes = ["public-safety"]\n'
        '[[source]]\nfile = "SYNTHETIC_a.csv"\nsystem = "xs"\n[[source]]\nfile = "SYNTHETIC_b.csv"\nsystem = "ys"\n',
    )
    found = {row["body"]: row for row in rows(paper_of("uk-camera-return", tmp_path), "systems")}
    assert (found["X"]["total"], found["X"]["owner"]) == (1, "X")
    assert (found["Y"]["total"], found["Y"]["owner"]) == (2, "Z")


def test_a_form_about_one_body_asks_which(tmp_path: Path, paper_of: Make) -> None:
    heads = ["Force", *HEADS]
    register(tmp_path, "survey", [["North", "1", *HIK, "", "", ""], ["South", "2", *AXIS, "", "", ""]], heads)
    (tmp_path / "SYNTHETIC_survey.csv").write_text(
        (tmp_path / "SYNTHETIC_survey.csv").read_text(encoding="utf-8") + ",3,Bosch,NBE-7702,,,\n", encoding="utf-8"
    )
    with pytest.raises(BadUsage, match="holds 2: North, South"):
        paper_of("board-page", tmp_path)
    with pytest.raises(BadUsage, match="no body 'Nort'"):
        paper_of("board-page", tmp_path, body="Nort")
    north = paper_of("board-page", tmp_path, body="north")
    assert value(north, "head.body") == "North"
    assert [row["in_use"] for row in rows(north, "systems")] == [1]
    sheet = paper_of("us-889-worksheet", tmp_path, body="South")
    assert [row["brand"] for row in rows(sheet, "items")] == ["Axis"]
    assert any("1 devices name no body" in text for text in section(sheet, "not-looked-at").text)


def identified(paper: Paper) -> dict[str, str]:
    return {one.name: one.day for one in paper.identified}


def test_an_identification_outlives_the_edit_of_its_record(tmp_path: Path, paper_of: Make) -> None:
    first_lines = [
        ["Gate", *HIK, "Depot", "DS-2CD2143G2-I20210101AAWRE11111111", ""],
        ["Door", *HIK, "Depot", "", ""],
        ["Yard", *HIK, "Depot", "", ""],
        ["Roof", *HIK, "Depot", "", ""],
    ]
    register(tmp_path / "then", "r", first_lines)
    first = paper_of("us-889-worksheet", tmp_path / "then", as_at=date(2026, 1, 5), kind="us-police")
    assert set(identified(first).values()) == {"2026-01-05"}
    later_lines = [
        ["Main gate", *HIK, "Depot", "DS-2CD2143G2-I20210101AAWRE11111111", ""],  # renamed: known by its number
        ["Door", "Hikvision", "DS-2CD2343G2-I", "Depot", "", "in use"],  # corrected: known by its name and place
        ["Yard", *HIK, "Depot", "", "removed"],
        ["New", *HIK, "Depot", "", ""],
    ]
    register(tmp_path / "now", "r", later_lines)
    beside = Beside(identified=[first.identified])
    later = paper_of("us-889-worksheet", tmp_path / "now", as_at=date(2026, 3, 1), beside=beside, kind="us-police")
    days = identified(later)
    assert (days["Main gate"], days["Door"], days["New"]) == ("2026-01-05", "2026-01-05", "2026-03-01")
    assert (days["Yard"], days["Roof"]) == ("2026-01-05", "2026-01-05")
    assert {row["item"]: row["now"] for row in rows(later, "before")} == {
        "Roof": "not in these records",
        "Yard": "not in use: removed",
    }
    assert value(later, "counts.identified") == "2026-01-05"
    third = paper_of(
        "us-889-worksheet",
        tmp_path / "now",
        as_at=date(2026, 4, 1),
        beside=Beside(identified=[later.identified]),
        kind="us-police",
    )
    assert identified(third) == days | {"New": "2026-03-01"}


def test_the_first_day_of_several_papers_counts_and_other_rules_do_not(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "r", [["Gate", *HIK, "Depot", "", ""]])
    (one,) = paper_of("us-889-worksheet", tmp_path, as_at=date(2026, 5, 1), kind="us-police").identified
    papers = [
        [replace(one, day="2026-04-01")],
        [replace(one, day="2026-02-01")],
        [replace(one, rule="x", day="2020-01-01")],
    ]
    again = paper_of(
        "us-889-worksheet", tmp_path, as_at=date(2026, 5, 1), beside=Beside(identified=papers), kind="us-police"
    )
    assert [item.day for item in again.identified] == ["2026-02-01"]


def test_marks_pair_one_with_one() -> None:
    now = [Marks("a", serial="S1", name="Door"), Marks("b", name="Door"), Marks("c", mac="m", name="X")]
    then = [Marks("z", serial="s-1", name="Old"), Marks("b"), Marks("q", mac="other", name="X")]
    assert pair(now, then) == {0: 0, 1: 1}  # one name and two network addresses are two devices
    assert pair([], then) == {}


def test_nothing_identified_is_not_nothing_there(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "r", [["1", "", "", "", "", ""], ["2", "", "", "", "", ""]])
    paper = paper_of("us-889-incident", tmp_path)
    assert value(paper, "head.identified") == "nothing was identified; 2 are not determined, and may be"
    assert value(paper, "head.not_determined") == 2
    assert {row["due"] for row in rows(paper, "clocks")} == {"not known"}
    board = paper_of("board-page", tmp_path)
    assert section(board, "settle").lines


def test_a_header_alone_establishes_nothing(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "r", [])
    (line,) = rows(paper_of("board-page", tmp_path), "settle")
    assert "no device in use" in str(line["step"])


@pytest.mark.parametrize(
    ("owner", "landlord", "body", "said"),
    [
        ("Example Council", "", "Example Council (fictional)", "own"),
        ("EXAMPLE COUNCIL", "Estates Ltd", "Example Council", "own"),
        ("Example", "", "Example Council", "another owner"),
        ("Example Council Services Ltd", "", "Example Council", "another owner"),
        ("Estates Ltd", "Estates Ltd", "Example Council", "landlord"),
        ("", "Estates Ltd", "Example Council", "landlord"),
        ("", "", "Example Council", "not known"),
        ("Example Council", "", "", "another owner"),
    ],
)
def test_whose_equipment_it_is(owner: str, landlord: str, body: str, said: str) -> None:
    assert owned_by(owner, landlord, body).value == said


LEDGER = ["PO Number", "PO Date", "Vendor", "Manufacturer", "Model", "Serial Number", "Amount", "Fund"]


def money(folder: Path, name: str, day: str, heads: list[str] | None = None) -> None:
    line = ["1", day, "Example Reseller", *HIK, "DS-2CD2143G2-I20210101AAWRE12345678", "$400.00", "ESSER"]
    register(folder, name, [line], heads or LEDGER)


def test_a_later_record_of_an_earlier_day_clears_nothing(tmp_path: Path, paper_of: Make) -> None:
    money(tmp_path, "a", "2020-09-01")
    money(tmp_path, "b", "2020-08-01")
    config(
        tmp_path,
        '[[body]]\nid = "d"\nname = "D"\nkind = "us-school-district"\n'
        '[[system]]\nid = "s"\nname = "S"\npurposes = ["public-safety"]\nbody = "d"\n'
        '[[source]]\nfile = "SYNTHETIC_a.csv"\nsystem = "s"\n[[source]]\nfile = "SYNTHETIC_b.csv"\nsystem = "s"\n',
    )
    (row,) = rows(paper_of("us-grant-worksheet", tmp_path), "purchases")
    assert row["covered"] == "not determined"
    assert row["obligated"] == "2020-09-01; then 2020-08-01"
    part = section(paper_of("us-grant-worksheet", tmp_path), "purchases")
    place = next(n for n, column in enumerate(part.columns) if column.id == "covered")
    assert "records differ" in part.lines[0].cells[place].why


def test_a_day_of_purchase_is_said_to_be_one(tmp_path: Path, paper_of: Make) -> None:
    money(tmp_path, "a", "2019-05-01", ["PO Number", "Invoice Date", *LEDGER[2:]])
    (row,) = rows(paper_of("us-grant-worksheet", tmp_path, kind="us-school-district"), "purchases")
    assert row["obligated"] == "2019-05-01 (day of purchase; none of commitment is told)"


def test_twelve_months_end_on_the_day(tmp_path: Path, paper_of: Make) -> None:
    heads = ["Ref", "Make", "Model", "Purchase Date"]
    days = ["2025-11-21", "2025-11-22", "2026-11-22", "2026-11-23", "2026", "", "2025-11"]
    register(tmp_path, "r", [[str(n), *AXIS, day] for n, day in enumerate(days)], heads)
    (row,) = rows(paper_of("uk-camera-return", tmp_path, as_at=date(2026, 11, 22)), "systems")
    assert row["bought_12"] == "at least 2, at most 5"


def test_kinds_that_no_record_tells_are_not_called_absent(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "r", [["1", "Example Unlisted", "", "", "", ""], ["2", *AXIS, "", "", ""]])
    said = " ".join(section(paper_of("us-889-worksheet", tmp_path), "not-looked-at").text)
    assert "Of 1 devices no record tells the kind" in said


def test_sensitive_leased_sites_are_counted_where_they_are_not_named(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "r", [["1", *AXIS, "Depot", "", ""], ["2", *AXIS, "Cell block", "", ""]])
    config(
        tmp_path,
        '[[body]]\nid = "b"\nname = "B"\n'
        '[[site]]\nid = "d"\nname = "Depot"\nlandlord = "L"\n'
        '[[site]]\nid = "c"\nname = "Cell block"\nlandlord = "L"\nsensitive = true\n'
        '[[source]]\nfile = "SYNTHETIC_r.csv"\n',
    )
    pack = own_form(tmp_path, "{id: head, fields: [{id: leased, label: Leased, value: sites.leased}]}")
    assert value(paper_of("mine", tmp_path, packs=(pack,)), "head.leased") == "Depot; and 1 sensitive, not named here"
    assert value(paper_of("us-889-worksheet", tmp_path), "head.leased") == "Cell block; Depot"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('[form.us-889-workshet]\nuei = "X"\n', "did you mean 'us-889-worksheet'"),
        ('[[system]]\nid = "s"\nname = "S"\nexceptions = ["us-ndaa-889-B/no-such"]\n', "no rule has the exception"),
    ],
)
def test_what_the_configuration_says_in_vain_is_refused(
    line: str, message: str, tmp_path: Path, paper_of: Make
) -> None:
    register(tmp_path, "r", [["1", *AXIS, "", "", ""]])
    config(tmp_path, line + '[[source]]\nfile = "SYNTHETIC_r.csv"\n')
    with pytest.raises(BadInput) as error:
        paper_of("us-889-worksheet", tmp_path)
    assert message in str(error.value)


def test_a_board_page_of_many_systems_is_folded(tmp_path: Path, paper_of: Make) -> None:
    heads = [*HEADS, "System"]
    lines = [[f"{n}-{m}", *AXIS, "", "", "", f"System {n:02d}"] for n in range(1, 41) for m in range(n)]
    register(tmp_path, "r", lines, heads)
    found = rows(paper_of("board-page", tmp_path), "systems")
    assert len(found) == 9
    assert (found[0]["system"], found[0]["in_use"]) == ("System 40", 40)
    assert found[-1]["system"] == "32 others, not shown here"
    assert sum(int(str(row["in_use"])) for row in found) == 40 * 41 // 2


def test_what_leaves_the_body_names_no_file_and_no_place(tmp_path: Path, paper_of: Make) -> None:
    heads = ["Ref", "Make", "Model", "Site"]
    models = ["DS-2CD2143G2-I", "at Ravenhurst vault 3", "10.1.2.3", "MAVIC 3T", "DOOR CAMERA"]
    register(tmp_path, "secret place", [[str(n), "Hikvision", text, "Vault"] for n, text in enumerate(models)], heads)
    paper = paper_of("supplier-questionnaire", tmp_path)
    told = {str(row["model"]) for row in rows(paper, "models")}
    assert "DS-2CD2143G2-I" in told
    assert not [text for text in told for word in ("Ravenhurst", "10.1", "vault") if word in text]
    keys = [line.key for line in section(paper, "models").lines]
    maker = knowledge().pack.brands["hikvision"].supplier or ""
    assert not [key for key in keys if maker in key or "yes" in key or "unknown" in key]
    assert len(keys) == len(set(keys))


def test_marks_of_devices_stay_out_of_machine_papers_for_outsiders() -> None:
    from custodes.publication.papers import paper_payload

    one = Identified("rule", "d-1", "2026-01-01", mac="00:00:5e:00:53:01")
    paper = Paper(
        **{key: "" for key in ("form", "title", "version", "about", "filled_by", "goes_to", "estate", "known")},
        on=date(2026, 1, 1), marking="", synthetic=True, pack_version="1", pack_date=date(2026, 1, 1), pack_digest="",
        program="", sections=(), signs=(), leaves=True, identified=(one,),
    )  # fmt: skip
    assert paper_payload(paper, whole=False)["identified"] == []
    assert paper_payload(paper)["identified"][0]["mac"] == "00:00:5e:00:53:01"


TWO = (
    '[[body]]\nid = "a"\nname = "Alpha"\nkind = "us-police"\n[[body]]\nid = "b"\nname = "Beta"\nkind = "us-police"\n'
    '[[site]]\nid = "s1"\nname = "Alpha House"\n[[site]]\nid = "s2"\nname = "Beta House"\n'
    '[[system]]\nid = "s"\nname = "Shared CCTV"\npurposes = ["public-safety"]\n'
    '[[source]]\nfile = "SYNTHETIC_a.csv"\nbody = "a"\nsite = "s1"\nsystem = "s"\n'
    '[[source]]\nfile = "SYNTHETIC_b.csv"\nbody = "b"\nsite = "s2"\n'
)


def test_a_paper_of_one_body_holds_nothing_of_another(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "a", [["a1", *AXIS, "", "", ""]])
    register(tmp_path, "b", [["b1", *HIK, "", "", ""]])
    config(tmp_path, TWO)
    first = paper_of("us-889-worksheet", tmp_path, as_at=date(2026, 9, 1), body="b", kind="us-police")
    beside = Beside(identified=[first.identified])
    alpha = paper_of("us-889-worksheet", tmp_path, body="a", beside=beside)
    assert alpha.identified == ()
    assert not section(alpha, "before").lines
    beta = paper_of("us-889-worksheet", tmp_path, body="b", beside=beside)
    said = " ".join(section(beta, "not-looked-at").text)
    assert "Alpha House" not in said
    assert "Shared CCTV" not in said
    assert {one.body for one in first.identified} <= {"Beta"}


def test_a_record_that_names_another_body_is_not_charged_to_this_one(tmp_path: Path, paper_of: Make) -> None:
    heads = ["Camera", "Make", "Model", "Organisation"]
    register(tmp_path, "r", [["1", *HIK, "Beta Church"], ["2", *HIK, "Alpha"], ["3", *HIK, ""]], heads)
    config(
        tmp_path,
        '[[body]]\nid = "a"\nname = "Alpha Police (fictional)"\nkind = "us-police"\n'
        '[[source]]\nfile = "SYNTHETIC_r.csv"\n',
    )
    found = {row["item"]: row for row in rows(paper_of("us-889-worksheet", tmp_path), "items")}
    assert [found[key]["determination"] for key in "123"] == [
        "not determined",
        "covered equipment",
        "covered equipment",
    ]
    assert "Beta Church" in str(found["1"]["concern"])


def test_a_new_device_elsewhere_inherits_no_day_by_its_name(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path / "then", "r", [["Door 1", *HIK, "London", "", ""]])
    register(tmp_path / "now", "r", [["Door 1", "Hikvision", "DS-2CD2387G2-LU", "Paris", "", ""]])
    first = paper_of("us-889-worksheet", tmp_path / "then", as_at=date(2026, 9, 1), kind="us-police")
    later = paper_of(
        "us-889-worksheet",
        tmp_path / "now",
        as_at=date(2026, 11, 2),
        kind="us-police",
        beside=Beside(identified=[first.identified]),
    )
    assert {(one.site, one.day) for one in later.identified} == {("London", "2026-09-01"), ("Paris", "2026-11-02")}


def test_a_day_that_nobody_tells_clears_nothing(tmp_path: Path, paper_of: Make) -> None:
    heads = ["PO Number", "PO Date", "Vendor", "Manufacturer", "Model", "Amount", "Fund"]
    days = {"P1": "2021-06-01", "P2": "06/07/2021", "P3": "", "P4": "Spring 2021", "P5": "2019"}
    lines = [[key, day, "Acme", *HIK, "$240.00", "ESSER"] for key, day in days.items()]
    register(tmp_path, "s", [*lines, ["P6", "", "Acme", *AXIS, "$9.00", "ESSER"]], heads)
    paper = paper_of("us-grant-worksheet", tmp_path, kind="us-police")
    found = {row["order"]: row["covered"] for row in rows(paper, "purchases")}
    assert found["P1"] == "covered equipment"
    assert found["P2"] == "covered equipment"  # some day of 2021, and on all of them it is
    assert found["P3"] == "not determined"
    assert found["P4"] == "not determined"
    assert str(found["P5"]).startswith("no covered equipment found")
    assert found["P6"] == "no covered equipment found"


def test_a_form_that_asks_no_rule_may_list_purchases(tmp_path: Path, paper_of: Make) -> None:
    money(tmp_path, "a", "")
    pack = own_form(
        tmp_path, "{id: bought, rows: purchases, columns: [{id: then, label: Covered then, value: paid.covered}]}"
    )
    (row,) = rows(paper_of("mine", tmp_path, packs=(pack,)), "bought")
    assert row["then"] == "unknown"


def test_an_earlier_purchase_does_not_clear_a_later_one(tmp_path: Path, paper_of: Make) -> None:
    heads = ["Invoice No", "Invoice Date", "Vendor", "Manufacturer", "Model", "Serial Number", "Amount", "Fund"]
    serial = "DS-2CD2143G2-I20210801AAWRE00000101"
    lines = [[f"I{n}", day, "Acme", *HIK, serial, "$1.00", "F"] for n, day in enumerate(("2019-05-01", "2022-05-01"))]
    register(tmp_path, "p", lines, heads)
    (row,) = rows(paper_of("us-grant-worksheet", tmp_path, kind="us-police"), "purchases")
    assert row["covered"] == "not determined"
    assert "2019-05-01" in str(row["obligated"])
    assert "2022-05-01" in str(row["obligated"])


def test_a_board_page_says_what_rules_cannot_tell(tmp_path: Path, paper_of: Make) -> None:
    register(tmp_path, "r", [["r1", "Hytera", "PD785G", "", "", ""]])
    found = rows(paper_of("board-page", tmp_path, kind="us-federal-contractor"), "rules")
    assert any(str(row["devices"]).startswith("cannot tell") for row in found)
