"""What to decide next, by what a decision settles; questions as workbooks, out and in."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.model.questions import Question
from custodes.publication.ask import STATES, write_questions
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import acts
from custodes.service.estates.desk import Desk, desk
from custodes.service.estates.folder import day_of
from custodes.service.estates.models import Answered, Asked, Device, Estate
from custodes.service.estates.views_start import ESTATE
from custodes.service.web.forms import day_of as day_told
from custodes.service.web.forms import number_of, text_of

_PAGE = 25


@page(f"{ESTATE}queue/", "estate_queue", May.READ_ESTATE)
def queue(request: Request, body: str) -> HttpResponse:
    """Questions, the one that decides most first. Each is a decision about one or many devices."""
    held = desk(request, body)
    addressee = text_of(request.GET, "addressee", 200)
    rows = Asked.objects.filter(run=held.run, body=body).order_by("-value", "key").defer("told")
    rows = rows.filter(addressee=addressee) if addressee else rows
    start = number_of(request.GET, "from")
    shown = list(rows[start : start + _PAGE + 1])
    many = Asked.objects.filter(run=held.run, body=body).count()
    addressees = Asked.objects.filter(run=held.run, body=body).values_list("addressee", flat=True).distinct()
    context = {
        "rows": shown[:_PAGE],
        "more": start + _PAGE if len(shown) > _PAGE else 0,
        "less": max(0, start - _PAGE) if start else None,
        "many": many,
        "addressee": addressee,
        "addressees": sorted(addressees)[:200],
        "answered": set(Answered.objects.filter(body=body).values_list("key", flat=True)),
    }
    return held.show("queue", "estate_queue", context)


@page(f"{ESTATE}queue/<slug:key>/", "estate_question", May.READ_ESTATE)
def question(request: Request, body: str, key: str) -> HttpResponse:
    """One question: what is known, what would settle it, and a form for what was found out."""
    return _question_page(request, body, key, "")


def _question_page(request: Request, body: str, key: str, wrong: str) -> HttpResponse:
    held = desk(request, body)
    asked = get_object_or_404(Asked, run=held.run, body=body, key=key)
    devices = Device.objects.filter(run=held.run, ident__in=asked.told["devices"][:50]).order_by("number")
    after = Asked.objects.filter(run=held.run, body=body, value__lte=asked.value).exclude(key=key)
    context = {
        "asked": asked,
        "devices": devices.values("pk", "ident", "name", "site", "system"),
        "given": Answered.objects.filter(body=body, key=key).select_related("by").order_by("-pk"),
        "states": STATES,
        "next": after.order_by("-value", "key").values_list("key", flat=True).first(),
        "told": request.POST,
        "wrong": wrong,
    }
    return held.show("question", "estate_queue", context, status=400 if wrong else 200)


@page(f"{ESTATE}queue/<slug:key>/answer/", "estate_answer", May.WORK_ESTATE, ("POST",))
def answer(request: Request, body: str, key: str) -> HttpResponse:
    """What was found out."""
    held = desk(request, body)
    asked = get_object_or_404(Asked, run=held.run, body=body, key=key)
    given = {name: text_of(request.POST, name, 400) for name in request.POST} | {"date": day_told(request.POST, "date")}
    try:
        acts.answer(_estate(held), request.person.account, asked, given)
    except acts.Unfit as error:
        return _question_page(request, body, key, str(error))
    messages.success(request, "Kept as stated. It is being worked in.")
    return redirect("estate_queue", body=body)


def _estate(held: Desk) -> Estate:
    if held.estate is None:
        raise Http404
    return held.estate


@page(f"{ESTATE}questions.zip", "estate_questions", May.READ_ESTATE)
def questions(request: Request, body: str) -> HttpResponse:
    """The questions as workbooks, one for each who can answer; filled in, they are uploaded under Files."""
    held = desk(request, body)
    estate = _estate(held)
    rows = [_asked(one) for one in Asked.objects.filter(run=held.run, body=body).order_by("-value", "key")]
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in write_questions(rows, Path(place), marking=estate.marking, as_at=day_of(estate)):
            archive.write(path, path.name)
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{body}-questions.zip"'
    return response


def _asked(one: Asked) -> Question:
    told = one.told
    return Question(
        one.key,
        told["addressee_kind"],
        one.addressee,
        told["site"],
        one.subject,
        told["place"],
        told["missing"],
        told["todo"],
        one.settles,
        tuple(told["devices"]),
    )
