"""Where each body stands: on a grid of tiles, and on a map where the user gives boundaries (GeoJSON, WGS 84)."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from custodes.model.errors import BadInput, BadUsage
from custodes.publication.site.charts import FORMS, Tile, drawn, patterns
from custodes.publication.site.words import Words
from custodes.publication.text import clean
from custodes.survey.asked import Body

_MOST_BYTES = 64 * 1024 * 1024
_MOST_POINTS = 2_000_000
Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its outlines in degrees, and a point inside its box."""

    name: str
    rings: tuple[Ring, ...]
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Places:
    """Where bodies stand. `areas`: body to its area; `grid`: body to column and row; `credit`: printed under a map."""

    grid: Mapping[str, tuple[int, int]]
    areas: Mapping[str, Area]
    credit: str = ""


def places(bodies: Sequence[Body], folder: Path, boundaries: Path | None) -> Places:
    """The places of bodies. A body's area is told by the column `area` of bodies.csv, or by its name."""
    if boundaries is None:
        return Places(_by_name(bodies), {})
    read, credit = read_areas(boundaries)
    codes = _area_column(folder)
    areas = {}
    for body in bodies:
        area = read.get(_plain(codes.get(body.id, ""))) or read.get(_plain(body.name))
        if area is not None:
            areas[body.id] = area
    if not areas:
        raise BadInput(
            "no area of the boundaries is that of a body",
            where=str(boundaries),
            remedy="give bodies.csv a column `area` with the code or the name that the boundaries use",
        )
    return Places(_by_area(bodies, areas), areas, credit)


def _by_name(bodies: Sequence[Body]) -> dict[str, tuple[int, int]]:
    """In the order of kinds and names, kinds on rows of their own, wider than high."""
    wide = max(1, math.ceil(math.sqrt(len(bodies) * 1.6)))
    grid: dict[str, tuple[int, int]] = {}
    row = 0
    kinds = list(dict.fromkeys(body.kind for body in bodies))
    for kind in kinds:
        ours = sorted((body for body in bodies if body.kind == kind), key=lambda body: body.name.casefold())
        for place, body in enumerate(ours):
            grid[body.id] = (place % wide, row + place // wide)
        row += -(-len(ours) // wide)
    return grid


def _by_area(bodies: Sequence[Body], areas: Mapping[str, Area]) -> dict[str, tuple[int, int]]:
    """Each area on the tile nearest to it, all together as near as can be; bodies without an area on rows below."""
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError:
        raise BadUsage("tiles placed by boundaries need an extra", remedy="pip install 'custodes[publish]'") from None
    names = [body.id for body in bodies if body.id in areas]
    points = [_flat(areas[name].centre) for name in names]
    low_x, low_y = (min(point[axis] for point in points) for axis in (0, 1))
    span_x, span_y = (max(point[axis] for point in points) - low for axis, low in ((0, low_x), (1, low_y)))
    ratio = (span_x or 1) / (span_y or 1)
    wide = max(2, round(math.sqrt(len(names) * 1.5 * ratio)))
    high = max(2, math.ceil(len(names) * 1.5 / wide))
    cells = [(column, row) for row in range(high) for column in range(wide)]

    def cost(point: tuple[float, float], cell: tuple[int, int]) -> float:
        x = (point[0] - low_x) / (span_x or 1) * (wide - 1)
        y = (point[1] - low_y) / (span_y or 1) * (high - 1)
        return (x - cell[0]) ** 2 + (high - 1 - y - cell[1]) ** 2

    rows, columns = linear_sum_assignment([[cost(point, cell) for cell in cells] for point in points])
    grid = {names[row]: cells[column] for row, column in zip(rows.tolist(), columns.tolist(), strict=True)}
    others = sorted((body for body in bodies if body.id not in areas), key=lambda body: (body.kind, body.name))
    for place, body in enumerate(others):
        grid[body.id] = (place % wide, high + 1 + place // wide)
    return grid


def read_areas(path: Path) -> tuple[dict[str, Area], str]:
    """Code and name of each area to the area, and the credit that the file carries. Raises BadInput."""
    if path.stat().st_size > _MOST_BYTES:
        raise BadInput("the boundaries are larger than 64 MB", where=str(path), remedy="simplify them first")
    try:
        told = json.loads(path.read_bytes())
        found: dict[str, Area] = {}
        for feature in told["features"]:
            about = feature.get("properties") or {}
            rings = tuple(_rings(feature.get("geometry") or {}))
            if not rings:
                continue
            keys = [str(value) for value in about.values() if isinstance(value, (str, int))]
            area = Area(str(about.get("name") or (keys[-1] if keys else "")), rings, _centre(rings))
            for key in keys:
                found.setdefault(_plain(key), area)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        why = f"{type(error).__name__}: {error}"[:160]
        raise BadInput(
            "the boundaries cannot be read", where=str(path), why=why, remedy="give GeoJSON: polygons in degrees"
        ) from None
    credit = told.get("credit") or told.get("attribution") or ""
    return found, str(credit)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """Every outline of a polygon or of several."""
    parts = {"Polygon": [geometry.get("coordinates")], "MultiPolygon": geometry.get("coordinates")}
    points = 0
    for polygon in parts.get(str(geometry.get("type")), []) or []:
        for ring in polygon or []:
            found = [(float(point[0]), float(point[1])) for point in ring]
            points += len(found)
            if points > _MOST_POINTS or any(not (-180 <= x <= 180 and -90 <= y <= 90) for x, y in found):
                raise ValueError("a point is not in degrees, or there are too many")
            if len(found) > 2:
                yield found


def _centre(rings: Sequence[Ring]) -> tuple[float, float]:
    largest = max(rings, key=lambda ring: abs(_surface(ring)))
    xs, ys = [point[0] for point in largest], [point[1] for point in largest]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _surface(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def _area_column(folder: Path) -> dict[str, str]:
    """Body to the area that bodies.csv tells, where it has such a column."""
    with (folder / "bodies.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["body"].strip(): (row.get("area") or "").strip() for row in csv.DictReader(stream)}


def _plain(name: str) -> str:
    told = name.casefold().replace("&", " and ").replace("-", " ").replace(",", " ")
    return " ".join(word for word in told.split() if word not in ("police", "constabulary", "service"))


def _flat(point: tuple[float, float]) -> tuple[float, float]:
    """Degrees on a plane, true enough for a country: longitude narrowed by latitude, both in units of a degree."""
    return point[0] * math.cos(math.radians(point[1])), point[1]


def tiles_of(bodies: Sequence[Body], where: Places, members: Mapping[str, str]) -> list[Tile]:
    """The tiles of bodies, each with what it is."""
    return [
        Tile(*where.grid[body.id], _short(body.name), body.name, members[body.id])
        for body in bodies
        if body.id in members and body.id in where.grid
    ]


def _short(name: str) -> str:
    """Up to four letters: the first of each of several words, or the beginning of one."""
    words = [word for word in clean(name).replace("-", " ").split() if word.casefold() not in ("and", "of", "the")]
    if len(words) > 1:
        return "".join(word[0] for word in words[:4]).upper()
    return (words[0][:4] if words else "?").capitalize()


def area_map(chart_id: str, where: Places, members: Mapping[str, str], names: Mapping[str, str], t: Words) -> Markup:
    """The map of areas, drawn like the tiles."""
    mean = sum(area.centre[1] for area in where.areas.values()) / len(where.areas)
    narrow = math.cos(math.radians(mean))
    points = [point for area in where.areas.values() for ring in area.rings for point in ring]
    low_x, high_x = min(x for x, _ in points) * narrow, max(x for x, _ in points) * narrow
    low_y, high_y = min(y for _, y in points), max(y for _, y in points)
    scale = 600 / max(high_x - low_x, high_y - low_y, 1e-9)
    wide, high = (high_x - low_x) * scale, (high_y - low_y) * scale
    parts = [
        f'<svg role="img" aria-labelledby="{chart_id}-t" class="map" viewBox="-2 -2 {wide + 4:.0f} {high + 4:.0f}" '
        f'width="{wide:.0f}" focusable="false"><title id="{chart_id}-t">{escape(t("map"))}</title>{patterns(chart_id)}'
    ]
    for body, area in where.areas.items():
        if body not in members:
            continue
        outline = "".join(_path(ring, narrow, scale, low_x, high_y) for ring in area.rings)
        told = f"{clean(names.get(body, body))}: {t('is_' + members[body])}"
        form = drawn(FORMS[members[body]], chart_id)
        parts.append(f'<path d="{outline}" fill-rule="evenodd" {form}><title>{escape(told)}</title></path>')
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above


def _path(ring: Ring, narrow: float, scale: float, low_x: float, high_y: float) -> str:
    """An outline to a tenth of a pixel, points that fall together drawn once."""
    kept: list[str] = []
    for x, y in ring:
        told = f"{(x * narrow - low_x) * scale:.1f} {(high_y - y) * scale:.1f}"
        if not kept or kept[-1] != told:
            kept.append(told)
    return "M" + "L".join(kept) + "Z"
