"""Areas that a user brings: bodies find theirs by code or by name, others stay tiles, a broken file is refused."""

from __future__ import annotations

import csv
import dataclasses
import json
from pathlib import Path

import pytest

from custodes.knowledge import knowledge
from custodes.model.errors import BadInput
from custodes.publication.publish import publish_survey
from custodes.publication.redaction.policy import read_plan
from custodes.survey.folder import load
from made_survey import make


def square(code: str, name: str, west: float, south: float) -> dict[str, object]:
    ring = [[west, south], [west + 1, south], [west + 1, south + 1], [west, south + 1], [west, south]]
    return {"properties": {"code": code, "name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def published(tmp_path: Path, areas: object) -> Path:
    survey = make(tmp_path / "survey", 6, 7, 1)
    with (survey / "bodies.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    rows[0]["name"] = "North & East Police"
    for place, row in enumerate(rows):
        row["area"] = "A2" if place == 1 else ""
    with (survey / "bodies.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    (tmp_path / "areas.geojson").write_text(areas if isinstance(areas, str) else json.dumps(areas), encoding="utf-8")
    read = load(survey)
    plan = dataclasses.replace(read_plan(read), boundaries=tmp_path / "areas.geojson")
    publish_survey(read, plan, knowledge(), tmp_path / "bundle", None)
    return tmp_path / "bundle"


def test_areas_by_code_and_by_name(tmp_path: Path) -> None:
    features = [
        square("A1", "North and East", 0, 51),
        square("A2", "Elsewhere", 1, 50),
        square("A3", "Nobody's", 5, 50),
    ]
    bundle = published(tmp_path, {"type": "FeatureCollection", "features": features, "credit": "Invented areas"})
    page = (bundle / "figures/returns.html").read_text(encoding="utf-8")
    drawn = page.split('class="map"')[1].split("</svg>")[0]
    assert drawn.count("<path d=") == 3  # two areas, and the cross that a pattern is drawn with
    assert "North &amp; East Police: " in drawn and "Invented areas" in page
    left = page.split("Without an area: ")[1].split("</p>")[0]
    assert left.count(",") == 3 and "North" not in left
    assert 'class="map"' not in (bundle / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("areas", "why"),
    [
        ("{", "cannot be read"),
        ({"features": [square("A1", "x", 300_000, 51)]}, "cannot be read"),
        ({"features": [square("Z9", "Nowhere", 0, 51)]}, "no area of the boundaries"),
        ({"features": []}, "no area of the boundaries"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_boundaries_that_do_not_serve(tmp_path: Path, areas: object, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        published(tmp_path, areas)
    assert not (tmp_path / "bundle").exists()
