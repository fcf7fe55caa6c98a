"""Rows of all sources as sightings: what one record says, where it stands, with a source's own configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from custodes.attribution.identifiers import IdentifierClue
from custodes.estate.config import Source
from custodes.evidence.registers import open_register
from custodes.model.assessment import Because
from custodes.model.errors import BadInput
from custodes.model.registers import Account, Limits
from custodes.model.vocab import Field, Reason, RowKind

FIELDS = tuple(name.value for name in Field)


@dataclass(slots=True)
class Sighting:
    """One row. `cells`: field to text, empty ones left out. `damaged`: (field, kind, shown)."""

    file: str
    sheet: str
    row: int
    source: int  # index of the source in the estate
    kind: RowKind
    cells: dict[str, str]
    damaged: tuple[tuple[str, str, str], ...]
    mapped: frozenset[str]
    seen: bool = False  # read off the network itself
    section: str = ""  # what the heading of its part of the table, or the table's title, says of it being in use
    faint: str = ""  # why, alone, it is no device that is looked for: a host of a scan that says nothing of watching
    because: tuple[Because, ...] = ()  # why a scan says what its cells say
    platforms: tuple[IdentifierClue, ...] = ()  # whose platform a host of a scan shows
    reason: Reason | None = None  # why what a host of a scan says names no make; None for rows of a register
    extra: Mapping[str, str] = field(default_factory=dict)  # heading to text of columns of no known field, if asked for
    ports: tuple[str, ...] = ()  # open ones of a host of a scan, as "tcp/80"
    unit: str = ""  # rows of one scan that are one device, where no identifier says so


def first_cell(rows: Sequence[Sighting], field: Field) -> str:
    """What the first of the rows that has something there says; empty if none has."""
    return next((row.cells[field] for row in rows if row.cells.get(field)), "")


def first_cells(rows: Sequence[Sighting]) -> dict[str, str]:
    """The same of every field at once."""
    told: dict[str, str] = {}
    for row in reversed(rows):
        told.update(row.cells)
    return told


@dataclass(slots=True)
class Reading:
    """Everything read from the sources: sightings in file order, and an account of each file and sheet.

    `headings`: rows that head a part of their table: they are no devices.
    """

    sightings: list[Sighting]
    accounts: list[tuple[int, Account]]
    refused: list[tuple[str, BadInput]]
    headings: list[Sighting] = field(default_factory=list)


Progress = Callable[[str], None]
#: Index, file and limits of a source to its sightings and account; None if it is no scan.
Scans = Callable[[int, Path, Limits], tuple[list[Sighting], Account] | None]


def read_sources(
    sources: Sequence[Source],
    limits: Limits,
    formats_dirs: Sequence[Path],
    progress: Progress,
    scans: Scans | None = None,
    *,
    extras: bool = False,
) -> Reading:
    """Read every source. One that cannot be read at all is refused by itself and loses nothing else.

    `scans` reads a source that is a scan of a network; it gives None for any other. `extras`: also hand on the columns
    of no known field.

    Raises the file's own BadInput if it is the only source.
    """
    reading = Reading([], [], [])
    shared: dict[str, str] = {}
    for index, source in enumerate(sources):
        progress(f"reading {source.file.name}")
        try:
            scanned = scans(index, source.file, limits) if scans is not None and source.mapping is None else None
            if scanned is not None:
                reading.sightings.extend(scanned[0])
                reading.accounts.append((index, scanned[1]))
                continue
            tables = open_register(source.file, limits=limits, mapping=source.mapping, formats_dirs=formats_dirs)
            for table in tables:
                reading.sightings.extend(_rows(index, table.account, table.batches, extras, shared))
                reading.accounts.append((index, table.account))
        except BadInput as error:
            if len(sources) == 1:
                raise
            reading.refused.append((source.file.name, error))
    return reading


#: Of a column with more different texts than this share of its rows each row keeps its own.
_SHARED = 0.25
_NO_EXTRA: Mapping[str, str] = {}


def _sharing(texts: Sequence[str | None], shared: dict[str, str]) -> Sequence[str | None]:
    """The same texts; where they come again, as one object each."""
    if len(set(texts)) > len(texts) * _SHARED:
        return texts
    return [shared.setdefault(text, text) if text else text for text in texts]


def _rows(
    index: int, account: Account, batches: Iterator[object], extras: bool, shared: dict[str, str]
) -> Iterator[Sighting]:
    """The rows of one table. `shared`: texts that come again and again, which all rows then hold once."""
    mapped = frozenset(str(use.field) for use in account.columns if use.field is not None)
    for batch in batches:
        columns = {name: batch.column(name).to_pylist() for name in (*FIELDS, "row", "sheet", "damaged")}  # type: ignore[attr-defined]
        filled = [(name, _sharing(columns[name], shared)) for name in FIELDS if any(columns[name])]
        extra = batch.column("extra").to_pylist() if extras else ()  # type: ignore[attr-defined]
        account.sheet = columns["sheet"][0] if columns["sheet"] else account.sheet
        for place, row in enumerate(columns["row"]):
            cells = {name: text for name, values in filled if (text := values[place])}
            damaged = tuple((item["field"], item["kind"], item["shown"]) for item in columns["damaged"][place] or ())
            yield Sighting(
                account.file,
                columns["sheet"][place],
                row,
                index,
                account.row_kind,
                cells,
                damaged,
                mapped,
                account.seen_on_network,
                extra=dict(extra[place] or ()) if extras else _NO_EXTRA,
            )
