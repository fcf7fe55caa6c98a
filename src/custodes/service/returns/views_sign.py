"""The end of a return: checked, completed by the officer responsible, signed by the chief officer, or declined."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect

from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates.answering import differences
from custodes.service.returns import workflow
from custodes.service.returns.models import Evidence, Query
from custodes.service.returns.sheet import find, sheet
from custodes.service.returns.states import MOVES, ReturnState
from custodes.service.returns.views_hub import RETURN
from custodes.service.web.forms import day_of, text_of
from custodes.service.web.pages import show
from custodes.service.web.words import words


@page(f"{RETURN}check/", "check", May.READ_RETURN)
def check(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """The whole return on one page, to be read through or printed."""
    of = find(survey, wave, body)
    told = sheet(of)
    return show(request, "returns/check.html", {"of": of, "sheet": told, "digest": workflow.digest(told)})


@page(f"{RETURN}complete/", "complete", May.COMPLETE, ("GET", "POST"))
def complete(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """The Senior Responsible Officer completes."""
    of, wrong = find(survey, wave, body), ""
    user = request.person.account
    if request.method == "POST":
        try:
            day = date.fromisoformat(day_of(request.POST, "as_at"))
            workflow.complete(of, user, day, open_=request.POST.get("open") == "yes")
            return redirect("hub", survey=survey, wave=wave, body=body)
        except workflow.Refused as error:
            wrong = words(request.language)(error.word)
        except ValueError:
            wrong = words(request.language)("wrong_date")
    told = sheet(of)
    context = {
        "of": of,
        "sheet": told,
        "wrong": wrong,
        "open_queries": Query.objects.filter(of=of, replied_at=None).count(),
        "can": ReturnState(of.state) in MOVES["complete"][0],
        "told": request.POST,
        "differences": differences(told),
    }
    return show(request, "returns/complete.html", context, status=400 if wrong else 200)


@page(f"{RETURN}sign/", "sign", May.SIGN, ("GET", "POST"))
def sign(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """The chief officer signs what stands on the page."""
    of, wrong = find(survey, wave, body), ""
    user = request.person.account
    if request.method == "POST":
        try:
            if request.POST.get("agreed") != "yes":
                raise workflow.Refused("refused_not_agreed")
            workflow.sign(of, user, request.POST.get("digest", ""))
            return redirect("hub", survey=survey, wave=wave, body=body)
        except workflow.Refused as error:
            wrong = words(request.language)(error.word)
    told = sheet(of)
    context = {
        "of": of,
        "sheet": told,
        "digest": workflow.digest(told),
        "files": Evidence.objects.filter(of=of).order_by("pk"),
        "wrong": wrong,
        "can": ReturnState(of.state) in MOVES["sign"][0],
        "differences": differences(told),
    }
    return show(request, "returns/sign.html", context, status=400 if wrong else 200)


@page(f"{RETURN}decline/", "decline", May.DECLINE, ("GET", "POST"))
def decline(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """The body will not answer: under which law, and why."""
    of, wrong = find(survey, wave, body), ""
    user = request.person.account
    if request.method == "POST":
        try:
            law, part = text_of(request.POST, "law"), text_of(request.POST, "section")
            workflow.decline(of, user, law, part, text_of(request.POST, "reason"))
            return redirect("hub", survey=survey, wave=wave, body=body)
        except workflow.Refused as error:
            wrong = words(request.language)(error.word)
    can = ReturnState(of.state) in MOVES["decline"][0]
    context = {"of": of, "wrong": wrong, "told": request.POST, "can": can}
    return show(request, "returns/decline.html", context, status=400 if wrong else 200)
