"""Every page has a route here, and every route says what one must be allowed to do to see it.

A body that somebody does not know of and a body that does not exist give the same answer: not found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from custodes.service.access.person import NOBODY, Person
from custodes.service.access.roles import May
from custodes.service.access.scope import Scope, within


class Request(HttpRequest):
    """A request with who is asking."""

    person: Person = NOBODY
    language: str = "en"


class Forbidden(Exception):
    """Somebody may not do what they asked for, and may know that it is there."""


@dataclass(frozen=True, slots=True)
class Route:
    """One page: its place, what one must be allowed to do, the verbs it takes."""

    name: str
    place: str
    may: May
    methods: tuple[str, ...]
    view: Callable[..., HttpResponseBase]


ROUTES: dict[str, Route] = {}


def page(
    place: str, name: str, may: May, methods: Sequence[str] = ("GET",)
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Declares a view: `place` as in Django's `path`; a part named `body` says at which body the right is wanted."""

    def declare(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        if name in ROUTES:
            raise ValueError(f"two routes are called {name}")

        @wraps(view)
        def guarded(request: Request, **told: Any) -> HttpResponseBase:
            route = ROUTES[name]
            if request.method not in (*route.methods, "HEAD", "OPTIONS"):
                from custodes.service.web.errors import not_allowed

                return not_allowed(request, route.methods)
            scope = admitted(request.person, route.may, told.get("body", ""))
            if scope is None:
                return _sign_in(request)
            with within(scope):
                return view(request, **told)

        ROUTES[name] = Route(name, place, may, tuple(methods), guarded)
        return guarded

    return declare


def admitted(person: Person, may: May, body: str) -> Scope | None:
    """The scope of somebody's work; None where they must sign in first. Raises Http404 and Forbidden."""
    scope = person.scope_for(may, body)
    if scope is not None:
        return scope
    if not person.known:
        return None
    if body and not person.sees(body):
        raise Http404
    raise Forbidden


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the page where one signs in, and back."""
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else "/home/"
    return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")


def patterns() -> list[URLPattern]:
    """All routes, for Django."""
    return [path(route.place, route.view, name=route.name) for route in ROUTES.values()]
