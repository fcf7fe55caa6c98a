"""The office: surveys, waves, returns as they come in, the record of changes, webhooks."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import File, Router
from ninja.files import UploadedFile

from custodes.service.access.roles import May
from custodes.service.api.auth import acting
from custodes.service.api.models import Webhook
from custodes.service.api.returns import REFUSALS
from custodes.service.api.schemas import (
    CorrectionIn,
    EventOut,
    QueryIn,
    ReturnLine,
    SurveyOut,
    Taken,
    WebhookIn,
    WebhookOut,
)
from custodes.service.api.webhooks import begun, check_address
from custodes.service.audit.models import Event
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.publishing.export import archive
from custodes.service.returns import workflow
from custodes.service.returns.models import Return
from custodes.service.returns.sheet import find
from custodes.service.surveys import folders
from custodes.service.surveys.models import Survey
from custodes.service.surveys.waves import open_wave

router = Router()
_ZIP = {
    "responses": {
        200: {
            "description": "A ZIP",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}


@router.get("/surveys", response={200: list[SurveyOut], **REFUSALS})
def surveys(request: HttpRequest) -> list[SurveyOut]:
    """Every survey."""
    with acting(request, May.READ_OFFICE):
        return [_survey(one) for one in Survey.objects.order_by("id")]


def _survey(one: Survey) -> SurveyOut:
    current = one.current
    return SurveyOut(id=one.pk, title=one.title, version=current.number, waves=list(folders.reading(current).waves))


@router.post("/surveys", response={200: SurveyOut, **REFUSALS})
def upload(request: HttpRequest, file: File[UploadedFile]) -> SurveyOut:
    """A survey folder as a ZIP."""
    with acting(request, May.MANAGE_OFFICE) as user:
        assert file.file is not None
        return _survey(folders.upload(file.file, user).version.survey)


@router.post("/surveys/{survey}/waves/{wave}/open", response={200: Taken, **REFUSALS})
def opened(request: HttpRequest, survey: str, wave: str) -> Taken:
    """Opens a wave: every body that it goes to is invited."""
    with acting(request, May.MANAGE_OFFICE) as user:
        held = get_object_or_404(Survey, pk=survey)
        try:
            return Taken(many=open_wave(held, wave, user)[1])
        except KeyError:
            raise Http404 from None


@router.get("/surveys/{survey}/waves/{wave}/returns", response={200: list[ReturnLine], **REFUSALS})
def board(request: HttpRequest, survey: str, wave: str) -> list[ReturnLine]:
    """The board of a wave."""
    with acting(request, May.READ_OFFICE):
        rows = Return.objects.filter(wave__survey_id=survey, wave__slug=wave).select_related("body")
        return [
            ReturnLine(body=one.body_id, name=one.body.name, state=one.state, late=one.late, signed_at=one.signed_at)
            for one in rows.order_by("body_id")
        ]


@router.get("/surveys/{survey}/folder.zip", response=REFUSALS, openapi_extra=_ZIP)
def folder(request: HttpRequest, survey: str) -> HttpResponse:
    """The survey as a folder of text files, everything that was recorded in it."""
    with acting(request, May.READ_OFFICE):
        return HttpResponse(archive(get_object_or_404(Survey, pk=survey)), content_type="application/zip")


@router.post("/surveys/{survey}/waves/{wave}/returns/{body}/accept", response={204: None, **REFUSALS})
def accept(request: HttpRequest, survey: str, wave: str, body: str) -> tuple[int, None]:
    """The office has no more questions."""
    with acting(request, May.WORK_OFFICE) as user:
        workflow.accept(find(survey, wave, body), user)
    return 204, None


@router.post("/surveys/{survey}/waves/{wave}/returns/{body}/queries", response={200: Taken, **REFUSALS})
def query(request: HttpRequest, survey: str, wave: str, body: str, given: QueryIn) -> Taken:
    """The office asks for a change."""
    with acting(request, May.WORK_OFFICE) as user:
        workflow.query(find(survey, wave, body), user, given.question, given.text)
    return Taken(many=1)


@router.post("/surveys/{survey}/waves/{wave}/returns/{body}/corrections", response={200: Taken, **REFUSALS})
def correct(request: HttpRequest, survey: str, wave: str, body: str, given: CorrectionIn) -> Taken:
    """The office corrects what was recorded."""
    with acting(request, May.WORK_OFFICE) as user:
        told = (given.question, given.part, given.state, given.value)
        workflow.correct(find(survey, wave, body), user, told, given.reason)
    return Taken(many=1)


@router.get("/events", response={200: list[EventOut], **REFUSALS})
def events(request: HttpRequest, after: int = 0, most: int = 500) -> list[Event]:
    """The record of changes, from after an event; at most 1,000 at a time."""
    with acting(request, May.READ_AUDIT):
        number = max(-1, min(after, 2**62))
        found = list(Event.objects.filter(pk__gt=number).order_by("pk")[: max(1, min(most, 1000))])
        for one in found:  # a draft belongs to its body: that an answer was changed is told, and not what it says
            one.content = {key: told for key, told in one.content.items() if key not in ("was", "is", "answers")}
        return found


@router.get("/webhooks", response={200: list[WebhookOut], **REFUSALS})
def hooks(request: HttpRequest) -> list[WebhookOut]:
    """Those that are told of events."""
    with acting(request, May.MANAGE_OFFICE):
        found = Webhook.objects.filter(ended_at=None).order_by("pk")
        return [WebhookOut(id=one.pk, url=one.url, kinds=one.kinds) for one in found]


@router.post("/webhooks", response={200: WebhookOut, **REFUSALS})
def hook(request: HttpRequest, given: WebhookIn) -> WebhookOut:
    """Somebody more is told, of what happens from now on. The secret is given once."""
    with acting(request, May.MANAGE_OFFICE) as user:
        check_address(given.url)
        with transaction.atomic():
            made = Webhook.objects.create(
                url=given.url, secret=secrets.token_urlsafe(32), kinds=given.kinds, made_by=user
            )
            begun(made)
            record(Act("webhook_made", user), OFFICE_CHAIN, {"webhook": made.pk, "url": made.url})
        return WebhookOut(id=made.pk, url=made.url, kinds=made.kinds, secret=made.secret)


@router.delete("/webhooks/{number}", response={204: None, **REFUSALS})
def no_hook(request: HttpRequest, number: int) -> tuple[int, None]:
    """Somebody is told no more."""
    with acting(request, May.MANAGE_OFFICE) as user, transaction.atomic():
        held = get_object_or_404(Webhook, pk=min(number, 2**62), ended_at=None)
        held.ended_at = timezone.now()
        held.save(update_fields=["ended_at"])
        record(Act("webhook_ended", user), OFFICE_CHAIN, {"webhook": held.pk})
    return 204, None
