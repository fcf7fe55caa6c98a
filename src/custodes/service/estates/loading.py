"""Puts the results of an assessment into the tables that pages read; those of the run before go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection

from custodes.service.estates import results
from custodes.service.estates.models import KEPT, Asked, Device, Found, Run, Upload
from custodes.service.web.lines import lines

_BATCH = 2_000
TABLES = (Device, Found, Asked)


def load(run: Run, out: Path) -> dict[str, Any]:
    """Every device, finding and question, in steps: nobody sees them before the estate names the run, and nobody waits.

    Returns what the run's page tells.
    """
    for model in TABLES:
        model.objects.filter(run=run).delete()  # of the same run, ended half-way
    number = 0
    for batch in results.rows(out / results.ROWS):
        Device.objects.bulk_create(
            Device(body_id=run.body_id, run=run, number=number + place, **row) for place, row in enumerate(batch, 1)
        )
        number += len(batch)
    severities: dict[str, int] = {}
    kinds: dict[str, int] = {}
    for found in _batches(lines(out / results.FOUND)):
        Found.objects.bulk_create(Found(body_id=run.body_id, run=run, number=place, **row) for place, row in found)
        for _, row in found:
            kinds[row["kind"]] = kinds.get(row["kind"], 0) + 1
            name = str(row["severity"])
            severities[name] = severities.get(name, 0) + 1
    asked = 0
    for questions in _batches(lines(out / results.ASKED)):
        Asked.objects.bulk_create(Asked(body_id=run.body_id, run=run, **row) for _, row in questions)
        asked += len(questions)
    told: dict[str, Any] = results.read_json(out / results.TOLD)
    _files(run, told["files"])
    return told | {"number": number, "kinds": kinds, "severities": severities, "asked": asked}


def clear(run: Run, before: Run | None) -> None:
    """Takes the rows of every other run of the body away, in steps, but those of the one before."""
    kept = [run.pk, before.pk if before is not None else run.pk]
    for model in TABLES:
        while True:
            old = model.objects.filter(body=run.body_id).exclude(run__in=kept).values_list("pk", flat=True)[:_BATCH]
            if not model.objects.filter(pk__in=list(old)).delete()[0]:
                break


def settle() -> None:
    """On PostgreSQL, tells the planner of the new rows, and lets indexes answer alone."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[tuple[int, Mapping[str, Any]]]]:
    numbered = enumerate(rows, 1)
    while batch := list(islice(numbered, _BATCH)):
        yield batch


def _files(run: Run, files: Iterable[Mapping[str, Any]]) -> None:
    """Beside each file that was uploaded, how it was read."""
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for one in files:
        by_name.setdefault(str(one["file"]), []).append(one)
    for upload in Upload.objects.filter(body=run.body_id, state=KEPT):
        read = by_name.get(upload.name)
        if read is None:
            continue
        sums = {key: sum(int(one[key]) for one in read) for key in ("rows", "devices", "merged", "skipped")}
        gaps = [gap for one in read for gap in one["gaps"]][:20]
        more = {"format": ", ".join(dict.fromkeys(str(one["format"]) for one in read)), "gaps": gaps}
        kept = {"mapping": upload.told["mapping"]} if upload.told.get("mapping") else {}
        Upload.objects.filter(pk=upload.pk).update(told={**kept, **sums, **more, "run": run.pk})
