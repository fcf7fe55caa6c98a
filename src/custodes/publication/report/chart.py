"""Bar charts as inline SVG that keep their letter size on any screen. Pattern and words, never colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from custodes.publication.text import shorten
from custodes.publication.words import number

_LIMIT = 10
_ROW = 46
_LABEL_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, and the three parts it is made of."""

    name: str
    established: int = 0
    probable: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """The length of the whole bar."""
        return self.established + self.probable + self.unknown


def bars(chart_id: str, title: str, rows: Sequence[Bar]) -> Markup:
    """The chart of `rows`; at most ten bars, the rest together in one. Text in it is escaped."""
    shown = _shown(rows)
    longest = max((row.total for row in shown), default=0) or 1
    described = "; ".join(f"{row.name}: {number(row.total)}" for row in shown)
    parts = [
        f'<svg role="img" aria-labelledby="{chart_id}-t {chart_id}-d" class="chart" width="100%" '
        f'height="{len(shown) * _ROW}" focusable="false">',
        f'<title id="{chart_id}-t">{escape(title)}</title>',
        f'<desc id="{chart_id}-d">{escape(described)}. The table below has the same numbers.</desc>',
        _pattern(chart_id),
    ]
    for index, row in enumerate(shown):
        parts.append(_bar(chart_id, row, index * _ROW, longest))
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above


def _shown(rows: Sequence[Bar]) -> list[Bar]:
    rows = [row for row in rows if row.total]
    if len(rows) <= _LIMIT + 1:
        return rows
    known = [row for row in rows if not row.unknown]
    rest = known[_LIMIT - 1 :]
    together = Bar(f"{len(rest)} others, in the table", sum(r.established for r in rest), sum(r.probable for r in rest))
    return [*known[: _LIMIT - 1], together, *(row for row in rows if row.unknown)]


def _pattern(chart_id: str) -> str:
    return (
        f'<defs><pattern id="{chart_id}-h" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="2.5" height="6" class="bar"/></pattern></defs>'
    )


def _bar(chart_id: str, row: Bar, top: int, longest: int) -> str:
    label = escape(shorten(row.name, _LABEL_COLUMNS))
    drawn = [
        f'<text x="0" y="{top + 16}" class="bar-text"><tspan>{label}</tspan> '
        f'<tspan class="bar-number" dx="6">{number(row.total)}</tspan></text>'
    ]
    left = 0.0
    for value, style in (
        (row.established, 'class="bar"'),
        (row.probable, f'class="bar-edge" fill="url(#{chart_id}-h)"'),
        (row.unknown, 'class="bar-edge" fill="none" stroke-dasharray="3 3"'),
    ):
        if value:
            share = 99.0 * value / longest
            drawn.append(f'<rect x="{left:.2f}%" y="{top + 23}" width="{share:.2f}%" height="14" {style}/>')
            left += share
    return "".join(drawn)
