"""The page of an estate's totals for everybody: one file, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from custodes.model.assessment import Assessment
from custodes.publication import words as w
from custodes.publication.assurance.figures import BySystem
from custodes.publication.pages import style, template
from custodes.publication.site.build import Head


def page(assessment: Assessment, figures: Sequence[Mapping[str, Any]], by: BySystem, head: Head) -> bytes:
    """The page."""
    shown = template(Path(__file__).parent, "totals.html.j2")
    return shown.render(
        assessment=assessment,
        day=w.day(assessment.as_at),
        figures=figures,
        by=by,
        hidden=any(cell is None for cell in by.cells.values()),
        head=head,
        **style(assessment.marking),
    ).encode()
