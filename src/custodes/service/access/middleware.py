"""Puts who is asking on each request; leads on to where people of an organisation sign in."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from custodes.service.access.models import User
from custodes.service.access.person import NOBODY, Person, person_of
from custodes.service.access.routes import Forbidden, Request
from custodes.service.access.scope import NOTHING, within


class PersonMiddleware:
    """The person is looked up when first asked for. Outside a route nothing of any body is in scope."""

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """One request."""

        def find() -> Person:
            return person_of(request.user) if isinstance(request.user, User) else NOBODY

        request.person = SimpleLazyObject(find)  # type: ignore[assignment]
        with within(NOTHING):
            return self.get_response(request)

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        """A refusal as a page."""
        from custodes.service.room import is_full
        from custodes.service.web.errors import disk_full, forbidden

        if isinstance(error, Forbidden):
            return forbidden(request)
        return disk_full(request) if isinstance(error, OSError | DatabaseError) and is_full(error) else None


class AwayMiddleware:
    """From the button of an organisation's sign-in to its page, which is another site.

    Browsers follow no redirection of a form to a site that the policy of forms does not name, and which site it is
    only the provider itself tells. So a page of our own leads on.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        """One request."""
        from custodes.service.web.pages import show

        found = self.get_response(request)
        where = str(getattr(found, "url", ""))
        if request.method != "POST" or not where or url_has_allowed_host_and_scheme(where, {request.get_host()}):
            return found
        page = show(request, "access/away.html", {"where": where})
        page.headers["Refresh"] = f"0; url={where}"
        page.headers["Cache-Control"] = "no-store"
        return page
