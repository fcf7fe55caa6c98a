"""Surveys are built elsewhere, as folders that people can diff; here they are uploaded, and their waves opened."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from custodes.model.errors import BadInput, BadUsage
from custodes.publication.text import clean
from custodes.service.access.invitations import Invited, end
from custodes.service.access.models import Membership
from custodes.service.access.roles import BODY, OFFICE, ROLE_NAMES, May, Role
from custodes.service.access.routes import Request, page
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.mail.outgoing import send_invitation
from custodes.service.surveys import folders
from custodes.service.surveys.models import Body, Survey, Wave
from custodes.service.surveys.waves import open_wave
from custodes.service.web.forms import number_of
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


@page("people/", "people", May.MANAGE_OFFICE, ("GET", "POST"))
def people(request: Request) -> HttpResponse:
    """Everybody with a role: invited here one by one, or many from a list."""
    if request.method == "POST":
        if "end" in request.POST:
            membership = get_object_or_404(Membership, pk=number_of(request.POST, "end"), ended=None)
            _end(request, membership)
        else:
            _invite_all(request)
        return redirect("people")
    context = {
        "members": Membership.objects.filter(ended=None).select_related("user", "body").order_by("body_id", "role"),
        "roles": [(str(role), name) for role, name in ROLE_NAMES.items()],
        "bodies": Body.objects.order_by("name"),
    }
    return show(request, "office/people.html", context)


def _end(request: Request, membership: Membership) -> None:
    """Takes a role away; the last administrator keeps theirs."""
    admins = Membership.objects.filter(role=str(Role.OFFICE_ADMIN), ended=None).count()
    if membership.role == Role.OFFICE_ADMIN and admins == 1:
        messages.error(request, "There is no other administrator: invite one first.")
        return
    with transaction.atomic():
        end(membership, request.person.user)


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
        return email.isascii()
    except ValidationError:
        return False


def _invite_all(request: Request) -> None:
    """Lines of `address, role, body`; the body is left out for a role at the office. All or none."""
    lines = [line.strip() for line in request.POST.get("list", "").splitlines() if line.strip()]
    wanted, wrong = [], []
    bodies = set(Body.objects.values_list("id", flat=True))
    for number, line in enumerate(lines, 1):
        email, role, body = (*(part.strip() for part in line.split(",")), "", "", "")[:3]
        held_at = BODY if body else OFFICE
        if not _is_address(email) or role not in map(str, held_at) or (body and body not in bodies):
            wrong.append(f"Line {number}: an address, a role that is held there, and a body of the survey are wanted.")
        else:
            wanted.append(Invited(Role(role), email, body))
    for one in wrong[:20]:
        messages.error(request, one)
    if wrong or not wanted:
        return
    try:
        with transaction.atomic():
            for who in wanted:
                send_invitation(who, request.person.user)
            record(Act("invitations_sent", request.person.user), OFFICE_CHAIN, {"many": len(wanted)})
        messages.success(request, f"{len(wanted)} invitations are on their way.")
    except BadUsage as error:
        messages.error(request, error.what)
