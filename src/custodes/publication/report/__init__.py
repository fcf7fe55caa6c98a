"""One HTML file that a person can read aloud, print, check and pass on: no script, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from custodes.model.assessment import Assessment
from custodes.publication.pages import style, template
from custodes.publication.report.view import build

__all__ = ["render_report"]


def render_report(assessment: Assessment) -> str:
    """The report as one offline HTML page. The same assessment gives the same text on any day."""
    page = template(Path(__file__).parent, "report.html.j2")
    return page.render(build(assessment), **style(assessment.marking))
