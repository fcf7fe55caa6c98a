"""The board of a wave: each body with its state, how far it is, the last contact, and what is to be done next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Q

from custodes.service.mail.reminders import rules
from custodes.service.returns.models import Answer, Contact, Query, Return
from custodes.service.returns.states import SETTLED, ReturnState
from custodes.service.surveys.models import Wave

S = ReturnState


@dataclass(frozen=True, slots=True)
class Line:
    """One body."""

    of: Return
    answered: int
    queries: int
    contacted: date | None
    next: str
    due: date | None


@dataclass(frozen=True, slots=True)
class Board:
    """A wave as it stands. `states`: how many returns are in which state; `late`: days after closing that are past."""

    wave: Wave
    lines: tuple[Line, ...]
    states: Counter[str]
    past: int


def board(wave: Wave, day: date, search: str = "", state: str = "") -> Board:
    """The board, in a handful of queries whatever the number of bodies."""
    found = Return.objects.filter(wave=wave).select_related("body")
    states = Counter(found.values_list("state", flat=True))
    if search:
        found = found.filter(Q(body__name__icontains=search) | Q(body_id=search))
    if state:
        found = found.filter(state=state)
    answered = dict(
        Answer.objects.filter(of__wave=wave).exclude(state="").values_list("of_id").annotate(many=Count("id"))
    )
    open_ = dict(Query.objects.filter(of__wave=wave, replied_at=None).values_list("of_id").annotate(many=Count("id")))
    last = dict(Contact.objects.filter(wave=wave).values_list("body_id").annotate(at=Max("at")))
    lines = []
    for of in found.order_by("body__name"):
        at = last.get(of.body_id)
        act, due = _next(of, wave, open_.get(of.pk, 0), day)
        lines.append(
            Line(of, answered.get(of.pk, 0), open_.get(of.pk, 0), at.date() if at is not None else None, act, due)
        )
    past = (day - wave.closes).days if wave.closes is not None else 0
    return Board(wave, tuple(lines), states, past)


def _next(of: Return, wave: Wave, queries: int, day: date) -> tuple[str, date | None]:
    """What is to be done next, and by when."""
    state = S(of.state)
    if state is S.SIGNED_OFF:
        return "read it: accept, or ask", None
    if state is S.QUERIED:
        return ("wait for its reply" if queries else "it replied: wait for its signature"), None
    if state in SETTLED:
        return "", None
    if of.promised is not None:
        return ("promised" if of.promised >= day else "promised, and overdue: telephone"), of.promised
    if wave.closes is None:
        return "wait", None
    after = [wave.closes + timedelta(days=rule.days) for rule in rules(wave)]
    coming = next((when for when in after if when > day), None)
    if coming is not None:
        return "next reminder", coming
    return "all reminders are out: telephone", wave.closes


def summary(states: Counter[str]) -> Iterator[tuple[str, int]]:
    """States with how many, in their order."""
    for state in ReturnState:
        if states.get(str(state)):
            yield str(state), states[str(state)]
