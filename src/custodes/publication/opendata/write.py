"""Writes the tables of a release in every format; returns what lies where, for the page of data."""

from __future__ import annotations

from pathlib import Path

from custodes.publication.edition.content import Release
from custodes.publication.opendata.frozen import dump, table
from custodes.publication.opendata.tables import tables
from custodes.publication.proof.bundle import write

Listed = tuple[tuple[str, str, int], ...]


def write_all(made: Path, found: Release) -> Listed:
    """Path, what it holds, and bytes, of each file."""
    listed: list[tuple[str, str, int]] = []

    def put(path: str, holds: str, data: bytes) -> None:
        write(made, path, data)
        listed.append((path, holds, len(data)))

    for one in tables(found):
        put(f"data/{one.name}.csv", one.means, table(one.names, one.rows))
        put(f"data/{one.name}.json", one.means, dump([dict(row) for row in one.rows]))
    return tuple(listed)
