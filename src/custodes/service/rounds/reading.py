"""A round's replies, read in the background and put where its pages find them."""

from __future__ import annotations

import json
import logging
import shutil
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from custodes.model.errors import CustodesError
from custodes.service.access.models import User
from custodes.service.access.scope import EVERYTHING, within
from custodes.service.audit.record import OFFICE_CHAIN, Act, record
from custodes.service.home import home
from custodes.service.limited.watching import watch
from custodes.service.returns.files import path_of
from custodes.service.room import TOLD, is_full
from custodes.service.rounds.job import LINES, NOTES
from custodes.service.rounds.models import Line, Round
from custodes.service.web.lines import lines

log = logging.getLogger("custodes.service.rounds")
_BATCH = 500


def place(of: Round) -> Path:
    """Where what was made of a round lies."""
    return home().path / "rounds" / str(of.pk)


def want(of: Round, by: User | None) -> None:
    """The replies will be read anew soon. Called in the transaction of the change."""
    Round.objects.filter(pk=of.pk).update(state="waiting", step="", error="")
    record(Act("round_to_read", by), OFFICE_CHAIN, {"round": of.pk})
    round_read.enqueue(of.pk)


@task()
def round_read(number: int) -> None:
    """Reads one round. It may be begun again: a reading replaces the one before, whole."""
    with within(EVERYTHING):
        of = Round.objects.get(pk=number)
        if of.state not in ("waiting", "running"):
            return
        Round.objects.filter(pk=number).update(state="running")
        try:
            _read(of)
        except CustodesError as error:
            _ended(of, "failed", TOLD if is_full(error) else str(error))
        except Exception as error:
            _ended(of, "failed", TOLD if is_full(error) else "a fault of the program; see the log")
            raise


def _ended(of: Round, state: str, error: str = "") -> None:
    with transaction.atomic():
        Round.objects.filter(pk=of.pk).update(state=state, step="", error=error[:4000])
        record(Act(f"round_{state}", None), OFFICE_CHAIN, {"round": of.pk})


def _read(of: Round) -> None:
    out = place(of)
    staged = out.with_name(f".{out.name}-coming")
    shutil.rmtree(staged, ignore_errors=True)
    folder = staged / "input"
    folder.mkdir(parents=True)
    for file in of.files.order_by("pk"):
        shutil.copyfile(path_of(file.sha256), folder / f"{file.pk:06}-{file.name}")
    job = {
        "module": "custodes.service.rounds.job",
        "kind": "foi",
        "folder": str(folder),
        "out": str(staged),
        "law": of.law,
        "sent": of.sent.isoformat() if of.sent else "",
        "on": timezone.localdate().isoformat(),
    }
    (staged / "job.json").write_text(json.dumps(job), encoding="utf-8")
    watch(staged / "job.json", lambda step: _step(of, step))
    shutil.rmtree(folder)
    reading = of.reading + 1
    Line.objects.filter(of=of, reading=reading).delete()  # of the same reading, ended half-way
    numbered = enumerate(lines(staged / LINES), 1)
    while batch := list(islice(numbered, _BATCH)):
        Line.objects.bulk_create(
            Line(
                of=of,
                reading=reading,
                number=number,
                key=told["key"],
                body=str(told["body"])[:200],
                kind=told["kind"],
                due=told["due"],
                late=told["late"],
                told=told,
            )
            for number, told in batch
        )
    shutil.rmtree(out, ignore_errors=True)
    staged.rename(out)
    notes = json.loads((out / NOTES).read_text(encoding="utf-8"))
    with transaction.atomic():
        Round.objects.filter(pk=of.pk).update(reading=reading, notes=notes)
    Line.objects.filter(of=of, reading__lt=reading).delete()
    _ended(of, "done")


def _step(of: Round, step: str) -> None:
    with within(EVERYTHING):
        Round.objects.filter(pk=of.pk).update(step=step[:120])


def begin_again() -> None:
    """Every round whose reading has not ended is put into the queue, which is empty."""
    for of in Round.objects.filter(state__in=("waiting", "running")).order_by("pk"):
        round_read.enqueue(of.pk)
