"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Outgoing mail."""

    name = "custodes.service.mail"
    label = "mail"
