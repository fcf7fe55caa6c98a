"""A diagram of where the traffic of devices goes: each device, and branches to whoever it sent to. Never colour."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from custodes.publication.text import shorten

_HEAD, _BRANCH, _GAP = 30, 42, 14
_LABEL_COLUMNS = 34
_THIN, _THICK = 1.25, 11.0


@dataclass(frozen=True, slots=True)
class Branch:
    """One way out: to whom, what is told of where, how many bytes up and down in words, and bytes sent."""

    name: str
    where: str
    told: str
    sent: int


@dataclass(frozen=True, slots=True)
class Root:
    """A device and its ways out, those with most bytes first."""

    name: str
    branches: tuple[Branch, ...]


def routes(chart_id: str, title: str, roots: Sequence[Root]) -> Markup:
    """The diagram. Lines are the thicker the more was sent, by its logarithm. Text in it is escaped."""
    height = sum(_HEAD + _BRANCH * len(root.branches) + _GAP for root in roots)
    most = max((branch.sent for root in roots for branch in root.branches), default=1)
    described = "; ".join(
        f"{root.name}: " + ", ".join(f"{branch.name}, {branch.told}" for branch in root.branches) for root in roots
    )
    parts = [
        f'<svg role="img" aria-labelledby="{chart_id}-t {chart_id}-d" class="chart routes" width="100%" '
        f'height="{height}" focusable="false">',
        f'<title id="{chart_id}-t">{escape(title)}</title>',
        f'<desc id="{chart_id}-d">{escape(described)}. The table below has the same numbers.</desc>',
    ]
    top = 0
    for root in roots:
        parts += _root(root, top, most)
        top += _HEAD + _BRANCH * len(root.branches) + _GAP
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 - every text in it is escaped above


def _root(root: Root, top: int, most: int) -> list[str]:
    """A device, its trunk, and a branch for each way out."""
    last = top + _HEAD + _BRANCH * (len(root.branches) - 1) + 12
    drawn = [
        f'<text x="0" y="{top + 18}" class="bar-text bar-number">{escape(shorten(root.name, _LABEL_COLUMNS))}</text>',
        f'<path d="M8 {top + 26}V{last}" class="route" stroke-width="{_THIN}"/>',
    ]
    for place, branch in enumerate(root.branches):
        y = top + _HEAD + _BRANCH * place + 12
        width = _width(branch.sent, most)
        dash = "" if branch.sent else ' stroke-dasharray="3 3"'
        drawn += [
            f'<path d="M8 {y}H44" class="route" stroke-width="{width:.2f}"{dash}/>',
            f'<text x="54" y="{y + 1}" class="bar-text">{escape(shorten(branch.name, _LABEL_COLUMNS))}</text>',
            f'<text x="54" y="{y + 18}" class="route-text">'
            f"{escape(shorten('; '.join(filter(None, (branch.told, branch.where))), _LABEL_COLUMNS + 14))}</text>",
        ]
    return drawn


def _width(sent: int, most: int) -> float:
    share = math.log1p(sent) / math.log1p(most) if most else 0.0
    return _THIN + (_THICK - _THIN) * share**3
