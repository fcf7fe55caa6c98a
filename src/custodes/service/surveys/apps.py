"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Surveys and bodies."""

    name = "custodes.service.surveys"
    label = "surveys"
