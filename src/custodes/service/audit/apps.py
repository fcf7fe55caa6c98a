"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The record of all changes."""

    name = "custodes.service.audit"
    label = "audit"
