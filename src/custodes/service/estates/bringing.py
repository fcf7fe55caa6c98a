"""A whole estate folder in a ZIP, taken apart: what `custodes.toml` says, the files it names, what people judged."""

from __future__ import annotations

import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction
from django.utils import timezone

from custodes.estate.config import NAME, load_estate
from custodes.estate.config import Estate as Configured
from custodes.estate.judging import read_judgements
from custodes.model.errors import BadInput
from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.estates.folder import TEXTS
from custodes.service.estates.models import WITHDRAWN, Estate, Judged, JudgedOf, Site, System, Upload
from custodes.service.estates.taking import AlreadyThere, Kind, changed, take_path
from custodes.service.returns.files import path_of

MOST_FILES, MOST_BYTES = 2_000, 2 * 1024 * 1024 * 1024
_LONGEST = 120


def bring(estate: Estate, packed: Upload, by: User | None) -> int:
    """Takes a folder that was uploaded as a ZIP; the ZIP itself counts no more. Returns how many files. Raises
    BadInput."""
    with tempfile.TemporaryDirectory(prefix="custodes-estate-") as place:
        root = _unpacked(path_of(packed.sha256), Path(place))
        many = bring_folder(estate, root, by)
    Upload.objects.filter(pk=packed.pk).update(state=WITHDRAWN)
    return many


def _unpacked(path: Path, place: Path) -> Path:
    """The folder of a ZIP that holds `custodes.toml`. Raises BadInput."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MOST_FILES or sum(one.file_size for one in members) > MOST_BYTES:
                raise BadInput(f"there are more than {MOST_FILES:,} files or {MOST_BYTES // 2**30} GB in it")
            for one in members:
                _write(archive, one, place)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise BadInput("this is no ZIP that can be read", why=str(error)[:120]) from None
    found = sorted(place.rglob(NAME), key=lambda one: len(one.parts))
    if not found:
        raise BadInput(f"there is no {NAME} in it", remedy="zip the estate's folder")
    return found[0].parent


def _write(archive: zipfile.ZipFile, one: zipfile.ZipInfo, place: Path) -> None:
    name = PurePosixPath(one.filename)
    bad = name.is_absolute() or ".." in name.parts or "\\" in one.filename or ":" in one.filename
    if bad or len(one.filename) > 400 or any(len(part) > _LONGEST for part in name.parts) or "\x00" in one.filename:
        raise BadInput("a file name leads out of the folder, or is too long", where=one.filename[:80])
    if any(part.startswith(".") for part in name.parts):
        return
    target = place.joinpath(*name.parts)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(one) as source, target.open("xb") as out:
            left = one.file_size
            while chunk := source.read(min(1 << 20, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise BadInput("a file is larger than the ZIP says", where=one.filename[:80])
                out.write(chunk)
    except FileExistsError:
        raise BadInput("a file stands in it twice", where=one.filename[:80]) from None
    except OSError as error:
        raise BadInput("a file cannot be taken out of it", where=one.filename[:80], why=error.strerror or "") from None


def bring_folder(estate: Estate, root: Path, by: User | None) -> int:
    """The same of a folder on this machine. Raises BadInput."""
    read = load_estate(root)
    others = [name for name in read.bodies if name != estate.body_id]
    if len(read.bodies) > 1 and others:
        raise BadInput(
            "the folder is of several bodies; an estate here is one body's",
            where=NAME,
            why=", ".join(sorted(read.bodies))[:200],
            remedy="upload each body's files to its own estate",
        )
    with transaction.atomic():
        _configure(estate, root, read)
        many = 0
        for source in read.sources:
            mapping = source.mapping if isinstance(source.mapping, Mapping) else {}
            told: dict[str, Any] = {"kind": str(Kind.RECORDS), "system": source.system, "site": source.site,
                                    "standing": "" if str(source.standing) == "recorded" else str(source.standing),
                                    "dated": source.dated, "told": {"mapping": dict(mapping)}}  # fmt: skip
            many += _take(estate, by, source.file, told)
        for kind, paths in (
            (Kind.ANSWERS, read.answers),
            (Kind.FAULTS, read.advisories),
            (Kind.PAPER, read.papers),
            (Kind.ATTESTED, [one for one in read.attested if one.suffix == ".xlsx"]),
        ):
            for path in paths:
                many += _take(estate, by, path, {"kind": str(kind)})
        if read.judgements is not None:
            _judge(estate, read.judgements, by)
        record(Act("estate_brought", by), estate.body_id, {"files": many, "sites": len(read.sites)})
        changed(estate.body_id)
    return many


def _take(estate: Estate, by: User | None, path: Path, told: dict[str, Any]) -> int:
    """A file of the folder. Of one that is here already, what the folder tells of it holds from now on."""
    try:
        take_path(estate, by, path, told)
    except AlreadyThere as error:
        Upload.objects.filter(pk=error.held.pk).update(**told)
        return 0
    return 1


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
    estate.told["forms"] = {name: {**one.values, **one.tables} for name, one in read.forms.items()}
    estate.more |= {
        name: (root / name).read_text(encoding="utf-8") for name in TEXTS if (root / name).is_file()
    }  # fmt: skip
    estate.save()
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


def _judge(estate: Estate, path: Path, by: User | None) -> None:
    """What was judged already. A line that cannot be read is refused with the whole folder. Raises BadInput."""
    found, faults = read_judgements(path)
    if faults:
        raise BadInput(faults[0], where=path.name)
    for one in found:
        made = Judged.objects.create(
            body_id=estate.body_id,
            say=str(one.say),
            of=list(one.of),
            value=one.value[:200],
            because=f"{one.because} (judged by {one.by} on {one.on})".strip()[:4000],
            by=by,
            at=timezone.now(),
        )
        JudgedOf.objects.bulk_create([JudgedOf(body_id=estate.body_id, judged=made, ref=name) for name in one.of])
