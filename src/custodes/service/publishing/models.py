"""Editions with who asked for their release and who agreed, runs of publishing, and the confirmation round."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from custodes.service.access.models import User
from custodes.service.access.scope import ScopedModel
from custodes.service.surveys.models import Body, Survey, Version

DRAFT, REQUESTED, PUBLISHED = "draft", "requested", "published"


class Edition(models.Model):
    """A paper. `cut`: the last day whose records it rests on; `version`: the folder that says what is counted and how.
    Once its release was asked for, both stand: what two people agree to is what comes out, also when it runs again.
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="editions")
    slug = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="+")
    cut = models.DateField()
    corrects = models.CharField(max_length=64, blank=True)
    notice = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default=DRAFT)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_on = models.DateField(null=True)

    class Meta:
        """Named once; by its cut."""

        ordering: ClassVar = ["cut", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["survey", "slug"], name="one_edition_a_name")]


class Run(models.Model):
    """One run of publishing. `release`: of an edition's release; else a preview. `folder`: where its result lies."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="runs")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, null=True, related_name="runs")
    release = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="waiting")
    step = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)
    folder = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40, blank=True)
    summary = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)


class Confirmation(ScopedModel):
    """A letter of the confirmation round to a body, or what it replied."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="confirmations")
    event = models.CharField(max_length=12)
    day = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(ScopedModel.Meta):
        """In the order in which they came."""

        ordering: ClassVar = ["day", "id"]
