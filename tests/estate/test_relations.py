"""Owner, operator and data controller are three relations; helicopters and facial recognition are kinds of systems."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from paper_reading import rows

from custodes.estate.config import load_estate
from custodes.estate.flows import Options, assess
from custodes.model.papers import Paper

CONFIG = """
[estate]
title = "SYNTHETIC relations"
synthetic = true
[[body]]
id = "force"
name = "Example Force"
kind = "police-force"
[[system]]
id = "worn"
name = "Body-worn video"
kind = "{kind}"
body = "force"
owner = "Leasing Ltd"
operator = "Example Force"
controller = "Chief Constable"
[[source]]
file = "SYNTHETIC_worn.csv"
system = "worn"
"""


def _devices(folder: Path, rows: str, kind: str = "body-worn") -> dict:
    (folder / "custodes.toml").write_text(CONFIG.format(kind=kind), encoding="utf-8")
    (folder / "SYNTHETIC_worn.csv").write_text(rows, encoding="utf-8")
    found = assess(load_estate(folder), Options(date(2026, 11, 26)), lambda _: None)
    return {device.serial or device.name: device for device in found.assessment.devices}


def test_a_row_says_more_than_its_system(tmp_path: Path) -> None:
    found = _devices(
        tmp_path,
        "Serial number,Make,Model,Owner,Operated by,Data controller\n"
        "X1,Axon,Body 4,,,\n"
        "X2,Axon,Body 4,Example Force,Custody team,Police and Crime Commissioner\n",
    )
    first, second = found["X1"], found["X2"]
    assert (first.owner, first.operator, first.controller) == ("Leasing Ltd", "Example Force", "Chief Constable")
    assert (second.owner, second.operator, second.controller) == (
        "Example Force",
        "Custody team",
        "Police and Crime Commissioner",
    )


def test_the_return_names_the_data_controller(tmp_path: Path, paper_of: Callable[..., Paper]) -> None:
    _devices(tmp_path, "Serial number,Make,Model\nX1,Axon,Body 4\n")
    (row,) = rows(paper_of("uk-camera-return", tmp_path), "systems")
    assert (row["owner"], row["operator"], row["data_controller"]) == (
        "Leasing Ltd",
        "Example Force",
        "Chief Constable",
    )


@pytest.mark.parametrize(
    ("kind", "name"), [("helicopter", "helicopter cameras"), ("facial-recognition", "facial-recognition systems")]
)
def test_a_kind_of_system_is_a_class_of_equipment_of_its_own(
    tmp_path: Path, paper_of: Callable[..., Paper], kind: str, name: str
) -> None:
    _devices(tmp_path, "Serial number,Make,Model\nX1,Axon,Body 4\n")
    assert name in _absent(paper_of("uk-camera-return", tmp_path))
    (other := tmp_path / "other").mkdir()
    _devices(other, "Serial number,Make,Model\nX1,NEC,NeoFace\n", kind)
    assert name not in _absent(paper_of("uk-camera-return", other))


def _absent(paper: Paper) -> str:
    """What the paper says it saw no record of."""
    found = re.search(r"No record of these kinds of equipment was given: ([^.]*)\.", repr(paper))
    assert found is not None
    return found[1]
