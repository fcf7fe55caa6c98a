"""The modules that declare pages."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "custodes.service.web.views",
    "custodes.service.access.views",
    "custodes.service.audit.views",
    "custodes.service.returns.views_hub",
    "custodes.service.returns.views_questions",
    "custodes.service.returns.views_people",
    "custodes.service.returns.views_files",
    "custodes.service.returns.views_workbook",
    "custodes.service.returns.views_sign",
    "custodes.service.office.views_board",
    "custodes.service.office.views_return",
    "custodes.service.office.views_surveys",
    "custodes.service.office.views_people",
    "custodes.service.publishing.views",
    "custodes.service.rounds.views",
    "custodes.service.estates.views_start",
    "custodes.service.estates.views_files",
    "custodes.service.estates.views_register",
    "custodes.service.estates.views_queue",
    "custodes.service.estates.views_board",
    "custodes.service.estates.views_places",
    "custodes.service.estates.views_more",
    "custodes.service.estates.views_plan",
)


def every_module() -> None:
    """Import each, so that its routes are known."""
    for name in MODULES:
        import_module(name)
