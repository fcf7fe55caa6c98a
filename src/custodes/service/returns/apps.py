"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    """Returns of bodies."""

    name = "custodes.service.returns"
    label = "returns"
