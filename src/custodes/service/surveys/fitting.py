"""Whether a new version of a survey still fits what was answered and recorded here: waves, bodies, every answer."""

from __future__ import annotations

from collections.abc import Iterable

from custodes.model.errors import BadInput
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.returns.models import Answer, Recorded, Return
from custodes.service.returns.states import SETTLED
from custodes.service.surveys.models import Survey, Wave
from custodes.survey.answers import read_held
from custodes.survey.folder import Survey as Read
from custodes.survey.questionnaire import Questionnaire
from custodes.survey.values import State


def fits(survey: Survey, new: Read, old: Read) -> None:
    """Raises BadInput for the first thing that does not."""
    with within(EVERYTHING):
        for wave in Wave.objects.filter(survey=survey):
            if wave.slug not in new.waves:
                raise BadInput(
                    f"wave '{wave.slug}' is open here and not in these files", remedy="leave it in waves.yaml"
                )
            _bodies(wave, new)
            _same_questionnaire(wave, new, old)
        rows = Answer.objects.filter(of__wave__survey=survey).exclude(state="")
        _readable(rows.values_list("question", "state", "value", "lead").distinct(), new)
        kept = Recorded.objects.filter(wave__survey=survey)
        _readable(kept.values_list("question", "state", "value", "lead").distinct(), new)


def _bodies(wave: Wave, new: Read) -> None:
    for body in Return.objects.filter(wave=wave).values_list("body_id", flat=True):
        if body not in new.bodies:
            raise BadInput(
                f"body '{body}' was invited to wave '{wave.slug}' and is not in these files",
                remedy="leave it in bodies.csv; `invited_to` says until when it is asked",
            )


def _asked(wave: Wave, read: Read) -> Questionnaire:
    return read.older.get(wave.slug) or read.questionnaire


def _same_questionnaire(wave: Wave, new: Read, old: Read) -> None:
    """While anybody is still to answer, a wave keeps the questionnaire that it was opened with."""
    waiting = Return.objects.filter(wave=wave).exclude(state__in=list(map(str, SETTLED))).exists()
    was, now = _asked(wave, old), _asked(wave, new)
    if waiting and (was.id, was.version) != (now.id, now.version):
        raise BadInput(
            f"wave '{wave.slug}' is in the field with version '{was.version}' of the questionnaire",
            why=f"these files put version '{now.version}'",
            remedy=f"write `questionnaire: {was.id}@{was.version}` at the wave, and the new version at the next one",
        )


def _readable(rows: Iterable[tuple[str, str, str, str]], new: Read) -> None:
    for name, state, value, lead in rows:
        question = new.questions.get(name)
        if question is None:
            raise BadInput(f"question '{name[:60]}' was answered and is not in these files")
        try:
            read_held(question, State(state), value, led=bool(lead))
        except ValueError as error:
            raise BadInput(f"an answer to '{name[:60]}' no longer fits", why=str(error)) from None
