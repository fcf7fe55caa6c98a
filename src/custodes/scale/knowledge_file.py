"""The reference data of a job as one file, named by what is in it: the same bytes for the same data."""

from __future__ import annotations

import atexit
import gc
import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from custodes.knowledge import files, knowledge
from custodes.knowledge.compile import compile_pack
from custodes.knowledge.load import load_pack
from custodes.model.errors import BadInput
from custodes.scale.job import Job
from custodes.scale.places import Place

NAME = "knowledge.zip"
_WHEN = (1980, 1, 1, 0, 0, 0)


def packed(overlays: Sequence[Path]) -> bytes:
    """The bundled pack and what is laid over it."""
    return _packed(overlays) if overlays else _bundled()


@lru_cache(maxsize=1)
def _bundled() -> bytes:
    return _packed(())


def _packed(overlays: Sequence[Path]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, data in files.contents([str(one) for one in overlays]).items():
            packed = name.endswith(".parquet")  # those are packed already
            how = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _WHEN), data, how, compresslevel=1)
    return sink.getvalue()


def name_of(data: bytes) -> str:
    """The hash by which a job names its reference data."""
    return hashlib.sha256(data).hexdigest()


def knowledge_of(job: Job) -> Any:
    """The compiled reference data that a job names, from the file beside its results. Raises BadInput."""
    data = (Place.of(job.out) / NAME).read()
    if name_of(data) != job.knowledge:
        raise BadInput("the reference data beside the results is not that of the job", where=job.out)
    return _loaded(data)


def settle() -> None:
    """The pack never changes: the collector need not walk through it, nor look so often at rows that come and go."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@lru_cache(maxsize=1)
def earlier(out: str) -> Any:
    """The compiled reference data of earlier results, beside that of this process. Raises BadInput."""
    place = Place.of(out) / NAME
    if not place.kind():
        raise BadInput("there is no reference data beside these results", where=out)
    root = _folder()
    with zipfile.ZipFile(io.BytesIO(place.read())) as held:
        for name in held.namelist():
            if name.startswith(("/", "..")) or "/../" in name:
                raise BadInput("this is no reference data that this program wrote", where=place.path)
        held.extractall(root)
    return compile_pack(load_pack(_overlays(root), root / "pack"))


def _folder() -> Path:
    """A folder that is there until this process ends."""
    root = Path(tempfile.mkdtemp(prefix="custodes-knowledge-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


def _overlays(root: Path) -> tuple[Path, ...]:
    """Own packs that were unpacked, in their order."""
    own = (one for one in root.iterdir() if one.name.startswith("own-"))
    return tuple(sorted(own, key=lambda one: int(one.name.removeprefix("own-"))))


@lru_cache(maxsize=2)
def _loaded(data: bytes) -> Any:
    """Unpacked until this process ends, read, compiled.

    Where the installed pack is another, the one that came stands in its place, in this process.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        came = {name: held.read(name) for name in held.namelist()}
        same = {name: told for name, told in came.items() if name.startswith("pack/")} == files.contents()
        wanted = [name for name in came if not (same and name.startswith("pack/"))]
        if not wanted:
            return knowledge(())
        root = _folder()
        held.extractall(root, wanted)  # names were written by `packed`, and the hash was compared
    if not same:
        files.use_instead(root / "pack")
    return knowledge(_overlays(root))
