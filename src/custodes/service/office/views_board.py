"""The office's start: surveys and waves; the live board of a wave."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.mail.models import Message
from custodes.service.mail.reminders import rules
from custodes.service.office.board import board as board_of
from custodes.service.office.board import summary
from custodes.service.returns.workflow import today
from custodes.service.surveys.models import Survey, Wave
from custodes.service.web.forms import text_of
from custodes.service.web.pages import show


@page("office/", "board", May.READ_OFFICE)
def board(request: Request) -> HttpResponse:
    """Surveys, their waves, and mail that no server takes."""
    stuck = Message.objects.filter(sent_at=None, attempts__gt=1).count()
    waves = Wave.objects.select_related("survey").order_by("-opened")
    surveys = Survey.objects.order_by("id")
    context = {"surveys": surveys, "waves": waves, "stuck": stuck, "may_manage": request.person.may(May.MANAGE_OFFICE)}
    return show(request, "office/start.html", context)


@page("office/<slug:survey>/waves/<slug:wave>/", "wave", May.READ_OFFICE)
def wave(request: Request, survey: str, wave: str) -> HttpResponse:
    """The live board of a wave. It asks again by itself every minute."""
    held = get_object_or_404(Wave.objects.select_related("survey"), survey_id=survey, slug=wave)
    search, state = text_of(request.GET, "search", 100), text_of(request.GET, "state", 20)
    found = board_of(held, today(), search, state)
    context = {
        "wave": held,
        "board": found,
        "summary": list(summary(found.states)),
        "rules": rules(held),
        "search": search,
        "state": state,
    }
    return show(request, "office/wave.html", context)
