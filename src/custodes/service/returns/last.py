"""What a body answered the time before: shown beside the question, never filled in."""

from __future__ import annotations

from custodes.service.returns.models import Recorded, Return
from custodes.service.returns.sheet import Sheet
from custodes.service.surveys.models import Wave
from custodes.survey.answers import Held
from custodes.survey.situation import ALONE
from custodes.survey.values import State, shown


def last_answers(told: Sheet) -> dict[str, tuple[str, str]]:
    """Question to state and value, of the wave before: as recorded here, else as the survey's folder has it."""
    of = told.of
    own = (
        Wave.objects.filter(survey_id=of.wave.survey_id, opened__lt=of.wave.opened)
        .exclude(pk=of.wave_id)
        .order_by("opened")
        .last()
    )
    if own is not None and Return.objects.filter(wave=own, body_id=of.body_id).exists():
        rows = Recorded.objects.filter(wave=own, body_id=of.body_id, part="")
        return {row.question: (row.state, row.value) for row in rows}
    before = [wave for wave in told.read.waves.values() if wave.opened < of.wave.opened and wave.id != told.wave]
    if not before:
        return {}
    asked = told.read.asking(before[-1], None)
    found = {}
    for name, question in told.questions.items():
        cell = asked.cells(name).get(of.body_id) if not question.repeats else None
        if cell and ALONE in cell:
            found[name] = _told(cell[ALONE])
    return found


def _told(held: Held) -> tuple[str, str]:
    value = shown(held.value) if held.value is not None and held.state is not State.NONE else ""
    return str(held.state), value
