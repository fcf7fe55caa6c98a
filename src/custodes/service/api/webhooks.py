"""Tells others of events: signed, again until they are taken, none left out; never to an address inside this house."""

from __future__ import annotations

import http.client
import ipaddress
import json
import logging
import os
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import new as hmac
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from custodes.model.errors import BadUsage
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.api.models import Delivery, Reached, Webhook
from custodes.service.audit.models import Event, Head

log = logging.getLogger("custodes.service.api")
SIGNATURE = "X-Custodes-Signature"
WAITS = (1, 5, 15, 60, 240, 720)
MOST_ATTEMPTS = 20
_SECONDS, _BATCH, _ROUND = 10, 200, 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of telling: in words, and whether anybody answered at all."""

    told: str
    answered: bool


TAKEN = Outcome("taken", True)


def check_address(url: str) -> tuple[str, str, int]:
    """Address of the network, host and port of a web address that may be told. Raises BadUsage.

    Every address of the name must be public; the one that was looked at is the one that is called, so that a name that
    changes in between leads nowhere. `CUSTODES_WEBHOOK_NETWORKS` names networks inside the house that are meant.
    """
    try:
        parts = urlsplit(url if url.isascii() else "")
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("https", "http") or not parts.hostname or not port or parts.username:
        raise BadUsage("this is no web address that can be told", remedy="give one such as https://example.org/hook")
    try:
        found = {info[4][0] for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise BadUsage("the name has no address", where=parts.hostname[:80]) from None
    addresses = [ipaddress.ip_address(str(one).partition("%")[0]) for one in found]
    inside = [ipaddress.ip_network(one) for one in os.environ.get("CUSTODES_WEBHOOK_NETWORKS", "").split(",") if one]
    for one in addresses:
        meant = any(one in network for network in inside if network.version == one.version)
        if not meant and (not one.is_global or one.is_multicast or parts.scheme != "https"):
            raise BadUsage(
                "this address lies inside a house or is not encrypted: it is not told",
                where=parts.hostname[:80],
                remedy="use https and a public name, or name the network in CUSTODES_WEBHOOK_NETWORKS",
            )
    return str(addresses[0]), parts.hostname, port


def begun(hook: Webhook) -> None:
    """A new address is told of what happens from now on."""
    ends = Head.objects.values_list("chain", "seq")
    Reached.objects.bulk_create([Reached(hook=hook, chain=chain, seq=seq) for chain, seq in ends])


def prepare() -> int:
    """Writes down what is to be told; returns how many deliveries are new."""
    new = 0
    with within(EVERYTHING):
        for number in Webhook.objects.filter(ended_at=None).values_list("pk", flat=True):
            with transaction.atomic():
                hook = Webhook.objects.select_for_update().get(pk=number)
                rows = [row for chain, seq in _longer(hook) for row in _next(hook, chain, seq)]
                Delivery.objects.bulk_create(rows, ignore_conflicts=True)
                new += len(rows)
    return new


def _longer(hook: Webhook) -> list[tuple[str, int]]:
    """The chains that have grown since, and how far each was told."""
    reached = Reached.objects.filter(hook=hook, chain=OuterRef("chain")).values("seq")
    found = Head.objects.annotate(reached=Coalesce(Subquery(reached), 0)).filter(seq__gt=F("reached"))
    return list(found.order_by("chain").values_list("chain", "reached"))


def _next(hook: Webhook, chain: str, seq: int) -> list[Delivery]:
    """Deliveries of the next events of a chain, which from then on count as told."""
    found = Event.objects.filter(chain=chain, seq__gt=seq).order_by("seq")
    events = list(found.values_list("pk", "seq", "kind")[:_BATCH])
    if not events:  # its end was read before its events: next time
        return []
    Reached.objects.update_or_create(hook=hook, chain=chain, defaults={"seq": events[-1][1]})
    now = timezone.now()
    return [Delivery(hook=hook, event=pk, due=now) for pk, _, kind in events if not hook.kinds or kind in hook.kinds]


def deliver() -> int:
    """Tells what is due, the oldest first; returns how many were taken.

    An address that does not answer is left until the next time, so that it keeps no other waiting.
    """
    taken = 0
    for hook in Webhook.objects.filter(ended_at=None).order_by("pk"):
        end = time.monotonic() + _ROUND
        due = Delivery.objects.filter(hook=hook, taken_at=None, due__lte=timezone.now(), attempts__lt=MOST_ATTEMPTS)
        for number in due.order_by("event").values_list("pk", flat=True)[:_BATCH]:
            outcome = _delivered(number)
            taken += outcome == TAKEN
            if time.monotonic() > end or (outcome is not None and not outcome.answered):
                break
    return taken


def _delivered(number: int) -> Outcome | None:
    """Tells one, and keeps what came of it; None where another process has it in hand."""
    with transaction.atomic():
        one = Delivery.objects.select_for_update().select_related("hook").filter(pk=number, taken_at=None).first()
        if one is None or one.due > timezone.now():
            return None
        one.due = timezone.now() + timedelta(minutes=WAITS[min(one.attempts, len(WAITS) - 1)])
        one.attempts += 1
        one.save()
    with within(EVERYTHING):
        event = Event.objects.get(pk=one.event)
    outcome = _tell(one.hook, event)
    Delivery.objects.filter(pk=one.pk).update(
        outcome=outcome.told[:120], taken_at=timezone.now() if outcome == TAKEN else None
    )
    return outcome


def payload(event: Event) -> bytes:
    """What is told of an event: that it was, of whom, and its hash. What was answered is not in it."""
    told = {
        "id": event.pk,
        "chain": event.chain,
        "seq": event.seq,
        "at": event.at.isoformat(),
        "kind": event.kind,
        "hash": event.hash,
    }
    return json.dumps(told, sort_keys=True).encode()


def signature(secret: str, data: bytes) -> str:
    """HMAC-SHA-256 over the bytes that are sent, in hexadecimal."""
    return hmac(secret.encode(), data, sha256).hexdigest()


def _tell(hook: Webhook, event: Event) -> Outcome:
    """What came of it. A redirection is not followed."""
    data = payload(event)
    try:
        address, host, port = check_address(hook.url)
        connection = _connection(hook.url, address, host, port)
        parts = urlsplit(hook.url)
        place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"Content-Type": "application/json", SIGNATURE: f"sha256={signature(hook.secret, data)}"}
        status = _answered(connection, place, data, headers)
    except BadUsage as error:
        return Outcome(error.what, False)
    except (OSError, http.client.HTTPException) as error:
        return Outcome(type(error).__name__, False)
    return TAKEN if 200 <= status < 300 else Outcome(f"status {status}", True)


def _answered(connection: http.client.HTTPConnection, place: str, data: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. All of it within some seconds, however slowly it drips. Raises OSError."""
    over = threading.Event()
    late = threading.Timer(_SECONDS, _hang_up, (connection.sock, over))
    late.start()
    try:
        connection.request("POST", place, data, headers)
        status = connection.getresponse().status
        if over.is_set():  # what was heard ends where we hung up
            raise TimeoutError
        return status
    finally:
        late.cancel()
        connection.close()


def _hang_up(held: socket.socket, over: threading.Event) -> None:
    over.set()
    with suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)


def _connection(url: str, address: str, host: str, port: int) -> http.client.HTTPConnection:
    """To the address that was looked at, under the name that was asked for."""
    plain = socket.create_connection((address, port), timeout=_SECONDS)
    secure = url.startswith("https:")
    made = http.client.HTTPConnection(host, port, timeout=_SECONDS)
    made.default_port = 443 if secure else 80  # by which it writes the name of the host
    made.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain
    return made
