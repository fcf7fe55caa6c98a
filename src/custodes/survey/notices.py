"""What is odd in answers that can stand all the same: to be asked back, not refused.

Two things: an answer to a question that routing says was not to be put, and a total that is not the sum of its parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from custodes.model.rules import Answer
from custodes.survey.answers import Cell, HeldAnswers
from custodes.survey.asked import Body, Wave
from custodes.survey.completions import relevant
from custodes.survey.faults import Faults
from custodes.survey.questionnaire import Question
from custodes.survey.situation import Situation
from custodes.survey.values import VALUED, shown


def note_odd_answers(
    answers: HeldAnswers,
    questions: Mapping[str, Question],
    wave: Wave,
    bodies: Iterable[Body],
    file: str,
    faults: Faults,
) -> None:
    """Note the odd answers of a wave, each with its line in the file of answers. `questions`: as the wave put them."""
    looked = [question for question in questions.values() if question.when is not None or question.total_of]
    returned = answers.returned(wave.id, None)
    names = [body.id for body in bodies if wave.invites(body) and body.id in returned]
    for question in looked:
        on = {name: questions[name] for name in relevant([question.id, *question.total_of], questions)}
        cells = {name: answers.cells(name, wave.id, None) for name in on}
        for body in names:
            held = {name: told[body] for name, told in cells.items() if body in told}
            for part, reason in _odd(question, on, held):
                faults.note(file, answers.line_of(question.id, wave.id, body, part), f"{body}: {reason}")


def _odd(question: Question, on: Mapping[str, Question], cells: Mapping[str, Cell]) -> Iterator[tuple[str, str]]:
    situation = Situation(on, cells, True, any(other.repeats for other in on.values()))
    for part, held in cells.get(question.id, {}).items():
        if held.state not in VALUED:
            continue
        if question.when is not None and situation.now.route(question.id, part) is Answer.NO:
            yield part, f"'{question.id}' is answered, and by the other answers was not to be put: it counts nowhere"
        elif question.total_of and isinstance(held.value, Fraction):
            values = [
                situation.now.find(name, place)
                for name in question.total_of
                for place in ([part] if question.repeats else situation.parts_of(name))
            ]
            told = [value for value in values if isinstance(value, Fraction)]
            if len(told) == len(values) and sum(told) != held.value:
                yield (
                    part,
                    f"'{question.id}' is {shown(held.value)}, and its parts come to {shown(Fraction(sum(told)))}",
                )
