"""Sends what is due; what a server does not take is tried again, later each time, and shown to the office."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from custodes.service.mail.models import Message

log = logging.getLogger("custodes.service.mail")
#: Minutes until the next attempt; the last is repeated.
WAITS = (1, 5, 15, 60, 240)
_BATCH = 50


def deliver() -> int:
    """Sends what is due; returns how many went out.

    A message is marked as tried before it is sent, so that a process that is killed in between sends it later again at
    most once, and never twice at a time.
    """
    sent = 0
    for number in (
        Message.objects.filter(sent_at=None, due__lte=timezone.now())
        .order_by("due")
        .values_list("pk", flat=True)[:_BATCH]
    ):
        message = _take(number)
        if message is not None and _send(message):
            sent += 1
    return sent


def _take(number: int) -> Message | None:
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=number, sent_at=None, due__lte=timezone.now()).first()
        if message is None:
            return None
        wait = WAITS[min(message.attempts, len(WAITS) - 1)]
        message.attempts += 1
        message.due = timezone.now() + timedelta(minutes=wait)
        message.save(update_fields=["attempts", "due"])
    return message


def _send(message: Message) -> bool:
    try:
        with get_connection() as connection:
            EmailMessage(message.subject, message.text, to=[message.to], connection=connection).send()
    except (
        OSError,
        ValueError,
    ) as error:  # SMTP's own errors are OSErrors; an address that cannot be written is neither
        Message.objects.filter(pk=message.pk).update(error=type(error).__name__)
        log.warning("mail was not taken", extra={"outcome": type(error).__name__, "count": message.attempts})
        return False
    told: dict[str, Any] = {"sent_at": timezone.now(), "error": ""}
    if message.kind == "invitation":  # of a one-time link only the hash is kept
        told["text"] = ""
    Message.objects.filter(pk=message.pk).update(**told)
    return True
