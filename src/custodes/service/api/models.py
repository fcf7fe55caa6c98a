"""Webhooks: who is told of what, and every attempt to tell them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from custodes.service.access.models import User


class Webhook(models.Model):
    """An address that is told of events. `kinds`: of which; none means of all that the office sees."""

    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=100)
    kinds = models.JSONField(default=list)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    since = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)


class Delivery(models.Model):
    """One event to one address, until it was taken."""

    hook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    event = models.BigIntegerField()
    due = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=120, blank=True)

    class Meta:
        """An event is told once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["hook", "event"], name="one_delivery_of_an_event")]
