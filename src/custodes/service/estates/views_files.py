"""Files of an estate: what was uploaded and how it was read; a new one, whole or in pieces; one taken out."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.model.contradictions import Standing
from custodes.model.errors import BadInput
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import taking
from custodes.service.estates.acts import estate_of
from custodes.service.estates.desk import desk
from custodes.service.estates.models import COMING, KEPT, Estate, Run, Site, System, Upload
from custodes.service.estates.running import want, want_read
from custodes.service.estates.taking import CHANGES, KINDS, Kind
from custodes.service.estates.views_start import ESTATE, handed
from custodes.service.returns.files import path_of
from custodes.service.surveys.models import Body
from custodes.service.web.forms import day_of, number_of, text_of

#: How who wrote a file came to know, in the words of the page.
STANDINGS = {
    "": "A register or list: recorded",
    str(Standing.STATED): "Somebody told it: stated",
    str(Standing.OBSERVED): "Seen on the network: observed",
    str(Standing.INSPECTED): "Somebody looked at each unit: inspected",
}


@page(f"{ESTATE}files/", "estate_files", May.READ_ESTATE)
def files(request: Request, body: str) -> HttpResponse:
    """What was uploaded, how it was read, and a form for more."""
    return _files_page(request, body, "")


def _files_page(request: Request, body: str, wrong: str) -> HttpResponse:
    held = desk(request, body)
    uploads = Upload.objects.filter(body=body, state__in=(KEPT, COMING)).select_related("by")
    context = {
        "uploads": [one for one in uploads if one.state == KEPT],
        "coming": [one for one in uploads if one.state == COMING],
        "kinds": KINDS,
        "standings": STANDINGS,
        "systems": System.objects.filter(body=body),
        "sites": Site.objects.filter(body=body),
        "wrong": wrong,
        "told": request.POST,
        "piece": taking.largest_piece(),
        "largest": taking.LARGEST // 2**20,
    }
    return held.show("files", "estate_files", context, status=400 if wrong else 200)


def _told(request: Request, body: str) -> dict[str, Any]:
    """What a form says of a file. Raises BadInput."""
    post = request.POST
    told: dict[str, Any] = {
        "kind": text_of(post, "kind", 12),
        "system": text_of(post, "system", 64),
        "site": text_of(post, "site", 64),
        "standing": text_of(post, "standing", 12),
    }
    if told["kind"] not in [str(kind) for kind in KINDS] or told["standing"] not in STANDINGS:
        raise BadInput("choose what the file is")
    for key, model in (("system", System), ("site", Site)):
        if told[key] and not model.objects.filter(body=body, slug=told[key]).exists():
            raise BadInput(f"there is no such {key}")
    day = day_of(post, "dated")
    try:
        told["dated"] = date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        raise BadInput("the day of the file is no day of the calendar") from None
    return told


@page(f"{ESTATE}files/add/", "estate_upload", May.WORK_ESTATE, ("POST",))
def upload(request: Request, body: str) -> HttpResponse:
    """Takes a file that comes in one piece: the way without scripts."""
    user = request.person.account
    held = estate_of(get_object_or_404(Body, pk=body))
    given = request.FILES.get("file")
    if given is None:
        return _files_page(request, body, "Choose a file.")
    try:
        taken = taking.take(held, user, given, _told(request, body))
        return _taken(request, held, taken)
    except BadInput as error:
        return _files_page(request, body, str(error))


def _taken(request: Request, held: Estate, taken: Upload) -> HttpResponse:
    """What follows on a file that is there whole. Raises BadInput."""
    if taken.kind not in (Kind.FOLDER, Kind.FIRMWARE, *CHANGES):
        messages.success(request, f"{taken.name} is here.")
        return redirect("estate_files", body=held.body_id)
    run = want_read(held, taken, request.person.account)
    return redirect("estate_run", body=held.body_id, number=run.pk)


@page(f"{ESTATE}files/begin/", "estate_upload_begin", May.WORK_ESTATE, ("POST",))
def begin(request: Request, body: str) -> HttpResponse:
    """A file that will come in pieces: its number, and how much of it is here already."""
    held = estate_of(get_object_or_404(Body, pk=body))
    try:
        made = taking.begin(
            held,
            request.person.account,
            text_of(request.POST, "name", 200),
            number_of(request.POST, "size"),
            text_of(request.POST, "mark", 64),
            _told(request, body),
        )
    except BadInput as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({"number": made.pk, "received": made.received, "piece": taking.largest_piece()})


@page(f"{ESTATE}files/<int:number>/piece/", "estate_upload_piece", May.WORK_ESTATE, ("POST",))
def piece(request: Request, body: str, number: int) -> HttpResponse:
    """The next bytes. With 409, where the next ones must begin."""
    coming = get_object_or_404(Upload, pk=number, body=body, by=request.person.account)
    try:
        coming = taking.piece(coming, number_of(request.GET, "at"), request.body)
    except taking.Misplaced as error:
        return JsonResponse({"received": error.received}, status=409)
    return JsonResponse({"received": coming.received})


@page(f"{ESTATE}files/<int:number>/whole/", "estate_upload_whole", May.WORK_ESTATE, ("POST",))
def whole(request: Request, body: str, number: int) -> HttpResponse:
    """Every byte is here."""
    user = request.person.account
    coming = get_object_or_404(Upload, pk=number, body=body, by=user)
    held = estate_of(get_object_or_404(Body, pk=body))
    try:
        found = _taken(request, held, taking.whole(coming, user))
        return JsonResponse({"place": found["Location"]})
    except taking.Misplaced as error:
        return JsonResponse({"received": error.received}, status=409)
    except BadInput as error:
        return JsonResponse({"error": str(error)}, status=400)


@page(f"{ESTATE}files/<int:number>/", "estate_file", May.READ_ESTATE)
def file(request: Request, body: str, number: int) -> HttpResponse:
    """One file: how it was read, what rests on it."""
    held = desk(request, body)
    found = get_object_or_404(Upload.objects.select_related("by"), pk=number, body=body)
    inspected = Run.objects.filter(body=body, kind="inspect", asks__image=found.pk).order_by("-pk").first()
    context = {"upload": found, "kinds": KINDS, "standings": STANDINGS, "inspected": inspected}
    return held.show("file", "estate_files", context)


@page(f"{ESTATE}files/<int:number>/original/", "estate_original", May.WORK_ESTATE)
def original(request: Request, body: str, number: int) -> HttpResponseBase:
    """The file as it was uploaded, to be saved. It may hold what readers leave out, passwords too."""
    found = get_object_or_404(Upload, pk=number, body=body, state=KEPT)
    return handed(path_of(found.sha256), "application/octet-stream", found.name)


@page(f"{ESTATE}files/<int:number>/withdraw/", "estate_withdraw", May.WORK_ESTATE, ("POST",))
def withdraw(request: Request, body: str, number: int) -> HttpResponse:
    """The file counts no more."""
    held = estate_of(get_object_or_404(Body, pk=body))
    found = get_object_or_404(Upload, pk=number, body=body, state__in=(KEPT, COMING))
    reason = text_of(request.POST, "reason", 400)
    if not reason:
        messages.error(request, "Say why it is taken out.")
        return redirect("estate_file", body=body, number=number)
    taking.withdraw(found, request.person.account, reason)
    messages.success(request, f"{found.name} counts no more.")
    if found.kind in CHANGES:
        want(held, request.person.account)
    return redirect("estate_files", body=body)
