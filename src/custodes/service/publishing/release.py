"""An edition from its proposal to its release: proposed by one person, previewed, released by two."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db import models, transaction
from django.utils import timezone

from custodes.service.access.models import User
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.publishing.models import DRAFT, PUBLISHED, REQUESTED, Confirmation, Edition, Run
from custodes.service.returns.models import Recorded
from custodes.service.returns.workflow import Refused, today
from custodes.service.surveys.folders import reading
from custodes.service.surveys.models import Survey

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
NOTICE = ("what", "cause", "noticed_by", "told")


def propose(survey: Survey, by: User, told: dict[str, str]) -> Edition:
    """A new edition. `told`: slug, title, cut, corrects, and the parts of a notice. Raises Refused."""
    slug = told.get("slug", "").strip()
    try:
        cut = date.fromisoformat(told.get("cut", ""))
    except ValueError:
        raise Refused("edition_cut") from None
    if not NAME.fullmatch(slug) or not told.get("title", "").strip():
        raise Refused("edition_name")
    if cut > today():
        raise Refused("edition_future")
    known = {one.slug for one in survey.editions.all()} | set(reading(survey.current).editions)
    corrects = told.get("corrects", "").strip()
    notice = {key: told[key].strip() for key in NOTICE if told.get(key, "").strip()}
    if slug in known or (corrects and corrects not in known):
        raise Refused("edition_known" if slug in known else "edition_corrects")
    if corrects and not {"what", "cause"} <= notice.keys():
        raise Refused("edition_notice")
    with transaction.atomic():
        made = Edition.objects.create(
            survey=survey,
            slug=slug,
            title=told["title"].strip()[:200],
            cut=cut,
            corrects=corrects,
            notice=notice if corrects else {},
            made_by=by,
        )
        record(Act("edition_proposed", by), OFFICE_CHAIN, {"survey": survey.pk, "edition": slug, "cut": str(cut)})
    return made


def request(edition: Edition, by: User) -> None:
    """Asks for release: from now on the cut stands, and what is recorded counts after it. Raises Refused."""
    with transaction.atomic():
        held = Edition.objects.select_for_update().get(pk=edition.pk)
        if held.state != DRAFT:
            raise Refused("refused_state")
        held.state, held.requested_by, held.requested_at = REQUESTED, by, timezone.now()
        held.version = held.survey.current
        held.save()
        told = {"survey": held.survey_id, "edition": held.slug, "version": held.version.number}
        record(Act("release_requested", by), OFFICE_CHAIN, told)


def approve(edition: Edition, by: User) -> Run:
    """Releases, if another person asked for it. Raises Refused."""
    with transaction.atomic():
        held = Edition.objects.select_for_update().get(pk=edition.pk)
        if held.state != REQUESTED:
            raise Refused("refused_state")
        if held.requested_by_id == by.pk:
            raise Refused("refused_same_person")
        held.state, held.approved_by, held.published_on = PUBLISHED, by, today()
        held.save()
        record(Act("release_approved", by), OFFICE_CHAIN, {"survey": held.survey_id, "edition": held.slug})
        return _run(held.survey, held, release=True)


def publish_again(edition: Edition, by: User) -> Run:
    """Runs the publishing of a released edition once more, such as after it failed. Raises Refused."""
    if edition.state != PUBLISHED:
        raise Refused("refused_state")
    with transaction.atomic():
        record(Act("published_again", by), OFFICE_CHAIN, {"survey": edition.survey_id, "edition": edition.slug})
        return _run(edition.survey, edition, release=True)


def withdraw(edition: Edition, by: User, reason: str) -> None:
    """Takes a request for release back, while nobody has agreed. Raises Refused."""
    with transaction.atomic():
        held = Edition.objects.select_for_update().get(pk=edition.pk)
        if held.state != REQUESTED or not reason.strip():
            raise Refused("refused_state" if reason.strip() else "refused_reason")
        held.state, held.requested_by, held.requested_at, held.version = DRAFT, None, None, None
        held.save()
        told = {"survey": held.survey_id, "edition": held.slug}
        record(Act("release_withdrawn", by, reason.strip()), OFFICE_CHAIN, told)


def preview(survey: Survey, edition: Edition | None, by: User) -> Run:
    """A publication that only the office sees."""
    with transaction.atomic():
        told = {"survey": survey.pk, "edition": edition.slug if edition is not None else ""}
        record(Act("previewed", by), OFFICE_CHAIN, told)
        return _run(survey, edition, release=False)


def _run(survey: Survey, edition: Edition | None, *, release: bool) -> Run:
    from custodes.service.publishing.tasks import publish_run

    run = Run.objects.create(survey=survey, edition=edition, release=release)
    publish_run.enqueue(run.pk)  # a row of the same transaction: either both are there, or neither
    return run


def ask_to_confirm(edition: Edition, by: User, reply_by: date) -> int:
    """Letters of the confirmation round to every body with answers in the edition; returns how many. Raises Refused."""
    from custodes.service.access.roles import Role
    from custodes.service.mail import outgoing

    if edition.state == PUBLISHED:
        raise Refused("refused_state")
    with transaction.atomic():
        rows = Recorded.objects.filter(wave__survey=edition.survey, recorded_at__lte=edition.cut)
        bodies = set(rows.values_list("body_id", flat=True))
        asked = set(Confirmation.objects.filter(edition=edition, event="asked").values_list("body_id", flat=True))
        for body in sorted(bodies - asked):
            Confirmation.objects.create(body_id=body, edition=edition, event="asked", day=today(), by=by)
            to = outgoing.people(body, Role.COORDINATOR, Role.SRO)
            outgoing.ask_to_confirm(edition.survey, edition.title, reply_by, to)
        told = {"survey": edition.survey_id, "edition": edition.slug, "bodies": len(bodies - asked)}
        record(Act("confirmation_asked", by), OFFICE_CHAIN, told)
    return len(bodies - asked)


def confirm(edition: Edition, body: str, by: User, event: str, note: str) -> None:
    """What a body replies: confirmed, disputed (with what is wrong), replied. Raises Refused."""
    if event not in ("confirmed", "disputed", "replied") or (event != "confirmed" and not note.strip()):
        raise Refused("refused_reason")
    if edition.state == PUBLISHED:
        raise Refused("refused_state")
    with transaction.atomic():
        if not Confirmation.objects.filter(edition=edition, body_id=body, event="asked").exists():
            raise Refused("refused_state")
        Confirmation.objects.create(
            body_id=body, edition=edition, event=event, day=today(), note=note.replace("\x00", "").strip()[:2000], by=by
        )
        record(Act(event, by, note.strip()[:2000]), body, {"edition": edition.slug})


def earliest_cut(survey: Survey) -> date | None:
    """The first day that a new edition can rest on: after the last cut that stands."""
    last = survey.editions.exclude(state=DRAFT).aggregate(cut=models.Max("cut"))["cut"]
    return last + timedelta(days=1) if last is not None else None
