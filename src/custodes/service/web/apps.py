"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages and what they share."""

    name = "custodes.service.web"
    label = "web"
