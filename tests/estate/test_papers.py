"""Papers filled from the example and from small synthetic registers: every value from a source, no blank filled in."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from paper_reading import rows, section, value

from custodes.estate.papers import Beside, Earlier, faults, listing
from custodes.estate.papers.desk import judge
from custodes.estate.papers.others import business_day
from custodes.knowledge import knowledge
from custodes.knowledge.forms import NEVER
from custodes.measures.reach import Found
from custodes.model.errors import BadInput, KnowledgeError
from custodes.model.papers import Kind, Paper
from custodes.model.rules import Answer

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
FORMS = knowledge().forms
Make = Callable[..., Paper]
WANTED = {
    "uk-camera-return",
    "board-page",
    "us-889-worksheet",
    "us-889-disclosure",
    "us-889-incident",
    "us-grant-worksheet",
    "supplier-questionnaire",
    "foi-copy",
}


def words(paper: Paper) -> str:
    """Every text of a paper."""
    found = [paper.title, paper.about]
    for part in paper.sections:
        found += [part.title, part.empty, *part.text]
        found += [text for one in part.entries for text in (one.label, one.note, str(one.cell.value), one.cell.why)]
        found += [column.label for column in part.columns]
        found += [text for line in part.lines for cell in line.cells for text in (str(cell.value), cell.why)]
    return "\n".join(found)


def test_the_forms_of_the_notes_are_there() -> None:
    assert set(FORMS) >= WANTED


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_form_gives_what_its_example_says(form: str, paper_of: Make) -> None:
    example = FORMS[form].example
    assert example.shows, "a form without an example is not checked"
    paper = paper_of(form, country=example.country)
    assert {place: value(paper, place) for place in example.shows} == example.shows
    assert {part: len(section(paper, part).lines) for part in example.lines} == example.lines


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_paper_says_more_than_it_may_and_each_says_what_was_not_looked_at(form: str, paper_of: Make) -> None:
    paper = paper_of(form, country=FORMS[form].example.country)
    said = words(paper).casefold()
    assert not NEVER.findall(said)
    assert section(paper, "not-looked-at").text
    assert all(entry.cell.kind is Kind.TO_FILL for entry in paper.signs)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_what_a_person_must_say_stays_blank(form: str, paper_of: Make) -> None:
    paper = paper_of(form)
    for part, wanted in zip(paper.sections, FORMS[form].parts, strict=True):
        blank = {one.id for one in (*wanted.fields, *wanted.columns) if one.for_a_person}
        blank -= {key for line in wanted.listed for key in line}
        told = [(entry.id, entry.cell) for entry in part.entries]
        told += [
            (column.id, cell) for line in part.lines for column, cell in zip(part.columns, line.cells, strict=True)
        ]
        assert all(cell.kind is Kind.TO_FILL for key, cell in told if key in blank)


def test_not_known_never_becomes_does_not_use(paper_of: Make) -> None:
    paper = paper_of("us-889-worksheet")
    items = rows(paper, "items")
    unsure = [row for row in items if row["how_sure"] != "established"]
    assert len(unsure) > 20
    assert {row["determination"] for row in unsure} == {"not determined"}
    total = sum(
        int(str(value(paper, f"counts.{key}"))) for key in ("covered", "not_covered", "not_determined", "excepted")
    )
    assert total == sum(int(str(row["pieces" if "pieces" in row else "quantity"])) for row in items) == 2288


def test_a_maker_that_is_named_is_not_cleared_by_its_kind_of_equipment(paper_of: Make) -> None:
    for row in rows(paper_of("us-889-worksheet"), "items"):
        if row["maker"] in ("Hikvision", "Dahua"):
            assert row["determination"] != "no covered equipment found"


def test_judging_leaves_an_unsettled_maker_open() -> None:
    class Told:
        maker_status = None

    class Thing:
        attribution = Told()

    assert judge(Found(Answer.NO), Thing()).answer == "unknown"  # type: ignore[arg-type]


def test_the_return_has_a_line_for_each_system_and_bounds_in_order(paper_of: Make) -> None:
    paper = paper_of("uk-camera-return", country="CN")
    systems = rows(paper, "systems")
    for row in systems:
        assert int(str(row["total"])) >= int(str(row["in_use"]))
        assert sum(int(str(row[k])) for k in ("established", "probable", "not_known")) == row["in_use"]
        for reading in ("brand", "maker", "owner", "component", "assembled"):
            assert int(str(row[f"{reading}_least"])) <= int(str(row[f"{reading}_most"])) <= int(str(row["in_use"]))
    assert sum(int(str(row["maker_least"])) for row in systems) == 43  # by hand: tests/measures/test_measures_origin.py
    assert sum(int(str(row["brand_least"])) for row in systems) == 38
    anpr = next(row for row in systems if row["system_kind"] == "anpr")
    assert anpr["contract_end"] == "2028-06-30"
    assert anpr["owner"] == "Harrier Roads Technology Ltd (fictional)"


def test_without_a_country_the_readings_are_not_known(paper_of: Make) -> None:
    part = section(paper_of("uk-camera-return"), "systems")
    place = next(n for n, column in enumerate(part.columns) if column.id == "maker_least")
    assert {line.cells[place].kind for line in part.lines} == {Kind.NOT_KNOWN}


def test_the_foi_copy_holds_no_place_number_or_file(paper_of: Make) -> None:
    said = words(paper_of("foi-copy", country="CN"))
    truth = json.loads((EXAMPLE / "TRUTH.json").read_text(encoding="utf-8"))
    secret = [item["file"] for item in truth["files"]] + [item["mac"] for item in truth["same_device"]]
    secret += ["Northgate", "Old Mill", "Quayside", "Marchgate", "Eastmoor", "Ravenhurst", "DS-2CD", "NMC-2021-014"]
    secret += ["Internal CCTV", "ANPR list", "V5.", "Bracken", "Harrier"]
    assert not [text for text in secret if text in said]
    assert "Hikvision" in said


def ledger(folder: Path, name: str, lines: list[list[str]]) -> Path:
    path = folder / f"SYNTHETIC_{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [
                ["PO Number", "PO Date", "Vendor", "Item Description", "Quantity", "Amount", "Fund", "Award Number"],
                *lines,
            ]
        )
    return path


def test_award_money_by_the_day_on_which_it_was_committed(tmp_path: Path, paper_of: Make) -> None:
    camera = "Hikvision DS-2CD2143G2-I dome camera"
    ledger(
        tmp_path,
        "ledger",
        [
            ["1", "2020-08-12", "Example Reseller", camera, "4", "$400.00", "ESSER", "S425D"],
            ["2", "2020-08-13", "Example Reseller", camera, "5", "$500.00", "ESSER", "S425D"],
            ["3", "08/07/2020", "Example Reseller", camera, "6", "$600.00", "ESSER", "S425D"],
            ["4", "2021-02-03", "Example Reseller", "Axis P3265-LV dome camera", "7", "$700.00", "ESSER", "S425D"],
            ["5", "2021-02-03", "Hikvision Example Sales", "dome camera", "8", "$800.00", "", ""],
        ],
    )
    (tmp_path / "custodes.toml").write_text(
        '[[body]]\nid = "d"\nname = "Example District"\nkind = "us-school-district"\n'
        '[[system]]\nid = "s"\nname = "Schools"\npurposes = ["public-safety"]\nbody = "d"\n'
        '[[source]]\nfile = "SYNTHETIC_ledger.csv"\nsystem = "s"\nbody = "d"\n',
        encoding="utf-8",
    )
    found = {row["order"]: row for row in rows(paper_of("us-grant-worksheet", tmp_path), "purchases")}
    assert found["1"]["covered"] == "no covered equipment found (not in force on that day)"
    assert found["2"]["covered"] == "covered equipment"
    assert found["3"]["covered"] == "not determined"  # 7 August, before, or 8 July, before: only the year is sure
    assert found["3"]["obligated"] == "2020"
    assert found["4"]["covered"] == "no covered equipment found"
    assert found["5"]["covered"] == "not determined"  # who sold it is no evidence of who made it
    assert found["5"]["brand"] == "not known"
    assert (found["2"]["fund"], found["2"]["award"], found["2"]["amount"]) == ("ESSER", "S425D", "$500.00")


def test_a_purchase_moved_to_another_fund_shows_both(tmp_path: Path, paper_of: Make) -> None:
    heads = ["Asset Tag", "Manufacturer", "Model", "Serial Number", "Fund", "Purchase Order"]
    for name, fund in (("a_2021", "ESSER II"), ("b_2023", "General fund")):
        with (tmp_path / f"SYNTHETIC_{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(
                [heads, ["77", "Hikvision", "DS-2CD2143G2-I", "DS-2CD2143G2-I20210101AAWRE12345678", fund, "4500"]]
            )
    (row,) = rows(paper_of("us-grant-worksheet", tmp_path, kind="us-school-district"), "purchases")
    assert row["fund"] == "ESSER II; then General fund"
    assert row["recoded"] == "fund: ESSER II (SYNTHETIC_a_2021.csv row 2); General fund (SYNTHETIC_b_2023.csv row 2)"


def test_what_a_person_told_in_the_configuration_is_taken_over(tmp_path: Path, paper_of: Make) -> None:
    folder = tmp_path / "estate"
    shutil.copytree(EXAMPLE, folder)
    config = folder / "custodes.toml"
    text = config.read_text(encoding="utf-8").replace(
        'id = "anpr"\n',
        'id = "anpr"\ncontroller = "Chief Constable"\nvalues = { planned_removal = "2027-01-31" }\n',
    )
    text = text.replace('id = "northmarch"\n', 'id = "northmarch"\nvalues = { uei = "EXAMPLE12345" }\n')
    text += (
        '\n[form.us-889-worksheet]\nlegal_entity = "Example Ltd"\n'
        '[[form.us-889-worksheet.inquiry]]\nwho = "estates manager"\nwhat = "read the registers"\nwhen = "2026-11-20"\n'
    )
    config.write_text(text, encoding="utf-8")
    anpr = next(r for r in rows(paper_of("uk-camera-return", folder), "systems") if r["system_kind"] == "anpr")
    assert (anpr["planned_removal"], anpr["data_controller"]) == ("2027-01-31", "Chief Constable")
    paper = paper_of("us-889-worksheet", folder)
    assert (value(paper, "head.legal_entity"), value(paper, "head.uei")) == ("Example Ltd", "EXAMPLE12345")
    steps = rows(paper, "inquiry")
    assert steps[0] == {"who": "estates manager", "what": "read the registers", "when": "2026-11-20"}
    assert len(steps) == 7

    config.write_text(text + '\n[form.board-page]\nquestoin = "what is Chinese-made"\n', encoding="utf-8")
    with pytest.raises(BadInput, match="did you mean 'question'"):
        paper_of("board-page", folder, as_at=date(2026, 11, 23))


def test_a_form_of_an_own_pack_and_what_is_wrong_with_one(tmp_path: Path, paper_of: Make) -> None:
    pack = tmp_path / "own"
    (pack / "forms").mkdir(parents=True)
    form = pack / "forms" / "mine.yaml"
    good = """
- id: mine
  title: My own list
  version: "1"
  parts:
  - id: head
    fields: [{id: body, label: Body, value: body.name}, {id: why, label: Why}]
  - id: things
    rows: devices
    where: {device.how_sure: [established]}
    columns: [{id: maker, label: Maker, value: device.maker}, {id: ok, label: Seen}]
  - {id: not-looked-at, lines: not-looked-at}
"""
    form.write_text(good, encoding="utf-8")
    paper = paper_of("mine", packs=(pack,))
    assert {column.id: column.person for column in section(paper, "things").columns} == {"maker": False, "ok": True}
    assert len(section(paper, "things").lines) > 50

    for number, (old, new, message) in enumerate(
        [
            ("device.maker", "device.makr", "did you mean 'device.maker'"),
            ("body.name", "body.nam", "did you mean 'body.name'"),
            ("rows: devices", "rows: devises", "did you mean 'devices'"),
            ("{id: not-looked-at, lines: not-looked-at}", "{id: x}", "what was not looked at"),
            ("My own list", "Compliant cameras", "never says 'Compliant'"),
            ('version: "1"', 'version: "1"\n  measure: no-such-rule', "no-such-rule"),
        ]
    ):
        bad = tmp_path / f"bad{number}"
        (bad / "forms").mkdir(parents=True)
        (bad / "forms" / "mine.yaml").write_text(good.replace(old, new), encoding="utf-8")
        with pytest.raises(KnowledgeError, match=message) as error:
            paper_of("mine", packs=(bad,))
        assert "mine.yaml" in str(error.value)


def test_every_name_of_the_shipped_forms_is_in_the_catalogue() -> None:
    assert not [fault for form in FORMS.values() for fault in faults(form)]
    names = [(row["for"], row["name"]) for row in listing()]
    assert len(names) == len(set(names))
    assert all(row["what"] for row in listing())


def test_changes_are_split_into_three(tmp_path: Path, paper_of: Make) -> None:
    from custodes.estate.config import load_estate
    from custodes.estate.flows import Options, assess
    from custodes.publication.tables import assessment_text

    heads = ["Ref", "Make", "Model", "Status"]
    register = tmp_path / "SYNTHETIC_r.csv"

    def write(lines: list[list[str]]) -> None:
        with register.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([heads, *lines])

    write(
        [["1", "Axis", "P3265-LV", "in use"], ["2", "Hikvision", "DS-2CD2143G2-I", "in use"], ["3", "", "", "in use"]]
    )
    then = assess(load_estate(register), Options(date(2019, 10, 8))).assessment
    document = json.loads("".join(assessment_text(then)))
    earlier = Earlier("2019-10-08", "1.0.0", document["devices"])
    document["devices"][0]["attribution"]["oem"] = None  # as if its maker had not been known then
    write(
        [
            ["1", "Axis", "P3265-LV", "in use"],
            ["2", "Hikvision", "DS-2CD2143G2-I", "in use"],
            ["4", "Bosch", "", "in use"],
        ]
    )
    found = rows(
        paper_of("board-page", tmp_path, beside=Beside(earlier), as_at=date(2019, 10, 10), kind="police-force"),
        "changes",
    )
    assert [(row["kind"], row["devices"]) for row in found] == [
        ("equipment changed", 2),  # number 3 went, number 4 came
        ("we know more", 1),
        ("rules changed", 1),  # a rule of 9 October 2019 names Hikvision
    ]


def test_the_first_identification_stays_and_starts_the_clocks(paper_of: Make) -> None:
    first = paper_of("us-889-incident")
    assert {one.day for one in first.identified} == {"2026-11-22"}
    beside = Beside(identified=[[replace(first.identified[0], day="2026-11-19")]])
    later = paper_of("us-889-incident", beside=beside)
    assert value(later, "head.identified") == "2026-11-19"
    due = [str(row["due"]) for row in rows(later, "clocks")]
    assert due[0].startswith("20 November 2026")  # one business day after a Thursday
    assert due[1].startswith("10 business days after the first report is sent")
    assert due[2].startswith("72 hours after it was identified on 19 November 2026")


@pytest.mark.parametrize(
    ("start", "count", "day"),
    [("2026-11-20", 1, "2026-11-23"), ("2026-11-21", 1, "2026-11-23"), ("2026-11-25", 10, "2026-12-09")],
)
def test_business_days_leave_out_the_week_end(start: str, count: int, day: str) -> None:
    assert business_day(date.fromisoformat(start), count) == date.fromisoformat(day)
