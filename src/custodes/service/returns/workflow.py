"""What is done with a whole return: opened, completed, signed, declined, queried, accepted, corrected."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import sha256

from django.db import models, transaction
from django.utils import timezone

from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.estates.answering import differences
from custodes.service.mail import outgoing
from custodes.service.publishing.models import DRAFT, Edition
from custodes.service.returns.models import Answer, Evidence, Query, Recorded, Return
from custodes.service.returns.sheet import Sheet, sheet
from custodes.service.returns.states import MOVES, ReturnState
from custodes.survey.answers import read_held
from custodes.survey.values import State

#: How the source of a row begins that the office corrected.
CORRECTION = "correction by the office:"


class Refused(Exception):
    """A step that cannot be taken now: a key of the words says why."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def today() -> date:
    """The day on which something is done here."""
    return timezone.localdate()


def _moved(of: Return, act: str) -> Return:
    """The return, held, if the step may be taken. Raises Refused."""
    found = Return.objects.select_for_update().select_related("wave", "body").get(pk=of.pk)
    since, to = MOVES[act]
    if ReturnState(found.state) not in since:
        raise Refused("refused_state")
    found.state = str(to)
    return found


def open_(of: Return, by: User) -> None:
    """Somebody of the body looks at it for the first time."""
    with transaction.atomic():
        try:
            found = _moved(of, "open")
        except Refused:
            return
        found.opened_at = timezone.now()
        found.version = found.wave.survey.current
        found.save()
        record(Act("opened", by), found.body_id, {"return": found.pk})


def complete(of: Return, by: User, valid_at: date, *, open_: bool = False) -> None:
    """The Senior Responsible Officer says that it is complete. `open_`: with questions left unanswered, which the
    return then says of them. Raises Refused.
    """
    if valid_at > today():
        raise Refused("refused_future")
    with transaction.atomic():
        found = _moved(of, "complete")
        told = sheet(found)
        if not told.standing():
            raise Refused("refused_empty")
        if not told.complete and not open_:
            raise Refused("refused_incomplete")
        if Query.objects.filter(of=found, replied_at=None).exists():
            raise Refused("refused_queries")
        if any(not one.note for one in differences(told)):
            raise Refused("refused_differences")
        found.completed_at, found.completed_by, found.valid_at = timezone.now(), by, valid_at
        found.version = found.wave.survey.current
        found.save()
        record(
            Act("completed", by), found.body_id, {"return": found.pk, "digest": digest(told), "as_at": str(valid_at)}
        )
        outgoing.tell_completed(found)


def sign(of: Return, by: User, seen: str) -> None:
    """The chief officer signs what they saw. `seen`: the digest that their page showed. Raises Refused."""
    with transaction.atomic():
        found = _moved(of, "sign")
        told = sheet(found)
        if digest(told) != seen:
            raise Refused("refused_changed")
        if found.completed_by_id == by.pk:
            raise Refused("refused_same_person")
        differing = differences(told)
        if any(not one.note for one in differing):
            raise Refused("refused_differences")
        found.differences = [one.plain() for one in differing]
        found.signed_at, found.signed_by, found.signed_digest = timezone.now(), by, seen
        found.received_at = found.signed_at
        closes = found.wave.closes
        found.late = max(0, (today() - closes).days) if closes is not None else 0
        found.save()
        signed = {"return": found.pk, "digest": seen, "late": found.late, "differences": len(differing)}
        record(Act("signed", by), found.body_id, signed)
        store(told, f"return signed on {today().isoformat()}, sha256 {seen[:12]}", by)
        outgoing.tell_signed(found)


def decline(of: Return, by: User, law: str, section: str, reason: str) -> None:
    """The body will not answer, and says why. Raises Refused."""
    if not reason.strip():
        raise Refused("refused_reason")
    with transaction.atomic():
        found = _moved(of, "decline")
        found.refusal = {"law": law.strip()[:120], "section": section.strip()[:60], "reason": reason.strip()[:4000]}
        found.save()
        record(Act("declined", by, reason.strip()[:4000]), found.body_id, {"return": found.pk, **found.refusal})


def query(of: Return, by: User, question: str, text: str) -> Query:
    """The office asks that something be changed or explained; the return goes back to the body. Raises Refused."""
    if not text.strip():
        raise Refused("refused_reason")
    if question and question not in sheet(of).questions:
        raise Refused("wrong_question")
    with transaction.atomic():
        if ReturnState(of.state) is ReturnState.QUERIED:
            found = Return.objects.select_for_update().get(pk=of.pk)
        else:
            found = _moved(of, "query")
            found.save()
        told = text.replace("\x00", "").strip()[:4000]
        made = Query.objects.create(
            of=found, body_id=found.body_id, question=question, text=told, at=timezone.now(), by=by
        )
        record(Act("queried", by, told), found.body_id, {"return": found.pk, "query": made.pk, "question": question})
        outgoing.tell_query(made)
    return made


def reply(to: Query, by: User, text: str) -> None:
    """The body answers a query. Raises Refused."""
    if not text.strip():
        raise Refused("refused_reason")
    with transaction.atomic():
        to.reply, to.replied_at = text.replace("\x00", "").strip()[:4000], timezone.now()
        to.save()
        record(Act("replied", by, to.reply), to.body_id, {"return": to.of_id, "query": to.pk})


def accept(of: Return, by: User) -> None:
    """The office has no more questions. Raises Refused."""
    with transaction.atomic():
        found = _moved(of, "accept")
        found.save()
        record(Act("accepted", by), found.body_id, {"return": found.pk})


def accept_partial(of: Return, by: User, reason: str) -> None:
    """The office takes what is there, though nobody signed it, and says why. Raises Refused."""
    if not reason.strip():
        raise Refused("refused_reason")
    if of.wave.closes is not None and today() <= of.wave.closes:
        raise Refused("refused_early")
    with transaction.atomic():
        found = _moved(of, "accept_partial")
        told = sheet(found)
        if not told.standing():
            raise Refused("refused_empty")
        found.received_at = timezone.now()
        found.save()
        told_ = {"return": found.pk, "digest": digest(told)}
        record(Act("accepted_in_part", by, reason.strip()), found.body_id, told_)
        outgoing.tell_partial(found)
        signed = "signed" if found.signed_digest else "not signed"
        store(told, f"partial return, {signed}, taken on {today().isoformat()}: {reason.strip()[:300]}", by)


def correct(of: Return, by: User, given: tuple[str, str, str, str], reason: str) -> Recorded:
    """The office corrects what was recorded. `given`: question, part, state (corrected or withdrawn), value.

    What the body answered stays as it was; the correction is a row of its own. Raises Refused.
    """
    question, part, state, value = given
    if not reason.strip():
        raise Refused("refused_reason")
    known = sheet(of).questions.get(question)
    last = Recorded.objects.filter(wave=of.wave, body_id=of.body_id, question=question, part=part).last()
    if known is None or last is None or state not in (State.CORRECTED, State.WITHDRAWN):
        raise Refused("refused_nothing_to_correct")
    try:
        read_held(known, State(state), value)
    except ValueError:
        raise Refused(f"wrong_{known.type}") from None
    with transaction.atomic():
        row = Recorded.objects.create(
            body_id=of.body_id,
            wave=of.wave,
            question=question,
            part=part,
            value=value,
            state=state,
            valid_at=last.valid_at,
            recorded_at=recording_day(of),
            source=f"{CORRECTION} {reason.strip()[:1000]}",
        )
        told = {"return": of.pk, "question": question, "part": part, "was": last.value, "is": value, "state": state}
        record(Act("corrected", by, reason.strip()[:1000]), of.body_id, told)
    return row


def digest(told: Sheet) -> str:
    """What a signature is put under: the answers that count, the questions as they were put, the day, the files."""
    rows = [[one.question, one.part, one.state, one.value, one.lead, one.note] for one in told.standing()]
    parts = {section: list(names) for section, names in told.parts.items()}
    of, asked = told.of, told.questionnaire
    put = [[place.question.id, place.part, dict(place.question.text)] for place in told.put()]
    files = Evidence.objects.filter(of=of).order_by("pk").values_list("question", "part", "sha256")
    whole = {
        "wave": of.wave_id,
        "body": of.body_id,
        "as_at": of.valid_at.isoformat() if of.valid_at is not None else "",
        "questionnaire": [asked.id, asked.version],
        "put": put,
        "answers": rows,
        "parts": parts,
        "files": [list(one) for one in files],
    }
    shown = of.differences if of.signed_digest else [one.plain() for one in differences(told)]
    if shown:
        whole["differences"] = shown
    return sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def store(told: Sheet, source: str, by: User | None, day: date | None = None) -> int:
    """The answers that count as rows of `answers.csv`, as far as they say something new; returns how many."""
    of = told.of
    # what the body itself said last: a correction by the office stands until the body says another thing
    own = Recorded.objects.filter(wave=of.wave, body_id=of.body_id).exclude(source__startswith=CORRECTION)
    last = {(row.question, row.part): row for row in own}
    when = day or recording_day(of)
    as_at = of.valid_at.isoformat() if of.valid_at is not None else ""
    new = [
        _row(of, (one.question, one.part), (one.state, one.value, one.lead), as_at, when, _source(source, one))
        for one in told.standing()
        if _said(last.get((one.question, one.part))) != (one.state, one.value, one.lead)
    ]
    standing = {(one.question, one.part) for one in told.standing()}
    gone = {
        key: row
        for key, row in last.items()
        if key not in standing and row.state not in (State.WITHDRAWN, State.NOT_ANSWERED)
    }
    new += [_row(of, key, (str(State.WITHDRAWN), "", ""), as_at, when, source) for key in gone]
    Recorded.objects.bulk_create(new)
    if new:
        record(Act("recorded", by), of.body_id, {"return": of.pk, "rows": len(new), "day": when.isoformat()})
    return len(new)


def _said(row: Recorded | None) -> tuple[str, str, str] | None:
    return None if row is None else (row.state, row.value, row.lead)


def _source(source: str, answer: Answer) -> str:
    return f"{source}: {answer.note}" if answer.note else source


def _row(of: Return, key: tuple[str, str], said: Iterable[str], as_at: str, day: date, source: str) -> Recorded:
    state, value, lead = said
    return Recorded(
        body_id=of.body_id,
        wave=of.wave,
        question=key[0],
        part=key[1],
        state=state,
        value=value,
        lead=lead,
        valid_at=as_at,
        recorded_at=day,
        source=source,
    )


def recording_day(of: Return) -> date:
    """The day from which what is recorded now counts: today, or the day after an edition that rests on today."""
    cut = Edition.objects.filter(survey_id=of.wave.survey_id).exclude(state=DRAFT).aggregate(cut=models.Max("cut"))
    last: date | None = cut["cut"]
    # and never before what was recorded of the body last, whatever became of an edition since
    rows = Recorded.objects.filter(wave=of.wave, body_id=of.body_id).aggregate(day=models.Max("recorded_at"))
    after: list[date | None] = [last + timedelta(days=1) if last is not None else None, rows["day"]]
    return max([today(), *(day for day in after if day is not None)])
