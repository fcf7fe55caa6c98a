"""The return as a workbook, out and in."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from custodes.model.errors import BadInput
from custodes.service.access.roles import May
from custodes.service.access.routes import Request, page
from custodes.service.returns import workbooks
from custodes.service.returns.saving import Closed
from custodes.service.returns.sheet import Key, Sheet, find, sheet
from custodes.service.returns.views_hub import RETURN
from custodes.service.returns.workbooks import Choice, Kept, Taken
from custodes.service.web.forms import number_of
from custodes.service.web.pages import show
from custodes.service.web.words import words

#: For how many seconds a workbook waits for its open differences to be settled.
_WAITS = 24 * 3600
_SALT = "workbook"


@page(f"{RETURN}workbook.xlsx", "workbook", May.READ_RETURN)
def workbook(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """The return as a workbook, to be filled in away from here."""
    of = find(survey, wave, body)
    with tempfile.TemporaryDirectory() as folder:
        data = workbooks.write(sheet(of), Path(folder)).read_bytes()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="return_{body}.xlsx"'
    return response


@page(f"{RETURN}workbook/", "workbook_in", May.COMPLETE, ("GET", "POST"))
def workbook_in(request: Request, survey: str, wave: str, body: str) -> HttpResponse:
    """Takes a filled-in workbook: whole, or not at all with each cell named.

    Where it differs from what was answered here, somebody chooses; the file waits for that and is not sent again.
    """
    told, t = sheet(find(survey, wave, body)), words(request.language)
    came, ticket = Taken(), ""
    if request.method == "POST":
        try:
            kept = _coming(request, told)
            if kept is None:
                came.refused = [t("wrong_no_file")]
            else:
                came = workbooks.take(told, kept, request.person.user, _choices(request))
                ticket = _ticket(request, told, kept) if came.open else ""
        except BadInput as error:
            came.refused = [str(error.what)]
        except Closed:
            came.refused = [t("refused_state")]
        if not (came.refused or came.open):
            messages.success(request, t("workbook_taken", many=came.many))
            return redirect("hub", survey=survey, wave=wave, body=body)
    context = {"of": told.of, "refusals": came.refused, "open": came.open, "ticket": ticket}
    return show(request, "returns/workbook.html", context, status=_status(came))


def _status(came: Taken) -> int:
    return 400 if came.refused else 409 if came.open else 200


def _coming(request: Request, told: Sheet) -> Kept | None:
    """The file that is sent, or the one that waits."""
    if ticket := request.POST.get("ticket", ""):
        try:
            of, person, digest, ending = signing.loads(ticket, salt=_SALT, max_age=_WAITS)
        except signing.BadSignature:
            raise BadInput("the workbook waited too long: send it again") from None
        if (of, person) != _whose(request, told):
            raise BadInput("the workbook was sent for another return")
        return Kept(digest, ending)
    given = request.FILES.get("file")
    return workbooks.receive(given) if given is not None else None


def _ticket(request: Request, told: Sheet, kept: Kept) -> str:
    """With which a kept workbook is named again, by whoever sent it and for the return that it was sent for."""
    return signing.dumps((*_whose(request, told), kept.sha256, kept.ending), salt=_SALT)


def _whose(request: Request, told: Sheet) -> tuple[int, int]:
    user = request.person.user
    return told.of.pk, user.pk if user is not None else 0


def _choices(request: HttpRequest) -> dict[Key, Choice]:
    """What was chosen of each difference that was shown."""
    form = request.POST
    found: dict[Key, Choice] = {}
    for number in count():
        question = form.get(f"question-{number}")
        if question is None:
            break
        if (chosen := form.get(f"take-{number}")) in ("workbook", "here"):
            seen = number_of(form, f"seen-{number}")
            found[question, form.get(f"part-{number}", "")] = Choice(chosen == "workbook", seen)
    return found
    return found
