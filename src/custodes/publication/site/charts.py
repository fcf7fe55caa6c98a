"""Charts as SVG: bounds as intervals, and bodies as tiles. One kind of ink; what a mark means is told by its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup, escape

from custodes.publication.site.words import Words
from custodes.publication.text import clean, shorten
from custodes.survey.figures import Bounds, Figure, whole

_ROW, _BAR = 46, 14
_LABEL_COLUMNS = 62


@dataclass(frozen=True, slots=True)
class Interval:
    """One row of a chart: shares of all bodies asked, 0 to 1, and the same in words."""

    label: str
    sure: Fraction
    most_no: Fraction
    most: Fraction
    said: str


def interval(figure: Figure, label: str) -> Interval | None:
    """The row of a share of bodies; None for what is no such share."""
    if figure.definition.kind == "total" or not figure.invited:
        return None
    lower, no, unknown = (
        _share(bound, figure.invited)
        for bound in (
            figure.silence_unknown.lower,
            _upper(figure.silence_no, figure.invited),
            _upper(figure.silence_unknown, figure.invited),
        )
    )
    return Interval(label, lower, max(no, lower), max(unknown, no, lower), _said(figure))


def _upper(bounds: Bounds, invited: int) -> Fraction:
    return Fraction(invited) if bounds.upper is None else bounds.upper


def _share(count: Fraction | None, invited: int) -> Fraction:
    return (count or Fraction(0)) / invited


def _said(figure: Figure) -> str:
    low, high = whole(figure.silence_unknown.lower), whole(figure.silence_unknown.upper)
    return f"{low:,}" if low == high else f"{low:,} – {high:,}"


def intervals(chart_id: str, rows: Sequence[Interval], t: Words) -> Markup:
    """The chart: solid for what surely is, striped for what may be, dashed for what may be in the other reading."""
    title = t("chart_bounds")
    described = "; ".join(f"{clean(row.label)}: {row.said}" for row in rows)
    high = len(rows) * _ROW + 22
    parts = [
        f'<svg role="img" aria-labelledby="{chart_id}-t {chart_id}-d" class="chart" width="100%" height="{high}" '
        f'focusable="false"><title id="{chart_id}-t">{escape(title)}</title>'
        f'<desc id="{chart_id}-d">{escape(described)}. {escape(t("same_numbers"))}</desc>',
        stripes(chart_id),
    ]
    for percent in (0, 25, 50, 75, 100):
        anchor = {0: "start", 100: "end"}.get(percent, "middle")
        parts.append(
            f'<line x1="{_x(percent)}" x2="{_x(percent)}" y1="0" y2="{high - 20}" class="grid"/>'
            f'<text x="{_x(percent)}" y="{high - 4}" text-anchor="{anchor}" class="scale">{percent} %</text>'
        )
    parts += [_bar(chart_id, row, place * _ROW) for place, row in enumerate(rows)]
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above


def _x(percent: float) -> str:
    return f"{0.3 + percent * 0.994:.2f}%"


def _bar(chart_id: str, row: Interval, top: int) -> str:
    label = escape(shorten(clean(row.label), _LABEL_COLUMNS))
    drawn = [
        f'<text x="0.3%" y="{top + 17}" class="bar-text"><tspan>{label}</tspan> '
        f'<tspan class="bar-number" dx="6">{escape(row.said)}</tspan></text>'
    ]
    spans = (
        (Fraction(0), row.sure, 'class="bar"'),
        (row.sure, row.most_no, f'class="bar-edge" fill="url(#{chart_id}-h)"'),
        (row.most_no, row.most, 'class="bar-edge" fill="none" stroke-dasharray="3 3"'),
    )
    for low, high, style in spans:
        if high > low:
            wide = float(high - low) * 99.4
            drawn.append(
                f'<rect x="{_x(100 * float(low))}" y="{top + 24}" width="{wide:.2f}%" height="{_BAR}" {style}/>'
            )
    if not row.sure:  # nought is drawn, so that it is not taken for a gap
        drawn.append(f'<line x1="0.3%" x2="0.3%" y1="{top + 21}" y2="{top + 27 + _BAR}" class="nought"/>')
    return "".join(drawn)


def stripes(chart_id: str) -> str:
    """The pattern of what may be."""
    return (
        f'<defs><pattern id="{chart_id}-h" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="2.5" height="6" class="bar"/></pattern></defs>'
    )


#: What a body is for a figure, to how its tile or area is drawn.
FORMS: Mapping[str, str] = {
    "counted": "solid",
    "returned": "solid",
    "open": "striped",
    "withheld": "dotted",
    "not_told": "dotted",
    "not_counted": "plain",
    "outside": "crossed",
    "no_return": "dashed",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One body: its place in the grid, its short name, its whole name, what it is."""

    column: int
    row: int
    short: str
    name: str
    what: str


_SIDE, _GAP = 44, 4
MOST_NAMED_TILES = 200


def tiles(chart_id: str, shown: Sequence[Tile], title: str, t: Words) -> Markup:
    """The tile map."""
    wide = (max((one.column for one in shown), default=0) + 1) * (_SIDE + _GAP)
    high = (max((one.row for one in shown), default=0) + 1) * (_SIDE + _GAP)
    parts = [
        f'<svg role="img" aria-labelledby="{chart_id}-t {chart_id}-d" class="tiles" viewBox="0 0 {wide} {high}" '
        f'width="{min(wide, 1100)}" focusable="false"><title id="{chart_id}-t">{escape(title)}</title>'
        f'<desc id="{chart_id}-d">{escape(t("same_numbers"))}</desc>{patterns(chart_id)}'
    ]
    if len(shown) > MOST_NAMED_TILES:
        parts += _masses(shown, chart_id)
        return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above
    for one in shown:
        x, y = one.column * (_SIDE + _GAP) + 2, one.row * (_SIDE + _GAP) + 2
        form = FORMS[one.what]
        parts.append(
            f"<g><title>{escape(clean(one.name))}: {escape(t(f'is_{one.what}'))}</title>"
            f'<rect x="{x}" y="{y}" width="{_SIDE}" height="{_SIDE}" {drawn(form, chart_id)}/>'
            f'<text x="{x + _SIDE / 2:g}" y="{y + _SIDE / 2 + 4:g}" class="tile-text {form}">{escape(one.short)}</text>'
            "</g>"
        )
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above


def _masses(shown: Sequence[Tile], chart_id: str) -> Iterator[str]:
    """So many tiles that no name could be read on them: one path for all of a form."""
    for form in dict.fromkeys(FORMS.values()):
        path = "".join(
            f"M{one.column * (_SIDE + _GAP) + 2} {one.row * (_SIDE + _GAP) + 2}h{_SIDE}v{_SIDE}h-{_SIDE}z"
            for one in shown
            if FORMS[one.what] == form
        )
        if path:
            yield f'<path d="{path}" {drawn(form, chart_id)}/>'


def drawn(form: str, chart_id: str) -> str:
    """How a tile or an area of a form is filled and edged."""
    if form in ("striped", "dotted", "crossed"):
        return f'class="shape" fill="url(#{chart_id}-{form})"'
    return f'class="shape {form}"'


def patterns(chart_id: str) -> str:
    """The fillings that tell forms apart without colour."""
    return (
        f'<defs><pattern id="{chart_id}-striped" width="7" height="7" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="7" height="7" class="ground"/>'
        '<rect width="2" height="7" class="ink"/>'
        f'</pattern><pattern id="{chart_id}-dotted" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<rect width="8" height="8" class="ground"/><circle cx="2" cy="2" r="1.1" class="ink"/></pattern>'
        f'<pattern id="{chart_id}-crossed" width="9" height="9" patternUnits="userSpaceOnUse">'
        '<rect width="9" height="9" class="ground"/><path d="M0 0L9 9M9 0L0 9" class="thin"/></pattern></defs>'
    )


def legend(chart_id: str, whats: Sequence[tuple[str, int]], t: Words) -> Markup:
    """What the forms mean, with how many there are of each."""
    parts = ['<ul class="legend">']
    for what, many in whats:
        parts.append(
            '<li><svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" focusable="false">'
            f'<rect x="1" y="1" width="16" height="16" {drawn(FORMS[what], chart_id)}/></svg>'
            f"{escape(t(f'is_{what}'))} ({many:,})</li>"
        )
    return Markup("".join([*parts, "</ul>"]))  # noqa: S704 - every text in it is escaped above
