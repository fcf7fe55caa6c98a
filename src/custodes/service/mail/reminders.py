"""Reminders: whom, how many days before or after the closing day; each goes out once, and is a contact on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from custodes.service.access.roles import Role
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.record import Act, record
from custodes.service.mail import outgoing
from custodes.service.returns.models import Contact, Return
from custodes.service.returns.states import SETTLED
from custodes.service.surveys.models import Wave

#: Unless the office says otherwise: first the coordinator, then the officer who completes, then the chief officer.
DEFAULT: list[dict[str, Any]] = [
    {"days": -14, "to": ["coordinator"]},
    {"days": -3, "to": ["coordinator", "sro"]},
    {"days": 1, "to": ["coordinator", "sro"]},
    {"days": 10, "to": ["sro", "chief"]},
    {"days": 30, "to": ["chief"]},
]


@dataclass(frozen=True, slots=True)
class Rule:
    """`days`: after the closing day; below nought before it."""

    days: int
    to: tuple[Role, ...]

    @property
    def name(self) -> str:
        """Under which it is on record."""
        return f"reminder {self.days:+d}"


def rules(wave: Wave) -> list[Rule]:
    """Those of a wave, the earliest first."""
    told = [Rule(int(one["days"]), tuple(Role(name) for name in one["to"])) for one in wave.rules or DEFAULT]
    return sorted(told, key=lambda one: one.days)


def remind(day: date | None = None) -> int:
    """Sends the reminders that are due and were not sent; returns how many returns were reminded.

    Of several that are due at once (after days without this service) only the last goes out.
    """
    when = day or timezone.localdate()
    reminded = 0
    with within(EVERYTHING):
        for wave in Wave.objects.exclude(closes=None).select_related("survey"):
            assert wave.closes is not None
            due = [rule for rule in rules(wave) if wave.closes + timedelta(days=rule.days) <= when]
            if due and wave.opened <= when:
                reminded += _remind(wave, due)
    return reminded


def _remind(wave: Wave, due: list[Rule]) -> int:
    waiting = (
        Return.objects.filter(wave=wave)
        .exclude(state__in=list(map(str, SETTLED)))
        .select_related("body", "wave__survey")
    )
    last, reminded = due[-1], 0
    for of in waiting:
        with transaction.atomic():
            now = Return.objects.select_for_update().get(pk=of.pk)
            told = f"{last.name} days of {wave.closes}:"
            to = outgoing.people(of.body_id, *last.to)
            sent = Contact.objects.filter(wave=wave, body_id=of.body_id, what__startswith=told).exists()
            if sent or not to or now.state in map(str, SETTLED):
                continue  # where nobody holds the role yet, it goes out once somebody does
            outgoing.tell_reminder(of, to, late=last.days > 0)
            names = ", ".join(sorted({str(role) for role in last.to}))
            Contact.objects.create(
                body_id=of.body_id,
                wave=wave,
                at=timezone.now(),
                channel="mail",
                direction="out",
                what=f"{told} to {names}",
            )
            record(Act("reminded", None), of.body_id, {"return": of.pk, "rule": last.name, "messages": len(to)})
            reminded += 1
    return reminded
