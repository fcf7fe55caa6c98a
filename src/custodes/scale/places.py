"""Where tables lie: folders of this machine, and object stores by their address (`s3://`, `gs://`, `abfs://`, `hdfs://`)."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from custodes.model.errors import BadInput, BadUsage

#: Files of tables, by how their name ends.
PARQUET, ARROW = (".parquet", ".pq"), (".arrow", ".feather", ".ipc")
_COMING = ".coming"


@dataclass(frozen=True)
class Place:
    """A folder or a file in a file system."""

    system: Any
    path: str

    @classmethod
    def of(cls, told: str) -> Place:
        """From a path of this machine or an address. Raises BadInput."""
        if "://" not in told:
            return cls(fs.LocalFileSystem(), str(Path(told).absolute()))
        try:
            system, path = fs.FileSystem.from_uri(told)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise BadInput(
                "this address names no place that can be read",
                where=told[:200],
                why=str(error).splitlines()[0][:160],
                remedy="give a folder, or an address such as s3://bucket/folder",
            ) from None
        return cls(system, path)

    def __truediv__(self, name: str) -> Place:
        return Place(self.system, f"{self.path.rstrip('/')}/{name}")

    @property
    def local(self) -> bool:
        """Whether it is a folder of this machine."""
        return isinstance(self.system, fs.LocalFileSystem)

    def kind(self) -> str:
        """`file`, `folder`, or nothing where nothing is there."""
        found = self.system.get_file_info(self.path).type
        return {fs.FileType.File: "file", fs.FileType.Directory: "folder"}.get(found, "")

    def files(self) -> list[str]:
        """Paths of the files below, relative to it, in the order of their names."""
        chosen = fs.FileSelector(self.path, recursive=True, allow_not_found=True)
        start = self.path.rstrip("/") + "/"
        found = [one for one in self.system.get_file_info(chosen) if one.type == fs.FileType.File]
        return sorted(one.path.removeprefix(start) for one in found)

    def read(self) -> bytes:
        """All of a file."""
        with self.system.open_input_stream(self.path) as stream:
            return bytes(stream.read())

    @contextmanager
    def copied(self) -> Iterator[str]:
        """A file as programs read it that know this machine alone: where it is, or a copy of it."""
        if self.local:
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="custodes-") as folder:
            copy = Path(folder) / self.path.rpartition("/")[2]
            copy.write_bytes(self.read())
            yield str(copy)

    def put(self, data: bytes) -> None:
        """A file, whole or not at all: whoever kills this leaves the old one, or none, or the new one.

        An object store shows an object once it is complete; on this machine the bytes are written beside and moved.
        """
        if not self.local:
            with self.system.open_output_stream(self.path) as stream:
                stream.write(data)
            return
        target = Path(self.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        staged = target.with_name(f".{target.name}.{os.getpid()}{_COMING}")
        with staged.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        staged.replace(target)

    def tidy(self) -> None:
        """Takes away what a killed process had not moved yet."""
        if self.local:
            for left in Path(self.path).rglob(f".*{_COMING}"):
                left.unlink(missing_ok=True)

    def remove(self) -> None:
        """A folder with all that is in it; one that is not there stays so."""
        if self.kind() == "folder":
            self.system.delete_dir(self.path)


@contextmanager
def alone(out: Place) -> Iterator[None]:
    """Results of this machine are worked out by one run at a time. Raises BadUsage while another is at work."""
    if not out.local:
        yield
        return
    try:
        Path(out.path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadUsage("no folder for the results can be made here", where=out.path, why=error.strerror or "") from None
    held = os.open(out.path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise BadUsage("another run is at work here", where=out.path, remedy="wait until it has ended") from None
    try:
        yield
    finally:
        os.close(held)


def is_coming(name: str) -> bool:
    """Whether a file is one that a killed process had not moved yet."""
    last = name.rpartition("/")[2]
    return last.startswith(".") and last.endswith(_COMING)


def tables(source: Place) -> Iterator[Place]:
    """The files of tables of a source: itself, or all below it but those whose names begin with `_` or `.`."""
    kind = source.kind()
    if kind == "file":
        yield source
        return
    if not kind:
        raise BadInput("there is nothing", where=source.path, remedy="give a folder of Parquet or Arrow files")
    for name in source.files():
        hidden = any(part.startswith(("_", ".")) for part in name.split("/"))
        if not hidden and name.lower().endswith((*PARQUET, *ARROW)):
            yield source / name
