"""Writes the site: every page of a release in each language, one style sheet, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from custodes.model.errors import BadUsage
from custodes.publication.edition.content import Release
from custodes.publication.pages import plain_style, seen
from custodes.publication.site.paths import page_of
from custodes.publication.site.places import Places
from custodes.publication.site.reached import Reaching
from custodes.publication.site.words import Words, in_language, words

_HERE = Path(__file__).parent
STYLE = "style.css"


@dataclass(frozen=True, slots=True)
class Head:
    """What every page says of the log: its name, size, root in base64, the code to compare, the key's name."""

    origin: str
    size: int
    root: str
    code: str
    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its path in the language of the site's root, its template, its title, and what it is given."""

    path: str
    template: str
    title: str
    given: Mapping[str, Any]


@dataclass(slots=True)
class Site:
    """All that pages are made from, in one language."""

    found: Release
    head: Head
    where: Places
    reaching: Reaching
    language: str
    files: tuple[tuple[str, str, int], ...] = ()
    t: Words = field(init=False)

    def __post_init__(self) -> None:
        self.t = words(self.language)

    def text(self, texts: Mapping[str, str], other: str = "") -> Markup:
        """A text of the survey; marked with its language where that is not the page's."""
        told, language = in_language(texts, self.language, other)
        shown = seen(told)
        return shown if language == self.language else Markup('<span lang="{}">{}</span>').format(language, shown)

    def title_of(self, texts: Mapping[str, str], other: str = "") -> str:
        """The same as plain text, for titles and charts."""
        return in_language(texts, self.language, other)[0]


def build(site: Callable[[str], Site], out: Path, languages: tuple[str, ...], progress: Callable[[str], None]) -> None:
    """Writes the pages of each language; the first language is that of the root."""
    from custodes.publication.site.view import pages

    css = (plain_style() + "\n" + (_HERE / "site.css").read_text(encoding="utf-8")).encode()
    _write(out / STYLE, css)
    for language in languages:
        one = site(language)
        for many, page in enumerate(pages(one)):
            if many % 50 == 0:
                progress(f"pages ({language}): {many:,}")
            _write(out / _prefixed(page.path, language, languages), render(one, page, languages))


def render(site: Site, page: Page, languages: tuple[str, ...]) -> bytes:
    """One page as bytes."""
    place = _prefixed(page.path, site.language, languages)
    root = "../" * place.count("/")
    prefix = root if site.language == languages[0] else f"{root}{site.language}/"
    others = [one for one in languages if one != site.language]
    given = {
        **page.given,
        "t": site.t,
        "lang": site.language,
        "site": site,
        "title": page.title,
        "root": root,
        "url": lambda path: f"{prefix}{path}",
        "other": f"{root}{_prefixed(page.path, others[0], languages)}" if others else "",
        "other_lang": others[0] if others else "",
        "menu": list(_menu(site)),
        "here": page.path,
        "page_of": page_of,
        "release": site.found,
        "last": site.found.last,
        "head": site.head,
    }
    return (_template(page.template).render(given).rstrip("\n") + "\n").encode()


def _prefixed(path: str, language: str, languages: tuple[str, ...]) -> str:
    return path if language == languages[0] else f"{language}/{path}"


def _menu(site: Site) -> Iterator[tuple[str, str]]:
    """Path and word of each part of the site that has something to show."""
    yield "index.html", site.t("home")
    yield "figures/index.html", site.t("figures")
    yield "systems/index.html", site.t("systems")
    if site.reaching.suppliers:
        yield "suppliers/index.html", site.t("suppliers")
        yield "rules/index.html", site.t("rules")
    yield "bodies/index.html", site.t("bodies")
    yield "claims.html", site.t("claims")
    yield "corrections.html", site.t("corrections")
    yield "method.html", site.t("method")
    yield "data.html", site.t("data")
    yield "check.html", site.t("check")


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["seen"] = seen
    return found


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


def _write(path: Path, data: bytes) -> None:
    """One page. Raises BadUsage where there is one already: two things would have one page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as stream:
            stream.write(data)
    except FileExistsError:
        raise BadUsage(
            "two things would have one page", where=path.name, remedy="give one of them another id"
        ) from None
