"""A return as it stands: every question that it is to answer, section by section, with the answers that it has.

Which questions are to be put is worked out by the survey room, with the rules by which figures are counted later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.http import Http404

from custodes.model.rules import Answer as Three
from custodes.service.returns.models import Answer, Part, Return
from custodes.service.surveys.folders import reading
from custodes.survey.answers import Held, read_held
from custodes.survey.folder import Survey as Read
from custodes.survey.questionnaire import Question, Questionnaire, Section
from custodes.survey.situation import ALONE, Situation
from custodes.survey.values import State

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A question as it is put: of one part, where its section repeats."""

    question: Question
    part: str
    answer: Answer | None

    @property
    def done(self) -> bool:
        """Whether something is said."""
        return self.answer is not None and self.answer.state != ""


@dataclass(frozen=True, slots=True)
class Block:
    """A section, or one part of a section that repeats."""

    part: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A section with its blocks. `put`: whether any question of it is asked at all."""

    section: Section
    blocks: tuple[Block, ...]
    put: bool = True

    @property
    def places(self) -> tuple[Place, ...]:
        """All questions that are put in it."""
        return tuple(place for block in self.blocks for place in block.places)

    @property
    def status(self) -> str:
        """not_started, in_progress or complete. A section that repeats and has no part yet is not complete."""
        done = sum(place.done for place in self.places)
        if done == 0:
            return "not_started" if self.places or (self.section.repeat and self.put) else "complete"
        return "complete" if done == len(self.places) else "in_progress"


@dataclass(frozen=True)
class Sheet:
    """A return with all that its pages show."""

    of: Return
    read: Read
    answers: Mapping[Key, Answer]
    parts: Mapping[str, tuple[str, ...]]

    @property
    def wave(self) -> str:
        """Its id in the survey's folder."""
        return self.of.wave.slug

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """As its wave puts it."""
        return self.read.older.get(self.wave) or self.read.questionnaire

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Those of its wave."""
        return {name: self.questionnaire.questions[name] for one in self.sections for name in one.questions}

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Those that its wave puts."""
        return tuple(one for one in self.questionnaire.sections if not one.waves or self.wave in one.waves)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Every section with the questions that are to be put."""
        world = self._situation().now
        found = []
        for section in self.sections:
            parts = self._parts_of(section)
            blocks = []
            for part in parts:
                places = []
                for name in section.questions:
                    if world.route(name, part) is not Three.NO:
                        places.append(Place(self.questions[name], part, self.answers.get((name, part))))
                blocks.append(Block(part, tuple(places)))
            put = not section.repeat or any(world.route(name, ALONE) is not Three.NO for name in section.questions)
            found.append(Group(section, tuple(blocks), put))
        return tuple(found)

    def _parts_of(self, section: Section) -> tuple[str, ...]:
        """The parts of a section; of one that repeats and has none, the statement that there is none."""
        if not section.repeat:
            return (ALONE,)
        named = self.parts.get(section.id, ())
        said = any((name, ALONE) in self.answers and self.answers[name, ALONE].state for name in section.questions)
        return named or ((ALONE,) if said else ())

    def _situation(self) -> Situation:
        cells: dict[str, dict[str, Held]] = {}
        for (name, part), answer in self.answers.items():
            if answer.state and name in self.questions:
                cells.setdefault(name, {})[part] = held(self.questions[name], answer)
        repeats = any(question.repeats for question in self.questions.values())
        return Situation(self.read.questions_of(self.wave), cells, returned=True, repeats=repeats)

    def group(self, section: str) -> Group:
        """A section. Raises Http404."""
        found = next((one for one in self.groups if one.section.id == section), None)
        if found is None:
            raise Http404
        return found

    def put(self) -> Iterator[Place]:
        """Every question that is to be answered, in order."""
        for group in self.groups:
            yield from group.places

    @property
    def complete(self) -> bool:
        """Whether something is said to every question that is put."""
        return all(group.status == "complete" for group in self.groups)

    def standing(self) -> list[Answer]:
        """The answers that count: those to questions that are put, in order."""
        return [place.answer for place in self.put() if place.answer is not None and place.done]


def held(question: Question, answer: Answer) -> Held:
    """An answer as the survey room has it."""
    if answer.lead:
        return Held(State.ANSWERED, None, led=True)
    return read_held(question, State(answer.state), answer.value)


def find(survey: str, wave: str, body: str) -> Return:
    """A return in scope. Raises Http404."""
    found = (
        Return.objects.select_related("wave", "body")
        .filter(wave__survey_id=survey, wave__slug=wave, body_id=body)
        .first()
    )
    if found is None:
        raise Http404
    return found


def sheet(of: Return) -> Sheet:
    """A return with its answers."""
    answers = {(one.question, one.part): one for one in Answer.objects.filter(of=of)}
    return Sheet(of, reading(of.wave.survey.current), answers, _parts(Part.objects.filter(of=of)))


def _parts(rows: Iterable[Part]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.section, []).append(row.name)
    return {section: tuple(names) for section, names in found.items()}
