"""A bundle is made beside its place and moved there whole, so that no half bundle is ever taken for one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custodes.model.errors import BadUsage
from custodes.publication.proof.manifest import MANIFEST


@contextmanager
def placed(out: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `out` once all went well.

    Raises BadUsage if `out` holds what is no bundle of ours: that is never taken away.
    """
    if out.exists() and not out.is_dir():
        raise BadUsage("this is a file, and a folder is wanted", where=str(out))
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        remedy = "give a folder that is empty or not there"
        raise BadUsage("the folder holds other things", where=str(out), remedy=remedy)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        made = Path(folder) / "bundle"
        made.mkdir()
        yield made
        if out.exists():
            shutil.rmtree(out)
        made.rename(out)
