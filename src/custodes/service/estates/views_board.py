"""The board of findings: what was found, who does something about it, until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import acts
from custodes.service.estates.desk import desk
from custodes.service.estates.models import Found, Run, Work
from custodes.service.estates.register import SEVERITY
from custodes.service.estates.views_start import ESTATE
from custodes.service.returns.workflow import today
from custodes.service.web.forms import day_of, number_of, text_of

_PAGE = 50
_LONGEST = 4_000
#: Findings to which one step may be applied.
MOST = 20_000
#: Ways of looking at the board besides a state of work.
VIEWS = {
    "": "Open, or found again",
    "all": "All",
    "mine": "Mine",
    "overdue": "Overdue",
    "again": "Done, but found again",
}


def _wanted(request: Request, run: Run | None, told: dict[str, str]) -> QuerySet[Found]:
    """The findings that are asked for, serious ones first."""
    found = Found.objects.filter(run=run)
    kind, severity, view = told.get("kind", ""), told.get("severity", ""), told.get("view", "")
    if kind:
        found = found.filter(kind=kind)
    if severity in ("1", "2", "3"):
        found = found.filter(severity=int(severity))
    if told.get("search"):
        found = found.filter(text__icontains=told["search"]) | found.filter(name__icontains=told["search"])
    work = Work.objects.filter(body=OuterRef("body"), key=OuterRef("key"))
    since = run.made_at if run is not None else None
    again = Exists(work.filter(state="done", at__lt=since)) if since is not None else None
    if view == "":
        not_closed = ~Exists(work.filter(state__in=acts.CLOSED))
        found = found.filter(not_closed | again if again is not None else not_closed)
    elif view == "mine":
        found = found.filter(Exists(work.filter(owner=request.person.id).exclude(state__in=acts.CLOSED)))
    elif view == "overdue":
        found = found.filter(Exists(work.filter(due__lt=today()).exclude(state__in=acts.CLOSED)))
    elif view == "again" and again is not None:
        found = found.filter(again)
    elif view in acts.STATES_OF_WORK:
        found = found.filter(Exists(work.filter(state=view)))
    return found.order_by("-severity", "number")


def _told(source: Any) -> dict[str, str]:
    return {name: text_of(source, name, 100) for name in ("kind", "severity", "view", "search") if source.get(name)}


@page(f"{ESTATE}findings/", "estate_board", May.READ_ESTATE)
def board(request: Request, body: str) -> HttpResponse:
    """The findings, each with who does what about it."""
    held = desk(request, body)
    told = _told(request.GET)
    start = number_of(request.GET, "from")
    found = list(_wanted(request, held.run, told)[start : start + _PAGE + 1])
    rows = found[:_PAGE]
    work = Work.objects.filter(body=body, key__in=[one.key for one in rows]).select_related("owner")
    query = QueryDict(mutable=True)
    query.update(told)
    context = {
        "rows": rows,
        "work": {one.key: one for one in work},
        "told": told,
        "query": query.urlencode(),
        "more": start + _PAGE if len(found) > _PAGE else 0,
        "less": max(0, start - _PAGE) if start else None,
        "kinds": sorted(held.run.told["kinds"].items()) if held.run is not None else [],
        "severities": SEVERITY,
        "views": {**VIEWS, **acts.STATES_OF_WORK},
        "states": acts.STATES_OF_WORK,
        "closed": acts.CLOSED,
        "owners": acts.owners(body),
        "today": today(),
        "again": held.run.made_at if held.run is not None else None,
    }
    return held.show("board", "estate_board", context)


@page(f"{ESTATE}findings/act/", "estate_board_act", May.WORK_ESTATE, ("POST",))
def board_act(request: Request, body: str) -> HttpResponse:
    """Of the findings that were ticked, or of all that are listed: where it stands, who, until when."""
    held = desk(request, body)
    post = request.POST
    query = QueryDict(post.get("query", "")[:_LONGEST])
    try:
        if held.estate is None:
            raise acts.Unfit("There is nothing to work on yet.")
        if held.run is None or str(held.run.pk) != post.get("run"):
            raise acts.Unfit("Another assessment came in between. Look at the findings again, then decide.")
        if post.get("everything") == "yes":
            keys = list(_wanted(request, held.run, _told(query)).values_list("key", flat=True)[: MOST + 1])
        else:
            ticked = post.getlist("finding")[:MOST]
            keys = list(Found.objects.filter(run=held.run, body=body, key__in=ticked).values_list("key", flat=True))
        if len(keys) > MOST:
            raise acts.Unfit(f"One step is about {MOST:,} findings at most: filter first.")
        day = day_of(post, "due")
        owner = next((one for one in acts.owners(body) if str(one.pk) == post.get("owner")), None)
        step = acts.Step(
            text_of(post, "state", 12),
            owner,
            post.get("owner") == "nobody",
            date.fromisoformat(day) if day else None,
            text_of(post, "note", 4000),
        )
        many = acts.put_to_work(held.estate, request.person.account, list(dict.fromkeys(keys)), step)
        messages.success(request, f"Kept for {many:,} finding{'' if many == 1 else 's'}.")
    except acts.Unfit as error:
        messages.error(request, str(error))
    except ValueError:
        messages.error(request, "The day is no day of the calendar.")
    return redirect(f"{reverse('estate_board', kwargs={'body': body})}?{query.urlencode()}")
