"""One body's return as the office works on it: its answers once they are in, queries, contacts, corrections."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from custodes.model.errors import BadInput
from custodes.service.access.models import User
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.audit.record import Act, record
from custodes.service.returns import workbooks, workflow
from custodes.service.returns.models import Contact, Evidence, Query, Recorded, Return
from custodes.service.returns.saving import Closed
from custodes.service.returns.sheet import Sheet, find, sheet
from custodes.service.returns.states import MOVES, OPEN, RECEIVED, ReturnState
from custodes.service.returns.views_files import download
from custodes.service.web.forms import day_of, text_of
from custodes.service.web.pages import show
from custodes.service.web.words import words

PLACE = "office/<slug:survey>/waves/<slug:wave>/<slug:about>/"
CHANNELS = ("mail", "telephone", "letter", "meeting", "portal")


def received(of: Return) -> bool:
    """Whether the office may read the answers: never a draft, once signed always."""
    return ReturnState(of.state) in RECEIVED or Recorded.objects.filter(wave=of.wave, body_id=of.body_id).exists()


@page(PLACE, "review", May.READ_OFFICE)
def review(request: Request, survey: str, wave: str, about: str) -> HttpResponse:
    """Everything that the office has of one body in one wave."""
    of = find(survey, wave, about)
    told = sheet(of)
    rows = _held(of) if received(of) else []
    context = {
        "of": of,
        "sheet": told,
        "rows": [(told.read.questions.get(row.question), row) for row in rows],
        "received": received(of),
        "can_work": request.person.may(May.WORK_OFFICE),
        "queries": Query.objects.filter(of=of).order_by("at"),
        "contacts": Contact.objects.filter(wave=of.wave, body_id=about).select_related("by"),
        "evidence": _files(of),
        "channels": CHANNELS,
        "moves": _moves(of),
    }
    return show(request, "office/review.html", context)


def _files(of: Return) -> QuerySet[Evidence]:
    """The files that came with a return; one that was added since belongs to a new draft."""
    found = Evidence.objects.filter(of=of)
    return found.filter(at__lte=of.received_at) if of.received_at is not None else found.none()


def _held(of: Return) -> list[Recorded]:
    """The row that holds for each question and part."""
    rows = Recorded.objects.filter(wave=of.wave, body_id=of.body_id)
    return list({(row.question, row.part): row for row in rows}.values())


def _moves(of: Return) -> frozenset[str]:
    return frozenset(name for name, (since, _) in MOVES.items() if ReturnState(of.state) in since)


@page(f"{PLACE}act/", "review_act", May.WORK_OFFICE, ("POST",))
def review_act(request: Request, survey: str, wave: str, about: str) -> HttpResponse:
    """Accept, ask, take in part, correct, note a contact or a promise."""
    of, user, form = find(survey, wave, about), request.person.account, request.POST
    act = form.get("act", "")
    try:
        if act == "accept":
            workflow.accept(of, user)
        elif act == "query":
            workflow.query(of, user, form.get("question", ""), text_of(form, "text"))
        elif act == "partial":
            workflow.accept_partial(of, user, text_of(form, "reason"))
        elif act == "correct":
            given = (form.get("question", ""), form.get("part", ""), form.get("state", ""), text_of(form, "value"))
            workflow.correct(of, user, given, text_of(form, "reason"))
        elif act == "contact":
            _contact(of, user, form.get("channel", ""), form.get("direction", ""), text_of(form, "what"))
        elif act == "promise":
            _promise(of, user, day_of(form, "promised"))
        elif act == "refusal":
            workflow.decline(of, user, text_of(form, "law"), text_of(form, "section"), text_of(form, "reason"))
        else:
            raise Http404
    except workflow.Refused as error:
        messages.error(request, words("en")(error.word))
    return redirect("review", survey=survey, wave=wave, about=about)


def _contact(of: Return, by: User, channel: str, direction: str, what: str) -> None:
    if channel not in CHANNELS or direction not in ("in", "out") or not what:
        raise workflow.Refused("refused_reason")
    with transaction.atomic():
        Contact.objects.create(
            body_id=of.body_id, wave=of.wave, at=timezone.now(), channel=channel, direction=direction, what=what, by=by
        )
        told = {"return": of.pk, "channel": channel, "direction": direction}
        record(Act("contact", by, what), of.body_id, told)


def _promise(of: Return, by: User, told: str) -> None:
    try:
        day = date.fromisoformat(told)
    except ValueError:
        raise workflow.Refused("wrong_date") from None
    with transaction.atomic():
        Return.objects.filter(pk=of.pk).update(promised=day)
        record(Act("promised", by), of.body_id, {"return": of.pk, "day": day.isoformat()})


@page(f"{PLACE}workbook/", "review_workbook", May.WORK_OFFICE, ("POST",))
def review_workbook(request: Request, survey: str, wave: str, about: str) -> HttpResponse:
    """A workbook that came by e-mail: filled into the return, which then waits for the body's own signature."""
    told: Sheet = sheet(find(survey, wave, about))
    given = request.FILES.get("file")
    try:
        if given is None:
            raise BadInput("no file was chosen")
        if ReturnState(told.of.state) not in OPEN:
            raise BadInput(words("en")("refused_office"))
        # the office sees nothing of a draft: what the body answered itself stays, and it chooses with its own copy
        came = workbooks.take(told, workbooks.receive(given), request.person.user, choices=None)
        for one in came.refused[:20]:
            messages.error(request, one)
        if not came.refused:
            messages.success(request, f"{came.many} answers taken. The body completes and signs.")
        if came.left:
            messages.warning(request, "What the body had answered here itself was left as it stands.")
    except (BadInput, Closed) as error:
        messages.error(request, getattr(error, "what", "") or words("en")("refused_state"))
    return redirect("review", survey=survey, wave=wave, about=about)


@page(f"{PLACE}evidence/<int:number>/", "review_evidence", May.READ_OFFICE)
def review_evidence(request: Request, survey: str, wave: str, about: str, number: int) -> HttpResponseBase:
    """A file that supports an answer, once the return is in."""
    return download(get_object_or_404(_files(find(survey, wave, about)), pk=number))
