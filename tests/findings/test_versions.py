"""Versions of firmware in three values. Pairs are of versions that records print; the order is that of their makers."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodes.findings.vulnerabilities.versions import compare, of_one_track, within
from custodes.knowledge.version_ranges import ranges
from custodes.model.rules import Answer
from custodes.model.vulnerabilities import Order

FLIPPED = {Order.BEFORE: Order.AFTER, Order.AFTER: Order.BEFORE, Order.SAME: Order.SAME, Order.UNKNOWN: Order.UNKNOWN}
PAIRS = [
    ("V5.4.0 build 160401", "V5.4.0 build 160530", Order.BEFORE),
    ("V5.4.5 build 170123", "V5.4.41 build 161125", Order.BEFORE),
    ("V5.5.800 build 210628", "V5.5.113 build 210317", Order.AFTER),
    ("1.4.0_build221212", "V1.4.0 build 230101", Order.BEFORE),
    ("2.820.0000000.5.R.210705", "2.820.0000000.18.R.210705", Order.BEFORE),
    ("2.800.0000000.29.R.210630", "2.820.0000000.5.R.210705", Order.BEFORE),
    ("v2.420.ac00.18.r.20200217", "V2.420.AC00.18.R.20190101", Order.AFTER),
    ("1.000.HW01.1.190813", "1.000.HW01.1.20190822", Order.BEFORE),
    ("07.01.10.03", "7.01.10.03", Order.SAME),
    ("01.00.0500", "01.00.1200", Order.BEFORE),
    ("3.1.0.71-11", "3.1.0.71", Order.AFTER),
    ("2.60B15", "2.60b16", Order.BEFORE),
    ("NVR-B3801.20.17.240507", "B3801.20.17.240101", Order.AFTER),
    ("MX-V4.0.2.33", "4.0.4.18", Order.BEFORE),
    ("1.00-06", "1.00-07", Order.BEFORE),
    ("9.80.3.1", "10.12.0", Order.BEFORE),
    ("1.1.1n", "1.1.1w", Order.BEFORE),
    ("5.0.0-rc1", "5.0.0", Order.BEFORE),
    ("V5.2.0", "V5.2.0 build 140721", Order.UNKNOWN),  # without its day nothing is known
    ("1.000.HW01.3.20190820", "1.000.HW02.3.20190813", Order.BEFORE),
    ("2.000.HW00.0.R.20190823", "2.000.0000000.0.R.190823", Order.UNKNOWN),  # tracks that are not compared
    ("build 210619", "V5.5.53 build 180730", Order.AFTER),
    ("IPC_R6_EN_STD_5.4.0_160401", "5.4.0 build 160401", Order.SAME),
    ("IPC_G0_EN_STD_5.7.3_220112", "V5.4.5 Build 160928", Order.AFTER),
    ("DH_IPC-HX5XXX_MultiLang_PN_Stream3_V2.800.0000000.16.R.210301", "2.820.0000000.5.R.210705", Order.BEFORE),
    ("DCS-932L_1.16", "2.12", Order.BEFORE),
    ("2.50_200101", "SRN4000_v2.16_170401", Order.AFTER),
    ("V5.4.0 (160401)", "5.4.0 build 160401", Order.SAME),
    ("V5.4.0_160401_S3000565149", "5.4.0 build 160530", Order.BEFORE),
    ("V5.4.0 b160401", "5.4.0 build 160401", Order.SAME),
    ("1.41.01_20201012_R303", "1.41.01_20211012", Order.BEFORE),
    ("V5.5.0 2017.07.25", "V5.5.0 build 180101", Order.BEFORE),
    ("2.800.0000000.29.R, Build Date: 2021-06-30", "2.800.0000000.29.R.210630", Order.SAME),
    ("10.12.199", "11.5_LTS", Order.BEFORE),
    # platforms, revisions of boards and days in another order of digits say nothing
    ("1.0.5", "firmware_FullImg-1023-1007-1011-1009", Order.UNKNOWN),
    ("V3.50.1", "NVR-B3801.20.17.240507", Order.UNKNOWN),
    ("V5.1.0", "SS016.05.03.01.0010", Order.UNKNOWN),
    ("QIPC-B1102.7.6.12.230508", "QIPC-B2202.7.6.12.210508", Order.UNKNOWN),
    ("A5.11.8", "M2.1.6.05", Order.UNKNOWN),
    ("2.12.00_A1", "2.12.00_B1", Order.UNKNOWN),
    ("3.0.0.136_20093001", "3.0.0.136_20121102", Order.UNKNOWN),
    ("V4.1.25 build 220117 E", "V4.1.25 build 220117", Order.UNKNOWN),
    ("1.0b2", "1.0", Order.UNKNOWN),
    ("unknown", "5.0", Order.UNKNOWN),
    ("", "5.0", Order.UNKNOWN),
]


@pytest.mark.parametrize(("one", "other", "order"), PAIRS)
def test_pairs_of_makers(one: str, other: str, order: Order) -> None:
    assert compare(one, other) is order
    assert compare(other, one) is FLIPPED[order]


def _made(dice: random.Random) -> tuple[list[str], str]:
    """Versions of one made-up track, in their order by construction."""
    style = dice.choice(("build", "dated", "plain", "tagged"))
    numbers, day, out = [dice.randint(0, 9) for _ in range(dice.randint(2, 5))], date(2012, 1, 1), []
    for _ in range(12):
        step = dice.randrange(len(numbers) + (style in ("build", "dated")))
        if step < len(numbers):
            numbers = [
                *numbers[:step],
                numbers[step] + dice.randint(1, 40),
                *(dice.randint(0, 99) for _ in numbers[step + 1 :]),
            ]
        day += timedelta(days=dice.randint(1, 200))
        text = ".".join(f"{number:0{dice.choice((1, 2, 4))}d}" for number in numbers)
        short = f"{day:%y%m%d}" if dice.random() < 0.5 else f"{day:%Y%m%d}"
        out.append({"build": f"{dice.choice(('V', 'v', ''))}{text} {dice.choice(('build', 'Build'))} {short}",
                    "dated": f"{text}.R.{short}", "plain": f"{dice.choice(('V', ''))}{text}",
                    "tagged": f"M{text}"}[style])  # fmt: skip
    return out, style


def test_ten_thousand_pairs_stand_as_they_were_made() -> None:
    dice, pairs = random.Random(7), 0
    while pairs < 10_000:
        made, _ = _made(dice)
        for place, one in enumerate(made):
            for other in made[place + 1 :]:
                assert compare(one, other) is Order.BEFORE, (one, other)
                assert compare(other, one) is Order.AFTER, (other, one)
                pairs += 1


TEXT = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[vV]?\d{1,4}(\.[\dA-Za-z]{1,6}){0,4}([ ._-](build )?\d{6,8})?", fullmatch=True),
)


@settings(max_examples=600, deadline=None)
@given(TEXT, TEXT)
def test_the_one_order_is_the_other_turned_round(one: str, other: str) -> None:
    assert compare(other, one) is FLIPPED[compare(one, other)]


@settings(max_examples=300, deadline=None)
@given(TEXT)
def test_a_version_is_never_before_or_after_itself(one: str) -> None:
    assert compare(one, one) in (Order.SAME, Order.UNKNOWN)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(st.integers(0, 500), min_size=1, max_size=5), min_size=3, max_size=3))
def test_order_carries_over(three: list[list[int]]) -> None:
    first, second, third = (".".join(map(str, one)) for one in three)
    if compare(first, second) is Order.BEFORE and compare(second, third) is Order.BEFORE:
        assert compare(first, third) is Order.BEFORE


@pytest.mark.parametrize(
    ("text", "inside", "outside", "open_"),
    [
        (">= 5.2.0 build 140721 | <= 5.4.0 build 160530", "V5.3.0 build 150101", "V5.4.5 build 170123", "V5.4.0"),
        ("<= 1.12.0.25 | 1.12.13.2 | 1.12.14.5", "1.12.13.2", "1.12.14.4", "unknown"),
        ("vers:generic/>=1.0|<2.0|>=3.0|<3.4", "3.1", "2.5", "beta"),
        ("vers:all/*", "1", "", ""),
        ("<= 4.x", "4.9.9", "5.0", "n/a"),
        ("versions prior to 6.3.40", "6.3.34", "6.3.40", "x"),
        ("V5.3.1 build 150410 to V5.4.4 Build 161125", "V5.4.1 build 160525", "V5.4.5 build 170123", "V5.3.1"),
        ("2.03-06", "2.03-06", "2.03-07", "?"),
        ("3.4.106 and prior", "3.4.105", "3.4.107", ""),
        ("all versions prior to 5.8.0", "5.7", "5.8.0", ""),
        ("All firmware versions before 5.0", "4.9", "5.0", ""),
        ("less than 5.0", "4.9", "5.0", ""),
        ("up to 5.9", "5.8.0", "6.0", ""),
        ("Version 5.0 and prior versions", "3.9", "5.1", ""),
        ("5.0 and earlier versions", "4.5", "5.1", ""),
        ("< 5.0, >= 4.0", "4.5", "5.8.0", ""),
        ("2.03-00, 2.03-02", "2.03-02", "2.03-01", ""),
    ],
)  # fmt: skip
def test_ranges_as_papers_write_them(text: str, inside: str, outside: str, open_: str) -> None:
    told, faults = ranges(text)
    assert not faults
    assert within(inside, told) is Answer.YES
    assert not outside or within(outside, told) is Answer.NO
    assert not open_ or within(open_, told) is Answer.UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "CVE-2019-18340",
        "- SSA-761844 and ICSA-21-103-10",
        "see the vendor's paper",
        "fixed in 5.8.0",
        "not affected from 5.0",
        "4.0 before 5.0",
        "!=5.8.0",
    ],
)
def test_what_is_no_version_is_told(text: str) -> None:
    told, faults = ranges(text)
    assert told == () and faults


def test_tracks() -> None:
    assert of_one_track("2.800.030000000.3.R", "2.820.0000000.5.R.210705")
    assert not of_one_track("1.000.HW01.12", "2.820.0000000.5.R.210705")
    assert of_one_track("V5.5.53 build 180730", "build 210619")
    assert not of_one_track("V5.5.53", "build 210619")
