"""One question a page, parts of sections that repeat, and a section's answers on one page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode

from custodes.service.access.person import Person
from custodes.service.access.roles import May, Role
from custodes.service.access.routes import Forbidden, Request, page
from custodes.service.estates.answering import says
from custodes.service.returns.last import last_answers
from custodes.service.returns.models import Delegation, Evidence, Part
from custodes.service.returns.saving import (
    LEAD,
    Closed,
    Conflict,
    Given,
    Unfit,
    add_part,
    checked,
    remove_part,
    save,
)
from custodes.service.returns.sheet import Group, Place, Sheet, find, sheet
from custodes.service.returns.states import EDITABLE, ReturnState
from custodes.service.returns.views_hub import RETURN
from custodes.service.web.forms import day_of, text_of
from custodes.service.web.pages import show
from custodes.service.web.words import words
from custodes.survey.values import State, Type

_REVISION = re.compile("[0-9]{1,9}")
SECTION = f"{RETURN}sections/<str:section>/"


def allowed_in(person: Person, told: Sheet, section: str) -> bool:
    """Whether somebody may answer a section: a respondent only one that was delegated to them."""
    roles = person.roles_at(told.of.body_id)
    if roles & {Role.COORDINATOR, Role.SRO}:
        return True
    return Role.RESPONDENT in roles and Delegation.objects.filter(of=told.of, section=section, user=person.id).exists()


def _open(request: Request, survey: str, wave: str, body: str, section: str) -> tuple[Sheet, Group]:
    """A section that the reader may answer. Raises Http404, Forbidden."""
    told = sheet(find(survey, wave, body))
    group = told.group(section)
    if not allowed_in(request.person, told, section):
        raise Forbidden
    return told, group


@page(SECTION, "section", May.READ_RETURN)
def section(request: Request, survey: str, wave: str, body: str, section: str) -> HttpResponse:
    """A section with its answers, each with the way to change it."""
    told = sheet(find(survey, wave, body))
    group = told.group(section)
    editable = (
        ReturnState(told.of.state) in EDITABLE
        and request.person.may(May.ANSWER, body)
        and allowed_in(request.person, told, section)
    )
    context = {
        "of": told.of,
        "sheet": told,
        "group": group,
        "editable": editable,
        "next": _next_open(group),
        "not_yours": not editable and request.person.roles_at(body) == {Role.RESPONDENT},
    }
    return show(request, "returns/section.html", context)


@page(f"{SECTION}start/", "start", May.ANSWER)
def start(request: Request, survey: str, wave: str, body: str, section: str) -> HttpResponse:
    """To the first question of a section that has no answer; to its summary where each has one."""
    told, group = _open(request, survey, wave, body, section)
    place = _next_open(group)
    if place is None:
        return redirect("section", survey=survey, wave=wave, body=body, section=section)
    return redirect(_address(told, place))


@page(f"{SECTION}parts/", "parts", May.ANSWER, ("POST",))
def parts(request: Request, survey: str, wave: str, body: str, section: str) -> HttpResponse:
    """Adds a part to a section that repeats, or takes one away."""
    told, group = _open(request, survey, wave, body, section)
    if not group.section.repeat:
        raise Http404
    t, user = words(request.language), request.person.user
    try:
        if "none" in request.POST and not group.blocks:
            for name in group.section.questions:
                save(told.of, (name, ""), Given("none"), user, 0)
        elif "remove" in request.POST:
            part = get_object_or_404(Part, of=told.of, section=section, name=request.POST["remove"])
            remove_part(told.of, part, user)
        else:
            made = add_part(told.of, section, request.POST.get("name", ""), user)
            fresh = sheet(find(survey, wave, body)).group(section)
            place = next((one for one in fresh.places if one.part == made.name), None)
            if place is not None:
                return redirect(_address(told, place))
    except Unfit as error:
        messages.error(request, t(error.word, **error.parts))
    except Closed:
        messages.error(request, t("refused_state"))
    return redirect("section", survey=survey, wave=wave, body=body, section=section)


@page(f"{SECTION}questions/<str:question>/", "question", May.ANSWER, ("GET", "POST"))
def question(request: Request, survey: str, wave: str, body: str, section: str, question: str) -> HttpResponse:
    """One question."""
    told, group = _open(request, survey, wave, body, section)
    part = request.GET.get("part", "")
    place = next((one for one in group.places if (one.question.id, one.part) == (question, part)), None)
    if place is None:
        if question in told.questions:  # an answer given in between routed it out
            if request.method == "POST":
                messages.error(request, words(request.language)("gone_meanwhile"))
            return redirect("section", survey=survey, wave=wave, body=body, section=section)
        raise Http404
    if request.method == "POST":
        return _saved(request, told, place)
    return _question_page(request, told, place, _given(place), seen=_revision(place))


def _saved(request: Request, told: Sheet, place: Place) -> HttpResponse:
    form = request.POST
    value = day_of(form, "value") if place.question.type is Type.DATE else text_of(form, "value", 30_000)
    given = Given(form.get("state", ""), value, text_of(form, "lead", 200), text_of(form, "note", 5000))
    seen = int(form["seen"]) if _REVISION.fullmatch(form.get("seen", "")) else 0
    bodies = frozenset(told.read.bodies)
    try:
        lead = _named_body(told, given.lead) if given.state == LEAD else ""
        fit = checked(place.question, replace(given, lead=lead), told.of.body_id, bodies)
        save(told.of, (place.question.id, place.part), fit, request.person.user, seen)
    except Unfit as error:
        return _question_page(request, told, place, given, seen=seen, wrong=error)
    except Conflict as conflict:
        theirs = conflict.theirs
        return _question_page(
            request, told, place, given, seen=theirs.revision if theirs is not None else 0, theirs=theirs, clash=True
        )
    except Closed:
        return _question_page(request, told, place, given, seen=seen, wrong=Unfit("value", "refused_state"))
    if form.get("then") != "section":
        fresh = sheet(find(**_parts_of(told))).group(place.question.section)
        after = _after(fresh, place)
        if after is not None:
            return redirect(_address(told, after))
    return redirect(reverse("section", kwargs={**_parts_of(told), "section": place.question.section}))


def _question_page(
    request: Request,
    told: Sheet,
    place: Place,
    given: Given,
    *,
    seen: int,
    wrong: Unfit | None = None,
    theirs: Any = None,
    clash: bool = False,
) -> HttpResponse:
    t = words(request.language)
    asked = told.group(place.question.section).places
    number = next(
        (at for at, one in enumerate(asked, 1) if (one.question.id, one.part) == (place.question.id, place.part)), 1
    )
    register = says(place.question, place.part, told.of.body_id)
    filled = register is not None and request.method == "GET" and not place.done
    if register is not None and filled:
        value = register.answer(place.question.type)
        given, filled = replace(given, state=str(State.ANSWERED), value=value) if value else given, bool(value)
    context = {
        "of": told.of,
        "sheet": told,
        "place": place,
        "section": told.group(place.question.section).section,
        "given": given,
        "seen": seen,
        "number": number,
        "total": len(asked),
        "last": last_answers(told).get(place.question.id),
        "evidence": Evidence.objects.filter(of=told.of, question=place.question.id, part=place.part),
        "wrong": {"field": wrong.field, "text": t(wrong.word, **wrong.parts)} if wrong is not None else None,
        "theirs": theirs,
        "clash": clash,
        "day": _day_parts(given.value) if place.question.type is Type.DATE else {},
        "register": register,
        "differs": register is not None and register.against(place.question.type, given.state, given.value),
        "filled": filled,
    }
    return show(request, "returns/question.html", context, status=409 if clash else 400 if wrong is not None else 200)


def _named_body(told: Sheet, name: str) -> str:
    """The id of a body by its name or id; empty for none. Others are not listed: who else is asked is not told."""
    wanted = " ".join(name.casefold().split())
    return next((one.id for one in told.read.bodies.values() if wanted in (one.id.casefold(), one.name.casefold())), "")


def _day_parts(told: str) -> dict[str, str]:
    year, _, rest = told.partition("-")
    month, _, day = rest.partition("-")
    return {"year": year, "month": month.lstrip("0"), "day": day.lstrip("0")}


def _given(place: Place) -> Given:
    """What stands, as the form shows it."""
    answer = place.answer
    if answer is None:
        return Given()
    given = Given(answer.state, answer.value, answer.lead, answer.note)
    return replace(given, state=LEAD) if answer.lead else given


def _revision(place: Place) -> int:
    return place.answer.revision if place.answer is not None else 0


def _next_open(group: Group) -> Place | None:
    return next((place for place in group.places if not place.done), None)


def _after(group: Group, place: Place) -> Place | None:
    """The question behind this one; None behind the last."""
    keys = [(one.question.id, one.part) for one in group.places]
    here = (place.question.id, place.part)
    at = keys.index(here) + 1 if here in keys else 0
    return group.places[at] if at < len(keys) else None


def _parts_of(told: Sheet) -> dict[str, str]:
    return {"survey": told.of.wave.survey_id, "wave": told.wave, "body": told.of.body_id}


def _address(told: Sheet, place: Place) -> str:
    told_parts = {**_parts_of(told), "section": place.question.section, "question": place.question.id}
    where = reverse("question", kwargs=told_parts)
    return f"{where}?{urlencode({'part': place.part})}" if place.part else where
