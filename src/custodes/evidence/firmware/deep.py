"""What no reader here opens, handed to unblob: a child without network, with bounds on memory, time, files and disk."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from custodes.evidence.firmware.budget import Part
from custodes.model.firmware import Kind, Limits

_PROGRAM = "unblob"
_DISK = 256 << 20
_MEMORY = 2 << 30
_LOOK = 0.1
_MOST_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Deep:
    """What it found in some bytes, and what ended it before it was done (empty where nothing did)."""

    parts: tuple[Part, ...]
    problem: str = ""


def ready() -> str:
    """Why it cannot be asked; empty where it can."""
    if shutil.which(_PROGRAM) is None:
        return "unblob is not installed: bytes that none of the readers knows are told as unknown"
    if subprocess.run([*_alone(), "true"], capture_output=True).returncode:
        return "unblob is not asked: a child cannot be kept from the network here"
    return ""


def dig(data: bytes | memoryview, limits: Limits) -> Deep:
    """Have unblob open bytes. It runs in a folder of its own, gone afterwards; links in it are not followed."""
    with TemporaryDirectory(prefix="custodes-") as folder:
        source, out = Path(folder) / "bytes", Path(folder) / "out"
        source.write_bytes(data)
        out.mkdir()
        words = [*_alone(), _PROGRAM, "-p", "1", "-d", "8", "-e", str(out), str(source)]
        problem = _run(words, Path(folder), limits.seconds)
        return Deep(tuple(_found(out)), problem)


def _alone() -> list[str]:
    """A network of its own, in which there is nothing."""
    return ["unshare", "--map-root-user", "--net", "--"]


def _run(words: list[str], folder: Path, seconds: float) -> str:
    told = {key: os.environ[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH") if key in os.environ}
    child = subprocess.Popen(
        words, cwd=folder, env={**told, "HOME": str(folder), "TMPDIR": str(folder)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, preexec_fn=_bounds,
    )  # fmt: skip
    end, problem = time.monotonic() + seconds, ""
    while child.poll() is None and not problem:
        time.sleep(_LOOK)
        if time.monotonic() > end:
            problem = f"unblob was ended after {seconds:g} seconds"
        elif _size(folder) > _DISK:
            problem = f"unblob was ended at {_DISK >> 20} MiB of files"
    if problem:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    elif child.returncode:
        problem = f"unblob failed with code {child.returncode}"
    return problem


def _bounds() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (_DISK, _DISK))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in _walk(folder))


def _walk(folder: Path) -> Iterator[Path]:
    """Files and links below a folder; links are not followed, what vanishes meanwhile is passed over."""
    count = 0
    for base, folders, names in os.walk(folder, followlinks=False):
        links = [name for name in folders if (Path(base) / name).is_symlink()]
        for name in sorted([*names, *links]):
            count += 1
            if count > _MOST_FILES:
                return
            path = Path(base) / name
            if path.is_symlink() or path.is_file():
                yield path


def _found(out: Path) -> Iterator[Part]:
    for path in sorted(path for path in _walk(out) if path.suffix != ".unknown"):
        name, mode = str(path.relative_to(out)), stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            yield Part(name, kind=Kind.LINK, mode=mode, link=str(path.readlink()))
        else:
            yield Part(name, path.read_bytes(), mode=mode)
