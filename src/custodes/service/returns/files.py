"""Files of a return: evidence under its hash, and workbooks that go out and come back."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from custodes.model.errors import BadInput
from custodes.publication.returns.read import read_return
from custodes.publication.returns.write import Packing, write_return
from custodes.publication.text import clean
from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.home import home
from custodes.service.returns.last import last_answers
from custodes.service.returns.models import Answer, Evidence, Part, Return
from custodes.service.returns.saving import Given, Unfit, checked, lock, part_name, save, touched
from custodes.service.returns.sheet import Sheet
from custodes.survey.answers import Frame, Held, read_held
from custodes.survey.values import VALUED, State

_UNSAFE = re.compile(r"[^\w .,()+-]")


def keep(given: UploadedFile[bytes], most: int = 0) -> tuple[str, int]:
    """A file under its hash: the hash and the size. Written whole or not at all. Raises BadInput."""
    most = most or settings.LARGEST_UPLOAD
    folder = home().files
    digest, size = sha256(), 0
    handle, staged = tempfile.mkstemp(dir=folder, prefix=".coming-")
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in given.chunks():
                size += len(chunk)
                if size > most:
                    raise BadInput(f"the file is larger than {most // 1024 // 1024} MB")
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise BadInput("the file is empty")
        name = digest.hexdigest()
        path = path_of(name)
        path.parent.mkdir(exist_ok=True)
        Path(staged).replace(path)
        return name, size
    finally:
        Path(staged).unlink(missing_ok=True)


def path_of(digest: str) -> Path:
    """Where a file of a hash lies."""
    return home().files / digest[:2] / digest


def safe_name(told: str) -> str:
    """A file name as it is shown and given back: no path, no control signs, no quotes."""
    name = _UNSAFE.sub("_", clean(told).replace("\\", "/").rpartition("/")[2]).strip(" .")
    return name[-150:] or "file"


def keep_evidence(of: Return, key: tuple[str, str], given: UploadedFile[bytes], by: User | None) -> Evidence:
    """A file that supports an answer. Raises BadInput, Closed."""
    digest, size = keep(given)
    with transaction.atomic():
        locked = lock(of)
        made = Evidence.objects.create(
            of=locked,
            body_id=locked.body_id,
            question=key[0],
            part=key[1],
            name=safe_name(given.name or ""),
            sha256=digest,
            size=size,
            at=timezone.now(),
            by=by,
        )
        told = {"return": locked.pk, "question": key[0], "part": key[1], "sha256": digest, "size": size}
        record(Act("evidence_added", by), locked.body_id, told)
        touched(locked, by)
    return made


def workbook(told: Sheet, folder: Path) -> Path:
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


def take_workbook(told: Sheet, given: UploadedFile[bytes], by: User | None) -> tuple[int, list[str]]:
    """A workbook that came back: how many answers were taken, and each cell that was refused. Raises BadInput, Closed.

    It is taken whole or not at all. What stands in the return and not in the workbook stays.
    """
    digest, _ = keep(given, 16 * 1024 * 1024)
    frame = Frame(told.read.bodies, told.read.questions, told.read.waves)
    with tempfile.TemporaryDirectory() as folder:  # its reader goes by the file's ending
        path = Path(folder) / f"return{Path(safe_name(given.name or '')).suffix.lower() or '.xlsx'}"
        shutil.copyfile(path_of(digest), path)
        found = read_return(path, told.questionnaire, frame)
    refused = [f"{one.sheet}!{one.cell}: {one.why}" for one in found.refusals]
    if not refused and (found.body, found.wave) != (told.of.body_id, told.wave):
        refused = [f"this is the workbook of {found.body}, wave {found.wave}"]
    if refused:
        return 0, refused
    with transaction.atomic():
        locked = lock(told.of)
        taken = 0
        sections = {name: one.id for one in told.sections for name in one.questions}
        for one in found.answers:
            question = told.questions.get(one.question)
            if question is None:
                continue
            state = "lead" if one.lead else str(one.state)
            given_ = Given(state, one.value, one.lead, one.note, f"workbook sha256 {digest[:12]} cell {one.cell}")
            try:
                fit = checked(question, _with_reason(given_), locked.body_id, frozenset(told.read.bodies))
            except Unfit as error:
                refused.append(f"{one.cell}: {error.word}")
                continue
            part = part_name(one.part)
            if one.part:
                Part.objects.get_or_create(of=locked, body_id=locked.body_id, section=sections[one.question], name=part)
            held = Answer.objects.filter(of=locked, question=one.question, part=part).first()
            before = held.revision if held is not None else 0
            saved = save(locked, (one.question, part), fit, by, before)
            taken += saved is not None and saved.revision != before
        record(Act("workbook_taken", by), locked.body_id, {"return": locked.pk, "sha256": digest, "answers": taken})
        if refused:
            transaction.set_rollback(True)
            return 0, refused
    return taken, []


def _with_reason(given: Given) -> Given:
    """A refusal in a workbook may come without a reason: it says so."""
    if given.state == State.REFUSED and not given.note:
        return Given(given.state, given.value, given.lead, "no reason given", given.source)
    return given
