"""Rows of a log through DuckDB, added up while they are read: memory grows with what differs, not with the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from custodes.evidence.captures.packed import Damaged, opened
from custodes.model.errors import BadInput
from custodes.model.registers import Limits

_PIECE = 1 << 20
#: A longer line is none of these programs'; it is left out, and told.
LONGEST_LINE = 8 << 20
#: Of a table of columns, whose rows are short: buffers are many times as large.
LONGEST_ROW = 1 << 20
_SETTINGS = (
    "set threads=1",
    "set memory_limit='2GB'",
    "set autoinstall_known_extensions=false",
    "set autoload_known_extensions=false",
    "set preserve_insertion_order=false",
    "set enable_progress_bar=false",
)
#: The address of whoever called is out on the internet: then its port says which end is whose.
OUTSIDE = (
    "not regexp_matches({0}, '^(10\\.|192\\.168\\.|172\\.(1[6-9]|2\\d|3[01])\\.|169\\.254\\.|127\\.|0\\.|f[cdef])')"
)


@contextmanager
def unpacked(path: Path, limits: Limits) -> Iterator[tuple[Path, str]]:
    """The log as a plain file, and what was wrong with its packing. Raises BadInput if it cannot be read."""
    stream = opened(path, limits)
    if hasattr(stream, "seek"):
        stream.close()  # type: ignore[attr-defined]
        yield path, ""
        return
    with TemporaryDirectory() as folder:
        plain, problem = Path(folder) / "log", ""
        with plain.open("wb") as out:
            try:
                while piece := stream.read(_PIECE):
                    out.write(piece)
            except Damaged as error:
                problem = str(error)
        yield plain, problem


def query(sql: str, values: Sequence[Any], where: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, a thousand at a time. Raises BadInput if the log cannot be read so."""
    with duckdb.connect() as link:
        for setting in _SETTINGS:
            link.execute(setting)
        try:
            link.execute(sql, values)
            while rows := link.fetchmany(1_000):
                yield from rows
        except duckdb.Error as error:
            why = str(error).splitlines()[0][:200]
            raise BadInput("the log cannot be read", where=where, why=why, remedy="check that it is whole") from None


@contextmanager
def shortened(path: Path) -> Iterator[tuple[Path, int]]:
    """The log without lines that are too long, and how many those are."""
    with TemporaryDirectory() as folder:
        out, left = Path(folder) / "log", 0
        with path.open("rb") as lines, out.open("wb") as kept:
            while line := lines.readline(LONGEST_LINE):
                if len(line) < LONGEST_LINE or line.endswith(b"\n"):
                    kept.write(line)
                    continue
                left += 1
                while line and not line.endswith(b"\n"):
                    line = lines.readline(LONGEST_LINE)
        yield out, left


def ends_whole(path: Path) -> bool:
    """Whether a log's last line is ended."""
    with path.open("rb") as file:
        file.seek(0, 2)
        if not file.tell():
            return True
        file.seek(-1, 2)
        return file.read(1) == b"\n"
