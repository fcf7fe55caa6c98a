"""A survey as a folder of text files: what was uploaded, with every row that was recorded since, and its editions.

From here on the service computes nothing: figures, claims, editions and publications are the survey room's.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import yaml

from custodes.service.publishing.models import PUBLISHED, Confirmation, Edition
from custodes.service.returns.models import Recorded
from custodes.service.surveys.folders import outgoing, written
from custodes.service.surveys.models import Survey
from custodes.survey.answers import COLUMNS
from custodes.survey.confirmations import COLUMNS as CONFIRMATION_COLUMNS
from custodes.survey.confirmations import FILE as CONFIRMATIONS
from custodes.survey.folder import ANSWERS, EDITIONS, SUFFIXES, load
from custodes.survey.folder import Survey as Read

_ALL = (*COLUMNS, "wave", "lead")


def files(survey: Survey, proposed: Edition | None = None) -> dict[str, str]:
    """Path to text of each file. `proposed`: an edition that is looked at or released, with the folder it rests on."""
    current = proposed.version if proposed is not None and proposed.version is not None else survey.current
    found: dict[str, str] = {**current.files, **outgoing(current)}
    found[ANSWERS] = _csv(_ALL, _answers(survey, current.files.get(ANSWERS, "")))
    name = next((f"{EDITIONS}{end}" for end in SUFFIXES if f"{EDITIONS}{end}" in found), f"{EDITIONS}.yaml")
    own = list(_editions(survey, proposed))
    if own:
        found[name] = _with_editions(found.get(name, ""), own)
    known = [one.slug for one in _included(survey, proposed)]
    found[CONFIRMATIONS] = _csv(CONFIRMATION_COLUMNS, _confirmations(survey, found.get(CONFIRMATIONS, ""), known))
    return found


@contextmanager
def folder(survey: Survey, proposed: Edition | None = None) -> Iterator[Path]:
    """The survey as a folder, for as long as it is wanted."""
    with written(files(survey, proposed)) as path:
        yield path


@contextmanager
def counted(survey: Survey, proposed: Edition | None = None) -> Iterator[Read]:
    """The survey as the survey room reads it. Raises SurveyRefused."""
    with folder(survey, proposed) as path:
        yield load(path)


def archive(survey: Survey) -> bytes:
    """The folder as a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in sorted(files(survey).items()):
            zipped.writestr(zipfile.ZipInfo(f"{survey.pk}/{name}", (1980, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def _answers(survey: Survey, uploaded: str) -> Iterator[Mapping[str, str]]:
    """Rows that were uploaded, then those recorded here. Of several of one day the last holds: days are what counts."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for row in csv.DictReader(io.StringIO(uploaded)):
        # what was downloaded and uploaded again is the same row; of what was recorded here, this database knows best
        rows[tuple(row.get(name) or "" for name in ("body", "question", "part", "wave", "recorded_at"))] = row
    for one in Recorded.objects.filter(wave__survey=survey).select_related("wave"):
        key = (one.body_id, one.question, one.part, one.wave.slug, one.recorded_at.isoformat())
        rows.pop(key, None)
        rows[key] = {
            "body": one.body_id,
            "question": one.question,
            "part": one.part,
            "value": one.value,
            "state": one.state,
            "valid_at": one.valid_at,
            "recorded_at": one.recorded_at.isoformat(),
            "source": " ".join(one.source.split()),
            "wave": one.wave.slug,
            "lead": one.lead,
        }
    yield from rows.values()


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(columns), restval="", extrasaction="ignore", lineterminator="\n", quoting=csv.QUOTE_ALL
    )
    writer.writeheader()
    writer.writerows({key: value or "" for key, value in row.items() if key is not None} for row in rows)
    return out.getvalue()


def _included(survey: Survey, proposed: Edition | None) -> list[Edition]:
    """Editions that are out, and the one that is looked at before it is."""
    number = proposed.pk if proposed is not None else None
    return [one for one in survey.editions.all() if one.state == PUBLISHED or one.pk == number]


def _editions(survey: Survey, proposed: Edition | None) -> Iterator[dict[str, object]]:
    for one in _included(survey, proposed):
        told: dict[str, object] = {"id": one.slug, "title": one.title, "cut": one.cut.isoformat()}
        if one.published_on is not None:
            told["published"] = one.published_on.isoformat()
        if one.corrects:
            told["corrects"] = one.corrects
        if one.notice:
            told["notice"] = one.notice
        yield told


def _with_editions(uploaded: str, own: list[dict[str, object]]) -> str:
    told = yaml.load(uploaded, Loader=yaml.CSafeLoader) if uploaded.strip() else {}
    kept = [one for one in (told or {}).get("editions", ()) if one.get("id") not in {new["id"] for new in own}]
    return json.dumps({"editions": [*kept, *own]}, ensure_ascii=False, indent=1, default=str) + "\n"


def _confirmations(survey: Survey, uploaded: str, editions: list[str]) -> Iterator[Mapping[str, str]]:
    yield from csv.DictReader(io.StringIO(uploaded))
    rows = Confirmation.objects.filter(edition__survey=survey, edition__slug__in=editions)
    for one in rows.select_related("edition"):
        yield {
            "edition": one.edition.slug,
            "party": one.body_id,
            "kind": "body",
            "event": one.event,
            "date": one.day.isoformat(),
            "note": " ".join(one.note.split()),
        }
