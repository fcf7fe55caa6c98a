"""Webhooks: who is told of what, how far that has come, and every attempt to tell them."""

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
    ended_at = models.DateTimeField(null=True, blank=True)


class Reached(models.Model):
    """Up to which event of a chain an address has been told, or need not be.

    Of each chain by itself: within one, events come in the order of their places, whichever transaction ends first.
    """

    hook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="reached")
    chain = models.CharField(max_length=64)
    seq = models.BigIntegerField()

    class Meta:
        """One place in a chain."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["hook", "chain"], name="one_place_in_a_chain")]


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
