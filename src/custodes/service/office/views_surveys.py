"""Surveys are built elsewhere, as folders that people can diff; here they are uploaded, and their waves opened."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.model.errors import BadInput
from custodes.publication.text import clean
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.surveys import folders
from custodes.service.surveys.models import Survey, Wave
from custodes.service.surveys.waves import open_wave
from custodes.service.web.pages import show
from custodes.survey.faults import SurveyRefused

_MOST_FAULTS = 200


@page("surveys/upload/", "upload", May.MANAGE_OFFICE, ("GET", "POST"))
def upload(request: Request) -> HttpResponse:
    """A survey folder as a ZIP: taken whole, or every fault is listed with its line."""
    faults: list[str] = []
    if request.method == "POST":
        given = request.FILES.get("file")
        try:
            if given is None or given.file is None:
                raise BadInput("no file was chosen")
            found = folders.upload(given.file, request.person.user)
            told = "These files were here already." if found.known else f"Version {found.version.number} is taken."
            messages.success(request, told)
            return redirect("survey", survey=found.version.survey_id)
        except SurveyRefused as error:
            faults = [clean(str(one)) for one in error.faults[:_MOST_FAULTS]]
        except BadInput as error:
            faults = [clean(line.strip()) for line in str(error).splitlines()]
    return show(request, "office/upload.html", {"faults": faults}, status=400 if faults else 200)


@page("office/<slug:survey>/waves/", "open_wave", May.MANAGE_OFFICE, ("POST",))
def wave_opened(request: Request, survey: str) -> HttpResponse:
    """Opens a wave of the folder, or takes new bodies into one that is open."""
    held = get_object_or_404(Survey, pk=survey)
    if request.POST.get("wave", "") in folders.reading(held.current).waves:
        wave, many = open_wave(held, request.POST["wave"], request.person.user)
        messages.success(request, f"{wave}: {many} bodies invited.")
    return redirect("survey", survey=survey)


@page("office/<slug:survey>/", "survey", May.READ_OFFICE)
def survey(request: Request, survey: str) -> HttpResponse:
    """A survey: its versions, the waves of its folder, which of them are open."""
    held = get_object_or_404(Survey, pk=survey)
    read = folders.reading(held.current)
    opened = {wave.slug: wave for wave in Wave.objects.filter(survey=held)}
    context = {
        "survey": held,
        "read": read,
        "waves": [(wave, opened.get(wave.id)) for wave in read.waves.values()],
        "versions": held.versions.defer("files").order_by("-number"),
        "may_manage": request.person.may(May.MANAGE_OFFICE),
    }
    return show(request, "office/survey.html", context)
