"""The example estate and its twins on the days that matter: which rules reach a device, and with what force.

Each expectation is worked out by hand from the source in SOURCES, not from the program.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.model.assessment import Assessment

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
KIND = 'kind = "police-force"\njurisdiction = "UK-England and Wales"'
TWINS = {
    "police": KIND,
    "council": KIND.replace("police-force", "council"),
    "department": 'kind = "government-department"',
    "contractor": 'kind = "us-federal-contractor"',
    "school": 'kind = "us-school-district"',
}
SOURCES = {
    "us-ndaa-889-A": "48 CFR 52.204-25: buying, from 13 August 2019",
    "us-ndaa-889-B": "48 CFR 52.204-24 and -26: own use, from 13 August 2020",
    "us-ndaa-889-grants": "2 CFR 200.216: award money, from 13 August 2020",
    "us-bis-2019-10-09": "rule of 28 entities, effective 9 October 2019: binds exporters only",
    "us-bis-dji": "rule effective 18 December 2020: binds exporters only",
    "us-bis-uniview": "announced 10 December 2024: binds exporters only",
    "uk-wms-2022-11-24": "written statement of 24 November 2022: departments, sensitive sites",
    "uk-npcc-review-2023": "statement of the chiefs' council of 15 February 2023",
    "uk-wms-2024-04-29": "statements of 29 April 2024: departments' removal dates",
    "us-commerce-icts-uas": "proposed in January 2025, withdrawn on 8 January 2026",
    "us-1260H-2022-10-05": "edition of 5 October 2022, until the next",
    "us-1260H-2025-01-07": "edition of 7 January 2025, until the next",
    "us-1260H-2026-06-08": "edition of 8 June 2026",
}
LISTED, INSTRUCTS = "listed without duty", "instructs others"
BIS = {("us-bis-2019-10-09", LISTED)}
BIS_DJI = BIS | {("us-bis-dji", LISTED)}
BIS_LATE = BIS_DJI | {("us-bis-uniview", LISTED)}
WMS = {("uk-wms-2022-11-24", INSTRUCTS)}
NPCC = {("uk-npcc-review-2023", "undertaking")}
DATES = {("uk-wms-2024-04-29", "undertaking")}
A, B = {("us-ndaa-889-A", "binds")}, {("us-ndaa-889-B", "binds")}
GRANTS = {("us-ndaa-889-grants", "funding condition")}
LIST_2022, LIST_2025, LIST_2026 = ({(f"us-1260H-{d}", LISTED)} for d in ("2022-10-05", "2025-01-07", "2026-06-08"))
PROPOSED = {("us-commerce-icts-uas", "proposed")}
NONE: set[tuple[str, str]] = set()
EXPECTED = {
    "police": {
        "2019-01-01": NONE,
        "2020-08-12": BIS,
        "2020-08-14": BIS,
        "2022-11-23": BIS_DJI | LIST_2022,
        "2022-11-25": BIS_DJI | LIST_2022 | WMS,
        "2023-02-15": BIS_DJI | LIST_2022 | WMS | NPCC,
        "2025-12-23": BIS_LATE | LIST_2025 | WMS | NPCC,
        "2026-06-09": BIS_LATE | LIST_2026 | WMS | NPCC,
    },
    "council": {
        "2019-01-01": NONE,
        "2020-08-12": BIS,
        "2020-08-14": BIS,
        "2022-11-23": BIS_DJI | LIST_2022,
        "2022-11-25": BIS_DJI | LIST_2022 | WMS,
        "2023-02-15": BIS_DJI | LIST_2022 | WMS,
        "2025-12-23": BIS_LATE | LIST_2025 | WMS,
        "2026-06-09": BIS_LATE | LIST_2026 | WMS,
    },
    "department": {
        "2019-01-01": NONE,
        "2020-08-12": BIS,
        "2020-08-14": BIS,
        "2022-11-23": BIS_DJI | LIST_2022,
        "2022-11-25": BIS_DJI | LIST_2022 | WMS,
        "2023-02-15": BIS_DJI | LIST_2022 | WMS,
        "2025-12-23": BIS_LATE | LIST_2025 | WMS | DATES,
        "2026-06-09": BIS_LATE | LIST_2026 | WMS | DATES,
    },
    "contractor": {
        "2019-01-01": NONE,
        "2020-08-12": BIS | A,
        "2020-08-14": BIS | A | B,
        "2022-11-23": BIS_DJI | LIST_2022 | A | B,
        "2022-11-25": BIS_DJI | LIST_2022 | A | B,
        "2023-02-15": BIS_DJI | LIST_2022 | A | B,
        "2025-12-23": BIS_LATE | LIST_2025 | A | B | PROPOSED,
        "2026-06-09": BIS_LATE | LIST_2026 | A | B,
    },
    "school": {
        "2019-01-01": NONE,
        "2020-08-12": BIS,
        "2020-08-14": BIS | GRANTS,
        "2022-11-23": BIS_DJI | LIST_2022 | GRANTS,
        "2022-11-25": BIS_DJI | LIST_2022 | GRANTS,
        "2023-02-15": BIS_DJI | LIST_2022 | GRANTS,
        "2025-12-23": BIS_LATE | LIST_2025 | GRANTS | PROPOSED,
        "2026-06-09": BIS_LATE | LIST_2026 | GRANTS,
    },
}
CASES = [(twin, day) for twin, days in EXPECTED.items() for day in days]
#: Words that are never said of a body that no rule binds.
NEVER = ("restricted", "banned", "illegal", "compliant", "prohibited", "unlawful")


@pytest.fixture(scope="session")
def twin_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folders = {}
    for twin, lines in TWINS.items():
        folder = tmp_path_factory.mktemp(twin) / "estate"
        shutil.copytree(EXAMPLE, folder)
        config = folder / "custodes.toml"
        text = config.read_text(encoding="utf-8")
        assert KIND in text
        config.write_text(text.replace(KIND, lines), encoding="utf-8")
        folders[twin] = folder
    return folders


def assessed(folder: Path, day: str) -> Assessment:
    return assess(load_estate(folder), Options(date.fromisoformat(day))).assessment


@pytest.mark.parametrize(("twin", "day"), CASES)
def test_rules_that_reach_a_device_on_that_day(twin_folders: dict[str, Path], twin: str, day: str) -> None:
    done = assessed(twin_folders[twin], day)
    found = {(m["id"], m["force"]) for d in done.devices if d.live for m in d.measures if m["reaches"] == "yes"}
    assert found == EXPECTED[twin][day]


@pytest.mark.parametrize(
    ("twin", "day"), [("police", "2026-06-09"), ("council", "2022-11-25"), ("school", "2019-01-01")]
)
def test_no_word_says_more_than_the_force(twin_folders: dict[str, Path], twin: str, day: str) -> None:
    done = assessed(twin_folders[twin], day)
    about_rules = [f for d in done.devices for f in d.findings if f.rule]
    for finding in about_rules:
        assert not any(word in finding.text.casefold() for word in NEVER), finding.text
        assert "force on this body: " in finding.text
        assert finding.kind != "bound-by-rule"
        assert finding.identified_at == day
    assert bool(about_rules) is (day != "2019-01-01")


def test_only_sensitive_sites_and_that_law_count_for_the_statement(twin_folders: dict[str, Path]) -> None:
    done = assessed(twin_folders["police"], "2022-11-25")
    reached = [d for d in done.devices if any(m["id"] == "uk-wms-2022-11-24" for m in d.measures)]
    assert reached and all(d.sensitive for d in reached if _says(d, "uk-wms-2022-11-24") == "yes")
    assert {d.attribution.oem for d in reached if _says(d, "uk-wms-2022-11-24") == "yes"} <= {"hikvision", "dahua"}


def _says(device: object, rule: str) -> str:
    return str(next((m["reaches"] for m in device.measures if m["id"] == rule), ""))  # type: ignore[attr-defined]


def test_a_department_is_instructed_and_a_force_is_not(twin_folders: dict[str, Path]) -> None:
    for twin, kind in (("department", "bound-by-rule"), ("police", "described-by-rule")):
        done = assessed(twin_folders[twin], "2022-11-25")
        device = next(d for d in done.devices if _says(d, "uk-wms-2022-11-24") == "yes")
        assert kind in {f.kind for f in device.findings}


def test_deadlines_and_purposes_of_a_contractor(twin_folders: dict[str, Path]) -> None:
    done = assessed(twin_folders["contractor"], "2020-08-14")
    told = {d.system: _says(d, "us-ndaa-889-B") for d in done.devices if _plain(d)}
    assert told["External and public-space CCTV"] == "yes"
    assert told["Internal CCTV"] == "unknown", "what it is used for is not told, and the rule asks for it"
    missing = next(
        m["missing"] for d in done.devices for m in d.measures if m["reaches"] == "unknown" and d.attribution.oem
    )
    assert missing == ["what it is used for"]


def _plain(device: object) -> bool:
    """A live unit of one maker of which no part is told: a chip of another listed firm would be a reason of its own."""
    return device.attribution.oem == "hikvision" and device.live and not device.part  # type: ignore[attr-defined]


def test_a_department_reads_the_day_that_has_passed(twin_folders: dict[str, Path]) -> None:
    done = assessed(twin_folders["department"], "2025-12-23")
    texts = [f.text for d in done.devices for f in d.findings if f.kind == "deadline-passed"]
    assert texts and all("2025-04-30" in text and "undertaking" in text for text in texts)
