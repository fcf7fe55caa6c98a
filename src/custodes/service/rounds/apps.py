"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class RoundsConfig(AppConfig):
    """Rounds of requests."""

    name = "custodes.service.rounds"
    label = "rounds"
