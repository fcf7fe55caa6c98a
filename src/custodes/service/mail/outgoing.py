"""What is written to whom. Each message is a row in the transaction of the change that it tells of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from custodes.service.access.invitations import Invited, made
from custodes.service.access.models import Membership, User
from custodes.service.access.roles import Role
from custodes.service.mail.models import Message

if TYPE_CHECKING:
    from custodes.service.returns.models import Query, Return

_NO_REPLY = "\n\nThis message was sent by a service. Nothing in it is a question of law.\n"


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


def post(kind: str, to: Iterable[User], subject: str, text: str, of: Return | None = None) -> int:
    """Messages to some people; returns how many."""
    rows = [
        Message(
            to=user.email,
            subject=" ".join(subject.split())[:200],
            text=text + _NO_REPLY,
            kind=kind,
            due=timezone.now(),
            body_id=of.body_id if of is not None else None,
            wave_id=of.wave_id if of is not None else None,
        )
        for user in to
    ]
    Message.objects.bulk_create(rows)
    return len(rows)


def send_invitation(who: Invited, by: User | None) -> None:
    """Makes a one-time link and sends it to whom it is for. Raises BadUsage for a role that is not held there."""
    invitation, token = made(who, by)
    place = address(reverse("accept", kwargs={"token": token}))
    text = (
        f"You are invited to this service as {invitation.get_role_display()}"
        f"{' of ' + invitation.body.name if invitation.body is not None else ''}.\n\n{place}\n\n"
        "The link works once, and for 14 days."
    )
    Message.objects.create(
        to=invitation.email, subject="An invitation", text=text, kind="invitation", due=timezone.now()
    )


def hub(of: Return) -> str:
    """The address of a return."""
    return address(reverse("hub", kwargs={"survey": of.wave.survey_id, "wave": of.wave.slug, "body": of.body_id}))


def tell_completed(of: Return) -> None:
    """The chief officer is asked to sign."""
    text = f"The return of {of.body.name} to {of.wave} is complete and wants your signature.\n\n{hub(of)}"
    post("to_sign", people(of.body_id, Role.CHIEF), f"For your signature: {of.wave}", text, of)


def tell_signed(of: Return) -> None:
    """The office has a return."""
    late = f", {of.late} days late" if of.late else ""
    post("signed", office(), f"Return received: {of.body.name}", f"{of.body.name} signed its return{late}.", of)


def tell_signature_void(of: Return) -> None:
    """An answer was changed under a signature."""
    text = (
        f"An answer in the return of {of.body.name} to {of.wave} was changed after it was signed. The signature is "
        f"void: the return is to be completed and signed again.\n\n{hub(of)}"
    )
    post("signature_void", people(of.body_id, Role.CHIEF, Role.SRO), f"Signature void: {of.wave}", text, of)


def tell_completion_void(of: Return) -> None:
    """An answer was changed after the return was said to be complete."""
    text = (
        f"An answer in the return of {of.body.name} to {of.wave} was changed: it is to be completed again.\n\n{hub(of)}"
    )
    post("completion_void", people(of.body_id, Role.SRO), f"To be completed again: {of.wave}", text, of)


def tell_opened(of: Return) -> None:
    """A body is asked."""
    when = f" It is due on {of.wave.closes:%d.%m.%Y}." if of.wave.closes is not None else ""
    text = f"{of.body.name} is asked to answer: {of.wave}.{when}\n\n{hub(of)}"
    post("asked", people(of.body_id, Role.COORDINATOR, Role.SRO, Role.CHIEF), f"You are asked: {of.wave}", text, of)


def tell_partial(of: Return) -> None:
    """The office took a return in part."""
    text = f"The office took the return of {of.body.name} to {of.wave} as far as it goes. It can no longer be changed."
    post("partial", people(of.body_id, Role.COORDINATOR, Role.SRO, Role.CHIEF), f"Taken in part: {of.wave}", text, of)


def tell_query(query: Query) -> None:
    """The office asks for a change."""
    of = query.of
    text = f"The office asks about the return of {of.body.name} to {of.wave}:\n\n{query.text}\n\n{hub(of)}"
    post("query", people(of.body_id, Role.COORDINATOR, Role.SRO), f"A question about your return: {of.wave}", text, of)
