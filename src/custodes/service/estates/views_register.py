"""The register, a device with every piece of evidence, and what people judge of devices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from custodes.model.judgements import Say
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.estates import acts, register
from custodes.service.estates.desk import Desk, desk
from custodes.service.estates.models import Device, Found, Judged, JudgedOf, Run, Site, Work
from custodes.service.estates.views_start import ESTATE
from custodes.service.web.forms import number_of, text_of

#: A query of the register: longer than the longest that its form makes.
_LONGEST = 16_000


@page(f"{ESTATE}register/", "estate_register", May.READ_ESTATE)
def show_register(request: Request, body: str) -> HttpResponse:
    """The register: filtered, searched, fifty rows at a time."""
    held = desk(request, body)
    asked = register.Filter.of(request.GET.dict())
    shown = None
    if held.run is not None:
        shown = register.page(held.run, asked, number_of(request.GET, "after"), number_of(request.GET, "before"))
    context = {
        "asked": asked,
        "shown": shown,
        "choices": register.CHOICES,
        "facts": register.facts_of(held.run) if held.run is not None else {},
        "sure_words": register.SURE,
        "severities": register.SEVERITY,
        "page_size": register.PAGE,
    }
    return held.show("register", "estate_register", context)


@page(f"{ESTATE}devices/<slug:ident>/", "estate_device", May.READ_ESTATE)
def device(request: Request, body: str, ident: str) -> HttpResponse:
    """Everything about one device."""
    held = desk(request, body)
    found = get_object_or_404(Device, run=held.run, body=body, ident=ident)
    told = register.payload(found)
    judged = _judged_of(found)
    work = {one.key: one for one in Work.objects.filter(body=body, key__in=[row["id"] for row in told["findings"]])}
    context = {
        "device": found,
        "told": told,
        "rules": {rule["id"]: rule for rule in (held.run.told["rules"] if held.run else ())},
        "judged": judged,
        "work": work,
        "states": acts.STATES_OF_WORK,
        "severities": register.SEVERITY,
        "sure_words": register.SURE,
        "firmware": _firmware(told),
        "traffic": told["traffic"],
        "says": acts.SAYS,
        "sites": Site.objects.filter(body=body),
    }
    return held.show("device", "estate_register", context)


def _judged_of(device: Device) -> list[tuple[Judged, Judged | None]]:
    """The judgements of a device, by the names that it has, each with what took it back."""
    names = JudgedOf.objects.filter(body=device.body_id, ref__in={device.ref, device.ident})
    numbers = set(names.values_list("judged_id", flat=True))
    if not numbers:
        return []
    held = Judged.objects.filter(Q(pk__in=numbers) | Q(takes_back__in=numbers)).select_related("by")
    return acts.holding(held.order_by("pk"))


def _firmware(told: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Day, version and file of each record that tells of firmware, the oldest first; what has no day comes first."""
    rows = [(one["dated"], one["cells"].get("firmware", ""), one["file"]) for one in told["records"]]
    return sorted(row for row in rows if row[1])


@page(f"{ESTATE}judge/", "estate_judge", May.WORK_ESTATE, ("POST",))
def judge(request: Request, body: str) -> HttpResponse:
    """Of the devices that were ticked, or of all that a filter gives: what somebody judges. Asked first, then done."""
    held = desk(request, body)
    if held.estate is None or held.run is None:
        messages.error(request, "There is nothing to judge yet.")
        return redirect("estate", body=body)
    chosen, asked, many = _chosen(request, held.run)
    say = text_of(request.POST, "say", 12)
    wrong = ""
    if say:
        try:
            if (request.POST.get("run"), number_of(request.POST, "many")) != (str(held.run.pk), many):
                raise acts.Unfit("Another assessment came in between. These are the devices that are meant now.")
            value = text_of(request.POST, f"value_{say}", 200)
            refs = list(chosen.values_list("ref", flat=True)[: acts.MOST_JUDGED + 1])
            acts.judge(held.estate, request.person.account, say, refs, value, text_of(request.POST, "because", 4000))
            messages.success(request, "Your judgement is kept. It is being worked in.")
            return redirect(f"{reverse('estate_register', kwargs={'body': body})}?{asked.query}")
        except acts.Unfit as error:
            wrong = str(error)
    context = {
        "many": many,
        "names": list(chosen.order_by("number").values("ident", "name", "make", "model", "site")[:20]),
        "chosen": request.POST.getlist("device"),
        "everything": request.POST.get("everything") == "yes",
        "asked": asked,
        "query": asked.query,
        "says": acts.SAYS,
        "sites": Site.objects.filter(body=body),
        "told": request.POST,
        "wrong": wrong,
        "most": acts.MOST_JUDGED,
        "two": (Say.SAME, Say.NOT_SAME),
    }
    return held.show("judge", "estate_register", context, status=400 if wrong else 200)


def _chosen(request: Request, run: Run) -> tuple[Any, register.Filter, int]:
    """The devices that are meant, the filter they were chosen under, and how many there are."""
    asked = register.Filter.of(QueryDict(request.POST.get("query", "")[:_LONGEST]).dict())
    if request.POST.get("everything") == "yes":
        chosen = asked.devices(run)
    else:
        numbers = [number_of({"device": one}, "device") for one in request.POST.getlist("device")]
        chosen = Device.objects.filter(run=run, pk__in=numbers[: acts.MOST_JUDGED])
    return chosen, asked, chosen.order_by()[: acts.MOST_JUDGED + 1].count()


@page(f"{ESTATE}judgements/", "estate_judgements", May.READ_ESTATE)
def judgements(request: Request, body: str) -> HttpResponse:
    """Everything that was judged, with what was taken back."""
    held = desk(request, body)
    rows = acts.holding(Judged.objects.filter(body=body).select_related("by"))
    context = {"rows": rows[:500], "says": acts.SAYS, "not_taken": _not_taken(held)}
    return held.show("judgements", "estate_queue", context)


def _not_taken(held: Desk) -> list[str]:
    found = Found.objects.filter(run=held.run, body=held.body, kind="judgement-not-taken")
    return list(found.values_list("text", flat=True)[:100])


@page(f"{ESTATE}judgements/<int:number>/back/", "estate_judgement_back", May.WORK_ESTATE, ("POST",))
def judgement_back(request: Request, body: str, number: int) -> HttpResponse:
    """A judgement holds no more."""
    held = desk(request, body)
    try:
        if held.estate is None:
            raise acts.Unfit("There is nothing to take back.")
        acts.take_back(held.estate, request.person.account, number, text_of(request.POST, "because", 4000))
        messages.success(request, "It is taken back. The records speak for themselves again.")
    except acts.Unfit as error:
        messages.error(request, str(error))
    return redirect("estate_judgements", body=body)
