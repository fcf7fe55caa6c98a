"""Writes the tables of a release in every format; returns what lies where, for the page of data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from custodes.publication.edition.content import Release
from custodes.publication.opendata import descriptors
from custodes.publication.opendata.frozen import dump, table
from custodes.publication.opendata.stores import parquet, sqlite
from custodes.publication.opendata.tables import tables
from custodes.publication.opendata.workbooks import ods, xlsx
from custodes.publication.proof.bundle import write
from custodes.publication.site.reached import Reaching

Listed = tuple[tuple[str, str, int], ...]


def write_all(made: Path, found: Release, reached: Reaching, progress: Callable[[str], None]) -> Listed:
    """Path, what it holds, and bytes, of each file."""
    listed: list[tuple[str, str, int]] = []
    files: dict[str, bytes] = {}

    def put(path: str, holds: str, data: bytes) -> None:
        write(made, path, data)
        listed.append((path, holds, len(data)))
        files[path] = data

    every = tables(found)
    for one in every:
        put(f"data/{one.name}.csv", one.means, table(one.names, one.rows))
    for one in every:
        put(f"data/{one.name}.json", one.means, dump([dict(row) for row in one.rows]))
        put(f"data/{one.name}.parquet", one.means, parquet(one))
    progress("workbooks")
    put("data/survey.xlsx", "all tables as a workbook: cover, notes, one table a sheet", xlsx(found, every))
    put("data/survey.ods", "the same as OpenDocument", ods(found, every))
    put("data/data.db", "all tables in one SQLite file, ready for Datasette", sqlite(every))
    put("data/metadata.json", "what Datasette shows beside data.db", descriptors.datasette(found, every))
    put("data/dictionary.md", "the data dictionary: what every column means", descriptors.dictionary(every))
    put("data/datapackage.json", "the tables described (Frictionless)", descriptors.datapackage(found, every, files))
    put("data/csv-metadata.json", "the tables described (CSV on the Web)", descriptors.csvw(found, every))
    if found.claims:
        put("data/claimreview.jsonld", "the claims (schema.org ClaimReview)", descriptors.claim_reviews(found))
    put(
        "data/entities.ftm.json",
        "bodies, firms and links (FollowTheMoney, JSON lines)",
        descriptors.ftm(found, reached),
    )
    put("data/catalogue.jsonld", "the dataset for catalogues (DCAT)", descriptors.dcat(found, listed))
    return tuple(listed)
