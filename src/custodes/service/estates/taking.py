"""Files that come: in one piece or in many, resumed where they stopped; what each of them is."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from enum import StrEnum
from hashlib import file_digest, sha256
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from custodes.estate.config import READABLE
from custodes.model.errors import BadInput
from custodes.publication.checks.workbook import SHEET as SELF_ASSESSMENT
from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.estates.models import COMING, KEPT, WITHDRAWN, Estate, Upload
from custodes.service.home import home
from custodes.service.returns.files import keep, path_of, safe_name


class Kind(StrEnum):
    """What a file of an estate is."""

    RECORDS = "records"  # a register, an export, a scan, a capture, a log: its reader is found by its content
    FIRMWARE = "firmware"
    ANSWERS = "answers"
    FAULTS = "faults"
    ATTESTED = "attested"
    PAPER = "paper"
    BOUNDARY = "boundary"
    FOLDER = "folder"


#: In the words of the page.
KINDS = {
    "": "Recognise it",
    Kind.RECORDS: "Register, export, scan, capture or log",
    Kind.FIRMWARE: "Firmware image",
    Kind.ANSWERS: "List of questions, filled in",
    Kind.FAULTS: "Known faults (CSAF, OSV, CSV of exploited faults)",
    Kind.ATTESTED: "Self-assessment, filled in",
    Kind.PAPER: "Frozen copy of a form",
    Kind.BOUNDARY: "Boundaries for the map (GeoJSON)",
    Kind.FOLDER: "Whole estate folder (ZIP with custodes.toml)",
}
#: Files of which the findings are made.
CHANGES = frozenset((Kind.RECORDS, Kind.ANSWERS, Kind.FAULTS, Kind.ATTESTED, Kind.PAPER))
LARGEST = 1024 * 1024 * 1024
PIECE = 1024 * 1024
#: Files in a ZIP, and bytes at its end in which its own account of them stands.
MOST_MEMBERS, _END = 20_000, 66_000
#: Boundaries are drawn on each view: an outline of a county, not an atlas.
LARGEST_BOUNDARY = 4 * 1024 * 1024


class Misplaced(Exception):
    """A piece that does not follow what is there. `received`: where the next one must begin."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


class AlreadyThere(BadInput):
    """A file whose very bytes are there already, as the same kind of file."""

    def __init__(self, held: Upload) -> None:
        super().__init__("this file is there already", where=held.name)
        self.held = held


def begin(estate: Estate, by: User, name: str, size: int, mark: str, told: dict[str, object]) -> Upload:
    """A file that will come in pieces; the same one, half-sent before by the same person, goes on. Raises BadInput."""
    if not 0 < size <= LARGEST:
        raise BadInput("the file is empty" if size < 1 else f"the file is larger than {LARGEST // 2**20} MB")
    if mark:
        held = Upload.objects.filter(body=estate.body_id, by=by, state=COMING, mark=mark, size=size).first()
        if held is not None and _coming(held).is_file():
            for key, value in told.items():
                setattr(held, key, value)
            held.save()
            return held
    return Upload.objects.create(
        body_id=estate.body_id, by=by, name=safe_name(name), size=size, mark=mark, at=timezone.now(), **told
    )


def piece(upload: Upload, at: int, data: bytes) -> Upload:
    """The next bytes of a file that comes; the last ones make it whole. Raises Misplaced, BadInput."""
    with transaction.atomic():
        held = Upload.objects.select_for_update().get(pk=upload.pk)
        if held.state != COMING or at != held.received or at + len(data) > held.size:
            raise Misplaced(held.received)
        path = _coming(held)
        with path.open("r+b" if path.exists() else "x+b") as out:
            out.seek(at)
            out.write(data)
            out.truncate()
            out.flush()
            os.fsync(out.fileno())
        held.received += len(data)
        held.save()
    return held


def whole(upload: Upload, by: User) -> Upload:
    """A file of which every byte has come, in its place and of its kind. Raises Misplaced, BadInput."""
    if upload.state == KEPT:  # told twice, since the first answer did not arrive
        return upload
    path = _coming(upload)
    if upload.state != COMING or upload.received != upload.size or not path.is_file():
        raise Misplaced(upload.received)
    with path.open("rb") as stream:
        digest = file_digest(stream, "sha256").hexdigest()
    place = path_of(digest)
    place.parent.mkdir(exist_ok=True)
    path.replace(place)
    try:
        return _kept(upload, digest, by)
    except AlreadyThere:
        upload.delete()
        raise


def take(estate: Estate, by: User | None, given: UploadedFile[bytes], told: dict[str, object]) -> Upload:
    """A file that came in one piece. Raises BadInput."""
    digest, size = keep(given, LARGEST)
    upload = Upload(body_id=estate.body_id, by=by, name=safe_name(given.name or ""), at=timezone.now(), **told)
    upload.size = upload.received = size
    return _kept(upload, digest, by)


def take_path(estate: Estate, by: User | None, path: Path, told: dict[str, object]) -> Upload:
    """A file of this machine, out of an estate folder. Raises BadInput."""
    with path.open("rb") as stream:
        return take(estate, by, UploadedFile(stream, path.name, size=path.stat().st_size), told)


def withdraw(upload: Upload, by: User, reason: str) -> None:
    """The file counts no more. It stays where it is: what rested on it can still be walked back to it."""
    with transaction.atomic():
        counted = upload.state == KEPT and upload.kind in CHANGES
        upload.state, upload.reason = WITHDRAWN, reason[:400]
        upload.save()
        _coming(upload).unlink(missing_ok=True)
        told = {"upload": upload.pk, "sha256": upload.sha256, "reason_sha256": fingerprint(reason)}
        record(Act("upload_withdrawn", by), upload.body_id, told)
        if counted:
            changed(upload.body_id)


def changed(body: str) -> Estate:
    """What the estate rests on is no longer what it was. Called in the transaction of the change."""
    held = Estate.objects.select_for_update().get(body=body)
    held.changed += 1
    held.save(update_fields=["changed"])
    return held


def fingerprint(text: str) -> str:
    """Of a text: the record of changes, which the office reads too, holds this of it, the estate's own pages all."""
    return sha256(text.encode()).hexdigest()


def _coming(upload: Upload) -> Path:
    return home().files / f".coming-estate-{upload.pk}"


def _kept(upload: Upload, digest: str, by: User | None) -> Upload:
    """The row of a file that is there whole. What is there already in the same words is not taken twice."""
    kind = Kind(upload.kind) if upload.kind else recognise(path_of(digest), upload.name)
    if kind is Kind.BOUNDARY:
        _drawable(upload, path_of(digest))
    with transaction.atomic():
        Estate.objects.select_for_update().get(body=upload.body_id)
        held = Upload.objects.filter(body=upload.body_id, state=KEPT)
        if held.filter(sha256=digest, kind=kind).exclude(pk=upload.pk).exists():
            raise AlreadyThere(held.get(sha256=digest, kind=kind))
        upload.kind, upload.state, upload.sha256 = str(kind), KEPT, digest
        every = Upload.objects.filter(body=upload.body_id).exclude(pk=upload.pk)  # those taken out too
        upload.name = _free(upload.name, set(every.values_list("name", flat=True)))
        upload.save()
        told = {"upload": upload.pk, "sha256": digest, "size": upload.size, "kind": upload.kind}
        record(Act("upload_kept", by), upload.body_id, told)
        if kind in CHANGES:
            changed(upload.body_id)
    return upload


def _drawable(upload: Upload, path: Path) -> None:
    """Boundaries that a map can be drawn from. Raises BadInput."""
    from custodes.service.estates.sitemap import outlines

    if upload.size > LARGEST_BOUNDARY:
        raise BadInput(f"boundaries have up to {LARGEST_BOUNDARY // 2**20} MB", remedy="simplify them first")
    outlines(path)


def _free(name: str, taken: set[str]) -> str:
    """A name that no other file has or had: what people judged of `register.csv:7` stays about that file."""
    stem, dot, end = name.rpartition(".")
    stem, end = (stem, dot + end) if dot else (name, "")
    names = (name, *(f"{stem} ({number}){end}" for number in range(2, 10_000)))
    return next(one for one in names if one not in taken)


def recognise(path: Path, name: str) -> Kind:
    """What a file is, by its content where that tells it, else by its name. Raises BadInput."""
    end = Path(name).suffix.lower()
    if zipfile.is_zipfile(path):
        _few_members(path)
        return _packed(path, end)
    if end == ".geojson":
        return Kind.BOUNDARY
    return Kind.RECORDS if end in READABLE else Kind.FIRMWARE


def _few_members(path: Path) -> None:
    """The end of a ZIP says how many files it holds, before all their names are read. Raises BadInput."""
    with path.open("rb") as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - _END))
        tail = stream.read()
    place = tail.rfind(b"PK\x05\x06")
    many = int.from_bytes(tail[place + 10 : place + 12], "little") if place >= 0 else 0
    if many > MOST_MEMBERS:
        raise BadInput(f"there are more than {MOST_MEMBERS:,} files in it")


def _packed(path: Path, end: str) -> Kind:
    try:
        with zipfile.ZipFile(path) as held:
            names = held.namelist()
            book = _start(held, "xl/workbook.xml") if "xl/workbook.xml" in names else b""
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, RuntimeError, EOFError, ValueError):
        return Kind.RECORDS if end in READABLE else Kind.FIRMWARE
    if any(name.rpartition("/")[2] == "custodes.toml" for name in names):
        return Kind.FOLDER
    if {"MANIFEST.json", "paper.json"} <= set(names):
        return Kind.PAPER
    if b"Question ids" in book:
        return Kind.ANSWERS
    if f'name="{SELF_ASSESSMENT}"'.encode() in book:
        return Kind.ATTESTED
    return Kind.RECORDS if end in READABLE else Kind.FIRMWARE


def _start(held: zipfile.ZipFile, name: str) -> bytes:
    """The first bytes of a member, however large it says it is."""
    with held.open(name) as stream:
        return stream.read(64 * 1024)


def largest_piece() -> int:
    """Bytes of a piece at most: below what a request may hold."""
    return min(PIECE, int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) - 1)
