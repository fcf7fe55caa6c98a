"""A survey folder, read whole: everything in it, or every fault it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from custodes.model.errors import BadUsage
from custodes.survey import documents
from custodes.survey.answers import Answers, Frame, HeldAnswers, read_answers
from custodes.survey.asked import Body, Wave, read_bodies, read_waves
from custodes.survey.claims import Claim, read_claims
from custodes.survey.confirmations import FILE as CONFIRMATIONS
from custodes.survey.confirmations import Event, read_events
from custodes.survey.count import Asking, count
from custodes.survey.documents import Node
from custodes.survey.editions import Edition, read_editions
from custodes.survey.faults import Faults, SurveyRefused, listed
from custodes.survey.figures import Definition, Figure, read_figures
from custodes.survey.keys import note_odd_keys
from custodes.survey.notices import note_odd_answers
from custodes.survey.published import all_questions, check_published, older_versions
from custodes.survey.questionnaire import Question, Questionnaire, read_questionnaire

QUESTIONNAIRE, WAVES, FIGURES, CLAIMS = "questionnaire", "waves", "figures", "claims"
EDITIONS = "editions"
BODIES, ANSWERS = "bodies.csv", "answers.csv"
STORE = "answers.parquet"
SUFFIXES = (".yaml", ".yml", ".json")
SCHEMAS = {
    QUESTIONNAIRE: "survey-questionnaire",
    WAVES: "survey-waves",
    FIGURES: "survey-figures-file",
    CLAIMS: "survey-claims-file",
    EDITIONS: "survey-editions",
}


@dataclass(frozen=True)
class Survey:
    """A survey without a fault.

    `questions`: those of every version; `older`: wave to the version it was asked with, where that is not the current.
    """

    path: Path
    questionnaire: Questionnaire
    waves: Mapping[str, Wave]
    bodies: Mapping[str, Body]
    answers: Answers
    figures: Mapping[str, Definition]
    claims: Mapping[str, Claim]
    editions: Mapping[str, Edition]
    events: Sequence[Event]
    questions: Mapping[str, Question]
    older: Mapping[str, Questionnaire] = field(default_factory=dict)

    def wave_of(self, definition: Definition, wave: str = "") -> Wave:
        """The wave that a figure is of: the one asked for, else its own, else the last that was opened."""
        return self.waves[wave or definition.wave or self.last_wave]

    @cached_property
    def last_wave(self) -> str:
        """The wave opened last."""
        return list(self.waves)[-1]

    def asking(self, wave: Wave, cut: date | None) -> Asking:
        """A wave as it stands with what was recorded up to `cut`."""
        key = (wave.id, cut)
        if key not in self._askings:
            questions = self.questions_of(wave.id)
            self._askings[key] = Asking(wave, self.bodies.values(), questions, self.answers, cut)
        return self._askings[key]

    def questions_of(self, wave: str) -> Mapping[str, Question]:
        """The questions as a wave put them: those of its own version first."""
        older = self.older.get(wave)
        return self.questions if older is None else {**self.questions, **older.questions}

    @cached_property
    def _askings(self) -> dict[tuple[str, date | None], Asking]:
        return {}

    def figure(self, definition: Definition, cut: date | None, wave: str = "") -> Figure:
        """What a figure comes to."""
        return count(definition, self.asking(self.wave_of(definition, wave), cut))


def load(path: Path, warn: Callable[[str], None] = lambda _: None) -> Survey:
    """The survey of a folder. Raises SurveyRefused with every fault, BadUsage if there is no such folder.

    `warn` is told of answers that lie outside the whole they are part of.
    """
    survey, faults = read(path)
    found = faults.sorted()
    if survey is None or found:
        raise SurveyRefused(found, sum(faults.more.values()))
    for fault in faults.outside:
        warn(f"warning: {fault}")
    return survey


def read(path: Path) -> tuple[Survey | None, Faults]:
    """As far as a folder can be read, and its faults. No survey only where a file that all hangs on is missing."""
    if not path.is_dir():
        raise BadUsage("there is no such survey folder", where=str(path), remedy="`custodes survey new DIR` makes one")
    faults = Faults()
    asked = read_frame(path, faults)
    third, fourth, fifth = (_top(path, name, faults) for name in (FIGURES, CLAIMS, EDITIONS))
    if asked is None:
        return None, faults
    questionnaire, frame, older = asked
    questions, waves, bodies = frame.questions, frame.waves, frame.bodies
    answers = _answers(path, frame, faults)
    figures = read_figures(third[1], third[0], questions, waves, faults) if third else {}
    named = frozenset(node.text("id") for node in third[1].items("figures")) if third else frozenset()
    claims = read_claims(fourth[1], fourth[0], named, waves, faults) if fourth else {}
    editions = read_editions(fifth[1], fifth[0], faults) if fifth else {}
    for edition in editions.values():
        for name in edition.figures:
            if name not in named:
                faults.add(tops_name(fifth), edition.line, f"edition '{edition.id[:60]}' names no figure '{name[:60]}'")
    _check_kinds(frame, faults)
    if not waves:
        return None, faults
    events = read_events(path / CONFIRMATIONS, editions, bodies, faults)
    survey = Survey(path, questionnaire, waves, bodies, answers, figures, claims, editions, events, questions, older)
    _check_parts(survey, faults)
    if isinstance(answers, HeldAnswers):
        for wave in waves.values():
            note_odd_answers(answers, survey.questions_of(wave.id), wave, bodies.values(), ANSWERS, faults)
    return survey, faults


def read_frame(path: Path, faults: Faults) -> tuple[Questionnaire, Frame, dict[str, Questionnaire]] | None:
    """What was asked, of whom and when: all that answers must fit into. None where a file is missing.

    The last: wave to the older version of the questionnaire that it was asked with.
    """
    first, second = _top(path, QUESTIONNAIRE, faults), _top(path, WAVES, faults)
    if first is None or second is None:
        return None
    questionnaire = read_questionnaire(first[1], first[0], faults)
    waves = read_waves(second[1], second[0], faults)
    older = older_versions(path, questionnaire, waves.values(), first[0], faults)
    _check_versions(waves, questionnaire, older, second[0], faults)
    check_published(path, first[1], (questionnaire.id, questionnaire.version), first[0], faults)
    questions = all_questions(questionnaire, older.values())
    return questionnaire, Frame(read_bodies(path / BODIES, faults), questions, waves), older


def questionnaire_file(path: Path) -> str:
    """The name of the file that holds the questionnaire."""
    return next(name for suffix in SUFFIXES if (path / (name := f"{QUESTIONNAIRE}{suffix}")).is_file())


def tops_name(top: tuple[str, Node] | None) -> str:
    """The name of a file that was read."""
    return top[0] if top is not None else ""


def _check_kinds(frame: Frame, faults: Faults) -> None:
    """A wave that invites nobody is odd."""
    for wave in frame.waves.values():
        if frame.bodies and not any(wave.invites(body) for body in frame.bodies.values()):
            faults.note(f"{WAVES}.yaml", wave.line, f"wave '{wave.id}' invites none of the bodies")


def _check_parts(survey: Survey, faults: Faults) -> None:
    """Of a total that is part of another: no body's part is more than its whole."""
    for definition in survey.figures.values():
        if definition.kind == "total" and definition.of and isinstance(survey.answers, HeldAnswers):
            for wave in [definition.wave] if definition.wave else survey.waves:
                _check_wave_parts(survey.answers, definition, wave, faults)


def _check_wave_parts(answers: HeldAnswers, definition: Definition, wave: str, faults: Faults) -> None:
    wholes = answers.cells(definition.of, wave, None)
    for body, cell in answers.cells(definition.question, wave, None).items():
        for part, held in cell.items():
            whole = wholes.get(body, {}).get(part)
            pair = (held.value, whole.value if whole is not None else None)
            if isinstance(pair[0], Fraction) and isinstance(pair[1], Fraction) and pair[0] > pair[1]:
                line = answers.line_of(definition.question, wave, body, part)
                reason = f"{pair[0]} of {definition.question} lies outside the {pair[1]} of {definition.of}"
                faults.part_outside(ANSWERS, line, reason)


def _top(path: Path, name: str, faults: Faults) -> tuple[str, Node] | None:
    """File name and top mapping of a document; the questionnaire and the waves must be there."""
    found = [path / f"{name}{suffix}" for suffix in SUFFIXES if (path / f"{name}{suffix}").is_file()]
    if not found:
        if name in (QUESTIONNAIRE, WAVES):
            faults.add(f"{name}.yaml", 1, "the file is missing")
        return None
    if len(found) > 1:
        faults.add(found[1].name, 1, f"there are two: {listed(file.name for file in found)}")
    top = documents.read(found[0], faults)
    if top is not None:
        note_odd_keys(top, SCHEMAS[name], found[0].name, faults)
    return None if top is None else (found[0].name, top)


#: A larger file of answers is first written as Parquet, so that no command holds it whole.
MOST_HELD_BYTES = 64 * 1024 * 1024


def _answers(path: Path, frame: Frame, faults: Faults) -> Answers:
    file = path / ANSWERS
    if (path / STORE).is_dir():
        from custodes.survey.store import open_store

        return open_store(path, frame, file)
    if file.is_file() and file.stat().st_size > MOST_HELD_BYTES:
        raise BadUsage(
            "so many answers are first to be imported",
            where=str(file),
            why=f"the file is larger than {MOST_HELD_BYTES // 1024 // 1024} MB",
            remedy=f"`custodes survey import {path}`",
        )
    if file.is_file():
        return read_answers(file, frame, faults)
    faults.add(ANSWERS, 1, "the file is missing")
    return HeldAnswers(())


def _check_versions(
    waves: Mapping[str, Wave],
    questionnaire: Questionnaire,
    older: Mapping[str, Questionnaire],
    file: str,
    faults: Faults,
) -> None:
    """A wave names the questionnaire that lies beside it, or an older version that was kept, if it names one."""
    known = {questionnaire.id, questionnaire.version, f"{questionnaire.id}@{questionnaire.version}"}
    for wave in waves.values():
        if wave.questionnaire and wave.questionnaire not in known and wave.id not in older:
            faults.note(file, wave.line, f"wave '{wave.id}' was asked with '{wave.questionnaire[:60]}', not kept here")
