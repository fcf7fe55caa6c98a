"""Returns: a body's own."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from custodes.service.access.models import User
from custodes.service.access.roles import May
from custodes.service.access.routes import Forbidden
from custodes.service.api.auth import acting
from custodes.service.api.schemas import AnswerIn, AnswerOut, AnswersIn, CompleteIn, Problem, ReturnOut, SignIn, Taken
from custodes.service.returns import workflow
from custodes.service.returns.models import Answer, Part
from custodes.service.returns.saving import Given, Unfit, add_part, checked, part_name, save
from custodes.service.returns.sheet import Sheet, find, sheet
from custodes.service.returns.states import ReturnState
from custodes.service.returns.views_questions import allowed_in

router = Router()
REFUSALS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


def told(one: Sheet) -> ReturnOut:
    """A return with its answers."""
    of = one.of
    return ReturnOut(
        survey=of.wave.survey_id,
        wave=of.wave.slug,
        body=of.body_id,
        state=of.state,
        late=of.late,
        complete=one.complete,
        digest=workflow.digest(one),
        open_questions=[f"{place.question.id}|{place.part}".rstrip("|") for place in one.put() if not place.done],
        answers=[
            AnswerOut(
                question=answer.question,
                part=answer.part,
                state=answer.state,
                value=answer.value,
                lead=answer.lead,
                note=answer.note,
                revision=answer.revision,
            )
            for answer in one.standing()
        ],
    )


@router.get("/{survey}/{wave}/{body}", response={200: ReturnOut, **REFUSALS})
def read(request: HttpRequest, survey: str, wave: str, body: str) -> ReturnOut:
    """A return as it stands."""
    with acting(request, May.READ_RETURN, body):
        return told(sheet(find(survey, wave, body)))


@router.put("/{survey}/{wave}/{body}/answers", response={200: Taken, **REFUSALS})
def answer(request: HttpRequest, survey: str, wave: str, body: str, given: AnswersIn) -> Taken:
    """Answers, all or none."""
    with acting(request, May.ANSWER, body) as user, transaction.atomic():
        of = find(survey, wave, body)
        if ReturnState(of.state) is ReturnState.INVITED:
            workflow.open_(of, user)
        one = sheet(of)
        for row in given.answers:
            _one(request, one, row, user)
        return Taken(many=len(given.answers))


def _one(request: HttpRequest, one: Sheet, row: AnswerIn, user: User) -> None:
    question = one.questions.get(row.question)
    if question is None:
        raise Unfit("question", "wrong_question")
    if not allowed_in(request.auth, one, question.section):  # type: ignore[attr-defined]
        raise Forbidden
    if bool(part_name(row.part)) != question.repeats:
        raise Unfit("part", "wrong_part")
    part = part_name(row.part)
    if part and not Part.objects.filter(of=one.of, section=question.section, name=part).exists():
        add_part(one.of, question.section, part, user)
    fit = checked(
        question, Given(row.state, row.value, row.lead, row.note, "API"), one.of.body_id, frozenset(one.read.bodies)
    )
    held = Answer.objects.filter(of=one.of, question=row.question, part=part).first()
    seen = row.seen if row.seen is not None else (held.revision if held is not None else 0)
    save(one.of, (row.question, part), fit, user, seen)


@router.post("/{survey}/{wave}/{body}/complete", response={200: ReturnOut, **REFUSALS})
def complete(request: HttpRequest, survey: str, wave: str, body: str, given: CompleteIn) -> ReturnOut:
    """The Senior Responsible Officer completes."""
    with acting(request, May.COMPLETE, body) as user:
        workflow.complete(find(survey, wave, body), user, given.as_at, open_=given.open)
        return told(sheet(find(survey, wave, body)))


@router.post("/{survey}/{wave}/{body}/sign", response={200: ReturnOut, **REFUSALS})
def sign(request: HttpRequest, survey: str, wave: str, body: str, given: SignIn) -> ReturnOut:
    """The chief officer signs the answers that have a digest."""
    with acting(request, May.SIGN, body) as user:
        workflow.sign(find(survey, wave, body), user, given.digest)
        return told(sheet(find(survey, wave, body)))
