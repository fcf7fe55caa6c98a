"""A round of requests: its law, its day, the files that came back, each reply as it was read and was decided."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from custodes.service.access.models import User


class Round(models.Model):
    """One round. `law`: id of the Act; `sent`: the day on which the requests went out. `state`, `step`, `error`: of
    the reading that was begun last; `reading`: its number, which is that of the lines that count."""

    title = models.CharField(max_length=200)
    law = models.CharField(max_length=40, blank=True)
    sent = models.DateField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=12, blank=True)
    step = models.CharField(max_length=120, blank=True)
    error = models.TextField(blank=True)
    notes = models.JSONField(default=list)
    reading = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.title


class File(models.Model):
    """A file of replies: an export of a batch, a mailbox, a letter. It lies under its hash."""

    of = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Line(models.Model):
    """A reply as it was read. `key`: the same in every reading; `told`: the object of `custodes survey foi`."""

    of = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="lines")
    reading = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=64)
    body = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    due = models.DateField(null=True)
    late = models.IntegerField(null=True)
    told = models.JSONField()

    class Meta:
        """In the order in which they were read."""

        ordering: ClassVar = ["number"]
        indexes: ClassVar = [models.Index(fields=["of", "reading", "number"], name="line_number")]


class Decided(models.Model):
    """What a person decided of a reply. A trigger refuses change; the last one holds."""

    of = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="decided")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=24)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()


class Typed(models.Model):
    """A figure typed from a reply. Two people type it, neither having seen the other's; a trigger refuses change."""

    of = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="typed")
    key = models.CharField(max_length=64)
    figure = models.CharField(max_length=80)
    value = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
