"""Files that are kept under their hash: the evidence of a return, and what else is uploaded."""

from __future__ import annotations

import os
import re
import tempfile
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from custodes.model.errors import BadInput
from custodes.publication.text import clean
from custodes.service.access.models import User
from custodes.service.audit.record import Act, record
from custodes.service.home import home
from custodes.service.returns.models import Evidence, Return
from custodes.service.returns.saving import lock, touched

_UNSAFE = re.compile(r"[^\w .,()+-]")


def keep(given: UploadedFile[bytes], most: int = 0) -> tuple[str, int]:
    """A file under its hash: the hash and the size. Written whole or not at all. Raises BadInput."""
    most = most or settings.LARGEST_UPLOAD
    folder = home().files
    digest, size = sha256(), 0
    handle, staged = tempfile.mkstemp(dir=folder, prefix=".coming-")
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in given.chunks():
                size += len(chunk)
                if size > most:
                    raise BadInput(f"the file is larger than {most // 1024 // 1024} MB")
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if size == 0:
            raise BadInput("the file is empty")
        name = digest.hexdigest()
        path = path_of(name)
        path.parent.mkdir(exist_ok=True)
        Path(staged).replace(path)
        return name, size
    finally:
        Path(staged).unlink(missing_ok=True)


def path_of(digest: str) -> Path:
    """Where a file of a hash lies."""
    return home().files / digest[:2] / digest


def safe_name(told: str) -> str:
    """A file name as it is shown and given back: no path, no control signs, no quotes."""
    name = _UNSAFE.sub("_", clean(told).replace("\\", "/").rpartition("/")[2]).strip(" .")
    return name[-150:] or "file"


def keep_evidence(of: Return, key: tuple[str, str], given: UploadedFile[bytes], by: User | None) -> Evidence:
    """A file that supports an answer. Raises BadInput, Closed."""
    digest, size = keep(given)
    with transaction.atomic():
        locked = lock(of)
        made = Evidence.objects.create(
            of=locked,
            body_id=locked.body_id,
            question=key[0],
            part=key[1],
            name=safe_name(given.name or ""),
            sha256=digest,
            size=size,
            at=timezone.now(),
            by=by,
        )
        told = {"return": locked.pk, "question": key[0], "part": key[1], "sha256": digest, "size": size}
        record(Act("evidence_added", by), locked.body_id, told)
        touched(locked, by)
    return made
