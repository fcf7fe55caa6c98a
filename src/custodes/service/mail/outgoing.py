"""What is written to whom. Each message is a row in the transaction of the change that it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from custodes.service.access.invitations import Invited, made
from custodes.service.access.models import Membership, User
from custodes.service.access.roles import Role
from custodes.service.mail.models import Message
from custodes.service.surveys.models import Survey
from custodes.service.web.words import LANGUAGES, day_in, words

if TYPE_CHECKING:
    from custodes.service.returns.models import Query, Return


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written: keys of the words with what fills them, then an address. `quoted`: somebody's own words.

    A survey that asks in Welsh too writes in both languages, one below the other.
    """

    kind: str
    languages: tuple[str, ...]
    key: str = ""
    place: str = ""
    quoted: str = ""
    parts: Mapping[str, str | date] = field(default_factory=dict)

    def subject(self) -> str:
        """One line."""
        return " / ".join(dict.fromkeys(self._told(f"mail_{self.kind}_subject")))

    def text(self) -> str:
        """All of it."""
        parts = (*self._told(self.key or f"mail_{self.kind}"), self.quoted, self.place, *self._told("mail_footer"))
        return "\n\n".join(filter(None, parts)) + "\n"

    def _told(self, key: str) -> list[str]:
        return [words(language)(key, **self._filled(language)) for language in self.languages]

    def _filled(self, language: str) -> dict[str, str]:
        return {name: day_in(told, language) if isinstance(told, date) else told for name, told in self.parts.items()}


def languages(survey: Survey) -> tuple[str, ...]:
    """In which a survey writes to those whom it asks."""
    return LANGUAGES if survey.title.get("cy") else ("en",)


def address(path: str) -> str:
    """A whole web address on this service."""
    base: str = getattr(settings, "BASE_URL", "")
    return f"{base}{path}"


def people(body: str | None, *roles: Role) -> list[User]:
    """Those who hold one of some roles at a body now; at the office for none."""
    held = Membership.objects.filter(body_id=body, role__in=list(map(str, roles)), ended=None, user__is_active=True)
    return list({one.user_id: one.user for one in held.select_related("user")}.values())


def office() -> list[User]:
    """The office's administrators and analysts."""
    return people(None, Role.OFFICE_ADMIN, Role.ANALYST)


def post(letter: Letter, to: Iterable[User], of: Return | None = None) -> int:
    """A letter to some people; returns how many."""
    subject, text = " ".join(letter.subject().split())[:200], letter.text()
    rows = [
        Message(
            to=user.email,
            subject=subject,
            text=text,
            kind=letter.kind,
            due=timezone.now(),
            body_id=of.body_id if of is not None else None,
            wave_id=of.wave_id if of is not None else None,
        )
        for user in to
    ]
    Message.objects.bulk_create(rows)
    return len(rows)


def about(of: Return, kind: str, key: str = "", quoted: str = "", **parts: str | date) -> Letter:
    """A letter about a return."""
    told = {"body": of.body.name, "wave": str(of.wave), **parts}
    return Letter(kind, languages(of.wave.survey), key, hub(of), quoted, told)


def send_invitation(who: Invited, by: User | None) -> None:
    """Makes a one-time link and sends it to whom it is for. Raises BadUsage for a role that is not held there."""
    invitation, token = made(who, by)
    place = address(reverse("accept", kwargs={"token": token}))
    told = LANGUAGES if Survey.objects.filter(title__has_key="cy").exists() else ("en",)
    parts = {"role": str(invitation.get_role_display())}
    key = "mail_invitation"
    if invitation.body is not None:
        parts["body"], key = invitation.body.name, "mail_invitation_body"
    letter = Letter("invitation", told, key, place, parts=parts)
    Message.objects.create(
        to=invitation.email, subject=letter.subject(), text=letter.text(), kind=letter.kind, due=timezone.now()
    )


def hub(of: Return) -> str:
    """The address of a return."""
    return address(reverse("hub", kwargs={"survey": of.wave.survey_id, "wave": of.wave.slug, "body": of.body_id}))


def tell_completed(of: Return) -> None:
    """The chief officer is asked to sign."""
    post(about(of, "to_sign"), people(of.body_id, Role.CHIEF), of)


def tell_signed(of: Return) -> None:
    """The office has a return."""
    letter = Letter(
        "signed", ("en",), "mail_signed_late" if of.late else "", parts={"body": of.body.name, "late": str(of.late)}
    )
    post(letter, office(), of)


def tell_signature_void(of: Return) -> None:
    """An answer was changed under a signature."""
    post(about(of, "signature_void"), people(of.body_id, Role.CHIEF, Role.SRO), of)


def tell_completion_void(of: Return) -> None:
    """An answer was changed after the return was said to be complete."""
    post(about(of, "completion_void"), people(of.body_id, Role.SRO), of)


def tell_opened(of: Return) -> None:
    """A body is asked."""
    closes = of.wave.closes
    letter = about(of, "asked") if closes is None else about(of, "asked", "mail_asked_due", day=closes)
    post(letter, people(of.body_id, Role.COORDINATOR, Role.SRO, Role.CHIEF), of)


def tell_partial(of: Return) -> None:
    """The office took a return in part."""
    post(about(of, "partial"), people(of.body_id, Role.COORDINATOR, Role.SRO, Role.CHIEF), of)


def tell_query(query: Query) -> None:
    """The office asks for a change."""
    of = query.of
    post(about(of, "query", quoted=query.text), people(of.body_id, Role.COORDINATOR, Role.SRO), of)


def tell_reminder(of: Return, to: Iterable[User], *, late: bool) -> None:
    """A return is due, or was."""
    assert of.wave.closes is not None
    post(about(of, "reminder", "mail_reminder_late" if late else "", day=of.wave.closes), to, of)


def ask_to_confirm(survey: Survey, title: str, reply_by: date, to: Iterable[User]) -> None:
    """Figures that rest on what a body answered are to be confirmed."""
    parts: dict[str, str | date] = {"title": title, "day": reply_by}
    post(Letter("confirm", languages(survey), place=address("/home/"), parts=parts), to)
