"""Firmware images for all tests of this folder, made once for all workers."""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import images_made as made

from custodes.estate.firmware import signs_of
from custodes.evidence.firmware.facts.signs import Signs


@dataclass(frozen=True)
class Pair:
    """Two versions of a made-up camera: their trees, and their images in each wrapper."""

    folder: Path

    def tree(self, version: str) -> Path:
        """The root file system of a version."""
        return self.folder / version

    def image(self, wrapper: str, version: str) -> Path:
        """An image of a version."""
        return self.folder / f"cam-{version}.{wrapper}"


def build(folder: Path) -> None:
    """Make both versions in every wrapper."""
    for version in ("v1", "v2"):
        root = made.tree(folder / version, version)
        work = folder / "work"
        work.mkdir(exist_ok=True)
        for name, wrap in made.WRAPPERS.items():
            wrap(root, version, work / f"{name}-{version}.bin").rename(folder / f"cam-{version}.{name}")


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Pair]:
    """Both versions in every wrapper. With several workers the first that comes makes them."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "firmware-pair"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            build(folder)
            (folder / "made").touch()
    yield Pair(folder)


@pytest.fixture(scope="session")
def signs() -> Signs:
    """The signs of the bundled pack."""
    return signs_of(())
