"""Adds an event to its chain, inside the transaction of the change that it tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from custodes.service.audit.models import Event, Head

if TYPE_CHECKING:
    from custodes.service.access.models import User

#: The chain of what concerns no single body. No body has this name: a body's id has no asterisk.
OFFICE_CHAIN = "*office"


@dataclass(frozen=True, slots=True)
class Act:
    """What was done, by whom, and why. `by`: none for the program itself."""

    kind: str
    by: User | None
    reason: str = ""


def record(act: Act, chain: str, content: Mapping[str, Any]) -> Event:
    """One event at the end of a chain. `content`: what JSON can hold. Raises RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded in the transaction of its change")
    Head.objects.get_or_create(chain=chain)
    head = Head.objects.select_for_update().get(chain=chain)
    told = Event(
        chain=chain,
        seq=head.seq + 1,
        at=timezone.now(),
        actor=act.by.pk if act.by is not None else None,
        kind=act.kind,
        reason=act.reason,
        content=json.loads(json.dumps(content)),
        before=head.hash,
    )
    told.hash = hashed(told)
    told.save(force_insert=True)
    Head.objects.filter(chain=chain).update(seq=told.seq, hash=told.hash)
    return told


def hashed(event: Event) -> str:
    """The hash of an event, over everything that it says and the hash before it."""
    return sha256(line(event)).hexdigest()


def line(event: Event) -> bytes:
    """An event as the bytes that are hashed: canonical JSON, times in UTC to the microsecond."""
    at: datetime = event.at
    return json.dumps(
        {
            "chain": event.chain,
            "seq": event.seq,
            "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": event.actor,
            "kind": event.kind,
            "reason": event.reason,
            "content": event.content,
            "before": event.before,
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
