"""Shows a page: Jinja, the frame that all pages share, and who is reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import IO, Any

import jinja2
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.timezone import localtime

from custodes.publication.text import clean
from custodes.service.access.person import NOBODY
from custodes.service.access.roles import ROLE_NAMES, May
from custodes.service.web.words import day_in, in_language, words


def environment(**options: Any) -> jinja2.Environment:
    """Jinja's environment: undefined names chain, as the components of govuk-frontend-jinja want it."""
    own = options.pop("loader")
    options["undefined"] = jinja2.ChainableUndefined
    components = jinja2.PrefixLoader({"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")})
    made = jinja2.Environment(  # noqa: S701 - `autoescape` is among the options, as the settings say it
        loader=jinja2.ChoiceLoader([own, components]),
        trim_blocks=True,
        lstrip_blocks=True,
        **{key: value for key, value in options.items() if key != "auto_reload"},
        auto_reload=False,
    )
    made.globals.update(static=static, url=_url, ROLE_NAMES=ROLE_NAMES, May=May)
    made.filters.update(
        day=_day,
        moment=_moment,
        seen=clean,
        many=lambda number: f"{number:,}",
        capitalize_first=lambda text: text[:1].upper() + text[1:],
        zip_same=lambda texts: [(text, text) for text in texts],
    )
    return made


def _url(route: str, /, **parts: object) -> str:
    return reverse(route, kwargs=parts or None)


@jinja2.pass_context
def _day(context: jinja2.runtime.Context, told: Any) -> str:
    """A day in words, in the language of the page."""
    if not told:
        return ""
    day: date = localtime(told).date() if isinstance(told, datetime) else told
    return day_in(day, str(context.get("language", "en")))


@jinja2.pass_context
def _moment(context: jinja2.runtime.Context, told: Any) -> str:
    return f"{_day(context, told)}, {localtime(told):%H:%M}" if told else ""


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page. No page with anything of a body is kept by a browser or a proxy."""
    if template.startswith(_ENGLISH):
        request.language = "en"  # type: ignore[attr-defined]
    text = get_template(template, using=None).render({**_frame(request), **(context or {})}, request)
    response = HttpResponse(text, status=status)
    response["Cache-Control"] = "no-store" if getattr(request, "person", NOBODY).known else "no-cache"
    return response


def attached(file: IO[bytes], kind: str, name: str) -> FileResponse:
    """An open file as a download: never shown by the browser inside this service, and not kept by it."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _frame(request: HttpRequest) -> dict[str, Any]:
    """What the frame of a page is made of."""
    language = getattr(request, "language", "en")
    person = getattr(request, "person", NOBODY)
    return {
        "t": words(language),
        "language": language,
        "other_language": "en" if language == "cy" else "cy",
        "tongue": lambda texts, other="": in_language(texts, language, other),
        "person": person,
        "menu": _menu(request, person, language),
        "messages": list(messages.get_messages(request)) if hasattr(request, "_messages") else [],
        "csrf": lambda: format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)),
        "here": request.path,
    }


#: Pages of the office and of estates, which are in English whatever the reader chose.
_ENGLISH = ("office/", "audit/", "estate/")
#: Route, word, right that one must have somewhere to see it in the menu.
_MENU = (
    ("home", "menu_home", May.OWN),
    ("estates", "menu_estate", May.READ_ESTATE),
    ("board", "menu_office", May.READ_OFFICE),
    ("rounds", "menu_rounds", May.READ_OFFICE),
    ("people", "menu_people", May.MANAGE_OFFICE),
    ("audit", "menu_audit", May.READ_AUDIT),
)


def _menu(request: HttpRequest, person: Any, language: str) -> list[dict[str, Any]]:
    t = words(language)
    found = []
    for name, word, may in _MENU if person.known else ():
        try:
            if person.may(may):
                place = reverse(name)
                found.append({"href": place, "text": t(word), "current": request.path.startswith(place)})
        except NoReverseMatch:
            continue
    return found


def frame_context(request: HttpRequest) -> dict[str, Any]:
    """The same for the templates of django-allauth."""
    told = _frame(request)
    t = told["t"]
    frame = {
        "title": "service_name",
        "skip": "skip",
        "account": "menu_account",
        "footer": "footer",
        "problem": "problem",
        "sign_in": "sign_in",
        "passkey": "sign_in_passkey",
        "or_sign_in": "sign_in_or",
    }
    del told["messages"]  # those of Django's own processor, which these templates show
    return {**told, **{f"frame_{key}": t(word) for key, word in frame.items()}}
