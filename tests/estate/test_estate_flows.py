"""Single files through the whole flow: numbers of units, and configurations that say something else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.estate.quantity import Quantity, read_quantity
from custodes.model.assessment import Assessment
from custodes.model.errors import BadInput


def assessed(path: Path) -> Assessment:
    return assess(load_estate(path), Options(date(2026, 1, 1))).assessment


@pytest.mark.parametrize("cell", ["-4", "− 2", "1.5", "0,5", "99999999999999999999", "some", "?"])
def test_a_number_that_is_none_counts_as_one_and_is_said(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(f'Make,Model,Qty\nAxis,P3245-LV,"{cell}"\n', encoding="utf-8")
    (device,) = assessed(path).devices
    assert device.quantity == 1
    assert [finding.kind for finding in device.findings] == ["quantity-not-read"]
    assert cell in device.findings[0].text


@pytest.mark.parametrize(
    ("cell", "want"),
    [
        ("4", Quantity(4)),
        ("4.0", Quantity(4)),
        ("1,200", Quantity(1200)),
        ("x3", Quantity(3)),
        ("2No.", Quantity(2)),
        ("6 (approx)", Quantity(6, approximate=True)),
        ("none", Quantity(0, none=True)),
        ("refused (s31)", Quantity(0, refused=True, known=False)),
    ],
)
def test_numbers_as_people_write_them(cell: str, want: Quantity) -> None:
    assert read_quantity(cell) == want


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[estat]\ntitle = "x"\n', "estate"),
        ('[estate]\ntitel = "x"\n', "title"),
        ('[[source]]\nfile = "r.csv"\nsystm = "x"\n', "system"),
        ('[[site]]\nid = "a"\nsensitiv = true\n', "sensitive"),
    ],
)
def test_a_misspelled_table_or_key_is_refused_with_the_right_one(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "r.csv").write_text("Make\nAxis\n", encoding="utf-8")
    (tmp_path / "custodes.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=said):
        load_estate(tmp_path)


def test_a_web_address_with_a_query_is_no_doubt(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("Make,Model,Notes\nAxis,P3245-LV,http://x/cgi?user=admin&pwd=JjEq3p7Ea6\n", encoding="utf-8")
    (device,) = assessed(path).devices
    assert device.attribution.oem == "axis"


def test_units_beyond_what_the_time_allows_are_named_and_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "SYNTHETIC_many.csv"
    path.write_text("Name,Make\n" + "".join(f"C{n},Hikvision\n" for n in range(50)), encoding="utf-8")
    options = Options(date(2026, 1, 1), units_a_second=1)
    assert options.most_units == 20
    done = assess(load_estate(path), options).assessment
    assert len(done.devices) == 20
    assert {skip.reason for skip in done.skipped} == {
        "not looked at: more than 20 different units for the time allowed (--seconds allows more)"
    }
    assert len(done.skipped) == 30


def test_a_purchase_day_is_no_surer_than_its_record(tmp_path: Path) -> None:
    path = tmp_path / "SYNTHETIC_bought.csv"
    path.write_text(
        "Name,Make,Purchase date\na,Axis,2024-03-04\nb,Axis,03/04/2024\nc,Axis,Mar 2024\n"
        "d,Axis,2021/22\ne,Axis,31/03/2024\n",
        encoding="utf-8",
    )
    done = assess(load_estate(path), Options(date(2026, 1, 1))).assessment
    assert [d.bought for d in done.devices] == ["2024-03-04", "2024", "2024-03", "", "2024-03-31"]


def test_a_unit_that_one_record_counts_as_none_and_another_sees_is_there(tmp_path: Path) -> None:
    """A stock list says none of it in store; the list of the video system has it in use."""
    (tmp_path / "stock.csv").write_text(
        "Name,Make,Model,MAC,Qty\nGate,Hikvision,DS-2CD2042WD-I,44:19:B6:00:00:01,0\n", encoding="utf-8"
    )
    (tmp_path / "vms.csv").write_text(
        "Camera Name,Manufacturer,MAC Address,Status\nGate,Hikvision,44:19:B6:00:00:01,in use\n", encoding="utf-8"
    )
    done = assess(load_estate(tmp_path), Options(date(2026, 11, 26)))
    assert [device.live for device in done.assessment.devices] == [True]


def test_one_text_in_two_columns_is_read_in_both(tmp_path: Path) -> None:
    """The serial number copied into the column of addresses is still a serial number."""
    path = tmp_path / "a.csv"
    path.write_text(
        "Asset,Make,Type,Serial,MAC\nUAV,,drone,1588A1234567,1588A1234567\nUAV2,,drone,1588A1234568,\n",
        encoding="utf-8",
    )
    found = assess(load_estate(path), Options(date(2026, 11, 26))).assessment.devices
    kinds = [[one.kind for one in device.attribution.because if one.kind == "serial-shape"] for device in found]
    assert kinds == [["serial-shape"], ["serial-shape"]]
