"""Publishing in the background: a preview for the office, or a release for everybody."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from custodes.model.errors import CustodesError
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.home import home
from custodes.service.publishing.models import Run
from custodes.service.room import TOLD, is_full

log = logging.getLogger("custodes.service.publishing")


@task()
def publish_run(number: int) -> None:
    """One run. It may be started again after it was killed: what it writes replaces what was there, whole."""
    with within(EVERYTHING):
        run = Run.objects.select_related("survey", "edition").get(pk=number)
        if run.state == "done":
            return
        Run.objects.filter(pk=number).update(state="running", step="", error="")
        try:
            publish(run)
            _recorded(run, "run_ended")
        except CustodesError as error:
            Run.objects.filter(pk=number).update(state="failed", error=str(error)[:4000], ended_at=timezone.now())
            _recorded(run, "run_failed")
            log.warning("publishing was refused", extra={"task": "publish_run", "outcome": type(error).__name__})
        except Exception as error:
            why = TOLD if is_full(error) else "a fault of the program; see the log"
            Run.objects.filter(pk=number).update(state="failed", error=why, ended_at=timezone.now())
            raise


def _recorded(run: Run, kind: str) -> None:
    told = {"survey": run.survey_id, "run": run.pk, "release": run.release}
    with transaction.atomic():
        record(Act(kind, None), OFFICE_CHAIN, told)


def publish(run: Run) -> None:
    """Writes the publication of a survey, and says of the run where it lies. Raises CustodesError."""
    from custodes.knowledge import knowledge
    from custodes.publication.publish import publish_survey
    from custodes.publication.redaction.policy import read_plan
    from custodes.service.audit.checkpoint import signers
    from custodes.service.publishing.export import folder
    from custodes.survey.folder import load

    def step(told: str) -> None:
        Run.objects.filter(pk=run.pk).update(step=told[:120])

    place = home()
    with folder(run.survey, run.edition) as path:
        survey = load(path)
        plan = read_plan(survey)
        signer = next(iter(signers(plan.origin, place.key)), None)
        name = run.survey.pk if run.release else f"{run.survey.pk}-{run.pk}"
        out = (place.published if run.release else place.previews) / name
        staged = out.with_name(f".{out.name}-{run.pk}")
        shutil.rmtree(staged, ignore_errors=True)
        done = publish_survey(survey, plan, knowledge(), staged, signer, step)
        _exchange(staged, out)
    kept: dict[str, int] = {}
    for one in done.found.kept_back:
        kept[one.why] = kept.get(one.why, 0) + 1
    Run.objects.filter(pk=run.pk).update(
        state="done",
        step="",
        folder=out.name,
        code=done.code,
        ended_at=timezone.now(),
        summary={
            "editions": [one.edition.id for one in done.found.editions],
            "entries": done.head.size,
            "published": len(done.found.rows),
            "withheld": kept,
            "told": done.found.told,
            "signed": signer is not None,
        },
    )
    if run.release and run.edition is not None:
        log.info("released", extra={"task": "publish_run", "outcome": "done"})


def _exchange(staged: Path, out: Path) -> None:
    """The new publication in the place of the old: by renaming, so that a reader finds the one or the other."""
    old = out.with_name(f".{out.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    staged.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def begin_again() -> None:
    """Every run that has not ended is put into the queue, which is empty."""
    for run in Run.objects.filter(state__in=("waiting", "running")).order_by("pk"):
        publish_run.enqueue(run.pk)


def kept_up() -> None:
    """After a crash: the old publication is put back in its place if no other came, and what was half written goes.

    Called where nothing is at work.
    """
    place = home()
    for root in (place.published, place.previews):
        for old in root.glob(".*-old"):
            out = root / old.name.removeprefix(".").removesuffix("-old")
            if not out.exists():
                old.rename(out)
        for left in root.glob(".*"):
            shutil.rmtree(left, ignore_errors=True)
