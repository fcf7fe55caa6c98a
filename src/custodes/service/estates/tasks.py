"""Runs in the background."""

from __future__ import annotations

from django_tasks import task

from custodes.service.access.scope import EVERYTHING, within


@task()
def estate_run(number: int) -> None:
    """One run of an estate."""
    from custodes.service.estates.running import work

    with within(EVERYTHING):
        work(number)
