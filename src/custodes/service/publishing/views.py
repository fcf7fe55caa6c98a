"""Editions: the list, a proposal, its preview, its release; and what the public reads."""

from __future__ import annotations

import mimetypes
from datetime import date
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.home import home
from custodes.service.publishing import release
from custodes.service.publishing.export import archive
from custodes.service.publishing.models import Confirmation, Edition, Run
from custodes.service.returns.workflow import Refused
from custodes.service.surveys.models import Survey
from custodes.service.web.forms import day_of
from custodes.service.web.pages import show
from custodes.service.web.words import words


@page("office/<slug:survey>/editions/", "editions", May.READ_OFFICE)
def editions(request: Request, survey: str) -> HttpResponse:
    """The editions of a survey."""
    return _editions_page(request, get_object_or_404(Survey, pk=survey), "")


@page("office/<slug:survey>/proposals/", "propose", May.WORK_OFFICE, ("POST",))
def propose(request: Request, survey: str) -> HttpResponse:
    """Proposes an edition."""
    held = get_object_or_404(Survey, pk=survey)
    user = request.person.account
    told = {key: str(value) for key, value in request.POST.items()} | {"cut": day_of(request.POST, "cut")}
    try:
        release.propose(held, user, told)
    except Refused as error:
        return _editions_page(request, held, words("en")(error.word))
    return redirect("editions", survey=survey)


def _editions_page(request: Request, held: Survey, wrong: str) -> HttpResponse:
    context = {"survey": held, "editions": held.editions.all(), "wrong": wrong, "told": request.POST}
    return show(request, "office/editions.html", context, status=400 if wrong else 200)


def _edition(survey: str, edition: str) -> Edition:
    return get_object_or_404(Edition.objects.select_related("survey"), survey_id=survey, slug=edition)


@page("office/<slug:survey>/editions/<slug:edition>/", "edition", May.READ_OFFICE)
def edition(request: Request, survey: str, edition: str) -> HttpResponse:
    """One edition: its figures so far, its round of confirmation, its runs."""
    from custodes.publication.text import clean
    from custodes.service.publishing.export import counted
    from custodes.survey.confirmations import round_of
    from custodes.survey.faults import SurveyRefused
    from custodes.survey.output import edition_figures
    from custodes.survey.sentences import sentence

    held = _edition(survey, edition)
    figures, faults, stand = [], [], None
    try:
        with counted(held.survey, held) as read:
            found = read.editions[held.slug]
            figures = [
                (one.definition.title.get("en", one.definition.id), sentence(one))
                for one in edition_figures(read, found)
            ]
            stand = round_of(held.slug, read.events)
    except SurveyRefused as error:
        faults = [clean(str(one)) for one in error.faults]
    replies = Confirmation.objects.filter(edition=held).select_related("body")
    context = {
        "survey": held.survey,
        "edition": held,
        "figures": figures,
        "faults": faults,
        "round": stand,
        "replies": replies,
        "runs": held.runs.order_by("-pk")[:10],
        "may_release": request.person.may(May.RELEASE),
    }
    return show(request, "office/edition.html", context)


@page("office/<slug:survey>/editions/<slug:edition>/act/", "edition_act", May.RELEASE, ("POST",))
def edition_act(request: Request, survey: str, edition: str) -> HttpResponse:
    """Preview, ask for release, agree, take back, ask the bodies to confirm."""
    held, user = _edition(survey, edition), request.person.account
    act = request.POST.get("act", "")
    try:
        if act == "preview":
            run = release.preview(held.survey, held, user)
            return redirect("run", survey=survey, number=run.pk)
        if act == "request":
            release.request(held, user)
        elif act == "approve":
            run = release.approve(held, user)
            return redirect("run", survey=survey, number=run.pk)
        elif act == "publish":
            run = release.publish_again(held, user)
            return redirect("run", survey=survey, number=run.pk)
        elif act == "withdraw":
            release.withdraw(held, user, request.POST.get("reason", ""))
        elif act == "confirm":
            reply_by = day_of(request.POST, "reply_by")
            many = release.ask_to_confirm(held, user, date.fromisoformat(reply_by))
            messages.success(request, f"{many} bodies were asked to confirm.")
        else:
            raise Http404
    except (Refused, ValueError) as error:
        word = error.word if isinstance(error, Refused) else "edition_cut"
        messages.error(request, words("en")(word))
    return redirect("edition", survey=survey, edition=edition)


@page("office/<slug:survey>/runs/<int:number>/", "run", May.READ_OFFICE)
def run(request: Request, survey: str, number: int) -> HttpResponse:
    """How far a run of publishing is. Without a script, the page asks again by itself."""
    found = get_object_or_404(Run.objects.select_related("survey", "edition"), pk=number, survey_id=survey)
    response = show(request, "office/run.html", {"survey": found.survey, "run": found})
    if found.state in ("waiting", "running"):
        response["Refresh"] = "2"
    return response


@page("office/<slug:survey>/folder.zip", "survey_folder", May.READ_OFFICE)
def survey_folder(request: Request, survey: str) -> HttpResponse:
    """The survey as a folder of text files, everything recorded so far in it."""
    held = get_object_or_404(Survey, pk=survey)
    response = HttpResponse(archive(held), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{held.pk}.zip"'
    return response


@page("office/<slug:survey>/runs/<int:number>/preview/<path:place>", "preview", May.READ_OFFICE)
def preview(request: Request, survey: str, number: int, place: str) -> HttpResponseBase:
    """A file of a preview, as one run made it."""
    found = get_object_or_404(Run, pk=number, survey_id=survey, release=False)
    return _file(home().previews / f"{survey}-{found.pk}", place, private=True)


@page("published/<slug:survey>/", "published", May.ANYTHING_PUBLIC)
def published(request: Request, survey: str) -> HttpResponseBase:
    """The front page of a publication."""
    return _file(home().published / survey, "index.html", private=False)


@page("published/<slug:survey>/<path:place>", "published_file", May.ANYTHING_PUBLIC)
def published_file(request: Request, survey: str, place: str) -> HttpResponseBase:
    """A file of a publication."""
    return _file(home().published / survey, place, private=False)


def _file(root: Path, place: str, *, private: bool) -> HttpResponseBase:
    """A plain file inside a folder. Raises Http404 for everything else."""
    if "\x00" in place:
        raise Http404
    path = (root / (place or "index.html")).resolve()
    if path.is_dir():
        path /= "index.html"
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise Http404
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = FileResponse(path.open("rb"), content_type=kind)
    response["Cache-Control"] = "no-store" if private else "public, max-age=300"
    return response
