"""Saves an answer: checked, beside nothing that the writer has not seen, with the event that tells of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.returns.models import Answer, Part, Return
from custodes.service.returns.states import EDITABLE, ReturnState
from custodes.service.web.forms import plain
from custodes.survey.answers import read_held
from custodes.survey.questionnaire import Question
from custodes.survey.values import State, shown

LONGEST_VALUE, LONGEST_NOTE = 20_000, 4000
#: States that a respondent may give. The rest come about by themselves, or are the office's.
GIVEN = (State.ANSWERED, State.NONE, State.NOT_KNOWN, State.REFUSED)
LEAD = "lead"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says to a question. `state`: empty takes an answer back; `lead`: the body that answers."""

    state: str = ""
    value: str = ""
    lead: str = ""
    note: str = ""
    source: str = ""

    def same(self, answer: Answer | None) -> bool:
        """Whether it is what stands already."""
        if answer is None:
            return not (self.state or self.note)
        return (self.state, self.value, self.lead, self.note) == (
            answer.state,
            answer.value,
            answer.lead,
            answer.note,
        )


class Unfit(ValueError):
    """An answer that cannot stand: the field, and a key of the words with what fills it."""

    def __init__(self, field: str, word: str, **parts: object) -> None:
        super().__init__(word)
        self.field, self.word, self.parts = field, word, parts


class Conflict(Exception):
    """Somebody else changed the answer in between: what they wrote."""

    def __init__(self, theirs: Answer | None) -> None:
        super().__init__("another person changed the answer in between")
        self.theirs = theirs


class Closed(Exception):
    """The return can no longer be changed."""


def checked(question: Question, given: Given, body: str, bodies: frozenset[str]) -> Given:
    """An answer in the form in which it is kept. Raises Unfit."""
    value, note = plain(given.value), plain(given.note)
    if len(value) > LONGEST_VALUE or len(note) > LONGEST_NOTE:
        raise Unfit("value" if len(value) > LONGEST_VALUE else "note", "wrong_long")
    if given.state == "" and not value:
        return Given("", "", "", note, given.source)
    if given.state == LEAD:
        return _led(given, value, note, body, bodies)
    state = given.state or str(State.ANSWERED)
    if state not in map(str, GIVEN):
        raise Unfit("state", "wrong_state")
    if state == State.REFUSED and not note:
        raise Unfit("note", "wrong_reason")
    if (state == State.ANSWERED) != bool(value):
        raise Unfit("value", "wrong_both" if value else "wrong_empty")
    try:
        read = read_held(question, State(state), value)
    except ValueError:
        raise Unfit("value", f"wrong_{question.type}") from None
    kept = shown(read.value) if read.value is not None and state == State.ANSWERED else ""
    return Given(state, kept, "", note, given.source)


def _led(given: Given, value: str, note: str, body: str, bodies: frozenset[str]) -> Given:
    """Another body answers. Raises Unfit."""
    if given.lead not in bodies or given.lead == body:
        raise Unfit("lead", "wrong_lead")
    if value:
        raise Unfit("value", "wrong_both")
    return Given(str(State.ANSWERED), "", given.lead, note, given.source)


def save(of: Return, key: tuple[str, str], given: Given, by: User | None, seen: int) -> Answer | None:
    """An answer that was checked. `seen`: the revision that the writer saw; 0 if there was none.

    Raises Conflict, which changes nothing, and Closed.
    """
    with transaction.atomic():
        locked = lock(of)
        answer = Answer.objects.select_for_update().filter(of=locked, question=key[0], part=key[1]).first()
        if given.same(answer):
            return answer
        if (answer.revision if answer is not None else 0) != seen:
            raise Conflict(answer)
        before = _told(answer)
        if answer is None:
            answer = Answer(of=locked, body_id=locked.body_id, question=key[0], part=key[1], revision=0)
        answer.state, answer.value, answer.lead = given.state, given.value, given.lead
        answer.note, answer.source = given.note, given.source
        answer.revision += 1
        answer.changed_at, answer.changed_by = timezone.now(), by
        answer.save()
        told = {"return": locked.pk, "question": key[0], "part": key[1], "was": before, "is": _told(answer)}
        record(Act("answered", by), locked.body_id, told)
        touched(locked, by)
    return answer


def lock(of: Return) -> Return:
    """The return, held until the end of the transaction. Raises Closed if it can no longer be changed."""
    found = Return.objects.select_for_update().select_related("wave").get(pk=of.pk)
    if ReturnState(found.state) not in EDITABLE:
        raise Closed
    return found


def touched(of: Return, by: User | None) -> None:
    """After any change: the return is being worked on again, and a signature under what it said before is void."""
    state = ReturnState(of.state)
    void = bool(of.signed_digest)
    if state is not ReturnState.QUERIED:
        of.state = str(ReturnState.IN_PROGRESS)
    if void or state is ReturnState.SUBMITTED:
        kind = "signature_voided" if void else "completion_voided"
        record(Act(kind, by, "an answer was changed"), of.body_id, {"return": of.pk, "digest": of.signed_digest})
        of.completed_at = of.completed_by = of.signed_at = of.signed_by = None
        of.signed_digest = ""
    if of.refusal:
        told = {"return": of.pk, **of.refusal}
        record(Act("refusal_withdrawn", by, "an answer was given"), of.body_id, told)
        of.refusal = {}
    of.save()
    if state is ReturnState.SUBMITTED:
        from custodes.service.mail.outgoing import tell_completion_void

        tell_completion_void(of)
    if void:
        from custodes.service.mail.outgoing import tell_signature_void

        tell_signature_void(of)


def part_name(told: str) -> str:
    """The name of a part as it is kept: one line."""
    return " ".join(plain(told).split())[:120]


def add_part(of: Return, section: str, name: str, by: User | None) -> Part:
    """A new block of a section that repeats. Raises Unfit for a name that is taken, Closed."""
    told = part_name(name)
    if not told:
        raise Unfit("name", "wrong_empty")
    with transaction.atomic():
        locked = lock(of)
        Answer.objects.filter(of=locked, part="", question__in=_questions(locked, section)).delete()  # "there is none"
        made, new = Part.objects.get_or_create(of=locked, body_id=locked.body_id, section=section, name=told)
        if not new:
            raise Unfit("name", "wrong_part_twice")
        record(Act("part_added", by), locked.body_id, {"return": locked.pk, "section": section, "part": told})
        touched(locked, by)
    return made


def remove_part(of: Return, part: Part, by: User | None) -> None:
    """Takes a block away with its answers, which stay in the record of changes. Raises Closed."""
    with transaction.atomic():
        locked = lock(of)
        gone = Answer.objects.filter(of=locked, part=part.name, question__in=_questions(locked, part.section))
        told = {"return": locked.pk, "section": part.section, "part": part.name}
        record(Act("part_removed", by), locked.body_id, {**told, "answers": [_told(one) for one in gone]})
        gone.delete()
        part.delete()
        touched(locked, by)


def _questions(of: Return, section: str) -> list[str]:
    from custodes.service.returns.sheet import sheet

    return [name for one in sheet(of).sections if one.id == section for name in one.questions]


def _told(answer: Answer | None) -> dict[str, object] | None:
    if answer is None:
        return None
    return {
        "question": answer.question,
        "part": answer.part,
        "state": answer.state,
        "value": answer.value,
        "lead": answer.lead,
        "note": answer.note,
    }
