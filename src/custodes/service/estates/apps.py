"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class EstatesConfig(AppConfig):
    """Estates of bodies."""

    name = "custodes.service.estates"
    label = "estates"
