"""An invented estate for the publication tests: every shape of answer, hostile and foreign names included."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from custodes.model.assessment import (
    Assessment,
    Attribution,
    Because,
    Candidate,
    Device,
    FileAccount,
    Finding,
    Merged,
    NextStep,
    OwnerLink,
    Skipped,
)
from custodes.model.registers import Credentials
from custodes.model.sources import SourceRow
from custodes.model.vocab import Reason, Status

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
OVERRIDE = "gate \u202ecod.exe\u202c\x1b[31m\x07\x00 camera"
FORMULA = '=HYPERLINK("http://example.invalid/","x")'
CJK = "北側出入口 第二監視カメラ 高解像度"
ARABIC = "كاميرا البوابة الشمالية"
LONG = "a very long name of a camera that somebody typed without ever stopping " * 4
HOSTILE = (
    MARKUP,
    OVERRIDE,
    FORMULA,
    CJK,
    ARABIC,
    LONG,
    "Unbroken" * 40,
    "{{ 7*7 }}",
    "]]>--><!--",
    "'\"&amp;",
)

WORDS = {
    "blank": "the cell for the make is empty",
    "no-make-column": "the register has no column for the make",
    "low-certainty": "the only source for this is weak",
    "contradiction": "What was declared and what was recorded differ",
    "binds": "binds you",
    "instructs": "instructs departments",
}


def established() -> Attribution:
    return Attribution(
        status=Status.ASSERTED,
        confidence=0.99,
        brand="alder",
        brand_name="Alder",
        model="AC-200",
        device_type="fixed camera",
        oem="alder",
        oem_name="Alder Optical",
        maker_status=Status.ASSERTED,
        owner="birch",
        owner_name="Birch Holdings",
        owners=(OwnerLink("birch", "Birch Holdings", "ZZ", "2019-04-01", "", "high", "annual report"),),
        because=(
            Because("brand-name", 'the register says "Alder AC-200"', "r1", "make", (0, 5), 6.1, "register"),
            Because("mac-block", "MAC 02:00:5e:aa:bb:cc is in a block of Alder Optical", "r2", "mac", None, 4.0),
        ),
    )


def other_maker() -> Attribution:
    return replace(
        established(),
        brand="cedar",
        brand_name="Cedar",
        model="C1",
        because=(
            Because("mac-block", "its network address belongs to Alder Optical", weight=5.0),
            Because("stated-by", "the register says Cedar", weight=-1.0, against=True),
        ),
    )


def probable() -> Attribution:
    return Attribution(
        status=Status.ASSERTED,
        confidence=0.8,
        brand="cedar",
        brand_name="Cedar",
        model="C-9",
        maker_status=Status.REVIEW,
        maker_reason="low-certainty",
        candidates=(
            Candidate("elm", "Elm Devices", 0.6, False, "reported OEM", "trade paper, 2024"),
            Candidate("fir", "Fir Electronics", 0.3, False),
        ),
        because=(Because("brand-name", "the register says Cedar", "r1", "make"),),
    )


def unknown(reason: Reason = Reason.BLANK) -> Attribution:
    return Attribution(status=Status.UNKNOWN, confidence=0.0, reason=reason)


def device(number: int, attribution: Attribution, **more: object) -> Device:
    base = Device(
        id=f"dev-{number:04d}",
        name=f"camera {number}",
        body="Exampleshire Council",
        site=("Town Hall", "Market Square", "Depot")[number % 3],
        system="public space CCTV",
        location=f"corridor {number}",
        quantity=1,
        live=True,
        status_text="active",
        attribution=attribution,
        sources=(SourceRow("cameras.csv", number + 1),),
        installer="Hazel Installations",
        landlord="",
        mac="02:00:5e:00:00:01",
        serial="000123",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def sample(**more: object) -> Assessment:
    """Twenty devices: established, another maker than the label, probable, not known, hostile, not live."""
    finding = Finding(
        "F-1",
        "contradiction",
        "serious",
        f"declared none, recorded two {MARKUP}",
        "dev-0003",
        (SourceRow("cameras.csv", 4),),
        "ask the system owner which of the two is right",
    )
    minor = Finding("F-2", "identifier-damaged", "note", "3 serial numbers were damaged by a spreadsheet")
    kinds = (established, other_maker, probable, unknown)
    devices = [device(n, kinds[n % 4]()) for n in range(1, 9)]
    devices[2] = replace(devices[2], findings=(finding,), quantity=12)
    devices += [device(9 + n, kinds[n % 4](), name=name, location=name, site=name) for n, name in enumerate(HOSTILE)]
    devices.append(
        device(
            19,
            established(),
            name="custody corridor",
            site="Secret House",
            location="cell 4",
            sensitive=True,
            findings=(Finding("F-3", "contradiction", "check", "Secret House has one more", "dev-0019"),),
        )
    )
    devices.append(device(20, established(), live=False, status_text="decommissioned", quantity=3))
    account = FileAccount(
        file="cameras.csv",
        format_name="CSV",
        score=0.91,
        encoding="UTF-8",
        delimiter=",",
        header_row=1,
        mapped=(("Manufacturer", "make"), (f"Model {MARKUP}", "model")),
        unmapped=("Colour",),
        rows=23,
        devices=20,
        merged=1,
        skipped=2,
        credentials=Credentials(("Password",), 20),
        gaps=("a chart was not read",),
    )
    base = Assessment(
        title="Cameras of Exampleshire",
        as_at=date(2026, 11, 22),
        pack_version="2026.11.1",
        pack_date=date(2026, 11, 3),
        program_version="0.1.0",
        marking="OFFICIAL - EXAMPLE ONLY",
        synthetic=True,
        files=(account,),
        devices=tuple(devices),
        skipped=(Skipped("cameras.csv", 22, "a line of totals"), Skipped("cameras.csv", 24, MARKUP)),
        merged=(Merged("cameras.csv", 23, "dev-0001"),),
        findings=(finding, minor),
        next_steps=(
            NextStep("inspect one Cedar C-9 unit", 14, "cedar"),
            NextStep("fill in the empty make cells", 5),
        ),
        words=WORDS,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def with_readings(assessment: Assessment) -> Assessment:
    """The same estate, asked the five readings and two rules."""
    rules = (
        {"id": "rule-a", "force": "binds", "reaches": "unknown", "action": "remove", "by": "2027-04-01"},
        {
            "id": "rule-b",
            "force": "instructs others",
            "reaches": "yes",
            "action": "",
            "by": "",
            "missing": ["owner"],
        },
    )
    origin = {"brand": "no", "maker": "yes", "owner": "yes", "component": "unknown", "assembled": "unknown"}
    return replace(assessment, devices=tuple(replace(d, origin=origin, measures=rules) for d in assessment.devices))


def many(count: int) -> Assessment:
    """An estate of `count` devices, for speed and size."""
    kinds = (established(), other_maker(), probable(), unknown())
    return sample(devices=tuple(device(n, kinds[n % 4]) for n in range(1, count + 1)))
