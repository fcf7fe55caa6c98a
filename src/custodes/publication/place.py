"""A bundle is made beside its place and moved there whole, so that no half bundle is ever taken for one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custodes.model.errors import BadUsage
from custodes.publication.proof.bundle import CHECKPOINT
from custodes.publication.proof.manifest import MANIFEST, BadManifest, read_manifest, walk


@contextmanager
def placed(out: Path, source: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `out` once all went well.

    Raises BadUsage if `out` holds anything that is no part of a bundle of ours, or is or holds or lies in `source`:
    nothing is taken away but what this program wrote.
    """
    _refuse(out, source)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        made = Path(folder) / "bundle"
        made.mkdir()
        yield made
        if out.exists():
            shutil.rmtree(out)
        made.rename(out)


def _refuse(out: Path, source: Path) -> None:
    remedy = "give a folder that is empty or not there"
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise BadUsage("this is no plain folder, and one is wanted", where=str(out), remedy=remedy)
    place, from_ = out.resolve(), source.resolve()
    if place == from_ or place in from_.parents or from_ in place.parents:
        raise BadUsage("the bundle would lie in what it is made from, or over it", where=str(out), remedy=remedy)
    if not out.is_dir() or not any(out.iterdir()):
        return
    try:
        known = {*read_manifest((out / MANIFEST).read_bytes()), MANIFEST, CHECKPOINT}
    except (OSError, BadManifest):
        known = set()
    strange = next((path for path, _ in walk(out) if path not in known), "")
    if strange:
        raise BadUsage("the folder holds other things", where=str(out / strange), remedy=remedy)
