"""Opens a wave: a return for every body that it invites."""

from __future__ import annotations

from django.db import transaction

from custodes.service.access.models import User
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.mail import outgoing
from custodes.service.returns.models import Return
from custodes.service.surveys.folders import reading
from custodes.service.surveys.models import Survey, Wave


def open_wave(survey: Survey, slug: str, by: User | None) -> tuple[Wave, int]:
    """The wave of a survey's folder, and how many bodies were invited anew. Opened again, it takes in new bodies.

    Raises KeyError for a wave that the folder does not have.
    """
    read = reading(survey.current)
    told = read.waves[slug]
    days = {"opens": told.opened.isoformat(), "closes": told.closed.isoformat() if told.closed is not None else ""}
    with transaction.atomic():
        wave, _ = Wave.objects.update_or_create(
            survey=survey,
            slug=slug,
            defaults={"title": told.title[:200], "opened": told.opened, "closes": told.closed},
        )
        known = set(Return.objects.filter(wave=wave).values_list("body_id", flat=True))
        new = [body.id for body in read.bodies.values() if told.invites(body) and body.id not in known]
        Return.objects.bulk_create([Return(wave=wave, body_id=body) for body in new])
        record(Act("wave_opened", by), OFFICE_CHAIN, {"survey": survey.pk, "wave": slug, "invited": len(new), **days})
        for of in Return.objects.filter(wave=wave, body_id__in=new).select_related("wave", "body"):
            outgoing.tell_opened(of)
        for body in new:
            record(Act("invited_to_wave", by), body, {"survey": survey.pk, "wave": slug})
    return wave, len(new)
