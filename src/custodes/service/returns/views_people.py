"""Who of a body answers which section, and who else has an account for it."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.service.access.invitations import BY_COORDINATOR, Invited, end, is_address, revoke, waiting
from custodes.service.access.models import Membership, User
from custodes.service.access.roles import BODY, ROLE_NAMES, May, Role
from custodes.service.access.routes import Request, page
from custodes.service.audit.record import Act, record
from custodes.service.mail.outgoing import send_invitation
from custodes.service.returns.models import Delegation
from custodes.service.returns.sheet import find, sheet
from custodes.service.returns.views_hub import RETURN
from custodes.service.surveys.models import Body
from custodes.service.web.forms import number_of
from custodes.service.web.pages import show
from custodes.service.web.words import words


@page(f"{RETURN}people/", "delegate", May.DELEGATE, ("GET", "POST"))
def delegate(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """Sections and who answers them."""
    of = find(survey, wave, body)
    told = sheet(of)
    respondents = _respondents(body)
    if request.method == "POST":
        section = told.group(request.POST.get("section", "")).section.id
        person = get_object_or_404(User, pk=number_of(request.POST, "person"), pk__in=[one.pk for one in respondents])
        with transaction.atomic():
            if "remove" in request.POST:
                Delegation.objects.filter(of=of, section=section, user=person).delete()
            else:
                Delegation.objects.get_or_create(of=of, body_id=body, section=section, user=person)
            kind = "delegation_ended" if "remove" in request.POST else "delegated"
            content = {"return": of.pk, "section": section, "person": person.pk}
            record(Act(kind, request.person.user), body, content)
        return redirect("delegate", survey=survey, wave=wave, body=body)
    held: dict[str, list[User]] = {}
    for one in Delegation.objects.filter(of=of).select_related("user"):
        held.setdefault(one.section, []).append(one.user)
    return show(request, "returns/delegate.html", {"of": of, "sheet": told, "held": held, "respondents": respondents})


def _respondents(body: str) -> list[User]:
    found = Membership.objects.filter(body_id=body, role=str(Role.RESPONDENT), ended=None).select_related("user")
    return [one.user for one in found]


@page("bodies/<slug:body>/people/", "body_people", May.BODY_PEOPLE, ("GET", "POST"))
def body_people(request: Request, body: str) -> HttpResponse:
    """The accounts of a body: invited and ended by its coordinator, or by the office."""
    held = get_object_or_404(Body, pk=body)
    office = Role.OFFICE_ADMIN in request.person.office
    offered = sorted(BODY if office else BY_COORDINATOR)
    user = request.person.user
    if request.method == "POST":
        if "end" in request.POST:
            membership = get_object_or_404(Membership, pk=number_of(request.POST, "end"), body_id=body, ended=None)
            if membership.role in map(str, offered):
                with transaction.atomic():
                    end(membership, user)
        elif "revoke" in request.POST:
            link = get_object_or_404(waiting(), pk=number_of(request.POST, "revoke"), body_id=body)
            if link.role in map(str, offered):
                revoke(link, user)
        else:
            _invite(request, body, offered)
        return redirect("body_people", body=body)
    context = {
        "body": held,
        "members": Membership.objects.filter(body_id=body, ended=None).select_related("user").order_by("role"),
        "waiting": waiting().filter(body_id=body, role__in=[str(role) for role in offered]).order_by("pk"),
        "offered": [(str(role), ROLE_NAMES[role]) for role in offered],
    }
    return show(request, "returns/people.html", context)


def _invite(request: Request, body: str, offered: list[Role]) -> None:
    say = words(request.language)
    role, email = request.POST.get("role", ""), request.POST.get("email", "").strip()
    if not is_address(email) or role not in map(str, offered):
        messages.error(request, say("wrong_email"))
        return
    with transaction.atomic():
        send_invitation(Invited(Role(role), email, body), request.person.user)
    messages.success(request, say("invited", email=email))
