"""A map of sites as SVG: outlines that the user brought, and for each site a numbered ring by how much stands there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

from custodes.model.errors import BadInput
from custodes.publication.site.places import Ring, read_areas
from custodes.publication.text import clean

_WIDE, _HIGH = 720.0, 560.0
_LEAST, _MOST = 7.0, 26.0
#: Points of outlines that are drawn at most: a page, not an atlas.
_MOST_POINTS = 60_000


@dataclass(frozen=True, slots=True)
class Spot:
    """A site on the map. `devices` in use there; `open`: of them, those whose maker is not established."""

    number: int
    name: str
    latitude: float
    longitude: float
    devices: int
    open: int
    sensitive: bool


def outlines(path: Path) -> tuple[list[Ring], str]:
    """The outlines of a file of boundaries and its credit, thinned where they are many. Raises BadInput."""
    areas, credit = read_areas(path)
    rings = [ring for area in {id(area): area for area in areas.values()}.values() for ring in area.rings]
    points = sum(map(len, rings))
    every = max(1, math.ceil(points / _MOST_POINTS))
    return [[*ring[:-1:every], ring[-1]] for ring in rings], credit


def draw(spots: Sequence[Spot], rings: Sequence[Ring]) -> Markup:
    """The map. Raises BadInput where nothing has a place."""
    if not spots:
        raise BadInput("no site has a position yet")
    points = [(spot.longitude, spot.latitude) for spot in spots]
    low_x, high_x, low_y, high_y = _box([*points, *(point for ring in rings for point in ring)])
    narrow = math.cos(math.radians((low_y + high_y) / 2))
    scale = min(_WIDE / ((high_x - low_x) * narrow), _HIGH / (high_y - low_y))

    def at(x: float, y: float) -> tuple[float, float]:
        return (x - low_x) * narrow * scale, (high_y - y) * scale

    wide, high = at(high_x, low_y)
    parts = [
        f'<svg role="img" aria-labelledby="sites-title" class="cst-map" viewBox="0 0 {wide:.0f} {high:.0f}" '
        f'focusable="false"><title id="sites-title">The sites of this estate, numbered as in the table below</title>'
    ]
    for ring in rings:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in (at(*point) for point in ring))
        parts.append(f'<path d="M{path}Z" fill="#f3f2f1" stroke="#b1b4b6" stroke-width="1"/>')
    most = max((spot.devices for spot in spots), default=1) or 1
    for spot in sorted(spots, key=lambda one: -one.devices):
        parts.append(_spot(spot, at(spot.longitude, spot.latitude), most))
    return Markup("".join([*parts, _measure(scale, high), "</svg>"]))  # noqa: S704 - escaped above


def _box(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The corners around all points, with some room; one point alone gets a few kilometres."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    room = max((max(xs) - min(xs)) * 0.08, (max(ys) - min(ys)) * 0.08, 0.02)
    return min(xs) - room, max(xs) + room, min(ys) - room, max(ys) + room


def _spot(spot: Spot, place: tuple[float, float], most: int) -> str:
    """A ring by how many devices; its filled part are those whose maker is not established; a square is sensitive."""
    x, y = place
    size = _LEAST + (_MOST - _LEAST) * math.sqrt(spot.devices / most)
    told = f"{spot.number}. {clean(spot.name)}: {spot.devices:,} in use, {spot.open:,} of them not settled"
    inner = size * math.sqrt(spot.open / spot.devices) if spot.devices else 0
    ink = 'fill="#fff" fill-opacity="0.85" stroke="#0b0c0c" stroke-width="1.5"'
    if spot.sensitive:
        shape = f'<rect x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:.1f}" height="{2 * size:.1f}" {ink}/>'
    else:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" {ink}/>'
    core = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{inner:.1f}" fill="#b1b4b6"/>' if inner else ""
    label = f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="12" fill="#0b0c0c">{spot.number}</text>'
    return f"<g><title>{escape(told)}</title>{shape}{core}{label}</g>"


def _measure(scale: float, bottom: float) -> str:
    """A bar of whole kilometres."""
    a_kilometre = scale / 111.2
    wanted = 120 / a_kilometre
    step = 10 ** math.floor(math.log10(wanted)) if wanted > 0 else 1
    kilometres = next((step * one for one in (5, 2, 1) if step * one <= wanted), step)
    long, y = kilometres * a_kilometre, bottom - 14
    text = f"{kilometres:g} km"
    return (
        f'<path d="M12 {y:.1f}h{long:.1f}" stroke="#0b0c0c" stroke-width="2"/>'
        f'<text x="12" y="{y - 5:.1f}" font-size="12" fill="#0b0c0c">{text}</text>'
    )
