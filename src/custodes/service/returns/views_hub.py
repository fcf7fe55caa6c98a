"""The hub of a return: its sections with their status, what is to be done next, and its history."""

from __future__ import annotations

from hashlib import sha256

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.service.access.models import User
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.audit.models import Event
from custodes.service.publishing.models import PUBLISHED, Confirmation, Edition
from custodes.service.publishing.release import confirm as confirm_edition
from custodes.service.returns import workflow
from custodes.service.returns.models import Delegation, Query, Recorded, Return
from custodes.service.returns.sheet import find, sheet
from custodes.service.returns.states import EDITABLE, ReturnState
from custodes.service.surveys.folders import reading
from custodes.service.web.forms import text_of
from custodes.service.web.pages import show
from custodes.service.web.words import words

RETURN = "returns/<slug:survey>/<slug:wave>/<slug:body>/"


@page(RETURN, "hub", May.READ_RETURN)
def hub(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """Where a body stands with its return."""
    of = find(survey, wave, body)
    user = request.person.account
    if ReturnState(of.state) is ReturnState.INVITED and request.person.may(May.ANSWER, body):
        workflow.open_(of, user)
        of = find(survey, wave, body)
    told = sheet(of)
    mine = set(Delegation.objects.filter(of=of, user=user).values_list("section", flat=True))
    done = sum(group.status == "complete" for group in told.groups)
    context = {
        "of": of,
        "sheet": told,
        "mine": mine,
        "done": done,
        "editable": ReturnState(of.state) in EDITABLE,
        "queries": Query.objects.filter(of=of).order_by("at"),
        "people": Delegation.objects.filter(of=of).select_related("user"),
        "confirmations": _open_rounds(body),
        "may": {
            name: request.person.may(May(name), body)
            for name in ("answer", "delegate", "complete", "sign", "decline", "confirm")
        },
    }
    return show(request, "returns/hub.html", context)


def _open_rounds(body: str) -> list[Edition]:
    """Editions in which the body was asked to confirm, and that are not out yet."""
    asked = Confirmation.objects.filter(body_id=body, event="asked").values_list("edition_id", flat=True)
    return list(Edition.objects.filter(pk__in=list(asked)).exclude(state=PUBLISHED).select_related("survey"))


@page(f"{RETURN}queries/<int:number>/", "reply", May.DELEGATE, ("POST",))
def reply(request: Request, survey: str, wave: str, body: str, number: int) -> HttpResponse:
    """The body answers a question of the office."""
    of = find(survey, wave, body)
    query = get_object_or_404(Query, pk=number, of=of, replied_at=None)
    user = request.person.account
    try:
        workflow.reply(query, user, text_of(request.POST, "reply"))
    except workflow.Refused as error:
        messages.error(request, words(request.language)(error.word))
    return redirect("hub", survey=survey, wave=wave, body=body)


@page(f"{RETURN}history/", "history", May.READ_RETURN)
def history(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """Every change of this return, the newest first."""
    of = find(survey, wave, body)
    events = list(Event.objects.filter(chain=body, content__return=of.pk).order_by("-seq")[:500])
    people = User.objects.in_bulk({event.actor for event in events if event.actor is not None})
    context = {"of": of, "rows": [(event, people.get(event.actor or 0)) for event in events]}
    return show(request, "returns/history.html", context)


@page("confirm/<slug:body>/<slug:survey>/<slug:edition>/", "confirm", May.CONFIRM, ("GET", "POST"))
def confirm(request: Request, body: str, survey: str, edition: str) -> HttpResponse:
    """What we intend to publish of a body: it confirms, or says what is wrong."""
    held = get_object_or_404(
        Edition.objects.exclude(state=PUBLISHED),
        survey_id=survey,
        slug=edition,
        pk__in=Confirmation.objects.filter(body_id=body, event="asked").values("edition_id"),
    )
    wrong = ""
    user = request.person.account
    recorded = Recorded.objects.filter(body_id=body, wave__survey_id=survey, recorded_at__lte=held.cut)
    rows = {(row.wave_id, row.question, row.part): row for row in recorded}
    shown = sha256(repr(sorted(row.pk for row in rows.values())).encode()).hexdigest()
    if request.method == "POST":
        try:
            if request.POST.get("shown") != shown:
                raise workflow.Refused("confirm_changed")
            confirm_edition(held, body, user, request.POST.get("event", ""), text_of(request.POST, "note"))
            return redirect("confirm", body=body, survey=survey, edition=edition)
        except workflow.Refused as error:
            wrong = words(request.language)(error.word)
    context = {
        "edition": held,
        "body": body,
        "shown": shown,
        "rows": list(rows.values()),
        "questions": reading(held.version or held.survey.current).questions,
        "replies": Confirmation.objects.filter(body_id=body, edition=held).exclude(event="asked"),
        "wrong": wrong,
    }
    return show(request, "returns/confirm.html", context, status=400 if wrong else 200)


def returns_of(bodies: frozenset[str]) -> list[Return]:
    """The returns of some bodies, the newest wave first."""
    found = Return.objects.filter(body__in=sorted(bodies)).select_related("wave__survey", "body")
    return list(found.order_by("-wave__opened", "body__name"))
