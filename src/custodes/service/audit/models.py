"""Events, the end of each chain, and the order in which events went into the signed log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from custodes.service.access.scope import current


class ChainManager(models.Manager["Event"]):
    """Gives only events of the bodies in scope; the office's own to the office."""

    def get_queryset(self) -> models.QuerySet[Event]:
        """Filtered by the scope that holds now. Raises NoScope outside any."""
        bodies = current().bodies
        found = super().get_queryset()
        return found if bodies is None else found.filter(chain__in=sorted(bodies))


class Event(models.Model):
    """One change. A trigger refuses that a row is changed or deleted.

    `chain`: the body that it is about, or the office's. `seq`: its place in the chain, from 1. `hash`: over all of it
    and the hash of the event before, in hexadecimal. `actor`: number of the account; none for the program itself.
    """

    chain = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    content = models.JSONField()
    before = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar[ChainManager] = ChainManager()

    class Meta:
        """A place in a chain is taken once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["chain", "seq"], name="one_event_at_a_place")]
        indexes: ClassVar = [models.Index(fields=["at"], name="event_at")]


class Head(models.Model):
    """The end of a chain: whoever adds an event holds this row while doing so."""

    chain = models.CharField(max_length=64, primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="")


class Logged(models.Model):
    """The place of an event in the log over all chains, from 0. A trigger refuses change and deletion."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="logged")


class Signed(models.Model):
    """A checkpoint over the log, as it was signed. A trigger refuses change and deletion."""

    size = models.BigIntegerField(unique=True)
    note = models.TextField()
    at = models.DateTimeField()
