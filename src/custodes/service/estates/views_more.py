"""Where the traffic goes, what firmware runs and what upgrades added, and forms to sign."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from custodes.knowledge import knowledge
from custodes.model.errors import BadInput
from custodes.publication.captures import size_text
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import acts, results
from custodes.service.estates.desk import desk
from custodes.service.estates.models import DONE, KEPT, Device, Run, Upload
from custodes.service.estates.running import place, want
from custodes.service.estates.taking import Kind, take_path
from custodes.service.estates.views_start import ESTATE, handed
from custodes.service.returns.files import keep
from custodes.service.surveys.models import Body
from custodes.service.web.forms import number_of, text_of

_PAPERS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
    "zip": "application/zip",
}


@page(f"{ESTATE}destinations/", "estate_traffic", May.READ_ESTATE)
def traffic(request: Request, body: str) -> HttpResponse:
    """Where the traffic of devices goes, by whose the destination is."""
    held = desk(request, body)
    told = held.read(results.TRAFFIC) or {"seen": [], "rows": [], "left": 0, "many": 0, "hours": 0}
    seen = told["seen"]
    names = dict(
        Device.objects.filter(run=held.run, body=body, ident__in=[one["device"] for one in seen if one["device"]])
        .values_list("ident", "name")
    )  # fmt: skip
    context = {
        "seen": seen,
        "names": names,
        "rows": told["rows"],
        "left": told["left"],
        "many": told["many"],
        "size": size_text,
        "hours": told["hours"],
    }
    return held.show("traffic", "estate_traffic", context)


@page(f"{ESTATE}firmware/", "estate_firmware", May.READ_ESTATE)
def firmware(request: Request, body: str) -> HttpResponse:
    """Which versions run where, and the images that were uploaded."""
    held = desk(request, body)
    rows = (
        Device.objects.filter(run=held.run, body=body, live=True)
        .exclude(firmware="")
        .values("make", "model", "firmware")
        .annotate(devices=Sum("quantity"))
        .order_by("make", "model", "firmware")
    )
    models: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows[:2_000]:
        models[row["make"], row["model"]].append(dict(row))
    silent = Device.objects.filter(run=held.run, body=body, live=True, firmware="").aggregate(many=Count("pk"))
    images = list(Upload.objects.filter(body=body, kind=Kind.FIRMWARE, state=KEPT).order_by("pk"))
    inspected = {
        run.asks["image"]: run for run in Run.objects.filter(body=body, kind="inspect").order_by("pk")
    }  # fmt: skip
    compared = Run.objects.filter(body=body, kind="compare").order_by("-pk")[:50]
    context = {
        "models": sorted(models.items()),
        "silent": silent["many"],
        "images": [(one, inspected.get(one.pk)) for one in images],
        "names": {one.pk: one.name for one in images},
        "compared": compared,
    }
    return held.show("firmware", "estate_firmware", context)


@page(f"{ESTATE}firmware/compare/", "estate_compare", May.WORK_ESTATE, ("POST",))
def compare(request: Request, body: str) -> HttpResponse:
    """What a newer image has that an older one had not."""
    held = acts.estate_of(get_object_or_404(Body, pk=body))
    asks = {key: number_of(request.POST, key) for key in ("old", "new")}
    there = Upload.objects.filter(body=body, kind=Kind.FIRMWARE, state=KEPT, pk__in=asks.values()).count()
    if there != 2:
        messages.error(request, "Choose two images, the older and the newer.")
        return redirect("estate_firmware", body=body)
    run = want(held, request.person.account, "compare", asks)
    return redirect("estate_image", body=body, number=run.pk)


@page(f"{ESTATE}firmware/runs/<int:number>/", "estate_image", May.READ_ESTATE)
def image(request: Request, body: str, number: int) -> HttpResponse:
    """What an image holds, or what differs between two."""
    held = desk(request, body)
    found = get_object_or_404(Run, pk=number, body=body, kind__in=("inspect", "compare"))
    folder = place(found)
    told, drift = results.read_json(folder / results.IMAGE), results.read_json(folder / results.DRIFT)
    context = {
        "shown": found,
        "image": told,
        "drift": drift,
    }
    response = held.show("image", "estate_firmware", context)
    if found.state in ("waiting", "running"):
        response["Refresh"] = "2"
    return response


@page(f"{ESTATE}firmware/runs/<int:number>/page.html", "estate_drift_page", May.READ_ESTATE)
def drift_page(request: Request, body: str, number: int) -> HttpResponseBase:
    """The one-page account of an upgrade for the supplier, to be saved."""
    found = get_object_or_404(Run, pk=number, body=body, kind="compare", state=DONE)
    return handed(place(found) / "page.html", "text/html; charset=utf-8", f"{body}-upgrade-{number}.html")


@page(f"{ESTATE}forms/", "estate_forms", May.READ_ESTATE)
def forms(request: Request, body: str) -> HttpResponse:
    """The papers there are, and those that were filled in."""
    held = desk(request, body)
    known = knowledge(()).forms
    runs = Run.objects.filter(body=body, kind="form").order_by("-pk")[:50]
    return held.show("forms", "estate_forms", {"forms": list(known.values()), "runs": runs, "known": known})


@page(f"{ESTATE}forms/<slug:form>/fill/", "estate_form_fill", May.WORK_ESTATE, ("POST",))
def fill(request: Request, body: str, form: str) -> HttpResponse:
    """Fills a form in from the estate, and from a workbook that came back."""
    if form not in knowledge(()).forms:
        raise Http404
    held = acts.estate_of(get_object_or_404(Body, pk=body))
    asks: dict[str, Any] = {"form": form}
    given = request.FILES.get("file")
    try:
        if given is not None:
            asks["filled"] = keep(given)[0]
    except BadInput as error:
        messages.error(request, str(error))
        return redirect("estate_forms", body=body)
    freeze = text_of(request.POST, "freeze", 5)
    if freeze in ("xlsx", "docx", "pdf"):
        asks["freeze"] = f".{freeze}"
    run = want(held, request.person.account, "form", asks)
    return redirect("estate_form", body=body, number=run.pk)


@page(f"{ESTATE}forms/runs/<int:number>/", "estate_form", May.READ_ESTATE)
def form(request: Request, body: str, number: int) -> HttpResponse:
    """A form that was filled in."""
    held = desk(request, body)
    found = get_object_or_404(Run, pk=number, body=body, kind="form")
    paper = results.read_json(place(found) / results.PAPER)
    there = [end for end in _PAPERS if _paper(found, end).is_file()]
    context = {"shown": found, "paper": paper, "there": there, "form": knowledge(()).forms.get(found.asks["form"])}
    response = held.show("form", "estate_forms", context)
    if found.state in ("waiting", "running"):
        response["Refresh"] = "2"
    return response


def _paper(run: Run, end: str) -> Any:
    return place(run) / ("frozen.zip" if end == "zip" else f"{run.asks['form']}.{end}")


@page(f"{ESTATE}forms/runs/<int:number>/paper.<slug:end>", "estate_paper", May.READ_ESTATE)
def paper(request: Request, body: str, number: int, end: str) -> HttpResponseBase:
    """A paper, to be saved."""
    found = get_object_or_404(Run, pk=number, body=body, kind="form", state=DONE)
    if end not in _PAPERS:
        raise Http404
    return handed(_paper(found, end), _PAPERS[end], f"{body}-{found.asks['form']}.{end}")


@page(f"{ESTATE}forms/runs/<int:number>/keep/", "estate_paper_keep", May.WORK_ESTATE, ("POST",))
def keep_paper(request: Request, body: str, number: int) -> HttpResponse:
    """The frozen copy is kept with the estate: it says from then on when something was first identified."""
    held = acts.estate_of(get_object_or_404(Body, pk=body))
    found = get_object_or_404(Run, pk=number, body=body, kind="form", state=DONE)
    path = _paper(found, "zip")
    if not path.is_file():
        raise Http404
    try:
        take_path(held, request.person.account, path, {"kind": str(Kind.PAPER)})
        messages.success(request, "The frozen copy is kept with the estate's files.")
    except BadInput as error:
        messages.error(request, str(error))
    return redirect("estate_form", body=body, number=number)
