"""`--in` tables: a job begun or gone on with, its progress, and what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from time import monotonic

from custodes.cli.output import dump, note, printable
from custodes.knowledge import knowledge
from custodes.measures.firms import kind_of_body
from custodes.model.days import is_day
from custodes.model.errors import BadUsage
from custodes.model.lean import without_pandas
from custodes.scale import engines
from custodes.scale.estimate import estimate
from custodes.scale.flow import Progress, Summary, run_job
from custodes.scale.job import Job
from custodes.scale.names import Answers
from custodes.scale.places import Place
from custodes.scale.records import JOB

#: Quarantined batches that are named; the rest is counted.
MOST_TOLD = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Where from, where to, and by whom."""

    source: str
    out: str
    engine: str
    master: str
    workers: int
    batch_rows: int
    piece_rows: int
    form: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns are read, kept, and made folders of; `constants`: inputs that are the same in all rows."""

    read: dict[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    partition: tuple[str, ...] = ()
    constants: dict[str, str] = field(default_factory=dict)


def columns_of(
    told: Sequence[str] | None, keep: str, part_by: str, constants: Mapping[str, str] | None = None
) -> Columns:
    """From the options. Raises BadUsage."""
    same = {name: text for name, text in (constants or {}).items() if text}
    return Columns(pairs("--column", told, "raw=banner"), listed(keep), listed(part_by), same)


def pairs(option: str, told: Sequence[str] | None, example: str) -> dict[str, str]:
    """Of an option that may be repeated, each INPUT=COLUMN. Raises BadUsage."""
    read = {}
    for one in told or ():
        name, equals, column = one.partition("=")
        if not (name and equals and column):
            raise BadUsage(f"{option} {one[:60]!r} says nothing", remedy=f"write {option} {example}")
        read[name] = column
    return read


def answers_of(source: str, told: Sequence[str] | None) -> Answers | None:
    """The table of names, if one was given. Raises BadUsage."""
    columns = pairs("--name-column", told, "client=src_ip")
    if columns and not source:
        raise BadUsage("--name-column is of a table of names", remedy="give --names FOLDER")
    return Answers(source, columns) if source else None


def listed(told: str) -> tuple[str, ...]:
    """Words with commas between them, each once."""
    return tuple(dict.fromkeys(one.strip() for one in told.split(",") if one.strip()))


def main(
    function: str, asked: Asked, columns: Columns, overlays: tuple[Path, ...], answers: Answers | None = None
) -> None:
    """Works it out; tells how far it is, and at the end what came of it. Raises BadInput, BadUsage."""
    if not (asked.source and asked.out):
        raise BadUsage("tables want both ends", remedy="give --in FOLDER and --out FOLDER")
    if asked.engine != "spark":  # which wants it
        without_pandas()
    if answers is not None:
        note("reading the names, to leave out what repeats")
    summary = run_job(_job(function, asked, columns), _engine(asked), overlays, _Teller(), answers)
    if summary.all_since:
        note(f"every row was worked out anew: {printable(summary.all_since)}")
    told = {"rows": summary.rows, "pieces": summary.pieces, "resumed": summary.resumed, "anew": summary.anew}
    told_of = [asdict(one) for one in summary.quarantined]
    sys.stdout.write(dump({**told, "out": asked.out, "quarantined": told_of}) + "\n")
    _note_quarantined(summary)


def assess_main(function: str, asked: Asked, columns: Columns, overlays: tuple[Path, ...], *, given: bool) -> None:
    """As `main`, of devices. `given`: whether something was asked that only a register or an estate can have."""
    if not asked.source:
        raise BadUsage("what is to be assessed?", remedy="give a register, an estate folder, or tables with --in")
    if given:
        why = "a path, questions about rules, answers, advisories and workbooks are of registers and estates"
        raise BadUsage("this is not asked of tables", why=why, remedy="leave it out, or leave --in out")
    kind, day = columns.constants.get("body_kind", ""), columns.constants.get("as_at", "")
    if day and not (is_day(day) and len(day) == 10):
        raise BadUsage(f"--as-at {day[:40]!r} is no date", remedy="write YYYY-MM-DD")
    if kind:
        kind_of_body(kind, knowledge(overlays).pack.rulebook)
    if not day:  # a column that tells it comes first
        columns = replace(columns, constants={**columns.constants, "as_at": _day_of(asked)})
    main(function, asked, columns, overlays)


def _day_of(asked: Asked) -> str:
    """The day that rows are assessed for where nothing tells it: that of a run which is gone on with, else today."""
    held = Place.of(asked.out) / JOB
    begun = json.loads(held.read()) if asked.out and held.kind() else {}
    return str(begun.get("job", {}).get("constants", {}).get("as_at") or date.today().isoformat())


def estimate_main(function: str, asked: Asked, columns: Columns, overlays: tuple[Path, ...]) -> None:
    """Says what a job would cost. Raises BadInput, BadUsage."""
    if not asked.source:
        raise BadUsage("which table?", remedy="give --in FOLDER")
    without_pandas()  # as the processes that are estimated do
    found = estimate(_job(function, asked, columns), overlays)
    wall = found.wall(asked.workers)
    if asked.form != "table":
        sys.stdout.write(dump({**asdict(found), "workers": asked.workers, "wall": wall}) + "\n")
        return
    lines = (
        ("rows", f"{found.rows:,} in {found.pieces:,} pieces; {found.sample:,} were worked out to know"),
        ("CPU", f"{_long(found.cpu)}, and {found.start:.1f} s of each process before its first row"),
        ("by the clock", f"{_long(wall)} with --workers {asked.workers}, on as many free cores"),
        ("memory", f"{found.memory / 2**20:,.0f} MB of each process"),
        ("results", f"{found.out / 2**20:,.0f} MB"),
    )
    sys.stdout.write("".join(f"{name:14}{text}\n" for name, text in lines))


def _job(function: str, asked: Asked, columns: Columns) -> Job:
    return Job(
        function,
        asked.source,
        asked.out,
        columns.read,
        columns.constants,
        keep=columns.keep,
        partition=columns.partition,
        batch_rows=asked.batch_rows,
        piece_rows=asked.piece_rows,
        since=asked.since,
    )


def _long(seconds: float) -> str:
    """A time as a person says it."""
    if seconds < 120:
        return f"{seconds:,.0f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 7200 else f"{seconds / 3600:,.1f} h"


def _engine(asked: Asked) -> engines.Engine:
    if asked.master and asked.engine != "spark":
        raise BadUsage("--master is the address of a Spark cluster", remedy="add --engine spark")
    if asked.engine == "spark":
        return engines.cluster(asked.master, note)
    if asked.engine == "workers":
        return engines.workers(asked.workers)
    return engines.duck() if asked.engine == "duckdb" else engines.Here()


def _note_quarantined(summary: Summary) -> None:
    left = summary.quarantined
    for one in left[:MOST_TOLD]:
        note(printable(f"left out: {one.rows:,} rows, kept in {one.file}: {one.why}"))
    if len(left) > MOST_TOLD:
        note(f"and {len(left) - MOST_TOLD:,} more batches left out, all in the manifest")


class _Teller:
    """Says how far it is, every few seconds."""

    def __init__(self) -> None:
        self._began = self._last = monotonic()

    def __call__(self, told: Progress) -> None:
        now = monotonic()
        if told.rows == told.resumed and told.resumed:
            note(f"goes on: {told.resumed:,} of {told.of:,} rows are done")
        if now - self._last < 2 and told.rows < told.of:
            return
        self._last = now
        new = told.rows - told.resumed
        if not new:
            return
        left = (now - self._began) / new * (told.of - told.rows)
        note(f"{told.rows:,} of {told.of:,} rows" + (f", about {left:,.0f} s to go" if told.rows < told.of else ""))
