"""An estate's overview, what changed, how its runs went, and its folder to take away."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import folder, results
from custodes.service.estates.acts import estate_of
from custodes.service.estates.desk import desk
from custodes.service.estates.models import DONE, Estate, Judged, Run, Work
from custodes.service.estates.running import place, want
from custodes.service.surveys.models import Body
from custodes.service.web.pages import attached, show

ESTATE = "estate/<slug:body>/"
#: Files of a run that are handed out, each with its type and what it is called on the page.
HANDED: dict[str, tuple[str, str]] = {
    "devices.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Devices as a workbook"),
    "devices.csv": ("text/csv; charset=utf-8", "Devices as CSV"),
    "report.html": ("text/html; charset=utf-8", "The report, to be saved and read without this service"),
    "findings.json": ("application/json", "Findings as JSON"),
    results.ASSESSMENT: ("application/gzip", "Everything as JSON, packed"),
}
#: Runs that the overview lists.
_RUNS = 10


@page("estate/", "estates", May.READ_ESTATE)
def estates(request: Request) -> HttpResponse:
    """The estates that somebody may see."""
    bodies = [name for name in request.person.bodies if request.person.may(May.READ_ESTATE, name)]
    if len(bodies) == 1:
        return redirect("estate", body=bodies[0])
    return show(request, "estate/list.html", {"bodies": Body.objects.filter(pk__in=bodies).order_by("name")})


@page(ESTATE, "estate", May.READ_ESTATE)
def estate(request: Request, body: str) -> HttpResponse:
    """What stands there, what is not known, what to do next."""
    held = desk(request, body)
    run = held.run
    runs = Run.objects.filter(body=body, kind="assess").defer("told").order_by("-pk")[:_RUNS]
    context: dict[str, Any] = {
        "runs": runs,
        "handed": [(name, text) for name, (_, text) in HANDED.items() if run and (place(run) / name).is_file()],
        "judged": Judged.objects.filter(body=body, takes_back=None).count(),
        "open_work": Work.objects.filter(body=body, state__in=("open", "doing")).count(),
        "changes": held.read(results.CHANGES),
    }
    return held.show("overview", "estate", context)


@page(f"{ESTATE}assess/", "estate_assess", May.WORK_ESTATE, ("POST",))
def assess(request: Request, body: str) -> HttpResponse:
    """Works it out anew."""
    want(estate_of(get_object_or_404(Body, pk=body)), request.person.account)
    messages.success(request, "It is being worked out anew.")
    return redirect("estate", body=body)


@page(f"{ESTATE}runs/<int:number>/", "estate_run", May.READ_ESTATE)
def run(request: Request, body: str, number: int) -> HttpResponse:
    """How far a run is, or what came of it. Without a script, the page asks again by itself."""
    held = desk(request, body)
    found = get_object_or_404(Run, pk=number, body=body)
    if found.kind == "bring" and found.state == DONE:
        messages.success(request, f"The folder was taken apart: {found.told['brought']} files of it are here now.")
        return redirect("estate_run", body=body, number=found.told["next"])
    skipped = results.read_json(place(found) / results.SKIPPED) or {"rows": [], "many": 0}
    context = {"shown": found, "skipped": skipped["rows"], "many_skipped": skipped["many"]}
    response = held.show("run", "estate", context)
    if found.state in ("waiting", "running"):
        response["Refresh"] = "2"
    return response


@page(f"{ESTATE}changes/", "estate_changes", May.READ_ESTATE)
def changes(request: Request, body: str) -> HttpResponse:
    """What differs from the time before, by why it differs."""
    held = desk(request, body)
    return held.show("changes", "estate", {"changes": held.read(results.CHANGES)})


@page(f"{ESTATE}results/<str:name>", "estate_result", May.READ_ESTATE)
def result(request: Request, body: str, name: str) -> HttpResponseBase:
    """A file of the last assessment, to be saved."""
    held = desk(request, body)
    if held.run is None or name not in HANDED:
        raise Http404
    return handed(place(held.run) / name, HANDED[name][0], f"{body}-{name}")


def handed(path: Path, kind: str, name: str) -> HttpResponseBase:
    """A file as a download. Raises Http404."""
    if not path.is_file():
        raise Http404
    return attached(path.open("rb"), kind, name)


@page(f"{ESTATE}folder.zip", "estate_folder", May.WORK_ESTATE)
def whole_folder(request: Request, body: str) -> HttpResponseBase:
    """The estate as the folder that `custodes assess` reads, with every file and judgement in it.

    For those who may see the files as they came: they may hold what readers leave out, passwords too.
    """
    held = get_object_or_404(Estate.objects.select_related("body"), body=body)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    folder.archive(held, out)
    out.seek(0)
    return attached(out, "application/zip", f"{body}.zip")
