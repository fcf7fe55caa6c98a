"""Estates: a body's own equipment, for its own programs."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Query, Router
from ninja.files import UploadedFile

from custodes.service.access.roles import May
from custodes.service.api.auth import acting
from custodes.service.api.returns import REFUSALS
from custodes.service.api.schemas import (
    DeviceLine,
    DevicesAsked,
    DevicesOut,
    EstateOut,
    FindingLine,
    FindingsAsked,
    JudgementIn,
    RunOut,
    WorkIn,
)
from custodes.service.api.schemas import Taken as Many
from custodes.service.estates import acts, register, taking
from custodes.service.estates.models import Device, Estate, Found, Run, Work
from custodes.service.estates.running import want, want_read
from custodes.service.surveys.models import Body

router = Router()
_PAGE = 200


def _held(body: str) -> tuple[Estate, Run]:
    """An estate with the assessment that counts. Raises Http404 where nothing was worked out yet."""
    estate = get_object_or_404(Estate.objects.select_related("current", "body"), body=body)
    if estate.current is None:
        raise Http404
    return estate, estate.current


def _run(run: Run) -> RunOut:
    return RunOut(number=run.pk, kind=run.kind, state=run.state, step=run.step, error=run.error)


@router.get("/{body}", response={200: EstateOut, **REFUSALS})
def read(request: HttpRequest, body: str) -> EstateOut:
    """What was found last: how many devices, of how many the maker is established, and how each file was read."""
    with acting(request, May.READ_ESTATE, body):
        _, run = _held(body)
        told = run.told
        counts = {key: int(told[key]) for key in ("live", "not_live", "established", "probable", "unknown", "asked")}
        return EstateOut(
            run=run.pk, as_at=told["as_at"], pack=told["pack"]["version"], records=told["number"], **counts
        )


@router.get("/{body}/devices", response={200: DevicesOut, **REFUSALS})
def devices(request: HttpRequest, body: str, asked: Query[DevicesAsked]) -> DevicesOut:
    """Devices in the order of the register, 50 at a time; `next` is the `after` of the following page."""
    with acting(request, May.READ_ESTATE, body):
        _, run = _held(body)
        told = {key: str(value) for key, value in asked.dict(exclude_none=True).items() if key != "after"}
        found = register.page(run, register.Filter.of(told), asked.after, 0)
        lines = [DeviceLine(**{key: row[key] for key in DeviceLine.model_fields}) for row in found.rows]
        return DevicesOut(devices=lines, next=found.after)


@router.get("/{body}/devices/{ident}", response={200: dict[str, Any], **REFUSALS})
def device(request: HttpRequest, body: str, ident: str) -> dict[str, Any]:
    """Everything about a device: the object of `custodes explain`, and every record of it."""
    with acting(request, May.READ_ESTATE, body):
        _, run = _held(body)
        return register.payload(get_object_or_404(Device, run=run, body=body, ident=ident[:64].replace("\x00", "")))


@router.get("/{body}/findings", response={200: list[FindingLine], **REFUSALS})
def findings(request: HttpRequest, body: str, asked: Query[FindingsAsked]) -> list[FindingLine]:
    """Findings, serious ones first, 200 at a time, each with what is done about it."""
    with acting(request, May.READ_ESTATE, body):
        _, run = _held(body)
        found = Found.objects.filter(run=run, severity__gte=asked.least).order_by("-severity", "number")
        rows = list(found[asked.start : asked.start + _PAGE])
        work = {one.key: one for one in Work.objects.filter(body=body, key__in=[row.key for row in rows])}
        return [_finding(row, work.get(row.key)) for row in rows]


def _finding(row: Found, work: Work | None) -> FindingLine:
    state = work.state if work is not None else "open"
    due = work.due if work is not None else None
    return FindingLine(
        key=row.key,
        kind=row.kind,
        severity=register.SEVERITY[row.severity],
        text=row.text,
        device=row.device,
        state=state,
        due=due,
    )


@router.post("/{body}/findings", response={200: Many, **REFUSALS})
def work(request: HttpRequest, body: str, given: WorkIn) -> Many:
    """Where findings stand: all of them, or none."""
    with acting(request, May.WORK_ESTATE, body) as user:
        estate, run = _held(body)
        wanted = sorted(set(given.findings))
        there = set(Found.objects.filter(run=run, key__in=wanted).values_list("key", flat=True))
        if there != set(wanted):
            raise acts.Unfit("A finding that is named is not there: nothing was changed.")
        step = acts.Step(given.state, due=given.due, note=given.note.strip())
        return Many(many=acts.put_to_work(estate, user, wanted, step))


@router.post("/{body}/judgements", response={200: RunOut, **REFUSALS})
def judge(request: HttpRequest, body: str, given: JudgementIn) -> RunOut:
    """What somebody judged of devices, named by their ids; the run that works it in."""
    with acting(request, May.WORK_ESTATE, body) as user:
        estate, run = _held(body)
        refs = dict(Device.objects.filter(run=run, ident__in=given.devices).values_list("ident", "ref"))
        if set(refs) != set(given.devices):
            raise acts.Unfit("A device that is named is not there: nothing was judged.")
        acts.judge(estate, user, given.say, list(refs.values()), given.value.strip(), given.because.strip())
        return _run(want(estate, user))


@router.post("/{body}/files", response={200: RunOut, **REFUSALS})
def upload(request: HttpRequest, body: str, file: File[UploadedFile]) -> RunOut:
    """A register, a scan, a capture, a firmware image; a whole folder; the run that reads it."""
    with acting(request, May.WORK_ESTATE, body) as user:
        estate = acts.estate_of(get_object_or_404(Body, pk=body))
        taken = taking.take(estate, user, file, {"kind": ""})
        return _run(want_read(estate, taken, user))


@router.get("/{body}/runs/{number}", response={200: RunOut, **REFUSALS})
def run(request: HttpRequest, body: str, number: int) -> RunOut:
    """How far a run is."""
    with acting(request, May.READ_ESTATE, body):
        if not 0 < number < 2**31:
            raise Http404
        return _run(get_object_or_404(Run, pk=number, body=body))
