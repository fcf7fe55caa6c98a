"""Survey folders that are uploaded: taken apart with limits, checked by the survey room, kept version by version."""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

from django.db import transaction

from custodes.model.errors import BadInput
from custodes.service.access.models import User
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.surveys.models import Body, Survey, Version
from custodes.survey.answers import COLUMNS
from custodes.survey.faults import SurveyRefused
from custodes.survey.folder import ANSWERS, QUESTIONNAIRE, SUFFIXES, load, read
from custodes.survey.folder import Survey as Read
from custodes.survey.published import FOLDER as KEPT
from custodes.survey.published import kept_copy

MOST_FILES, MOST_BYTES = 200, 32 * 1024 * 1024
ENDS = frozenset((*SUFFIXES, ".csv", ".geojson", ".md"))


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What an upload was taken as. `known`: the same files were there already."""

    version: Version
    survey: Read
    known: bool


def upload(stream: IO[bytes], by: User | None) -> Uploaded:
    """A ZIP of a survey folder as a new version. Raises BadInput, or SurveyRefused with every fault."""
    return keep(unpacked(stream), by)


def unpacked(stream: IO[bytes]) -> dict[str, str]:
    """Path to text of each file of a folder in a ZIP; only names that a survey folder has. Raises BadInput."""
    try:
        with zipfile.ZipFile(stream) as archive:
            found = _texts(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        raise BadInput(
            "this is no ZIP that can be read", why=str(error)[:120], remedy="zip the survey folder"
        ) from None
    roots = {name for name in found if PurePosixPath(name).stem == QUESTIONNAIRE}
    if not roots:
        raise BadInput("there is no questionnaire in it", remedy="zip the folder that holds questionnaire.yaml")
    root = min((PurePosixPath(name).parent for name in roots), key=lambda one: len(one.parts))
    files = {
        str(PurePosixPath(name).relative_to(root)): text
        for name, text in found.items()
        if PurePosixPath(name).is_relative_to(root)
    }
    files.setdefault(ANSWERS, ",".join(COLUMNS) + "\n")  # before the first wave there are none
    return files


def _texts(archive: zipfile.ZipFile) -> dict[str, str]:
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > MOST_FILES:
        raise BadInput(f"there are more than {MOST_FILES} files in it")
    found: dict[str, str] = {}
    left = MOST_BYTES
    for one in members:
        name = PurePosixPath(one.filename)
        if name.is_absolute() or ".." in name.parts or "\\" in one.filename or ":" in one.filename:
            raise BadInput("a file name leads out of the folder", where=one.filename[:80])
        if any(len(part) > 100 for part in name.parts) or set(map(str, name.parents)) & set(found):
            raise BadInput("a file name cannot stand in a folder", where=one.filename[:80])
        if name.suffix.lower() not in ENDS or name.name.startswith("."):
            continue
        with archive.open(one) as stream:
            data = stream.read(left + 1)
        left -= len(data)
        if left < 0:
            raise BadInput(f"the files are larger than {MOST_BYTES // 1024 // 1024} MB")
        try:
            found[str(name)] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadInput("a file is not UTF-8", where=str(name)[:80]) from None
    return found


def keep(files: Mapping[str, str], by: User | None) -> Uploaded:
    """A new version of a survey, if it differs from the last. Raises SurveyRefused with every fault."""
    with written(files) as folder:
        survey = _checked(folder)
    _plain_ids(survey)
    digest = sha256(json.dumps(dict(files), sort_keys=True).encode()).hexdigest()
    from custodes.service.surveys.fitting import fits

    with transaction.atomic():
        made, _ = Survey.objects.get_or_create(
            id=survey.questionnaire.id[:64], defaults={"title": dict(survey.questionnaire.title)}
        )
        held = Survey.objects.select_for_update().get(pk=made.pk)
        last = held.versions.order_by("-number").first()
        if last is not None and last.digest == digest:
            return Uploaded(last, survey, known=True)
        if last is not None:
            _not_changed_under_answers(last, files)
            fits(held, survey, reading(last))
            files = {**outgoing(last), **files}  # a questionnaire that went out is kept with what follows it
        version = Version.objects.create(
            survey=held, number=1 if last is None else last.number + 1, digest=digest, files=dict(files)
        )
        Survey.objects.filter(pk=held.pk).update(title=dict(survey.questionnaire.title))
        _bodies(survey)
        told = {"survey": held.pk, "version": version.number, "sha256": digest}
        record(Act("survey_uploaded", by), OFFICE_CHAIN, told)
    return Uploaded(version, survey, known=False)


_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def _plain_ids(survey: Read) -> None:
    """Ids stand in web addresses: letters, digits, hyphens. Raises BadInput."""
    told = {"survey": [survey.questionnaire.id], "wave": list(survey.waves), "body": list(survey.bodies)}
    for kind, names in told.items():
        for name in names:
            if not _ID.fullmatch(name):
                raise BadInput(
                    f"the {kind} '{name[:60]}' cannot stand in a web address",
                    remedy="ids have up to 64 letters, digits, hyphens and underscores",
                )


def _checked(folder: Path) -> Read:
    survey, faults = read(folder)
    if survey is None or faults.found:
        raise SurveyRefused(faults.sorted(), sum(faults.more.values()))
    return survey


def _not_changed_under_answers(last: Version, files: Mapping[str, str]) -> None:
    """A questionnaire that went out is kept: a changed one wants a new `version`. Raises SurveyRefused."""
    with written({**files, **outgoing(last)}) as folder:
        _, faults = read(folder)
        if faults.found:
            raise SurveyRefused(faults.sorted(), sum(faults.more.values()))


def outgoing(version: Version) -> dict[str, str]:
    """The copies of questionnaires that a version keeps, with its own as it went out."""
    files: Mapping[str, str] = version.files
    kept = {name: text for name, text in files.items() if name.startswith(f"{KEPT}/")}
    name = next(f"{QUESTIONNAIRE}{end}" for end in SUFFIXES if f"{QUESTIONNAIRE}{end}" in files)
    asked = reading(version).questionnaire
    return {str(kept_copy(Path(), (asked.id, asked.version))): files[name], **kept}


def _bodies(survey: Read) -> None:
    """The bodies of a survey, known to the service from then on."""
    Body.objects.bulk_create(
        [Body(id=body.id[:64], name=body.name[:200], kind=body.kind[:60]) for body in survey.bodies.values()],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "kind"],
    )


@contextmanager
def written(files: Mapping[str, str]) -> Iterator[Path]:
    """The files as a folder, for as long as it is wanted."""
    with tempfile.TemporaryDirectory(prefix="custodes-survey-") as place:
        folder = Path(place)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        yield folder


def reading(version: Version) -> Read:
    """A version as the survey room reads it; kept in memory, since a version never changes."""
    return _reading(version.pk)


@lru_cache(maxsize=16)
def _reading(number: int) -> Read:
    with written(Version.objects.get(pk=number).files) as folder:
        return load(folder)
