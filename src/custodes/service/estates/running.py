"""A run from its wish to its pages: the folder written, the process watched, the results loaded."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from custodes.model.errors import CustodesError
from custodes.service.access.models import User
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.record import Act, record
from custodes.service.estates import folder, results
from custodes.service.estates.bringing import bring
from custodes.service.estates.loading import clear, load, settle
from custodes.service.estates.models import DONE, FAILED, RUNNING, WAITING, WITHDRAWN, Estate, Run, Upload
from custodes.service.estates.taking import Kind
from custodes.service.home import home
from custodes.service.limited.watching import watch
from custodes.service.returns.files import path_of
from custodes.service.room import TOLD, is_full

log = logging.getLogger("custodes.service.estates")
#: Folders of assessments that are kept, for comparing and for walking back.
KEPT_RUNS = 5


def place(run: Run) -> Path:
    """Where the results of a run lie."""
    return home().estates / run.body_id / str(run.pk)


def want(estate: Estate, by: User | None, kind: str = "assess", asks: Mapping[str, Any] | None = None) -> Run:
    """A run that will begin soon. An assessment that waits already will do."""
    from custodes.service.estates.tasks import estate_run

    with transaction.atomic():
        held = Estate.objects.select_for_update().get(pk=estate.pk)
        if kind == "assess":
            waiting = Run.objects.filter(body=held.body_id, kind=kind, state=WAITING).first()
            if waiting is not None:
                return waiting
        run = Run.objects.create(body_id=held.body_id, kind=kind, asks=asks or {}, by=by, made_at=timezone.now())
        if kind == "assess":
            Estate.objects.filter(pk=held.pk).update(last=run)
        record(Act("estate_run_wanted", by), held.body_id, {"run": run.pk, "kind": kind, "asks": dict(run.asks)})
        estate_run.enqueue(run.pk)  # a row of the same transaction: either both are there, or neither
    return run


def want_brought(estate: Estate, packed: Upload, by: User | None) -> Run:
    """A folder in a ZIP will be taken apart soon, and what is in it worked out. The ZIP itself counts no more."""
    with transaction.atomic():
        Upload.objects.filter(pk=packed.pk).update(state=WITHDRAWN)
        return want(estate, by, "bring", {"folder": packed.pk})


def want_read(estate: Estate, taken: Upload, by: User | None) -> Run:
    """The run that reads a file which is there whole: by itself, taken apart, or with all the others."""
    if taken.kind == Kind.FOLDER:
        return want_brought(estate, taken, by)
    if taken.kind == Kind.FIRMWARE:
        return want(estate, by, "inspect", {"image": taken.pk})
    return want(estate, by)


def work(number: int) -> None:
    """One run. It may be begun again after it was killed: what it writes replaces what was there."""
    run = Run.objects.select_related("body").get(pk=number)
    if run.state in (DONE, FAILED):
        return
    # first at work, then read: what is told from now on asks for a run of its own
    Run.objects.filter(pk=number).update(state=RUNNING, step="", error="")
    estate = Estate.objects.select_related("body", "current").get(body=run.body_id)
    Run.objects.filter(pk=number).update(rests_on=estate.changed)
    run.rests_on = estate.changed
    try:
        out = _worked_out(run, estate)
        if run.kind == "bring":
            bring(estate, results.brought(out), run)
        else:
            _load(run, estate, out)
    except CustodesError as error:
        own = str(error).replace(f"{place(run) / 'input'}/", "").replace(f"{place(run)}/", "")  # no paths of the server
        told = TOLD if is_full(error) else own
        Run.objects.filter(pk=number).update(state=FAILED, error=told[:4000], ended_at=timezone.now())
        _recorded(run, "estate_run_failed")
        log.warning("a run was refused", extra={"task": "estate_run", "outcome": type(error).__name__})
    except Exception as error:
        why = TOLD if is_full(error) else "a fault of the program; see the log"
        Run.objects.filter(pk=number).update(state=FAILED, error=why, ended_at=timezone.now())
        raise
    _tidy(run, estate)


def _tidy(run: Run, estate: Estate) -> None:
    """What follows on a run whose results hold already: should it fail, they hold all the same."""
    try:
        _recorded(run, "estate_run_ended")
        if run.kind == "bring":
            shutil.rmtree(place(run), ignore_errors=True)
        if run.kind == "assess":
            # rows of the run before stay until the next one: a page may be reading them
            clear(run, estate.current)
            settle()
            _forget(run)
    except Exception as error:
        log.error("not tidied", extra={"task": "estate_run", "outcome": type(error).__name__}, exc_info=True)


def _recorded(run: Run, kind: str) -> None:
    with transaction.atomic():
        record(Act(kind, None), run.body_id, {"run": run.pk, "kind": run.kind})


def _worked_out(run: Run, estate: Estate) -> Path:
    """The results of a run, written by a process of its own. Raises BadInput."""
    out = place(run)
    shutil.rmtree(out, ignore_errors=True)
    inputs = out / "input"
    inputs.mkdir(parents=True)
    if run.kind in ("assess", "form"):
        folder.write(estate, inputs)
    job: dict[str, Any] = {
        "module": "custodes.service.estates.jobs",
        "kind": run.kind,
        "folder": str(inputs),
        "out": str(out),
        "body": run.body_id,
        "as_at": folder.day_of(estate).isoformat(),
        "country": estate.country,
        "marking": estate.marking,
        **_asked(run, out),
    }
    before = estate.current if run.kind == "assess" else _before(estate) if run.kind == "form" else None
    if before is not None:
        job["before"] = str(place(before))
    path = out / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    try:
        watch(path, lambda step: _told(run, step))
    finally:
        shutil.rmtree(inputs, ignore_errors=True)
    return out


def _before(estate: Estate) -> Run | None:
    """The assessment before the one that pages show."""
    if estate.current_id is None:
        return None
    found = Run.objects.filter(body=estate.body_id, kind="assess", state=DONE, pk__lt=estate.current_id)
    return found.order_by("-pk").first()


def _told(run: Run, step: str) -> None:
    with within(EVERYTHING):
        Run.objects.filter(pk=run.pk).update(step=step[:120])


def _asked(run: Run, out: Path) -> dict[str, Any]:
    """What a job is asked, with files in the place of their numbers."""
    asks = dict(run.asks)
    uploads = {one.pk: one for one in Upload.objects.filter(body=run.body_id, pk__in=_numbers(asks))}
    told: dict[str, Any] = {key: value for key, value in asks.items() if key in ("form", "freeze")}
    if run.kind == "inspect":
        image = uploads[asks["image"]]
        told |= {"image": str(path_of(image.sha256)), "name": image.name}
    if run.kind == "bring":
        told["packed"] = str(path_of(uploads[asks["folder"]].sha256))
    if run.kind == "compare":
        pair = [uploads[asks[key]] for key in ("old", "new")]
        told |= {key: str(path_of(one.sha256)) for key, one in zip(("old", "new"), pair, strict=True)}
        told["names"] = [one.name for one in pair]
    if asks.get("filled"):
        book = out / "filled.xlsx"  # its reader goes by the file's ending
        shutil.copyfile(path_of(str(asks["filled"])), book)
        told["filled"] = str(book)
    return told


def _numbers(asks: Mapping[str, Any]) -> list[int]:
    return [int(asks[key]) for key in ("image", "old", "new", "folder") if key in asks]


def _load(run: Run, estate: Estate, out: Path) -> None:
    """What a page needs, into the database; of an assessment, every device, finding and question."""
    Run.objects.filter(pk=run.pk).update(step="filling the register")
    told: dict[str, Any] = {"refused": results.read_json(out / results.REFUSED) or []}
    if run.kind == "assess":
        told |= load(run, out)
    digest = out / "frozen.sha256"
    if digest.is_file():
        told["digest"] = digest.read_text(encoding="ascii")
    with transaction.atomic():
        if run.kind == "assess":
            Estate.objects.filter(pk=estate.pk).update(current=run)
        Run.objects.filter(pk=run.pk).update(state=DONE, step="", told=told, ended_at=timezone.now())


def _forget(run: Run) -> None:
    """Folders of old assessments are taken away. What they rested on, and what people did, stays."""
    old = Run.objects.filter(body=run.body_id, kind="assess", state__in=(DONE, FAILED)).order_by("-pk")[KEPT_RUNS:]
    for one in old:
        shutil.rmtree(place(one), ignore_errors=True)


def begin_again() -> None:
    """Every run that has not ended is put into the queue, which is empty."""
    from custodes.service.estates.tasks import estate_run

    for run in Run.objects.filter(state__in=(RUNNING, WAITING)).order_by("pk"):
        Run.objects.filter(pk=run.pk).update(step="begun again")
        estate_run.enqueue(run.pk)
