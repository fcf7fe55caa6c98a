"""Who is asking, and what they may do where: worked out once for a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from custodes.service.access.models import Membership, User
from custodes.service.access.roles import BODY_ONLY, GRANTS, OFFICE_ONLY, May, Role
from custodes.service.access.scope import EVERYTHING, NOTHING, Scope


@dataclass(frozen=True, slots=True)
class Person:
    """One person with their roles. `user`: None for somebody who has not signed in. `limits`: of a token, the rights
    that it has at most; None where there is no such limit.
    """

    user: User | None = None
    office: frozenset[Role] = frozenset()
    bodies: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    limits: frozenset[May] | None = None

    @property
    def known(self) -> bool:
        """Whether they have signed in."""
        return self.user is not None

    @property
    def id(self) -> int | None:
        """Of the account."""
        return self.user.pk if self.user is not None else None

    @property
    def account(self) -> User:
        """The account, on pages that only somebody who has signed in gets to."""
        assert self.user is not None
        return self.user

    def roles_at(self, body: str) -> frozenset[Role]:
        """The roles that they hold at a body."""
        return self.bodies.get(body, frozenset())

    def may(self, what: May, body: str = "") -> bool:
        """Whether they may do something at a body, or at the office."""
        return self.scope_for(what, body) is not None

    def scope_for(self, what: May, body: str = "") -> Scope | None:
        """The scope in which they may do something; None where they may not.

        With a body: that one. Without: every body for a right at the office, else the bodies at which they have it.
        """
        if what is May.ANYTHING_PUBLIC:
            return NOTHING
        if not self.known or (self.limits is not None and what not in self.limits):
            return None
        if what is May.OWN:
            return EVERYTHING if self.office else Scope(frozenset(self.bodies))
        granted = GRANTS[what]
        if what not in BODY_ONLY and granted & self.office:
            return Scope.of(body) if body else EVERYTHING
        if what in OFFICE_ONLY:
            return None
        held = frozenset(name for name, roles in self.bodies.items() if granted & roles)
        if body:
            return Scope.of(body) if body in held else None
        return Scope(held) if held else None

    def sees(self, body: str) -> bool:
        """Whether they know of a body at all."""
        return bool(self.office) or body in self.bodies


NOBODY = Person()


def person_of(user: User, limits: frozenset[May] | None = None) -> Person:
    """A person with the roles that they hold now."""
    office: set[Role] = set()
    bodies: dict[str, set[Role]] = {}
    for role, body in Membership.objects.filter(user=user, ended=None).values_list("role", "body_id"):
        (office if body is None else bodies.setdefault(body, set())).add(Role(role))
    return Person(user, frozenset(office), {name: frozenset(roles) for name, roles in bodies.items()}, limits)
