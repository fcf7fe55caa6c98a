"""One-time links, and the tokens that somebody makes for programs."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from custodes.service.access.invitations import accept as accept_link
from custodes.service.access.invitations import digest, find
from custodes.service.access.models import ApiToken, User
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.web.forms import number_of, text_of
from custodes.service.web.pages import show
from custodes.service.web.words import words

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TOKEN_DAYS = 365


@page("invitation/<str:token>/", "accept", May.ANYTHING_PUBLIC, ("GET", "POST"))
def accept(request: Request, token: str) -> HttpResponse:
    """Makes an account, or adds a role to the one that somebody has."""
    invitation = find(token)
    if invitation is None:
        return show(request, "access/gone.html", status=410)
    known = User.objects.filter(email=invitation.email).exists() if invitation.email else False
    wrong: dict[str, str] = {}
    user = request.person.user
    if known and (user is None or user.email != invitation.email):
        # whoever holds a link has shown nothing about an account: its owner signs in first
        there = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return show(request, "access/known.html", {"invitation": invitation, "there": there})
    if request.method == "POST":
        wrong = _accepted(request, token, invitation.email, known)
        if not wrong:
            return redirect("home")
    context = {"invitation": invitation, "known": known, "wrong": wrong, "told": request.POST}
    return show(request, "access/accept.html", context, status=400 if wrong else 200)


def _accepted(request: Request, token: str, address: str, known: bool) -> dict[str, str]:
    """Uses a link up; field to what is wrong with it."""
    t, form = words(request.language), request.POST
    email, password = address or form.get("email", "").strip(), form.get("password", "")
    wrong: dict[str, str] = {}
    if not known:
        try:
            validate_email(email)
            if User.objects.filter(email=email.casefold()).exists():
                wrong["email"] = t("wrong_email_taken")
        except ValidationError:
            wrong["email"] = t("wrong_email")
        try:
            validate_password(password, User(email=email, name=form.get("name", "")))
        except ValidationError as error:
            wrong["password"] = " ".join(error.messages)
    if wrong:
        return wrong
    with within(EVERYTHING):
        user = accept_link(token, email, password, text_of(form, "name", 120))
    if user is None:
        raise Http404
    if not known:
        login(request, user, backend=_BACKEND)
    return {}


#: What a token can be allowed to do, beside reading one's own returns.
TOKEN_SCOPES = (
    May.READ_RETURN,
    May.ANSWER,
    May.COMPLETE,
    May.SIGN,
    May.READ_OFFICE,
    May.WORK_OFFICE,
    May.MANAGE_OFFICE,
    May.READ_AUDIT,
    May.READ_ESTATE,
    May.WORK_ESTATE,
)


@page("home/tokens/", "tokens", May.OWN, ("GET", "POST"))
def tokens(request: Request) -> HttpResponse:
    """Tokens of the API. A token is shown once."""
    user, made = request.person.user, ""
    assert user is not None
    if request.method == "POST":
        if "revoke" in request.POST:
            token = get_object_or_404(ApiToken, pk=number_of(request.POST, "revoke"), user=user, revoked_at=None)
            with within(EVERYTHING), transaction.atomic():
                token.revoked_at = timezone.now()
                token.save(update_fields=["revoked_at"])
                record(Act("token_revoked", user), OFFICE_CHAIN, {"token": token.pk})
            return redirect("tokens")
        wanted = [scope for scope in request.POST.getlist("scope") if scope in map(str, TOKEN_SCOPES)]
        if wanted and text_of(request.POST, "name", 80):
            made = new_token(user, text_of(request.POST, "name", 80), wanted)
        else:
            messages.error(request, words(request.language)("wrong_token"))
    context: dict[str, Any] = {
        "tokens": ApiToken.objects.filter(user=user).order_by("-made_at"),
        "offered": [str(scope) for scope in TOKEN_SCOPES],
        "made": made,
    }
    return show(request, "access/tokens.html", context)


def new_token(user: User, name: str, scopes: list[str]) -> str:
    """A token; only its hash is kept."""
    told = f"cst_{secrets.token_urlsafe(32)}"
    with within(EVERYTHING), transaction.atomic():
        row = ApiToken.objects.create(
            digest=digest(told),
            user=user,
            name=name,
            scopes=scopes,
            expires=timezone.now() + timedelta(days=TOKEN_DAYS),
        )
        record(Act("token_made", user), OFFICE_CHAIN, {"token": row.pk, "scopes": scopes})
    return told
