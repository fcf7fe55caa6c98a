"""An estate as the folder that `custodes assess` reads: written for a run, or handed out as a ZIP."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from custodes.estate.config import ATTESTED, DECLARED, JUDGEMENTS, NAME
from custodes.estate.plan_file import NAME as PLAN
from custodes.service.estates.models import KEPT, Answered, Estate, Judged, Site, System, Upload
from custodes.service.estates.taking import Kind
from custodes.service.estates.toml import bare, document
from custodes.service.returns.files import path_of

#: Files of the folder that are kept as text with the estate.
TEXTS = (PLAN, DECLARED, ATTESTED)
ANSWERS = "answers.json"
#: Where in the folder files of a kind lie. None lies beside what the service itself writes there, for a file
#: named like one of those must not stand for it.
_PLACES = {Kind.RECORDS: "records", Kind.ANSWERS: "answers", Kind.FAULTS: "advisories", Kind.ATTESTED: "attested",
           Kind.PAPER: "papers"}  # fmt: skip


def write(estate: Estate, folder: Path) -> None:
    """Everything that a run rests on, into an empty folder. Files are linked where the disk allows it."""
    for name, text in _texts(estate):
        (folder / name).write_text(text, encoding="utf-8")
    for upload in _uploads(estate):
        place = folder / _PLACES[Kind(upload.kind)]
        place.mkdir(exist_ok=True)
        _put(path_of(upload.sha256), place / upload.name)


def archive(estate: Estate, out: IO[bytes]) -> None:
    """The same as a ZIP, with what was answered here as text too."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in _texts(estate):
            made.writestr(name, text)
        for upload in _uploads(estate):
            made.write(path_of(upload.sha256), str(Path(_PLACES[Kind(upload.kind)]) / upload.name))


def _put(source: Path, target: Path) -> None:
    """A link, or, on another disk or one without links, a copy; never in the place of another file."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        with source.open("rb") as read, target.open("xb") as written:
            shutil.copyfileobj(read, written)


def _uploads(estate: Estate) -> list[Upload]:
    return list(Upload.objects.filter(body=estate.body_id, state=KEPT, kind__in=[str(one) for one in _PLACES]))


def _texts(estate: Estate) -> Iterator[tuple[str, str]]:
    yield NAME, configuration(estate)
    judged = judgements(estate)
    if judged:
        yield JUDGEMENTS, json.dumps(judged, ensure_ascii=False, indent=1)  # YAML reads JSON
    for name in TEXTS:
        if estate.more.get(name):
            yield name, estate.more[name]
    stated = answers(estate)
    if stated:
        yield ANSWERS, json.dumps(stated, ensure_ascii=False, indent=1)


def configuration(estate: Estate) -> str:
    """`custodes.toml`."""
    body = estate.body
    head = {"title": estate.title or body.name, "synthetic": estate.synthetic, "as_at": estate.told.get("as_at", "")}
    told = {key: estate.told.get(key) for key in ("facts", "exceptions", "values")}
    whose = {"id": body.id, "name": body.name, "kind": estate.kind, "jurisdiction": estate.jurisdiction, **told}
    tables: list[tuple[str, Mapping[str, Any]]] = [("[estate]", head), ("[[body]]", whose)]
    for site in Site.objects.filter(body=body):
        own = {"id": site.slug, "name": site.name, "sensitive": site.sensitive, "landlord": site.landlord}
        tables.append(("[[site]]", {**own, **site.told}))
    for system in System.objects.filter(body=body):
        own = {"id": system.slug, "name": system.name, "kind": system.kind, "body": body.id}
        tables.append(("[[system]]", {**own, **system.told}))
    places = set(Site.objects.filter(body=body).values_list("slug", flat=True))
    systems = set(System.objects.filter(body=body).values_list("slug", flat=True))
    for upload in _uploads(estate):
        if upload.kind == Kind.RECORDS:
            tables.append(("[[source]]", _source(upload, places, systems)))
    for form, answers_ in estate.told.get("forms", {}).items():
        tables.append((f"[form.{bare(form)}]", answers_))
    return document(tables)


def _source(upload: Upload, places: set[str], systems: set[str]) -> dict[str, Any]:
    """A file as `[[source]]`; a site or system that is no longer there is left out."""
    return {
        "file": f"{_PLACES[Kind.RECORDS]}/{upload.name}",
        "body": upload.body_id,
        "system": upload.system if upload.system in systems else "",
        "site": upload.site if upload.site in places else "",
        "dated": upload.dated,
        "standing": upload.standing,
        "mapping": upload.told.get("mapping", {}),
    }


def judgements(estate: Estate) -> list[dict[str, Any]]:
    """What was judged and not taken back, as `judgements.yaml` has it. Who: the number of an account, no name."""
    held = Judged.objects.filter(body=estate.body_id).order_by("pk")
    gone = {one.takes_back_id for one in held if one.takes_back_id is not None}
    return [_judgement(one) for one in held if one.takes_back_id is None and one.pk not in gone]


def _judgement(one: Judged) -> dict[str, Any]:
    day = timezone.localtime(one.at).date().isoformat()
    told: dict[str, Any] = {"say": one.say, "of": one.of, "by": f"account {one.by_id}", "date": day}
    if one.because:
        told["because"] = one.because
    return told | ({one.say: one.value} if one.value else {})


def answers(estate: Estate) -> list[dict[str, Any]]:
    """The last answer to each question, as `model.questions.Answer` has it."""
    last = {one.key: one for one in Answered.objects.filter(body=estate.body_id).order_by("pk")}
    return [{"question": key, **one.told} for key, one in last.items()]


def day_of(estate: Estate) -> date:
    """The day that the estate is asked about: as it tells, else today."""
    told = estate.told.get("as_at", "")
    return date.fromisoformat(told) if told else timezone.localdate()
