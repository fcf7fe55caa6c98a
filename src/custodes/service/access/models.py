"""Accounts, the roles they hold, the links by which they are made, and tokens of the API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from custodes.service.access.roles import ROLE_NAMES, Role

ROLE_CHOICES = [(str(role), name) for role, name in ROLE_NAMES.items()]


class UserManager(BaseUserManager["User"]):
    """Makes accounts."""

    def create_user(self, email: str, password: str | None = None, **told: Any) -> User:
        """An account; without a password it can only be entered by another way of signing in."""
        user = self.model(email=self.normalize_email(email).casefold(), **told)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person. `name`: as they want to be shown to colleagues; it is in no publication and in no log."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Membership(models.Model):
    """A role of a person. `body`: none for a role at the office. `sections`: of a respondent, those delegated."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    body = models.ForeignKey("surveys.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    begun = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        """A role is held once at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "body"],
                condition=models.Q(ended=None),
                nulls_distinct=False,
                name="one_role_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return ROLE_NAMES[Role(self.role)]


class Invitation(models.Model):
    """A one-time link that makes an account, or adds a role to one. Only a hash of the link is kept."""

    digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    body = models.ForeignKey("surveys.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class ApiToken(models.Model):
    """A token of the API: acts as its person, within its scopes. Only a hash of it is kept."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
