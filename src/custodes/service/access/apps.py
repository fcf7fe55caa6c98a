"""The app."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Accounts, roles and scopes."""

    name = "custodes.service.access"
    label = "access"

    def ready(self) -> None:
        """Tell each new connection of the scope that it works in."""
        from custodes.service.access import scope

        scope.watch_connections()
