"""Everybody with a role, invitations that wait, and bodies."""

from __future__ import annotations

import re

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.model.errors import BadUsage
from custodes.service.access.invitations import Invited, end, is_address, revoke, waiting
from custodes.service.access.models import Membership
from custodes.service.access.roles import BODY, OFFICE, ROLE_NAMES, May, Role
from custodes.service.access.routes import Request, page
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.mail.outgoing import send_invitation
from custodes.service.surveys.models import Body
from custodes.service.web.forms import number_of, text_of
from custodes.service.web.pages import show

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


@page("people/", "people", May.MANAGE_OFFICE, ("GET", "POST"))
def people(request: Request) -> HttpResponse:
    """Everybody with a role: invited here one by one, or many from a list."""
    if request.method == "POST":
        if "end" in request.POST:
            membership = get_object_or_404(Membership, pk=number_of(request.POST, "end"), ended=None)
            _end(request, membership)
        elif "revoke" in request.POST:
            _revoke(request, number_of(request.POST, "revoke"))
        elif "body_id" in request.POST:
            _add_body(request)
        else:
            _invite_all(request)
        return redirect("people")
    context = {
        "members": Membership.objects.filter(ended=None).select_related("user", "body").order_by("body_id", "role"),
        "roles": [(str(role), name) for role, name in ROLE_NAMES.items()],
        "bodies": Body.objects.order_by("name"),
        "waiting": waiting().select_related("body", "made_by").order_by("pk"),
    }
    return show(request, "office/people.html", context)


def _revoke(request: Request, number: int) -> None:
    """A link that waits serves no more."""
    if revoke(get_object_or_404(waiting(), pk=number), request.person.user):
        messages.success(request, "The link serves no more.")


def _add_body(request: Request) -> None:
    """A body that keeps its equipment here, whether a survey asks it or not."""
    name, told = text_of(request.POST, "body_id", 64), text_of(request.POST, "body_name", 200)
    if not _ID.fullmatch(name) or not told:
        messages.error(request, "A body has an id of letters, digits and hyphens, and a name.")
        return
    with transaction.atomic():
        made, new = Body.objects.get_or_create(id=name, defaults={"name": told})
        if new:
            record(Act("body_added", request.person.user), OFFICE_CHAIN, {"body": made.pk})
    if new:
        messages.success(request, f"{told} is here. Invite its people: address, role, {name}.")
    else:
        messages.error(request, "There is a body of this id already.")


def _end(request: Request, membership: Membership) -> None:
    """Takes a role away; the last administrator keeps theirs."""
    admins = Membership.objects.filter(role=str(Role.OFFICE_ADMIN), ended=None).count()
    if membership.role == Role.OFFICE_ADMIN and admins == 1:
        messages.error(request, "There is no other administrator: invite one first.")
        return
    with transaction.atomic():
        end(membership, request.person.user)


def _invite_all(request: Request) -> None:
    """Lines of `address, role, body`; the body is left out for a role at the office. All or none."""
    lines = [line.strip() for line in request.POST.get("list", "").splitlines() if line.strip()]
    wanted, wrong = [], []
    bodies = set(Body.objects.values_list("id", flat=True))
    for number, line in enumerate(lines, 1):
        email, role, body = (*(part.strip() for part in line.split(",")), "", "", "")[:3]
        held_at = BODY if body else OFFICE
        if not is_address(email) or role not in map(str, held_at) or (body and body not in bodies):
            wrong.append(f"Line {number}: an address, a role that is held there, and a body of the survey are wanted.")
        else:
            wanted.append(Invited(Role(role), email, body))
    for one in wrong[:20]:
        messages.error(request, one)
    if wrong or not wanted:
        return
    try:
        with transaction.atomic():
            for who in wanted:
                send_invitation(who, request.person.user)
            record(Act("invitations_sent", request.person.user), OFFICE_CHAIN, {"many": len(wanted)})
        messages.success(request, f"{len(wanted)} invitations are on their way.")
    except BadUsage as error:
        messages.error(request, error.what)
