"""Whom is asked, and what: bodies, surveys with every version of their folder, waves that were opened."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Body(models.Model):
    """A body. Its id is that of `bodies.csv`."""

    id = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name


class Survey(models.Model):
    """A survey. Its id is that of its questionnaire."""

    id = models.CharField(max_length=64, primary_key=True)
    title = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)

    @property
    def current(self) -> Version:
        """The folder as it was uploaded last. Its files, which few pages want, are fetched when they are asked for."""
        return self.versions.defer("files").latest("number")

    def __str__(self) -> str:
        return str(self.title.get("en") or self.id)


class Version(models.Model):
    """The files of a survey as they were uploaded. A trigger refuses change and deletion."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    files = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Numbers go up."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "number"], name="one_version_a_number")]


class Wave(models.Model):
    """A wave of a survey that the service runs. `slug`: its id in `waves.yaml`. `rules`: when whom is reminded."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="waves")
    slug = models.CharField(max_length=64)
    title = models.CharField(max_length=200, blank=True)
    opened = models.DateField()
    closes = models.DateField(null=True, blank=True)
    rules = models.JSONField(default=list)

    class Meta:
        """A wave is opened once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "slug"], name="one_wave_a_name")]

    def __str__(self) -> str:
        return self.title or self.slug
