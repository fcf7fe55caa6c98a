"""A message, from when it is decided until it was taken by a mail server."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Message(models.Model):
    """One message to one address. `wave`, `body`: what it is about; none for one about an account."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    body = models.ForeignKey("surveys.Body", on_delete=models.PROTECT, null=True, related_name="+")
    wave = models.ForeignKey("surveys.Wave", on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    made_at = models.DateTimeField(auto_now_add=True)
    due = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        """What is due is looked for every minute."""

        indexes: ClassVar = [models.Index(fields=["due"], condition=models.Q(sent_at=None), name="message_due")]
