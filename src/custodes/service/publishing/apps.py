"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class PublishingConfig(AppConfig):
    """Editions and their release."""

    name = "custodes.service.publishing"
    label = "publishing"
