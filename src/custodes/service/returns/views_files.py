"""Evidence that supports an answer, kept under its hash."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from custodes.model.errors import BadInput
from custodes.service.access.roles import May
from custodes.service.access.routes import Forbidden, Request, page
from custodes.service.returns import files
from custodes.service.returns.models import Evidence
from custodes.service.returns.saving import Closed
from custodes.service.returns.sheet import find, sheet
from custodes.service.returns.views_hub import RETURN
from custodes.service.returns.views_questions import allowed_in
from custodes.service.web.pages import attached
from custodes.service.web.words import words


@page(f"{RETURN}evidence/", "evidence", May.ANSWER, ("POST",))
def evidence(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """Takes a file."""
    of, t = find(survey, wave, body), words(request.language)
    question, part = request.POST.get("question", ""), request.POST.get("part", "")
    told = sheet(of)
    asked = told.questions.get(question)
    if asked is None or not allowed_in(request.person, told, asked.section):
        raise Forbidden
    given = request.FILES.get("file")
    if given is None:
        messages.error(request, t("wrong_no_file"))
    else:
        try:
            files.keep_evidence(of, (question, part), given, request.person.user)
            messages.success(request, t("evidence_kept", name=given.name or ""))
        except BadInput as error:
            messages.error(request, t("wrong_file", why=str(error.what)))
        except Closed:
            messages.error(request, t("refused_state"))
    return redirect("section", survey=survey, wave=wave, body=body, section=asked.section)


@page(f"{RETURN}evidence/<int:number>/", "evidence_file", May.READ_RETURN)
def evidence_file(request: Request, survey: str, wave: str, body: str, number: int) -> HttpResponseBase:
    """Gives a file back, always to be saved, never to be shown by the browser."""
    found = get_object_or_404(Evidence, pk=number, of=find(survey, wave, body))
    return download(found)


def download(found: Evidence) -> HttpResponseBase:
    """A kept file as a download."""
    return attached(files.path_of(found.sha256).open("rb"), "application/octet-stream", found.name)
