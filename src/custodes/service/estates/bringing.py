"""A whole estate folder, taken over: what `custodes.toml` says, the files it names, what people judged."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from custodes.estate.config import JUDGEMENTS, NAME, load_estate
from custodes.estate.config import Estate as Configured
from custodes.estate.judging import read_judgements
from custodes.knowledge import knowledge
from custodes.model.contradictions import Standing
from custodes.model.errors import BadInput
from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.estates.folder import TEXTS
from custodes.service.estates.models import DONE, Estate, Judged, JudgedOf, Run, Site, System, Upload
from custodes.service.estates.taking import AlreadyThere, Kind, changed, take_path

#: A configuration, judgements, a plan: bytes of what people write themselves.
MOST_TEXT = 256 * 1024


@transaction.atomic
def bring(estate: Estate, root: Path, run: Run) -> None:
    """What a run took apart, and the run that works it out: either both, or neither. Raises BadInput."""
    from custodes.service.estates.running import want

    many = bring_folder(estate, root, run.by)
    after = want(estate, run.by)
    told = {"brought": many, "next": after.pk}
    Run.objects.filter(pk=run.pk).update(state=DONE, step="", told=told, ended_at=timezone.now())


def bring_folder(estate: Estate, root: Path, by: User | None) -> int:
    """Takes a folder on this machine; returns how many files are new. Raises BadInput; then nothing of it is here."""
    _inside(root)
    try:
        read = load_estate(root)
    except (AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError) as error:
        raise BadInput(f"{NAME} cannot be read", why=f"{type(error).__name__}: {error}"[:160]) from None
    others = [name for name in read.bodies if name != estate.body_id]
    if len(read.bodies) > 1 and others:
        raise BadInput(
            "the folder is of several bodies; an estate here is one body's",
            where=NAME,
            why=", ".join(sorted(read.bodies))[:200],
            remedy="upload each body's files to its own estate",
        )
    with transaction.atomic():
        held = Estate.objects.select_for_update().select_related("body").get(pk=estate.pk)
        _configure(held, root, read)
        names, many = _sources(held, read, by)
        for kind, paths in (
            (Kind.ANSWERS, read.answers),
            (Kind.FAULTS, read.advisories),
            (Kind.PAPER, read.papers),
            (Kind.ATTESTED, [one for one in read.attested if one.suffix == ".xlsx"]),
        ):
            for path in paths:
                many += _take(held, by, path, {"kind": str(kind)})[1]
        if read.judgements is not None:
            _judge(held, read.judgements, names, by)
        record(Act("estate_brought", by), held.body_id, {"files": many, "sites": len(read.sites)})
        changed(held.body_id)
    return many


def _inside(root: Path) -> None:
    """Nothing that the configuration names may lie outside its folder: what lies there is not whoever sends it's own.

    Raises BadInput.
    """
    for name in (NAME, JUDGEMENTS, *TEXTS):
        path = root / name
        if path.is_file() and path.stat().st_size > MOST_TEXT:
            raise BadInput(f"a file that people write has up to {MOST_TEXT // 1024} KB", where=name)
    try:
        told = tomllib.loads((root / NAME).read_text(encoding="utf-8"))
        sources = [dict(item) for item in told.get("source", ())]
    except (ValueError, TypeError, OSError, RecursionError) as error:
        raise BadInput(f"{NAME} cannot be read", why=str(error)[:160]) from None
    for item in sources:
        name = str(item.get("file", ""))
        path = (root / name.replace("\x00", "")).resolve()
        if "\x00" in name or not path.is_relative_to(root.resolve()):
            raise BadInput("a source leads out of the folder", where=NAME, why=name[:80])
        if isinstance(item.get("mapping"), str):
            raise BadInput("a mapping in a file of its own is not taken", where=NAME, remedy=f"write it into {NAME}")


def _sources(estate: Estate, read: Configured, by: User | None) -> tuple[dict[str, str], int]:
    """The files of records: by which name each is here from now on, and how many are new. Raises BadInput."""
    names: dict[str, str] = {}
    many = 0
    for source in read.sources:
        if source.file.name in names:
            raise BadInput("two sources have one file name", where=source.file.name, remedy="give one another name")
        mapping = source.mapping if isinstance(source.mapping, Mapping) else {}
        told: dict[str, Any] = {
            "kind": str(Kind.RECORDS),
            "system": source.system,
            "site": source.site,
            "standing": "" if source.standing is Standing.RECORDED else str(source.standing),
            "dated": source.dated,
            "told": {"mapping": dict(mapping)},
        }
        names[source.file.name], new = _take(estate, by, source.file, told)
        many += new
    return names, many


def _take(estate: Estate, by: User | None, path: Path, told: dict[str, Any]) -> tuple[str, int]:
    """A file of the folder: its name here, and 1 if it is new. Of one that is here already, what the folder tells of it
    holds from now on."""
    try:
        return take_path(estate, by, path, told).name, 1
    except AlreadyThere as error:
        Upload.objects.filter(pk=error.held.pk).update(**told)
        return error.held.name, 0


def _configure(estate: Estate, root: Path, read: Configured) -> None:
    """What the configuration says of the estate, its sites and its systems."""
    head = read.bodies.get(estate.body_id) or next(iter(read.bodies.values()), None)
    estate.title, estate.synthetic = read.title[:200], read.synthetic
    if head is not None:
        estate.kind, estate.jurisdiction = head.kind[:60], head.jurisdiction[:60]
        estate.told |= {
            "facts": dict(head.facts), "exceptions": list(head.exceptions), "values": dict(head.values)
        }  # fmt: skip
    if read.as_at is not None:
        estate.told["as_at"] = read.as_at.isoformat()
    unknown = sorted(set(read.forms) - set(knowledge(()).forms))
    if unknown:
        raise BadInput(f"there is no form {unknown[0][:60]!r}", where=NAME)
    estate.told["forms"] = {name: {**one.values, **one.tables} for name, one in read.forms.items()}
    estate.more |= {
        name: (root / name).read_bytes().decode("utf-8", "replace") for name in TEXTS if (root / name).is_file()
    }  # fmt: skip
    estate.save(update_fields=["title", "synthetic", "kind", "jurisdiction", "told", "more"])
    for site in read.sites.values():
        told = {"aliases": list(site.aliases), "facts": dict(site.facts)}
        Site.objects.update_or_create(
            body_id=estate.body_id,
            slug=site.id[:64],
            defaults={"name": site.name[:200], "sensitive": site.sensitive, "landlord": site.landlord[:200],
                      "told": told},
        )  # fmt: skip
    for system in read.systems.values():
        held = asdict(system)
        told = {key: value for key, value in held.items() if key not in ("id", "name", "kind", "body") and value}
        System.objects.update_or_create(
            body_id=estate.body_id,
            slug=system.id[:64],
            defaults={"name": system.name[:200], "kind": system.kind[:60], "told": told},
        )


def _judge(estate: Estate, path: Path, names: Mapping[str, str], by: User | None) -> None:
    """What was judged already, of the records that are meant: a file may have another name here. A line that cannot be
    brought to its record is refused with the whole folder. Raises BadInput."""
    found, faults = read_judgements(path)
    if faults:
        raise BadInput(faults[0], where=path.name)
    for one in found:
        of = [_named_here(name, names, path.name) for name in one.of]
        made = Judged.objects.create(
            body_id=estate.body_id,
            say=str(one.say),
            of=of,
            value=one.value[:200],
            because=f"{one.because} (judged by {one.by} on {one.on})".strip()[:4000],
            by=by,
            at=timezone.now(),
        )
        JudgedOf.objects.bulk_create([JudgedOf(body_id=estate.body_id, judged=made, ref=name) for name in of])


def _named_here(name: str, names: Mapping[str, str], where: str) -> str:
    """A record as it is called here: its file may have been renamed. Raises BadInput."""
    if name.startswith(("mac:", "serial:")) or ":" not in name:
        return name
    for old, new in names.items():
        if name.startswith(f"{old}:"):
            return new + name.removeprefix(old)
    raise BadInput(f"a judgement is of a record of no source: {name[:80]!r}", where=where)
