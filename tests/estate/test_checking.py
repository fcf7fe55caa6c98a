"""The checks of an estate: what the evidence tells, what persons attest, and what neither does, each told as that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from custodes.cli.commands import app

SCHEMA = Path(__file__).parents[2] / "src/custodes/publication/schemas/check-answers.schema.json"
PACK = Path(__file__).parents[2] / "src/custodes/knowledge/pack/checks/checks.yaml"
EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
HEAD = "Asset Tag,Site,System,Camera Name,Manufacturer,Model,Serial Number,MAC Address,Firmware,Owner,Status\n"
FULL = "A1,Quay,Town CCTV,Gate,Axis,P3245-LV,ACCC8E100001,AC:CC:8E:10:00:01,10.12.213,Council,in use\n"
BARE = "A2,Quay,Town CCTV,Yard,Axis,P3245-LV,,,,Council,in use\n"
CONFIG = """
[estate]
as_at = "2026-11-26"
[[body]]
id = "north"
name = "Northmarch"
kind = "{kind}"
[[site]]
id = "quay"
name = "Quay"
[[system]]
id = "town"
name = "Town CCTV"
kind = "external-cctv"
body = "north"
[[source]]
file = "a.csv"
body = "north"
system = "town"
dated = "2026-01-10"
"""
SCAN = (
    '<nmaprun><host><address addr="192.0.2.1" addrtype="ipv4"/><address addr="AC:CC:8E:10:00:01" addrtype="mac"/>'
    "<ports>{ports}</ports></host></nmaprun>"
)
PORT = '<port protocol="{0}" portid="{1}"><state state="{2}"/></port>'


def estate(folder: Path, rows: str = FULL, *, kind: str = "council", scan: str = "", attested: str = "") -> Path:
    """An estate of one register, and a scan and attestations if given."""
    config = CONFIG.format(kind=kind)
    (folder / "a.csv").write_text(HEAD + rows, encoding="utf-8")
    if scan:
        (folder / "s.xml").write_text(scan, encoding="utf-8")
        config += '[[source]]\nfile = "s.xml"\nbody = "north"\ndated = "2026-11-01"\n'
    if attested:
        (folder / "attested.yaml").write_text(attested, encoding="utf-8")
    (folder / "custodes.toml").write_text(config, encoding="utf-8")
    return folder


def answers(folder: Path, *more: str) -> dict[str, dict[str, Any]]:
    """The answers by check; where one is given for several subjects, the last."""
    done = CliRunner().invoke(app, ["checks", str(folder), "--format", "json", *more])
    assert done.exit_code == 0, done.output
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for row in rows:
        jsonschema.validate(row, schema)
    return {row["check"]: row for row in rows}


def test_every_check_of_the_pack_is_answered(tmp_path: Path) -> None:
    told = answers(estate(tmp_path))
    asked = [row["id"] for row in yaml.safe_load(PACK.read_text(encoding="utf-8"))]
    # Checks of number-plate readers and body-worn video that speak of systems are asked of no system of cameras.
    assert [key for key in asked if key not in told] == [
        "ANPR-01",
        "ANPR-02",
        "ANPR-03",
        "ANPR-04",
        "BWV-02",
        "UAS-04",
        "UAS-06",
    ]


def test_what_is_on_record_and_what_is_not(tmp_path: Path) -> None:
    full = answers(estate(tmp_path, FULL))["INV-01"]
    assert (full["says"], full["text"]) == ("none-seen", "none seen among 1")
    bare = answers(estate(tmp_path, FULL + BARE))["INV-01"]
    assert (bare["says"], bare["text"]) == ("shortfall", "1 of 2")
    assert bare["because"] == ["no serial number or MAC address: 1", "no firmware: 1"]


def test_without_a_scan_the_network_is_not_known_and_never_clean(tmp_path: Path) -> None:
    told = answers(estate(tmp_path))
    for check in ("INV-02", "INV-03", "CFG-10", "NET-03"):
        assert told[check]["says"] == "not-known", check
        assert told[check]["text"].startswith("not known, because no "), check


@pytest.mark.parametrize(
    ("port", "state", "says"),
    [
        ("23", "open", "shortfall"),
        ("443", "open", "none-seen"),
        ("23", "closed", "not-known"),
        ("x", "open", "not-known"),
    ],
)
def test_open_ports_of_a_scan(tmp_path: Path, port: str, state: str, says: str) -> None:
    told = answers(estate(tmp_path, scan=SCAN.format(ports=PORT.format("tcp", port, state))))
    assert told["CFG-10"]["says"] == says


def test_a_plain_stream_is_not_enciphered(tmp_path: Path) -> None:
    told = answers(estate(tmp_path, scan=SCAN.format(ports=PORT.format("tcp", "554", "open"))))["CFG-09"]
    assert told["says"] == "shortfall"
    assert told["because"][0] == "RTSP (tcp/554): 1"


def test_recorded_and_seen(tmp_path: Path) -> None:
    told = answers(estate(tmp_path, FULL + BARE, scan=SCAN.format(ports=PORT.format("tcp", "443", "open"))))["INV-02"]
    assert told["says"] == "not-known"
    assert told["because"] == ["on the network and in no record: 0", "on record and not seen: 1"]


def test_credentials_in_a_register_fall_short(tmp_path: Path) -> None:
    folder = estate(tmp_path)
    (folder / "a.csv").write_text(f"{HEAD.strip()},Password\n{FULL.strip()},hunter2!x\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["checks", str(folder)])
    assert done.exit_code == 0
    assert "a.csv" in done.stdout
    assert "hunter2" not in done.output
    assert answers(folder)["INV-04"]["says"] == "shortfall"


@pytest.mark.parametrize(
    ("kind", "duty"),
    [
        ("council", "must have regard to it: Surveillance Camera Code of Practice"),
        ("health-body", "no duty of this kind of body: Surveillance Camera Code of Practice"),
    ],
)
def test_a_shortfall_against_the_code_is_no_evidence_that_regard_was_had(tmp_path: Path, kind: str, duty: str) -> None:
    no = "- {check: SCC-06, answer: no, by: head of CCTV, date: 2026-10-01}\n"
    told = answers(estate(tmp_path, kind=kind, attested=no))
    assert told["SCC-06"]["says"] == "attested-not"
    assert told["SCC-06"]["text"].endswith(f"nothing shown: no evidence that regard was had ({duty})")
    assert told["SCC-07"]["says"] == "not-answered"
    assert told["SCC-07"]["text"] == f"nobody has answered: no evidence that regard was had ({duty})"
    assert "no evidence" not in told["CFG-01"]["text"]


def test_the_latest_word_counts_and_none_is_lost(tmp_path: Path) -> None:
    lines = (
        "- {check: SCC-01, answer: no, by: clerk, date: 2025-01-01}\n"
        "- {check: SCC-01, system: Town CCTV, answer: yes, by: head of CCTV, date: 2026-10-01, evidence: paper 2}\n"
        "- {check: SCC-01, answer: in part, by: clerk, date: 2026-02-01}\n"
    )
    told = answers(estate(tmp_path, attested=lines))["SCC-01"]
    assert told["says"] == "attested"
    assert told["text"] == "attested “yes” by head of CCTV on 2026-10-01, 56 days before, shown by paper 2"
    assert [one["answer"] for one in told["earlier"]] == ["no", "in part"]


@pytest.mark.parametrize(
    ("check", "term", "says"),
    [
        ("SUP-05", "2019", "shortfall"),
        ("SUP-05", "2022", "attested"),
        ("SUP-05", "2020", "not-known"),
        ("SUP-05", "", "not-known"),
        ("CFG-04", "2027-01-01", "attested"),
        ("CFG-04", "2026-11-25", "shortfall"),
        ("CFG-04", "soon", "not-known"),
    ],
)
def test_editions_and_days_run_out(tmp_path: Path, check: str, term: str, says: str) -> None:
    line = f'- {{check: {check}, answer: yes, term: "{term}", by: buyer, date: 2026-01-05}}\n'
    assert answers(estate(tmp_path, attested=line))[check]["says"] == says


def test_an_edition_still_ran_on_an_earlier_day(tmp_path: Path) -> None:
    line = '- {check: SUP-05, answer: yes, term: "2019", by: buyer, date: 2024-01-05}\n'
    assert answers(estate(tmp_path, attested=line), "--as-at", "2024-06-01")["SUP-05"]["says"] == "attested"


def test_evidence_stands_before_a_word(tmp_path: Path) -> None:
    line = "- {check: CFG-09, answer: yes, by: network team, date: 2026-11-02}\n"
    scan = SCAN.format(ports=PORT.format("tcp", "23", "open"))
    told = answers(estate(tmp_path, attested=line, scan=scan))["CFG-09"]
    assert told["says"] == "shortfall"
    assert "although attested “yes” by network team" in told["text"]


def test_wrong_lines_are_named_and_lose_nothing_else(tmp_path: Path) -> None:
    lines = (
        "- {check: SCC-99, answer: yes, by: clerk, date: 2026-01-01}\n"
        "- {check: SCC-01, answer: maybe, by: clerk, date: 2026-01-01}\n"
        "- {check: SCC-01, answer: yes, by: clerk, date: 2026-02-30}\n"
        "- {check: SCC-01, answer: yes, by: clerk, date: 2026-12-30}\n"
        "- {check: SCC-01, answer: yes, date: 2026-01-01}\n"
        "- {check: SCC-01, answer: yes, by: clerk, date: 2026-01-01, body: southmarch}\n"
        "- {check: SCC-01, answer: yes, by: [clerk], date: 2026-01-01}\n"
        "- just a text\n"
        "- {check: SCC-02, answer: no, by: clerk, date: 2026-01-01}\n"
    )
    folder = estate(tmp_path, attested=lines)
    done = CliRunner().invoke(app, ["checks", str(folder)])
    assert done.exit_code == 0
    said = " ".join(done.stderr.split())
    for number, why in enumerate(
        ("no check", "answer is one of", "is no day", "after the day", "by is not told", "not configured", "one text"),
        1,
    ):
        assert f"line {number}: " in said
        assert why in said
    assert "line 8: it is no mapping" in said
    assert answers(folder)["SCC-02"]["says"] == "attested-not"
    assert answers(folder)["SCC-01"]["says"] == "not-answered"


def test_the_workbook_goes_out_and_comes_back(tmp_path: Path) -> None:
    folder, book = estate(tmp_path), tmp_path / "self.xlsx"
    answers(folder, "--ask", str(book))
    first = book.read_bytes()
    answers(folder, "--ask", str(book))
    assert book.read_bytes() == first
    read = openpyxl.load_workbook(book)
    sheet: Any = read["Self-assessment"]
    heads = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "SCC-03")
    for head, text in (("answer", "yes"), ("answered by (role)", "clerk"), ("date", "2026-10-02")):
        row[heads.index(head)].value = text
    read.save(book)
    told = answers(folder, "--attested", str(book))
    assert told["SCC-03"]["says"] == "attested"
    assert told["SCC-03"]["attested"]["place"] == f"self.xlsx row {row[0].row}"
    assert told["SCC-04"]["says"] == "not-answered"
    (folder / "attested").mkdir()
    book.rename(folder / "attested" / "self.xlsx")
    assert answers(folder)["SCC-03"]["says"] == "attested"


def test_a_changed_workbook_is_refused_in_one_message(tmp_path: Path) -> None:
    folder, book = estate(tmp_path), tmp_path / "self.xlsx"
    answers(folder, "--ask", str(book))
    read = openpyxl.load_workbook(book)
    sheet: Any = read["Self-assessment"]
    sheet["H1"] = "reply"
    read.save(book)
    done = CliRunner().invoke(app, ["checks", str(folder), "--attested", str(book)])
    assert done.exit_code != 0
    assert "self-assessment" in str(done.exception)
    assert "reply" in str(done.exception)


def test_an_own_check_is_data(tmp_path: Path) -> None:
    row = {"id": "OWN-01", "area": "ours", "asks": "Is there an owner?", "way": "automatic", "of": "body"}
    row |= {"test": "recorded", "fields": ["owner"], "reference": "our own rule", "source": "ours"}
    row |= {"date": "2026-11-26", "certainty": "high"}
    for name, one in (("good", row), ("wrong", {**row, "test": "recordd"})):
        (tmp_path / name / "checks").mkdir(parents=True)
        (tmp_path / name / "checks" / "own.yaml").write_text(yaml.safe_dump([one]), encoding="utf-8")
    told = answers(estate(tmp_path), "--pack", str(tmp_path / "good"))
    assert told["OWN-01"]["says"] == "none-seen"
    done = CliRunner().invoke(app, ["checks", str(tmp_path), "--pack", str(tmp_path / "wrong")])
    assert "'recordd'" in str(done.exception)


def test_the_example_tells_plate_readers_that_nobody_meant() -> None:
    told = answers(EXAMPLE, "--as-at", "2026-08-01")
    assert told["ANPR-05"]["says"] == "shortfall"
    assert told["UAS-05"]["because"] == ["reached by a rule or list that asks nothing of this body: 5"]


def test_exit_by_shortfall(tmp_path: Path) -> None:
    folder = estate(tmp_path, BARE)
    assert CliRunner().invoke(app, ["checks", str(folder), "--fail-on-shortfall"]).exit_code == 1
    assert CliRunner().invoke(app, ["checks", str(folder)]).exit_code == 0


def test_of_a_body_whose_kind_is_not_told_no_rule_is_cleared(tmp_path: Path) -> None:
    """Another body's kind says nothing of it, and equipment of no configured body is told apart."""
    bodies = "".join(f'[[body]]\nid = "{key}"\nname = "{key}"\n{more}\n' for key, more in _BODIES.items())
    (tmp_path / "custodes.toml").write_text(f'{bodies}[[source]]\nfile = "a.csv"\n', encoding="utf-8")
    rows = "".join(f"{body},c,Hikvision,DS-2CD2143G0-I\n" for body in ("alpha", "beta", "gamma"))
    (tmp_path / "a.csv").write_text(f"Body,Camera Name,Make,Model\n{rows}", encoding="utf-8")
    done = CliRunner().invoke(app, ["checks", str(tmp_path), "--format", "json"])
    told = {row["name"]: row for row in json.loads(done.stdout) if row["check"] == "SUP-02"}
    assert {name: row["says"] for name, row in told.items()} == {
        "alpha": "none-seen",
        "beta": "not-known",
        "of no configured body": "not-known",
    }
    assert told["beta"]["text"].startswith("not known, because what kind of body it is is not told")


_BODIES = {"alpha": 'kind = "council"', "beta": ""}


TWO = """
[estate]
as_at = "2026-11-26"
[[body]]
id = "north"
name = "Northmarch"
kind = "council"
[[body]]
id = "south"
name = "Southmarch"
kind = "council"
"""
SYSTEM = '[[system]]\nid = "town"\nname = "Town"\nkind = "{kind}"\nbody = "north"\n'


def two_bodies(folder: Path, rows: str, *, head: str = "Body,Camera Name,Make,Model", more: str = "") -> list[Any]:
    """Every answer about an estate of two bodies and one register."""
    (folder / "custodes.toml").write_text(f'{TWO}{more}[[source]]\nfile = "a.csv"\n', encoding="utf-8")
    (folder / "a.csv").write_text(f"{head}\n{rows}", encoding="utf-8")
    done = CliRunner().invoke(app, ["checks", str(folder), "--format", "json"])
    assert done.exit_code == 0, done.output
    found: list[Any] = json.loads(done.stdout)
    return found


def says(rows: list[Any], check: str) -> dict[str, str]:
    """What a check says of each body or system, by its name."""
    return {row["name"]: row["says"] for row in rows if row["check"] == check}


def test_equipment_of_no_body_is_not_asked_in_the_name_of_all(tmp_path: Path) -> None:
    rows = two_bodies(tmp_path, "northmarch,c1,Axis,P3245-LV\nelsewhere,c2,Axis,P3245-LV\n")
    assert set(says(rows, "SCC-06")) == {"Northmarch", "Southmarch"}
    book = tmp_path / "self.xlsx"
    assert CliRunner().invoke(app, ["checks", str(tmp_path), "--ask", str(book)]).exit_code == 0
    sheet: Any = openpyxl.load_workbook(book)["Self-assessment"]
    assert all(row[1] or row[2] for row in sheet.iter_rows(min_row=2, values_only=True))


def test_a_body_without_systems_is_asked_beside_one_that_has_them(tmp_path: Path) -> None:
    rows = two_bodies(
        tmp_path, "north,c1,Axis,P3245-LV\nsouth,c2,Axis,P3245-LV\n", more=SYSTEM.format(kind="external-cctv")
    )
    assert says(rows, "SCC-06") == {"Town": "not-answered", "Southmarch": "not-answered"}
    assert set(says(rows, "CFG-06")) == {"Town", "Southmarch", "Northmarch, in no configured system"}


def test_a_configured_system_without_a_row_is_asked_all_the_same(tmp_path: Path) -> None:
    rows = two_bodies(tmp_path, "south,c2,Axis,P3245-LV\n", more=SYSTEM.format(kind="anpr"))
    assert says(rows, "ANPR-01")["Town"] == "not-answered"


def test_the_id_as_written_comes_before_a_name_alike(tmp_path: Path) -> None:
    bodies = "".join(f'[[body]]\nid = "{key}"\nname = "{name}"\n' for key, name in _ALIKE)
    (tmp_path / "custodes.toml").write_text(f'{bodies}[[source]]\nfile = "a.csv"\n', encoding="utf-8")
    (tmp_path / "a.csv").write_text("Camera Name,Make,Model\nc,Axis,P3245-LV\n", encoding="utf-8")
    line = "{{check: SUP-04, body: {body}, answer: no, by: clerk, date: 2026-01-01}}"
    lines = [line.format(body=body) for body in ("north-1", "Twin")]
    (tmp_path / "attested.yaml").write_text("".join(f"- {one}\n" for one in lines), encoding="utf-8")
    done = CliRunner().invoke(app, ["checks", str(tmp_path), "--format", "json", "--as-at", "2026-11-26"])
    told = {row["body"]: row["says"] for row in json.loads(done.stdout) if row["check"] == "SUP-04"}
    assert {key for key, said in told.items() if said == "attested-not"} == {"north-1"}
    assert "line 2: the body 'Twin' is not configured, or several are called so" in " ".join(done.stderr.split())


_ALIKE = (("north-1", "A"), ("north1", "B"), ("t1", "Twin"), ("t2", "Twin"))


def test_what_is_asked_of_nobody_is_named(tmp_path: Path) -> None:
    lines = (
        "- {check: SUP-04, system: Town CCTV, answer: yes, by: clerk, date: 2026-01-01}\n"
        "- {check: INV-01, answer: yes, by: clerk, date: 2026-01-01}\n"
    )
    done = CliRunner().invoke(app, ["checks", str(estate(tmp_path, attested=lines))])
    said = " ".join(done.stderr.split())
    assert "line 1: SUP-04 is not asked of that body or system; left out" in said
    assert "line 2: INV-01 is answered by the evidence alone; left out" in said


def test_a_workbook_with_answers_is_not_written_over(tmp_path: Path) -> None:
    folder, book = estate(tmp_path), tmp_path / "self.xlsx"
    answers(folder, "--ask", str(book))
    read = openpyxl.load_workbook(book)
    sheet: Any = read["Self-assessment"]
    sheet["H2"] = "yes"
    read.save(book)
    before = book.read_bytes()
    done = CliRunner().invoke(app, ["checks", str(folder), "--ask", str(book)])
    assert "holds answers" in str(done.exception)
    assert book.read_bytes() == before


def test_an_answer_of_some_systems_is_told_with_their_names(tmp_path: Path) -> None:
    folder = estate(tmp_path, attested="- {check: SCC-01, system: town, answer: no, by: clerk, date: 2026-10-01}\n")
    config = folder / "custodes.toml"
    second = '[[system]]\nid = "other"\nname = "Other CCTV"\nbody = "north"\n[[source]]'
    config.write_text(config.read_text(encoding="utf-8").replace("[[source]]", second, 1), encoding="utf-8")
    done = CliRunner().invoke(app, ["checks", str(folder)])
    assert "Town CCTV: attested “no” by clerk" in " ".join(done.stdout.split())


def test_firmware_is_compared_only_where_the_network_tells_one(tmp_path: Path) -> None:
    scan = SCAN.format(ports=PORT.format("tcp", "443", "open"))
    told = answers(estate(tmp_path, scan=scan))["INV-03"]
    assert told["text"] == "not known, because of no device do both the record and the network tell a version"


def test_what_stands_in_a_record_is_on_record(tmp_path: Path) -> None:
    row = FULL.replace("Axis,P3245-LV,ACCC8E100001,AC:CC:8E:10:00:01", "Zorblatt,ZB-100,77-XY,02:00:00:00:00:01")
    assert answers(estate(tmp_path, row))["INV-01"]["says"] == "none-seen"


def test_nothing_is_cleared_of_faults_without_its_version(tmp_path: Path) -> None:
    assert answers(estate(tmp_path, BARE))["CFG-05"]["says"] == "not-known"
    assert answers(estate(tmp_path, FULL))["CFG-05"]["says"] == "none-seen"


def test_what_asks_nothing_of_the_body_is_no_shortfall_on_the_core_network(tmp_path: Path) -> None:
    row = FULL.replace("Axis,P3245-LV,ACCC8E100001,AC:CC:8E:10:00:01", "Hikvision,DS-2CD2143G0-I,,")
    folder = estate(tmp_path, row)
    config = folder / "custodes.toml"
    told = config.read_text(encoding="utf-8").replace(
        'kind = "council"', 'kind = "council"\nfacts = {core-network = true}'
    )
    config.write_text(told, encoding="utf-8")
    assert answers(folder)["SUP-03"]["says"] == "none-seen"


def test_what_others_did_not_see_is_not_known(tmp_path: Path) -> None:
    folder = estate(tmp_path)
    seen = {"ip_str": "198.51.100.200", "port": 80, "transport": "tcp", "data": "HTTP/1.1 200 OK\r\nServer: x\r\n"}
    (folder / "s.json").write_text(json.dumps(seen) + "\n", encoding="utf-8")
    config = folder / "custodes.toml"
    more = '[[source]]\nfile = "s.json"\nbody = "north"\n'
    config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert answers(folder)["NET-03"]["says"] == "not-known"


def test_open_ports_of_masscan_count_without_a_banner(tmp_path: Path) -> None:
    port = {"port": 23, "proto": "tcp", "status": "open"}
    scan = json.dumps([{"ip": "192.0.2.1", "timestamp": "1", "ports": [port]}])
    head = HEAD.replace("Owner", "IP Address")
    folder = estate(tmp_path)
    (folder / "a.csv").write_text(head + FULL.replace("Council", "192.0.2.1"), encoding="utf-8")
    (folder / "s.json").write_text(scan, encoding="utf-8")
    config = folder / "custodes.toml"
    more = '[[source]]\nfile = "s.json"\nbody = "north"\ndated = "2026-01-11"\n'
    config.write_text(config.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert answers(folder)["CFG-10"]["because"][0] == "telnet (tcp/23): 1"


def test_a_day_until_which_it_holds_is_the_last(tmp_path: Path) -> None:
    line = '- {check: CFG-04, answer: yes, term: "2026-11-26", by: buyer, date: 2026-01-05}\n'
    folder = estate(tmp_path, attested=line)
    assert answers(folder)["CFG-04"]["says"] == "attested"
    assert answers(folder, "--as-at", "2026-11-27")["CFG-04"]["text"].endswith("that ran out on 2026-11-26")


def test_the_only_body_is_that_of_a_system_that_tells_none(tmp_path: Path) -> None:
    folder = estate(tmp_path)
    config = folder / "custodes.toml"
    told = config.read_text(encoding="utf-8").replace(
        'kind = "external-cctv"\nbody = "north"', 'kind = "external-cctv"'
    )
    config.write_text(told, encoding="utf-8")
    done = CliRunner().invoke(app, ["checks", str(folder), "--format", "json"])
    asked = [(row["body"], row["system"]) for row in json.loads(done.stdout) if row["check"] == "SCC-01"]
    assert asked == [("north", "town")]
