"""Tokens: whose, what they may do, and the scope in which their request works."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from custodes.service.access.invitations import digest
from custodes.service.access.models import ApiToken, User
from custodes.service.access.person import Person, person_of
from custodes.service.access.roles import May
from custodes.service.access.routes import Forbidden
from custodes.service.access.scope import within


class Token(HttpBearer):
    """`Authorization: Bearer cst_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """Who it is; None for a token that is none, is over, or was taken back."""
        now = timezone.now()
        held = (
            ApiToken.objects.select_related("user")
            .filter(digest=digest(token), revoked_at=None, expires__gt=now, user__is_active=True)
            .first()
        )
        if held is None:
            return None
        if held.last_used is None or now - held.last_used > timedelta(minutes=5):
            ApiToken.objects.filter(pk=held.pk).update(last_used=now)
        return person_of(held.user, frozenset(May(scope) for scope in held.scopes if scope in set(May)))


@contextmanager
def acting(request: HttpRequest, may: May, body: str = "") -> Iterator[User]:
    """Work as the person of the token, in its scope. Raises Http404 and Forbidden as pages do."""
    person: Person = request.auth  # type: ignore[attr-defined]
    scope = person.scope_for(may, body)
    if scope is None:
        if body and not person.sees(body):
            raise Http404
        raise Forbidden
    with within(scope):
        yield person.account
