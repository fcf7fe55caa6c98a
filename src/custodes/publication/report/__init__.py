"""One HTML file that a person can read aloud, print, check and pass on: no script, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from custodes.model.assessment import Assessment
from custodes.publication.report.view import build
from custodes.publication.text import clean

__all__ = ["render_report"]

_HERE = Path(__file__).parent


def render_report(assessment: Assessment) -> str:
    """The report as one offline HTML page. The same assessment gives the same text on any day."""
    css = _css().replace("/*MARKING*/", _css_text(clean(assessment.marking)))
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return _template().render(build(assessment), css=Markup(css), css_hash=digest)  # noqa: S704 - our own file


@cache
def _css() -> str:
    return (_HERE / "report.css").read_text(encoding="utf-8").strip()


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seen"] = _seen
    return environment.get_template("report.html.j2")


def _seen(value: object) -> Markup:
    """Text of others: hidden characters out, escaped, and kept from turning its neighbours round."""
    return Markup("<bdi>{}</bdi>").format(clean(value))


def _css_text(text: str) -> str:
    """`text` as the inside of a CSS string, every character that is not a plain letter as an escape."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)
