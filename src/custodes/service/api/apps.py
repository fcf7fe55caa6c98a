"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Webhooks and their deliveries."""

    name = "custodes.service.api"
    label = "api"
