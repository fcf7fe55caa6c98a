"""The record of changes, to be read and to be checked."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse

from custodes.service.access.models import User
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.access.scope import current
from custodes.service.audit.models import Event, Signed
from custodes.service.web.forms import text_of
from custodes.service.web.pages import show

_PAGE = 100


@page("audit/", "audit", May.READ_AUDIT)
def audit(request: Request) -> HttpResponse:
    """Every change in scope, the newest first. The office's auditor sees all, a body's its own."""
    kind, chain = text_of(request.GET, "kind", 40), text_of(request.GET, "chain", 64)
    found = Event.objects.order_by("-id")
    found = found.filter(kind=kind) if kind else found
    found = found.filter(chain=chain) if chain else found
    listed = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    people = User.objects.in_bulk({event.actor for event in listed if event.actor is not None})
    context = {
        "events": [(event, people.get(event.actor or 0)) for event in listed],
        "listed": listed,
        "kind": kind,
        "chain": chain,
        "signed": Signed.objects.order_by("-size").first() if current().bodies is None else None,
    }
    return show(request, "audit/list.html", context)
