"""A sum of money is no number of cameras, and who sold them did not make them. Synthetic tables."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from custodes.estate.quantity import read_quantity
from custodes.evidence.registers import open_register

HIK = "Hikvision DS-2CD2143G2-I camera"
CELLS = {
    "Vendor": "Example Reseller",
    "Item": HIK,
    "Make": "Axis",
    "Model": "P3265-LV",
    "PO": "77",
    "Date": "2021-03-04",
}


@pytest.mark.parametrize(
    ("heads", "cells", "wanted"),
    [
        (["Vendor", "Item", "Amount", "Date"], {"Amount": "$1,200.00"}, {"Vendor": "seller", "Amount": "amount"}),
        (["Vendor", "Item", "Amount"], {"Amount": "4"}, {"Vendor": "seller", "Amount": "quantity"}),
        (["Make", "Model", "Amount"], {"Amount": "4"}, {"Make": "make", "Amount": "quantity"}),
        (["Make", "Model", "Amount"], {"Amount": "1.200,00 €"}, {"Amount": "amount"}),
        (["Make", "Model", "Amount"], {"Amount": "1200.00"}, {"Amount": "amount"}),
        (["Make", "Model", "Amount"], {"Amount": "EUR 300"}, {"Amount": "amount"}),
        (["Make", "Model", "Qty"], {"Qty": "$400"}, {"Qty": "amount"}),
        (["Make", "Model", "Qty", "Total"], {"Qty": "2", "Total": "£400.00"}, {"Qty": "quantity", "Total": "amount"}),
        (["Make", "Model", "Total"], {"Total": "12"}, {"Total": "quantity"}),
        (["PO", "Vendor", "Make", "Model"], {}, {"Vendor": "seller", "Make": "make"}),
        (["PO", "Vendor", "Model"], {}, {"Vendor": "seller"}),
        (["Ref", "Vendor", "Model"], {"Ref": "1"}, {"Vendor": "make"}),
        (["Ref", "Vendor", "Model", "Cost"], {"Ref": "1", "Cost": "9.50"}, {"Vendor": "make", "Cost": "amount"}),
    ],
)
def test_what_a_column_of_money_is(
    heads: list[str], cells: dict[str, str], wanted: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "SYNTHETIC_r.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([heads, *[[{**CELLS, **cells}[head] for head in heads]] * 3])
    (table,) = open_register(path)
    list(table.batches)
    found = {use.header: str(use.field) for use in table.account.columns if use.field is not None}
    assert {head: found.get(head) for head in wanted} == wanted


@pytest.mark.parametrize("text", ["$400", "£ 1,200.00", "400 €", "EUR 300"])
def test_a_sum_of_money_counts_no_units(text: str) -> None:
    found = read_quantity(text)
    assert (found.number, found.known) == (1, False)
