"""A clean make beside a cell that takes it back: in any wording the maker is not asserted. Synthetic rows."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.model.vocab import Status

WORDINGS = [
    "anything but X",
    "other than X",
    "nothing from X",
    "X ruled out",
    "in place of X",
    "supersedes X",
    "took out X",
    "same as X",
    "on order: X",
    "statt X",
    "vormals X",
    "vermutlich X",
    "ausgemustert X",
    "Wandhalter X",
    "remplace X",
    "anciennement X",
    "au lieu de X",
    "jamais X",
    "sauf X",
    "peut-être X",
    "déposée X",
    "accessoire X",
    "fixation X",
    "reemplaza a X",
    "en lugar de X",
    "antiguo X",
    "nunca X",
    "quizás X",
    "dado de baja X",
]
CODE = "Hikvision DS-2CD2143G2-I"


def statuses(folder: Path, head: str, cells: list[str], make: str = "Hikvision") -> list[Status]:
    path = folder / "SYNTHETIC_r.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["Ref", "Make", head], *([str(n), make, cell] for n, cell in enumerate(cells))])
    done = assess(load_estate(path), Options(date(2026, 11, 22))).assessment
    return [device.attribution.maker_status for device in done.devices]


@pytest.mark.parametrize("head", ["Model", "Description"])
def test_wordings_that_no_list_foresaw_remove_the_assertion(head: str, tmp_path: Path) -> None:
    found = statuses(tmp_path, head, [wording.replace("X", CODE) for wording in WORDINGS] + [CODE])
    assert Status.ASSERTED not in found[:-1]
    assert found[-1] is Status.ASSERTED


def test_endings_of_a_code_are_no_words(tmp_path: Path) -> None:
    assert statuses(tmp_path, "Model", ["P3719-PLE", "AXIS P3719-PLE"], "Axis") == [Status.ASSERTED] * 2


@pytest.mark.parametrize(
    "note",
    ["label says Axis", "engineer found Axis P3225-LV", "per installer, Axis", "pole; it is Axis", "default value",
     "per hearsay", "copied from row above", "empty housing", "removed, not in use", "Written off"],
)  # fmt: skip
def test_a_note_that_puts_the_make_in_question(note: str, tmp_path: Path) -> None:
    assert statuses(tmp_path, "Notes", [note]) != [Status.ASSERTED]


@pytest.mark.parametrize(
    "note",
    ["checked", "OK", "working", "serviced annually", "on wall", "records to the Axis server", "cleaned", "tested"],
)
def test_an_ordinary_note_leaves_it(note: str, tmp_path: Path) -> None:
    assert statuses(tmp_path, "Notes", [note]) == [Status.ASSERTED]


def test_a_code_of_another_maker_puts_the_maker_in_question(tmp_path: Path) -> None:
    assert Status.ASSERTED not in statuses(tmp_path, "Model", ["DH-IPC-HDW2431T", "DHI-NVR4216-4KS2"], "Bosch")
