"""The results of a job, piece by piece, so that a run that was killed goes on where it stopped.

    OUT/job.json          what was asked, of which files; a run that goes on must ask the same
    OUT/knowledge.zip     the reference data that every row was worked out with
    OUT/names.parquet     the names that were joined to the rows, where that was asked
    OUT/data/             the results: `part-PIECE.parquet`, in folders `body=NAME/day=DAY` where that was asked
    OUT/done/             a mark for each piece whose results are all there, taken away at the end
    OUT/quarantine/       batches that ended their process twice, as they came, and why
    OUT/manifest.json     every file with its hash: it is there once everything is

Every file is put whole or not at all, and holds no clock and no name of a machine: a run that was killed and gone on
with leaves the same bytes as one that was not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from typing import Any

from custodes.model.errors import BadInput
from custodes.scale.job import Job
from custodes.scale.pieces import Piece
from custodes.scale.places import Place

JOB, MANIFEST, DATA, DONE, QUARANTINE = "job.json", "manifest.json", "data", "done", "quarantine"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A batch that was left out: where its rows are kept, and why."""

    file: str
    rows: int
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """A piece whose results are there. `files`: path, rows and SHA-256 of each; `read`: that of what it was made of.

    `anew`: rows that were worked out: all of them unless earlier results were carried over. It tells of a run, and
    stands in no manifest.
    """

    piece: int
    rows: int
    files: tuple[tuple[str, int, str], ...]
    quarantined: tuple[Quarantined, ...] = ()
    read: str = ""
    anew: int = 0

    def text(self) -> str:
        """As its mark says it."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def of(cls, text: str | bytes) -> Done:
        """From its mark."""
        told = json.loads(text)
        files = tuple((path, rows, digest) for path, rows, digest in told["files"])
        left = tuple(Quarantined(**one) for one in told["quarantined"])
        return cls(told["piece"], told["rows"], files, left, told["read"], told.get("anew", 0))

    def listed(self) -> dict[str, Any]:
        """As the manifest says it."""
        return {name: value for name, value in asdict(self).items() if name != "anew"}


def marks(job: Job, seen: AbstractSet[int]) -> Iterator[Done]:
    """What is done by now, but the pieces that were seen already."""
    folder = Place.of(job.out) / DONE
    for name in folder.files() if folder.kind() else ():
        number = name.removesuffix(".json")
        if number.isdigit() and int(number) not in seen:
            yield Done.of((folder / name).read())


def marked(job: Job, piece: Piece) -> Done | None:
    """What came of a piece, if it is done."""
    mark = Place.of(job.out) / DONE / f"{piece.name}.json"
    return Done.of(mark.read()) if mark.kind() else None


def manifest_of(out: str) -> list[Done]:
    """The pieces of results that are all there. Raises BadInput."""
    place = Place.of(out) / MANIFEST
    if not place.kind():
        if Place.of(out).kind() != "folder":
            raise BadInput("there are no results here", where=out, remedy="give the folder that was --out of a run")
        raise BadInput("these results are not finished", where=out, remedy="run the command that made them again")
    return [Done.of(json.dumps(one)) for one in json.loads(place.read())["pieces"]]
