"""The five readings on the example estate, counted by hand from its files (TRUTH.json, registers.yaml)."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.estate.ruling import Ruling
from custodes.knowledge import knowledge

EXAMPLE = Path(__file__).parents[2] / "src/custodes/estate/example"
#: Label of a Chinese firm: 11 Hikvision, 7 Dahua, 5 Uniview, 13 DJI, 1 Autel, 1 EZVIZ.
#: Built by one: those without the EZVIZ (not settled), one more Hikvision (label only probable), 2 HiLook, 1 ABUS,
#: 1 Annke, 1 Honeywell. Owned from there: what Hikvision (CETC), Uniview (Transinfo) and Autel built; the owners of
#: Dahua and DJI are not in the reference data. Part: two rows with a HiSilicon chip. Put together: six rows say China.
CN = {"brand": 38, "maker": 43, "owner": 22, "component": 2, "assembled": 6}
#: Axis is owned by Canon: nine live units; i-PRO by Polaris Capital: one.
JP = {"owner": 10, "component": 0, "assembled": 0}
TH = {"brand": 0, "maker": 0, "owner": 0, "component": 0, "assembled": 1}


@pytest.mark.parametrize(("country", "want"), [("CN", CN), ("JP", JP), ("TH", TH)])
def test_five_readings_of_the_example(country: str, want: dict[str, int]) -> None:
    options = Options(date(2026, 11, 22), ruling=Ruling(country=country))
    done = assess(load_estate(EXAMPLE), options).assessment
    yes: Counter[str] = Counter()
    for device in done.devices:
        for reading, answer in device.origin.items():
            yes[reading] += device.quantity if device.live and answer == "yes" else 0
    assert {reading: yes[reading] for reading in want} == want


def test_no_two_readings_of_the_example_are_the_same() -> None:
    assert len(set(CN.values())) == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Made in China", "CN"),
        ("PRC", "CN"),
        ("中国", "CN"),
        ("cn", "CN"),
        ("Taiwan, R.O.C.", "TW"),
        ("Assembled in Poland", "PL"),
        ("China / Thailand", ""),
        ("Northern Ireland", "GB"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_countries_as_labels_write_them(text: str, code: str) -> None:
    assert knowledge().country_of(text) == code


@pytest.mark.parametrize(
    ("text", "maker"), [("HiSilicon Hi3519", "hisilicon"), ("Ambarella S5L", "ambarella"), ("Hi3519", None), ("", None)]
)
def test_parts_by_the_firm_they_name(text: str, maker: str | None) -> None:
    assert knowledge().part_maker(text) == maker
