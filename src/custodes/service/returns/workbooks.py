"""The return as a workbook: it goes out, is filled in away from here, and comes back beside what was answered here."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from custodes.publication.returns.read import Return as Filled
from custodes.publication.returns.read import read_return
from custodes.publication.returns.write import Packing, write_return
from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.returns.files import keep, path_of, safe_name
from custodes.service.returns.last import last_answers
from custodes.service.returns.models import Answer, Part, Return
from custodes.service.returns.saving import Given, Unfit, checked, lock, part_name, save
from custodes.service.returns.sheet import Key, Sheet
from custodes.survey.answers import Frame, Held, read_held
from custodes.survey.questionnaire import Question
from custodes.survey.values import VALUED, State

LARGEST = 16 * 1024 * 1024
#: What the source of an answer begins with that came in a workbook.
_SOURCE = "workbook sha256 "


@dataclass(frozen=True, slots=True)
class Kept:
    """A workbook that came: its hash, and the ending of its name, by which it is read."""

    sha256: str
    ending: str


@dataclass(frozen=True, slots=True)
class Differs:
    """An answer that was given here, and another that the workbook has."""

    question: Question
    part: str
    held: Answer
    given: Given


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the two counts. `seen`: the revision of the answer here when it was chosen."""

    workbook: bool
    seen: int


@dataclass(slots=True)
class Taken:
    """What came of a workbook. Nothing was taken where there are refusals or open differences.

    `many`: answers that were taken; `left`: of how many what stood here was left.
    """

    many: int = 0
    left: int = 0
    refused: list[str] = field(default_factory=list)
    open: list[Differs] = field(default_factory=list)


def write(told: Sheet, folder: Path) -> Path:
    """The return workbook of a body, the last time's answers beside the questions."""
    body, wave = told.read.bodies[told.of.body_id], told.read.waves[told.wave]
    last: dict[str, dict[str, Held]] = {}
    for name, (state, value) in last_answers(told).items():
        if State(state) in VALUED and not value and state != State.NONE:
            continue  # another body answered
        last[name] = {body.id: read_held(told.read.questions[name], State(state), value)}
    # who else is asked is not told: a lead body is written by its id
    packing = Packing(told.questionnaire, wave, {body.id: body}, last, "")
    return write_return(packing, body, folder / f"return_{body.id}.xlsx")


def receive(given: UploadedFile[bytes]) -> Kept:
    """A workbook as it came, kept. Raises BadInput."""
    digest, _ = keep(given, LARGEST)
    return Kept(digest, Path(safe_name(given.name or "")).suffix.lower() or ".xlsx")


def take(told: Sheet, kept: Kept, by: User | None, choices: Mapping[Key, Choice] | None) -> Taken:
    """Takes a workbook, whole or not at all. Raises BadInput, Closed.

    What stands here and not in the workbook stays. Where somebody answered here otherwise than the workbook does,
    `choices` say which counts; what they leave open is given back, and nothing is taken. None: what stands here stays.
    """
    found = _read(told, kept)
    refused = [f"{one.sheet}!{one.cell}: {one.why}" for one in found.refusals]
    if not refused and (found.body, found.wave) != (told.of.body_id, told.wave):
        refused = [f"this is the workbook of {found.body}, wave {found.wave}"]
    if refused:
        return Taken(refused=refused)
    with transaction.atomic():
        locked, came = lock(told.of), Taken()
        _Taking(told, locked, kept, by, choices, came).all(found)
        left = {"left": came.left} if came.left else {}
        content = {"return": locked.pk, "sha256": kept.sha256, "answers": came.many, **left}
        record(Act("workbook_taken", by), locked.body_id, content)
        if came.refused or came.open:
            transaction.set_rollback(True)
            return Taken(refused=came.refused, open=came.open)
    return came


def _read(told: Sheet, kept: Kept) -> Filled:
    frame = Frame(told.read.bodies, told.read.questions, told.read.waves)
    with tempfile.TemporaryDirectory() as folder:  # its reader goes by the file's ending
        path = Path(folder) / f"return{kept.ending}"
        shutil.copyfile(path_of(kept.sha256), path)
        return read_return(path, told.questionnaire, frame)


@dataclass(frozen=True, slots=True)
class _Taking:
    """One workbook on its way into one return, which is locked."""

    told: Sheet
    locked: Return
    kept: Kept
    by: User | None
    choices: Mapping[Key, Choice] | None
    came: Taken

    def all(self, found: Filled) -> None:
        """Every answer of it."""
        sections = {name: one.id for one in self.told.sections for name in one.questions}
        bodies = frozenset(self.told.read.bodies)
        for one in found.answers:
            question = self.told.questions.get(one.question)
            if question is None:
                continue
            state = "lead" if one.lead else str(one.state)
            source = f"{_SOURCE}{self.kept.sha256[:12]} cell {one.cell}"
            given = _with_reason(Given(state, one.value, one.lead, one.note, source))
            try:
                fit = checked(question, given, self.locked.body_id, bodies)
            except Unfit as error:
                self.came.refused.append(f"{one.cell}: {error.word}")
                continue
            part = part_name(one.part)
            if part:
                Part.objects.get_or_create(
                    of=self.locked, body_id=self.locked.body_id, section=sections[one.question], name=part
                )
            self.one(question, part, fit)

    def one(self, question: Question, part: str, fit: Given) -> None:
        """One answer beside what stands."""
        held = Answer.objects.filter(of=self.locked, question=question.id, part=part).first()
        before = held.revision if held is not None else 0
        if held is not None and held.state and not self._own(held) and not fit.same(held):
            chosen = Choice(False, before) if self.choices is None else self.choices.get((question.id, part))
            if chosen is None or chosen.seen != before:
                self.came.open.append(Differs(question, part, held, fit))
                return
            if not chosen.workbook:
                self.came.left += 1
                return
        saved = save(self.locked, (question.id, part), fit, self.by, before)
        self.came.many += saved is not None and saved.revision != before

    def _own(self, held: Answer) -> bool:
        """Whether an answer came by an earlier workbook of the same hand, of which this one is the correction."""
        office = self.choices is None
        return held.source.startswith(_SOURCE) and (office or held.changed_by_id == (self.by.pk if self.by else None))


def _with_reason(given: Given) -> Given:
    """A refusal in a workbook may come without a reason: it says so."""
    if given.state == State.REFUSED and not given.note:
        return Given(given.state, given.value, given.lead, "no reason given", given.source)
    return given
