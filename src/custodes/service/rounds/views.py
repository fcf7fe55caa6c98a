"""The office's rounds of requests: begun, replies brought in, read, decided by people, written back."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from custodes.model.errors import BadInput
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.returns.files import keep, safe_name
from custodes.service.returns.workflow import today
from custodes.service.rounds.models import Decided, File, Line, Round, Typed
from custodes.service.rounds.reading import place, want
from custodes.service.web.forms import day_of, number_of, text_of
from custodes.service.web.pages import attached, show
from custodes.survey.foi.campaign import NO_REPLY
from custodes.survey.foi.regimes import regimes
from custodes.survey.foi.reply import PENDING, Kind

ROUND = "rounds/<int:number>/"
_PAGE = 100
LARGEST = 256 * 1024 * 1024
#: What is handed out of a round.
HANDED = {
    "table.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "The table as a workbook"),
    "table.csv": ("text/csv; charset=utf-8", "The table as CSV"),
    "reviews.zip": ("application/zip", "Letters that ask for a review"),
    "complaints.zip": ("application/zip", "Complaints to the regulator, prepared"),
}
#: Kinds as people say them.
KINDS = {str(kind): str(kind).replace("_", " ") for kind in Kind} | {NO_REPLY: "no reply"}


@page("rounds/", "rounds", May.READ_OFFICE)
def rounds(request: Request) -> HttpResponse:
    """Every round, the newest first, and a form for another."""
    return _list(request, "")


def _list(request: Request, wrong: str) -> HttpResponse:
    context = {
        "rounds": Round.objects.order_by("-pk"),
        "laws": [(key, one.name) for key, one in regimes().items()],
        "may_work": request.person.may(May.WORK_OFFICE),
        "told": request.POST,
        "wrong": wrong,
    }
    return show(request, "office/rounds.html", context, status=400 if wrong else 200)


@page("rounds/new/", "round_new", May.WORK_OFFICE, ("POST",))
def new(request: Request) -> HttpResponse:
    """Begins a round."""
    title, law, day = (
        text_of(request.POST, "title", 200),
        text_of(request.POST, "law", 40),
        day_of(request.POST, "sent"),
    )
    try:
        sent = date.fromisoformat(day) if day else None
    except ValueError:
        return _list(request, "The day is no day of the calendar.")
    if not title or (law and law not in regimes()):
        return _list(request, "A round has a title, and a law from the list or none.")
    with transaction.atomic():
        made = Round.objects.create(
            title=title, law=law, sent=sent, made_by=request.person.account, made_at=timezone.now()
        )
        record(Act("round_begun", request.person.account), OFFICE_CHAIN, {"round": made.pk, "law": law})
    return redirect("round", number=made.pk)


@page(ROUND, "round", May.READ_OFFICE)
def round_(request: Request, number: int) -> HttpResponse:
    """The table of a round: who owes what, what kind of reply, what is late."""
    of = get_object_or_404(Round, pk=number)
    rows = Line.objects.filter(of=of, reading=of.reading)
    decided = {one.key: one.kind for one in Decided.objects.filter(of=of).order_by("pk")}
    counted = Counter(decided.get(key, kind) for key, kind in rows.values_list("key", "kind"))
    kind, start = text_of(request.GET, "kind", 24), number_of(request.GET, "from")
    late = request.GET.get("late") == "yes"
    found = [row for row in rows.defer("told") if _is_wanted(row, decided, kind, late)]
    typed = Counter(Typed.objects.filter(of=of).values_list("key", flat=True))
    context = {
        "of": of,
        "rows": found[start : start + _PAGE],
        "decided": decided,
        "typed": typed,
        "counts": counted.most_common(),
        "kinds": KINDS,
        "kind": kind,
        "late": late,
        "many": len(found),
        "more": start + _PAGE if len(found) > start + _PAGE else 0,
        "less": max(0, start - _PAGE) if start else None,
        "files": of.files.order_by("pk"),
        "law": regimes().get(of.law),
        "may_work": request.person.may(May.WORK_OFFICE),
        "handed": [(name, text) for name, (_, text) in HANDED.items() if (place(of) / name).is_file()],
        "today": today(),
    }
    response = show(request, "office/round.html", context)
    if of.state in ("waiting", "running"):
        response["Refresh"] = "3"
    return response


def _is_wanted(row: Line, decided: dict[str, str], kind: str, late: bool) -> bool:
    told = decided.get(row.key, row.kind)
    if kind and told != kind:
        return False
    return not late or ((row.late or 0) > 0 and told in (NO_REPLY, *map(str, PENDING)))


@page(f"{ROUND}files/", "round_file", May.WORK_OFFICE, ("POST",))
def file(request: Request, number: int) -> HttpResponse:
    """Brings replies in: an export of a batch, a mailbox, letters, a ZIP of all that."""
    of, user = get_object_or_404(Round, pk=number), request.person.account
    given = request.FILES.get("file")
    try:
        if given is None:
            raise BadInput("no file was chosen")
        digest, size = keep(given, LARGEST)
        with transaction.atomic():
            if of.files.filter(sha256=digest).exists():
                raise BadInput("this file is there already")
            name = safe_name(given.name or "")
            made = File.objects.create(of=of, name=name, sha256=digest, size=size, by=user, at=timezone.now())
            record(Act("round_file", user), OFFICE_CHAIN, {"round": of.pk, "file": made.pk, "sha256": digest})
            want(of, user)
    except BadInput as error:
        messages.error(request, str(error))
    return redirect("round", number=number)


@page(f"{ROUND}lines/<slug:key>/", "round_line", May.READ_OFFICE)
def line(request: Request, number: int, key: str) -> HttpResponse:
    """One reply: its words, how they were read, what a person decided, what was typed from it."""
    of = get_object_or_404(Round, pk=number)
    row = get_object_or_404(Line.objects.filter(of=of, reading=of.reading), key=key)
    typed = list(Typed.objects.filter(of=of, key=key).select_related("by").order_by("pk"))
    mine = {one.figure for one in typed if one.by_id == request.person.id}
    context = {
        "of": of,
        "row": row,
        "told": row.told,
        "kinds": KINDS,
        "decided": Decided.objects.filter(of=of, key=key).select_related("by").order_by("-pk"),
        "figures": _figures(typed, mine),
        "may_work": request.person.may(May.WORK_OFFICE),
    }
    return show(request, "office/round_line.html", context)


def _figures(typed: list[Typed], mine: set[str]) -> list[dict[str, Any]]:
    """Each figure with what was typed. Whoever has not typed it does not see what another did."""
    found: dict[str, dict[int, Typed]] = {}
    for one in typed:
        found.setdefault(one.figure, {})[one.by_id or 0] = one
    return [
        {
            "figure": figure,
            "seen": figure in mine,
            "typed": list(by.values()) if figure in mine else [],
            "many": len(by),
            "agree": len(by) > 1 and len({_plain(one.value) for one in by.values()}) == 1,
        }
        for figure, by in found.items()
    ]


def _plain(value: str) -> str:
    return " ".join(value.casefold().replace(",", "").split())


@page(f"{ROUND}lines/<slug:key>/act/", "round_act", May.WORK_OFFICE, ("POST",))
def act(request: Request, number: int, key: str) -> HttpResponse:
    """A person decides what a reply is, or types a figure from it."""
    of, user = get_object_or_404(Round, pk=number), request.person.account
    get_object_or_404(Line.objects.filter(of=of, reading=of.reading), key=key)
    post = request.POST
    kind, reason = text_of(post, "kind", 24), text_of(post, "reason", 2000)
    figure, value = text_of(post, "figure", 80), text_of(post, "value", 200)
    with transaction.atomic():
        if kind in KINDS and reason:
            Decided.objects.create(of=of, key=key, kind=kind, reason=reason, by=user, at=timezone.now())
            record(Act("reply_decided", user, reason[:400]), OFFICE_CHAIN, {"round": of.pk, "reply": key, "kind": kind})
        elif figure and value:
            Typed.objects.create(of=of, key=key, figure=figure, value=value, by=user, at=timezone.now())
            record(Act("figure_typed", user), OFFICE_CHAIN, {"round": of.pk, "reply": key, "figure": figure})
        else:
            messages.error(request, "Say what the reply is and why, or what figure it gives.")
    return redirect("round_line", number=number, key=key)


@page(f"{ROUND}results/<str:name>", "round_result", May.READ_OFFICE)
def result(request: Request, number: int, name: str) -> HttpResponseBase:
    """The table, or the letters that are next."""
    of = get_object_or_404(Round, pk=number)
    path = place(of) / name
    if name not in HANDED or not path.is_file():
        raise Http404
    return attached(path.open("rb"), HANDED[name][0], f"round-{number}-{name}")
