"""What every HTML page has in common: one style, no script, nothing from elsewhere, texts of others kept harmless."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from custodes.publication.text import clean

_STYLE = Path(__file__).parent / "report" / "report.css"


def style(marking: str = "") -> dict[str, object]:
    """The style of a page, with a marking at the edges of its printed sheets, and its hash for the page's policy."""
    css = _css().replace("/*MARKING*/", _css_text(clean(marking)))
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return {"css": Markup(css), "css_hash": digest}  # noqa: S704 - our own file


def plain_style() -> str:
    """The style that all pages share, without a marking."""
    return _css().replace("/*MARKING*/", "")


@cache
def template(folder: Path, name: str) -> Template:
    """A template. Its texts are escaped; `seen` is for what others wrote."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seen"] = seen
    return environment.get_template(name)


@cache
def _css() -> str:
    return _STYLE.read_text(encoding="utf-8").strip()


def seen(value: object) -> Markup:
    """Text of others: hidden characters out, escaped, and kept from turning its neighbours round."""
    return Markup("<bdi>{}</bdi>").format(clean(value))


def _css_text(text: str) -> str:
    """`text` as the inside of a CSS string, every character that is not a plain letter as an escape."""
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)
