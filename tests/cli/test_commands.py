"""Each command from end to end, as a process, offline."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import openpyxl
import pytest
from cli_run import Run
from jsonschema import Draft202012Validator

from custodes.publication import schemas

ROWS = [
    ["Ref", "Place", "Maker", "Model", "MAC", "State", "Password"],
    ["1", "Front desk", "Hikvision", "DS-2CD2143G2-I", "44:19:B6:12:34:56", "In use", "Example-Secret-1"],
    ["2", "Yard", "", "", "", "In use", "Example-Secret-2"],
    ["3", "Roof", "Axis", "P3265-LV", "00:40:8C:12:34:56", "Removed", ""],
    ["4", "Stairs", "bracket for Hikvision", "", "", "In use", ""],
    ["5", "Cells", "Honeywell", "HC30WB5R1", "44:19:B6:12:34:57", "In use", ""],
    ["6", "Gate", "not held", "", "", "In use", "x"],
]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    path = tmp_path / "SYNTHETIC_register.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(ROWS)
    return path


def test_assess_json_follows_its_schema_and_conserves_rows(run: Run, register: Path) -> None:
    found = json.loads(run("assess", register, "--as-at", "2026-11-22", "--format", "json").stdout)
    Draft202012Validator(schemas.schema("assess")).validate(found)
    placed = [s["row"] for d in found["devices"] for s in d["sources"]] + [
        s["row"] for s in found["summary"]["skipped"]
    ]
    assert sorted(placed) == [2, 3, 4, 5, 6, 7]
    assert found["summary"]["rows"] == 6
    by_row = {d["sources"][0]["row"]: d for d in found["devices"]}
    assert by_row[2]["attribution"]["oem"] == "hikvision"
    assert by_row[2]["attribution"]["status"] == "asserted"
    assert by_row[3]["attribution"]["reason"] == "blank"
    assert by_row[4]["live"] is False
    assert 5 not in by_row or by_row[5]["attribution"]["status"] == "unknown"
    assert by_row[6]["attribution"]["brand"] == "honeywell"
    assert (
        "label-contradicts-identifier" in {f["kind"] for f in by_row[6]["findings"]}
        or by_row[6]["attribution"]["candidates"]
    )
    assert by_row[7]["attribution"]["reason"] == "not-held"


def test_planted_secrets_occur_nowhere(run: Run, register: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("assess", register, "--out", out, "--annotate", out / "answered.xlsx", "--marking", "OFFICIAL")
    said = done.stdout + done.stderr
    assert "Example-Secret" not in said
    for path in out.rglob("*"):
        assert b"Example-Secret" not in path.read_bytes(), path
    book = openpyxl.load_workbook(out / "answered.xlsx")
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any("Example-Secret" in cell for cell in cells)
    assert any("Hikvision" in cell for cell in cells)
    assert {path.name for path in out.iterdir()} >= {
        "report-OFFICIAL.html",
        "devices-OFFICIAL.csv",
        "findings-OFFICIAL.json",
    }


def test_the_summary_says_what_was_dropped(run: Run, register: Path) -> None:
    assert re.search(r"1 password column", run("assess", register).stdout)


@pytest.mark.parametrize("columns", [40, 100, 200])
def test_the_summary_fits_the_terminal(run: Run, register: Path, columns: int) -> None:
    text = run("assess", register, columns=columns).stdout
    commands = [line for line in text.splitlines() if "custodes " not in line]  # a command is never broken
    assert max(map(len, commands)) <= columns


def test_fail_on_sets_the_exit_code(run: Run, register: Path) -> None:
    run("assess", register, "--fail-on", "serious", codes=(1,))
    run("assess", register, "--fail-on", "everything", codes=(2,))


def test_ask_and_read_back_changes_exactly_the_answered_devices(run: Run, tmp_path: Path) -> None:
    """A real council's register without makes: ten answers, spread over the workbooks of several places."""
    path = Path(__file__).parents[1] / "real" / "trafford_cctv_cameras.csv"
    before = json.loads(run("assess", path, "--format", "json").stdout)["devices"]
    assert len(before) == 163 and {d["attribution"]["status"] for d in before} == {"unknown"}
    run("ask", path, "--out", tmp_path / "questions")
    answers = [option for book in _ten_answers(tmp_path / "questions") for option in ("--answers", book)]
    after = json.loads(run("assess", path, *answers, "--format", "json").stdout)["devices"]
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 10
    for device in changed:
        assert device["attribution"]["brand"] == "axis"
        assert any(
            b["kind"] == "stated-by" and "estates officer" in b["text"] for b in device["attribution"]["because"]
        )


def _ten_answers(folder: Path) -> list[Path]:
    """Fill in the first question of up to ten workbooks, then more of the last one."""
    left, filled = 10, []
    books = sorted(folder.glob("*.xlsx"))
    for number, path in enumerate(books):
        book = openpyxl.load_workbook(path)
        sheet = next(s for s in book if "make" in [str(c.value).casefold() for c in s[1]])
        heads = [str(c.value).casefold() for c in sheet[1]]
        who = next(i for i, h in enumerate(heads) if "answered by" in h)
        rows = min(left, sheet.max_row - 1, 1 if len(books) - number > left else left)
        for row in range(2, 2 + rows):
            sheet.cell(row, heads.index("make") + 1).value = "Axis"
            sheet.cell(row, who + 1).value = "estates officer"
            sheet.cell(row, heads.index("date") + 1).value = "2026-11-20"
        left -= rows
        book.save(path)
        filled.append(path)
        if not left:
            break
    return filled


def test_explain_says_why(run: Run, register: Path) -> None:
    text = (
        run("explain", "Front desk", "--estate", register, codes=(0, 2)).stdout
        or run("explain", "2", "--estate", register).stdout
    )
    assert "Hikvision" in text and "because" in text
    said = run("explain", "nothing like it", "--estate", register, codes=(2,)).stderr
    assert "there is no device" in said


def test_map_proposes_what_mapping_takes(run: Run, register: Path, tmp_path: Path) -> None:
    proposed = tmp_path / "mapping.yaml"
    text = run("map", register).stdout
    assert "Example-Secret" not in text
    proposed.write_text(text, encoding="utf-8")
    first = run("assess", register, "--format", "jsonl").stdout
    assert (
        json.loads(run("assess", register, "--mapping", proposed, "--format", "jsonl").stdout.splitlines()[0])[
            "attribution"
        ]["oem"]
        == json.loads(first.splitlines()[0])["attribution"]["oem"]
    )


def test_resolve_answers_every_row_in_order(run: Run) -> None:
    lines = [
        '{"id": 1, "text": "Hikvision dome"}',
        "nonsense",
        "[]",
        '{"id": 2}',
        '{"id": "\\udfff", "text": "x"}',
        '{"id": 3, "text": "no Dahua"}',
    ]
    rows = [json.loads(line) for line in run("resolve", stdin="\n".join(lines) + "\n").stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, None, None, 2, "\udfff", 3]
    assert rows[0]["mentions"][0]["brand_name"] == "Hikvision"
    assert rows[5]["mentions"][0]["status"] == "unknown"


def test_an_overlay_changes_exactly_the_expected_devices(run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    (pack / "suppliers").mkdir(parents=True)
    (pack / "brands").mkdir()
    (pack / "suppliers" / "own.yaml").write_text(
        "- {id: zorblax-works, name: Zorblax Works, country: XX}\n", encoding="utf-8"
    )
    (pack / "brands" / "own.yaml").write_text(
        "- {id: zorblax, name: Zorblax, supplier: zorblax-works}\n"
        "- {id: quuxcam, name: Quuxcam, makers: [{supplier: zorblax-works, scope: all, certainty: high}]}\n",
        encoding="utf-8",
    )
    path = tmp_path / "SYNTHETIC_invented.csv"
    path.write_text("name,make\na,Zorblax\nb,Quuxcam\nc,Axis\nd,Blorp\n", encoding="utf-8")
    plain = [json.loads(line) for line in run("assess", path, "--format", "jsonl").stdout.splitlines()]
    told = [json.loads(line) for line in run("assess", path, "--pack", pack, "--format", "jsonl").stdout.splitlines()]
    assert [old == new for old, new in zip(plain, told, strict=True)] == [False, False, True, True]
    assert [d["attribution"]["oem"] for d in told] == ["zorblax-works", "zorblax-works", "axis", None]


def test_every_schema_is_printed(run: Run) -> None:
    names = [name for line in run("schema").stdout.splitlines() for name in line.split(":", 1)[1].split()]
    for name in names:
        Draft202012Validator.check_schema(json.loads(run("schema", name).stdout))
    run("schema", "nothing", codes=(2,))


def test_demo_writes_a_report(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--out", tmp_path / "report")
    assert "report.html" in done.stderr
    assert "INVENTED EXAMPLE" in done.stdout
    for path in (tmp_path / "report").iterdir():
        assert b"Example-Secret" not in path.read_bytes(), path.name


def test_knowledge_show_and_diff(run: Run, tmp_path: Path) -> None:
    assert "legal_name" in run("knowledge", "show", "hikvision").stdout
    run("knowledge", "show", "nobody-at-all", codes=(2,))
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, country in ((old, "XX"), (new, "YY")):
        (folder / "suppliers").mkdir(parents=True)
        (folder / "suppliers" / "a.yaml").write_text(f"- {{id: a, name: A, country: {country}}}\n", encoding="utf-8")
    found = [json.loads(line) for line in run("knowledge", "diff", old, new, "--format", "jsonl").stdout.splitlines()]
    assert found == [{"kind": "suppliers", "id": "a", "change": "changed", "keys": ["country"]}]


BAD = {
    "empty.csv": b"",
    "binary.xlsx": bytes(range(256)) * 40,
    "truncated.xlsx": b"PK\x03\x04" + b"\0" * 300,
    "page.csv": b"<!doctype html><html><body>no register</body></html>",
    "deep.json": b"[" * 200_000,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_one_clear_message(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BAD[name])
    done = run("assess", path, codes=(0, 2))
    if done.returncode == 2:
        lines = done.stderr.strip().splitlines()
        assert 1 <= len(lines) <= 12
        assert name in done.stderr
        assert not done.stdout
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", done.stdout + done.stderr)


def test_a_missing_file_and_a_bad_date(run: Run, tmp_path: Path, register: Path) -> None:
    assert "no such file" in run("assess", tmp_path / "nothing.csv", codes=(2,)).stderr
    assert "YYYY-MM-DD" in run("assess", register, "--as-at", "tomorrow", codes=(2,)).stderr


def test_the_annotated_copy_never_replaces_the_register(run: Run, register: Path) -> None:
    before = register.read_bytes()
    done = run("assess", register, "--annotate", register, codes=(2,))
    assert "would overwrite the register" in done.stderr and register.read_bytes() == before


def test_an_output_folder_that_cannot_be_made_is_said_plainly(run: Run, register: Path) -> None:
    done = run("assess", register, "--out", register, codes=(2,))
    assert "cannot be made a folder" in done.stderr and "Traceback" not in done.stderr


def test_the_closing_hints_run(run: Run, register: Path) -> None:
    shown = run("assess", register, columns=200).stdout
    hints = re.findall(r"custodes explain \S+ --estate \S+", shown)
    assert hints
    run(*hints[0].split()[1:])


def test_measures_on_a_day_and_in_the_order_of_time(run: Run) -> None:
    rows = json.loads(run("measures", "--as-at", "2020-08-14", "--format", "json").stdout)
    states = {row["id"]: row["state"] for row in rows}
    assert states["us-ndaa-889-B"] == "in force" and states["uk-wms-2022-11-24"] == "not yet"
    later = json.loads(run("measures", "--as-at", "2026-11-22", "--format", "json").stdout)
    assert {row["id"]: row["state"] for row in later}["uk-sepura-nsia-2022"] == "withdrawn"
    events = run("measures", "--timeline", "--format", "jsonl").stdout.splitlines()
    days = [json.loads(line)["day"] for line in events]
    assert days == sorted(days) and len(days) > 100
    shown = run("measures", "--as-at", "2022-11-25", "--body-kind", "council", columns=72).stdout
    assert "instructs others" in shown and max(map(len, shown.splitlines())) <= 72


def test_rules_and_readings_of_one_register(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("Name,Make,Model\ngate,Hikvision,DS-2CD2143G2-I\ndoor,Axis,P3245-LV\nyard,,\n", encoding="utf-8")
    options = ("--as-at", "2026-06-09", "--country", "CN", "--body-kind", "us-federal-contractor")
    told = json.loads(run("assess", path, *options, "--measure", "us-ndaa-889-B", "--format", "json").stdout)
    answers = [(d["measures"][0]["reaches"], d["measures"][0]["force"]) for d in told["devices"]]
    assert answers == [("unknown", "binds"), ("no", "binds"), ("unknown", "binds")]
    assert told["devices"][0]["measures"][0]["missing"] == ["what it is used for"]
    assert [d["origin"]["maker"] for d in told["devices"]] == ["yes", "no", "unknown"]
    shown = run("assess", path, *options).stdout
    assert "actual maker: at least 1, at most 2, not known 1" in shown
    assert "Five different questions" in shown
    run("assess", path, "--measure", "no-such-rule", codes=(2,))
    run("assess", path, "--body-kind", "martians", codes=(2,))


def test_what_if_says_at_least_and_at_most(run: Run, tmp_path: Path) -> None:
    path, rule = tmp_path / "r.csv", tmp_path / "bill.yaml"
    path.write_text("Name,Make\ngate,Hikvision\ndoor,Axis\nyard,\n", encoding="utf-8")
    rule.write_text("{id: bill, name: A bill, jurisdiction: UK, force: proposed, when: {made_by: {countries: [CN]}}}")
    shown = run("what-if", rule, path).stdout
    assert "at least 1 and at most 2 live devices" in shown


def test_two_editions_of_a_list(run: Run) -> None:
    changes = run("knowledge", "diff", "us-1260h@2022-10-05", "us-1260h@2026-06-08", "--format", "json").stdout
    assert {(c["change"], c["member"]) for c in json.loads(changes)} == {
        ("added", "autel"),
        ("added", "autel-intelligent"),
        ("added", "quectel"),
        ("added", "tplink"),
    }
