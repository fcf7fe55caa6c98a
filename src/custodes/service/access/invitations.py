"""One-time links: made, followed, used up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from custodes.model.errors import BadUsage
from custodes.service.access.models import Invitation, Membership, User
from custodes.service.access.roles import BODY, OFFICE, Role
from custodes.service.audit.record import OFFICE_CHAIN, Act, record

DAYS = 14


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom to invite: to what role, where."""

    role: Role
    email: str = ""
    body: str = ""


def invite(who: Invited, by: User | None, days: int = DAYS) -> str:
    """A new link's secret part. Raises BadUsage for a role that is not held there."""
    return made(who, by, days)[1]


def made(who: Invited, by: User | None, days: int = DAYS) -> tuple[Invitation, str]:
    """A new invitation and its link's secret part, of which only the hash is kept. Raises BadUsage as `invite` does."""
    if who.role not in (BODY if who.body else OFFICE):
        raise BadUsage(f"the role {who.role} is held at {'the office' if who.body else 'a body'}")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        invitation = Invitation.objects.create(
            digest=digest(token),
            email=who.email.strip().casefold(),
            role=str(who.role),
            body_id=who.body or None,
            made_by=by,
            expires=timezone.now() + timedelta(days=days),
        )
        told = {"role": str(who.role), "invitation": invitation.pk}
        record(Act("invited", by), who.body or OFFICE_CHAIN, told)
    return invitation, token


def digest(token: str) -> str:
    """What is kept of a secret."""
    return sha256(token.encode()).hexdigest()


#: Roles that a coordinator may give. The chief officer and the responsible officer are named by the office.
BY_COORDINATOR = frozenset((Role.RESPONDENT, Role.COORDINATOR, Role.ESTATE_MANAGER))


def may_invite(invitation: Invitation) -> bool:
    """Whether whoever made a link may still give its role; the program itself may."""
    if invitation.made_by_id is None:
        return True
    held = Membership.objects.filter(user_id=invitation.made_by_id, ended=None, user__is_active=True)
    if held.filter(role=str(Role.OFFICE_ADMIN), body=None).exists():
        return True
    own = held.filter(role=str(Role.COORDINATOR), body_id=invitation.body_id)
    return invitation.body_id is not None and Role(invitation.role) in BY_COORDINATOR and own.exists()


def find(token: str) -> Invitation | None:
    """The invitation of a link that still serves."""
    return waiting().filter(digest=digest(token)).first()


def waiting() -> QuerySet[Invitation]:
    """Links that nobody has followed yet."""
    return Invitation.objects.filter(used_at=None, expires__gt=timezone.now())


def revoke(invitation: Invitation, by: User | None) -> bool:
    """A link serves no more; False if it had stopped to serve already."""
    with transaction.atomic():
        done = waiting().filter(pk=invitation.pk).update(expires=timezone.now())
        if done:
            told = {"role": invitation.role, "invitation": invitation.pk}
            record(Act("invitation_revoked", by), invitation.body_id or OFFICE_CHAIN, told)
    return bool(done)


def is_address(email: str) -> bool:
    """Whether a text is an address that mail reaches everywhere: plain ASCII."""
    try:
        validate_email(email)
    except ValidationError:
        return False
    return email.isascii()


def accept(token: str, email: str, password: str, name: str) -> User | None:
    """Uses a link up: the account is made if there is none, and gets the role. None if the link serves no more.

    An account that exists keeps its password: whoever holds a link has shown nothing about an account.
    """
    with transaction.atomic():
        invitation = waiting().select_for_update().filter(digest=digest(token)).first()
        if invitation is None or not may_invite(invitation):
            return None
        address = invitation.email or email.strip().casefold()
        user = User.objects.filter(email=address).first()
        if user is None:
            user = User.objects.create_user(address, password, name=name.strip())
            # a link that was mailed proves its address, and so does one that this machine gave out itself
            proven = bool(invitation.email) or invitation.made_by_id is None
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=proven)
        invitation.used_at = timezone.now()
        invitation.save(update_fields=["used_at"])
        grant(user, Role(invitation.role), invitation.body_id or "", user)
        if Role(invitation.role) is Role.OFFICE_ADMIN and not User.objects.exclude(pk=user.pk).exists():
            from custodes.service.example import hand_over

            hand_over(user)
    return user


@transaction.atomic
def grant(user: User, role: Role, body: str, by: User | None) -> None:
    """Gives a role; one that is held already stays."""
    _, new = Membership.objects.get_or_create(user=user, role=str(role), body_id=body or None, ended=None)
    if new:
        record(Act("role_given", by), body or OFFICE_CHAIN, {"role": str(role), "person": user.pk})


@transaction.atomic
def end(membership: Membership, by: User | None) -> None:
    """Takes a role away; that it was held stays on record."""
    membership.ended = timezone.now()
    membership.save(update_fields=["ended"])
    told = {"role": membership.role, "person": membership.user_id}
    record(Act("role_taken", by), membership.body_id or OFFICE_CHAIN, told)
