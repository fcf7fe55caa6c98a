"""What people do with an estate: judge, take back, answer, take on a finding, tell of sites and systems."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from custodes.model.judgements import Say
from custodes.publication.ask import STATES
from custodes.service.access.models import User
from custodes.service.access.roles import Role
from custodes.service.audit.record import Act, record
from custodes.service.estates.models import Answered, Asked, Estate, Judged, JudgedOf, Work
from custodes.service.estates.running import want
from custodes.service.estates.taking import changed, fingerprint
from custodes.service.surveys.models import Body

#: What a person may say of devices, and how the page asks it.
SAYS = {
    Say.MAKER: "Its actual maker is",
    Say.MAKE: "The label on it says",
    Say.SITE: "It stands at the site",
    Say.SAME: "These are one and the same device",
    Say.NOT_SAME: "These are different devices",
}
_WITH_VALUE = (Say.MAKER, Say.MAKE, Say.SITE)
#: Devices that one judgement may be about.
MOST_JUDGED = 5_000
#: Where work on a finding stands.
STATES_OF_WORK = {
    "open": "Open",
    "doing": "Being done",
    "done": "Done",
    "accepted": "Accepted as it is",
    "mistaken": "Not so",
}
CLOSED = ("done", "accepted", "mistaken")
_WORK = ("body_id", "key", "state", "owner_id", "due", "note", "at")
_AT_ONCE = 500
_FIELDS = ("make", "model", "serial", "mac", "firmware", "answered_by", "date", "remark")


class Unfit(Exception):
    """What was asked for cannot be done; the text says why."""


def estate_of(body: Body) -> Estate:
    """The estate of a body, made when it is first worked on."""
    found, _ = Estate.objects.select_related("body", "current").get_or_create(body=body)
    return found


def judge(estate: Estate, by: User, say: str, of: Sequence[str], value: str, because: str) -> Judged:
    """What somebody judged of devices. Raises Unfit."""
    if say not in list(Say):
        raise Unfit("Choose what you judge.")
    if not 1 <= len(of) <= MOST_JUDGED:
        raise Unfit(f"A judgement is about one device at least, and {MOST_JUDGED:,} at most.")
    if say in (Say.SAME, Say.NOT_SAME) and len(of) < 2:
        raise Unfit("Choose two devices at least.")
    if say in _WITH_VALUE and not value:
        raise Unfit("Say which.")
    if not because:
        raise Unfit("Say how you know: it stands beside the answer from now on.")
    with transaction.atomic():
        value = value[:200] if say in _WITH_VALUE else ""
        made = Judged.objects.create(
            body_id=estate.body_id, say=say, of=list(of), value=value, because=because, by=by, at=timezone.now()
        )
        JudgedOf.objects.bulk_create(
            [JudgedOf(body_id=estate.body_id, judged=made, ref=name) for name in made.of], batch_size=2_000
        )
        told = {"judgement": made.pk, "many": len(of), "sha256": sealed([say, made.of, value, because])}
        record(Act("judged", by), estate.body_id, told)
        changed(estate.body_id)
        want(estate, by)
    return made


def take_back(estate: Estate, by: User, number: int, because: str) -> None:
    """A judgement holds no more; what was said and why it was taken back stays. Raises Unfit."""
    if not because:
        raise Unfit("Say why it is taken back.")
    with transaction.atomic():
        Estate.objects.select_for_update().get(pk=estate.pk)
        held = Judged.objects.filter(body=estate.body_id, pk=number, takes_back=None).first()
        if held is None or Judged.objects.filter(takes_back=held).exists():
            raise Unfit("This judgement holds no more.")
        Judged.objects.create(
            body_id=estate.body_id, say="", because=because, by=by, at=timezone.now(), takes_back=held
        )
        told = {"judgement": held.pk, "sha256": sealed([because])}
        record(Act("judgement_taken_back", by), estate.body_id, told)
        changed(estate.body_id)
        want(estate, by)


def answer(estate: Estate, by: User, asked: Asked, given: Mapping[str, str]) -> None:
    """What was found out in answer to a question. Raises Unfit."""
    state = given.get("state", "")
    told = {name: given.get(name, "").strip()[:400] for name in _FIELDS}
    if state and state not in STATES:
        raise Unfit("Choose one of the states.")
    if not state and not any(told[name] for name in ("make", "model", "serial", "mac", "firmware")):
        raise Unfit("Say what was found out, or choose why it could not be.")
    if not told["answered_by"]:
        raise Unfit("Say who stated it, by role: installer, landlord, site team.")
    if told["date"]:
        try:
            date.fromisoformat(told["date"])
        except ValueError:
            raise Unfit("The day is no day of the calendar.") from None
    kept = {key: value for key, value in {"state": state, **told}.items() if value}
    with transaction.atomic():
        Answered.objects.create(
            body_id=estate.body_id,
            key=asked.key,
            told={**kept, "devices": asked.told["devices"]},
            by=by,
            at=timezone.now(),
        )
        record(Act("answered_question", by), estate.body_id, {"question": asked.key, "settles": asked.settles})
        changed(estate.body_id)
        want(estate, by)


@dataclass(frozen=True, slots=True)
class Step:
    """What is changed about findings: where they stand, and, unless left, who, by when, a note. `nobody`: the owner is
    taken away."""

    state: str
    owner: User | None = None
    nobody: bool = False
    due: date | None = None
    note: str = ""


def put_to_work(estate: Estate, by: User, keys: Sequence[str], step: Step) -> int:
    """Who does what about findings, until when. Returns about how many. Raises Unfit."""
    if step.state not in STATES_OF_WORK:
        raise Unfit("Choose where it stands.")
    if not keys:
        raise Unfit("Choose one finding at least.")
    if step.state in ("accepted", "mistaken") and not step.note:
        raise Unfit("Say why: an accepted finding without a reason is no decision.")
    now = timezone.now()
    with transaction.atomic():
        for start in range(0, len(keys), _AT_ONCE):
            _step(estate, keys[start : start + _AT_ONCE], step, now)
        owner = step.owner.pk if step.owner is not None else None
        words = [list(keys), step.state, owner, step.nobody, str(step.due or ""), step.note]
        told = {"many": len(keys), "state": step.state, "sha256": sealed(words)}
        record(Act("finding_worked_on", by), estate.body_id, told)
    return len(keys)


def _step(estate: Estate, keys: Sequence[str], step: Step, now: datetime) -> None:
    """Some findings. What the step leaves stays as it was."""
    held = {one.key: one for one in Work.objects.select_for_update().filter(body=estate.body_id, key__in=keys)}
    rows = []
    for key in keys:
        one = held.get(key) or Work(body_id=estate.body_id, key=key)
        one.state, one.at = step.state, now
        one.owner = None if step.nobody else step.owner or one.owner
        one.due, one.note = step.due or one.due, step.note[:4000] or one.note
        rows.append(one)
    Work.objects.bulk_create(
        [Work(**{name: getattr(one, name) for name in _WORK}) for one in rows],
        update_conflicts=True,
        unique_fields=["body", "key"],
        update_fields=["state", "owner", "due", "note", "at"],
    )


def owners(body: str) -> list[User]:
    """Who may be given a finding: whoever works on the estate, or answers for it."""
    roles = [str(role) for role in (Role.ESTATE_MANAGER, Role.COORDINATOR, Role.SRO)]
    found = User.objects.filter(memberships__body=body, memberships__role__in=roles, memberships__ended=None)
    return list(found.distinct().order_by("name", "pk"))


def holding(judged: Iterable[Judged]) -> list[tuple[Judged, Judged | None]]:
    """Judgements, the newest first, each with what took it back."""
    rows = list(judged)
    gone = {one.takes_back_id: one for one in rows if one.takes_back_id is not None}
    return [(one, gone.get(one.pk)) for one in reversed(rows) if one.takes_back_id is None]


def tell(estate: Estate, by: User, kind: str, told: Mapping[str, Any]) -> None:
    """Records a change of what the estate's configuration says, and works it out anew."""
    record(Act(kind, by), estate.body_id, {"sha256": sealed([dict(told)])})
    changed(estate.body_id)
    want(estate, by)


def configure(estate: Estate, by: User, telling: Callable[[Estate], Mapping[str, Any]]) -> None:
    """What `telling` changes of an estate's configuration, and says of it: kept together, or not at all."""
    with transaction.atomic():
        held = Estate.objects.select_for_update().select_related("body").get(pk=estate.pk)
        tell(held, by, "estate_told", telling(held))


def keep_text(estate: Estate, name: str, text: str) -> dict[str, Any]:
    """A file of the folder that people tell as text; what is said of it."""
    estate.more = {**estate.more, name: text}
    estate.save(update_fields=["more"])
    return {"file": name}


def sealed(words: Sequence[Any]) -> str:
    """A hash over what was said. The record of changes, which the office reads too, holds this; the words stand in the
    estate's own tables, where whoever may read them can hold them against it."""
    return fingerprint(json.dumps(list(words), ensure_ascii=False, sort_keys=True))
