"""The removal plan, and its limits: by fields, or as the text of `plan.yaml`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.estate.plan_file import NAME as PLAN_FILE
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import acts, limits, results
from custodes.service.estates.desk import desk
from custodes.service.estates.models import Estate
from custodes.service.estates.views_start import ESTATE
from custodes.service.surveys.models import Body


@page(f"{ESTATE}plan/", "estate_plan", May.READ_ESTATE)
def plan(request: Request, body: str) -> HttpResponse:
    """In which order equipment is removed, or what would have to give."""
    return _page(request, body)


def _page(request: Request, body: str, fields: limits.Fields | None = None, wrong: str = "") -> HttpResponse:
    held = desk(request, body)
    found = held.read(results.PLAN)
    periods: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for step in (found or {}).get("steps", ()):
        periods[f"{step['period']} ({step['from']} to {step['to']})"].append(step)
    text = held.estate.more.get(PLAN_FILE, "") if held.estate is not None else ""
    context = {
        "plan": found,
        "periods": {
            name: {"steps": rows, "cost": sum(one["cost"] for one in rows), "hours": sum(one["hours"] for one in rows)}
            for name, rows in periods.items()
        },
        "limits": text,
        "fields": fields or limits.fields_of(text),
        "wrong": wrong,
        "file": PLAN_FILE,
    }
    return held.show("plan", "estate_plan", context, status=400 if wrong else 200)


@page(f"{ESTATE}plan/limits/", "estate_limits", May.WORK_ESTATE, ("POST",))
def tell_limits(request: Request, body: str) -> HttpResponse:
    """The limits as fields: kept as `plan.yaml`, beside what has no field."""
    estate = acts.estate_of(get_object_or_404(Body, pk=body))

    def telling(held: Estate) -> dict[str, Any]:
        return acts.keep_text(held, PLAN_FILE, limits.with_fields(held.more.get(PLAN_FILE, ""), request.POST))

    try:
        acts.configure(estate, request.person.account, telling)
    except acts.Unfit as error:
        return _page(request, body, limits.typed(request.POST), str(error))
    messages.success(request, "Kept. The plan is being worked out.")
    return redirect("estate_plan", body=body)
