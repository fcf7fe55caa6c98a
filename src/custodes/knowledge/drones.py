"""Serial numbers of unmanned aircraft: what registers declare, compiled for look-up; what is known of maker codes.

A serial number to ANSI/CTA-2063-A is a maker's code of four signs, a sign that tells how many follow, and those. A
declared range counts only if its ends have the same code, the same length and the same length sign: one of the FAA's
has two digits swapped at its end and would take in the serial numbers of dozens of other makers.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from custodes.knowledge import files
from custodes.knowledge.citing import cited_of, require_shape
from custodes.knowledge.files import Folders
from custodes.knowledge.rows import Cited
from custodes.model.drones import COLUMNS, Declaration
from custodes.model.errors import KnowledgeError

CODE, LENGTH_SIGN = 4, 5
#: Signs that serial numbers of one maker have alike at their beginning where they are of one model.
ALIKE = 8
#: A declared serial number that ends in so many noughts is the first of a series and stands for all of it.
SERIES_NOUGHTS = 8
_SIGNS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_FORM = re.compile(rf"[{_SIGNS}]{{4}}([1-9A-F])([{_SIGNS}]+)")


def is_cta(serial: str) -> bool:
    """Whether a serial number is of the standard's form, and as long as its length sign says."""
    match = _FORM.fullmatch(serial)
    return match is not None and len(match[2]) == int(match[1], 16)


def alike(one: str, other: str) -> int:
    """How many signs two texts have alike at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))


@dataclass(frozen=True, slots=True)
class Registry:
    """A register of the pack. `kind`: declaration or registration."""

    id: str
    name: str
    kind: str
    cited: Cited


@dataclass(frozen=True, slots=True)
class CodeNote:
    """What is known of a maker's code beside its declarations."""

    series: int  # signs that all of one model begin with; 0 if they are not said to
    modules: frozenset[str]
    no_maker: frozenset[str]
    same_as: Mapping[str, str]
    brands: Mapping[str, str]  # make as declared to the id of its brand, where the name alone does not tell
    note: str
    cited: Cited


@dataclass(frozen=True, slots=True)
class Legacy:
    """An older form of serial numbers, and whose it is."""

    id: str
    pattern: re.Pattern[str]
    maker: str
    note: str
    cited: Cited


@dataclass(frozen=True)
class DroneTable:
    """All registers together. `refused`: ranges that are not used, each with the reason."""

    registries: Mapping[str, Registry]
    notes: Mapping[str, CodeNote]
    legacy: Sequence[Legacy]
    exact: Mapping[str, Sequence[Declaration]]
    ranges: Mapping[str, Sequence[Declaration]]
    refused: Sequence[tuple[Declaration, str]]
    by_code: Mapping[str, Sequence[Declaration]] = field(default_factory=dict)
    prefixes: Mapping[str, Sequence[Declaration]] = field(default_factory=dict)

    def make(self, row: Declaration) -> str:
        """The make of a declaration, as it is written elsewhere."""
        note = self.notes.get(row.first[:CODE])
        return note.same_as.get(row.make, row.make) if note else row.make

    def within(self, serial: str) -> list[Declaration]:
        """The declared ranges that a serial number lies in, of these the narrowest."""
        code = self.ranges.get(serial[:CODE], ())
        found = [row for row in code if len(row.first) == len(serial) and row.first <= serial <= row.last]
        most = max((alike(row.first, row.last) for row in found), default=0)
        return [row for row in found if alike(row.first, row.last) == most]

    def series(self, serial: str) -> list[Declaration]:
        """The declarations of the longest series that a serial number begins like."""
        for length in range(len(serial) - 1, ALIKE - 1, -1):
            if serial[:length] in self.prefixes:
                return list(self.prefixes[serial[:length]])
        return []

    def nearest(self, serial: str, least: int) -> list[Declaration]:
        """The declarations of a code that begin most like a serial number, if `least` signs are alike."""
        rows = [row for row in self.by_code.get(serial[:CODE], ()) if not row.withdrawn]
        lengths = [alike(row.first, serial) for row in rows]
        most = max(lengths, default=0)
        return [row for row, length in zip(rows, lengths, strict=True) if length == most >= least]


def drone_table(
    rows: Iterable[Declaration],
    registries: Mapping[str, Registry],
    notes: Mapping[str, CodeNote],
    legacy: Sequence[Legacy],
) -> DroneTable:
    """The table of declarations."""
    exact: dict[str, list[Declaration]] = defaultdict(list)
    ranges: dict[str, list[Declaration]] = defaultdict(list)
    by_code: dict[str, list[Declaration]] = defaultdict(list)
    prefixes: dict[str, list[Declaration]] = defaultdict(list)
    refused = []
    for row in rows:
        fault = range_fault(row)
        if fault:
            refused.append((row, fault))
            continue
        by_code[row.first[:CODE]].append(row)
        (exact[row.first] if row.exact else ranges[row.first[:CODE]]).append(row)
        note = notes.get(row.first[:CODE])
        prefix = _series_of(row, note.series if note else 0)
        if prefix:
            prefixes[prefix].append(row)
    return DroneTable(registries, notes, legacy, exact, ranges, refused, by_code, prefixes)


def range_fault(row: Declaration) -> str:
    """Why a range is not used; empty for a good one, and for a single serial number."""
    if row.exact:
        return ""
    if row.first[:CODE] != row.last[:CODE]:
        return f"its ends have different maker codes ({row.first[:CODE]} and {row.last[:CODE]})"
    if len(row.first) != len(row.last):
        return f"its ends have different lengths ({len(row.first)} and {len(row.last)})"
    if row.first[CODE:LENGTH_SIGN] != row.last[CODE:LENGTH_SIGN]:
        return "its ends have different length signs"
    return "its end lies before its beginning" if row.last < row.first else ""


def _series_of(row: Declaration, signs: int) -> str:
    """The beginning that all of a series share; empty where a declaration stands for no series. `signs`: how long it
    is with this maker, if that is known."""
    if signs:
        return row.first[:signs]
    if row.exact:
        kept = row.first.rstrip("0")
        prefix = kept if len(row.first) - len(kept) >= SERIES_NOUGHTS else ""
    else:
        prefix = row.first[: alike(row.first, row.last)]
    return prefix if len(prefix) >= ALIKE else ""


def load_drones(folders: Folders) -> DroneTable:
    """The registers and codes of packs. Raises KnowledgeError naming file and row."""
    registries: dict[str, Registry] = {}
    rows: list[Declaration] = []
    for key, raw in files.merged(folders, "registries").items():
        require_shape(raw, "registries")
        registries[key] = Registry(key, str(raw.row["name"]), str(raw.row["kind"]), cited_of(raw, raw.row))
        rows += _declarations(Path(raw.file).parent / str(raw.row["file"]), key)
    notes: dict[str, CodeNote] = {}
    legacy: list[Legacy] = []
    for key, raw in files.merged(folders, "drone-codes").items():
        require_shape(raw, "drone-codes")
        row = raw.row
        if "legacy" in row:
            pattern = re.compile(str(row["legacy"]), re.ASCII)
            legacy.append(Legacy(key, pattern, str(row["maker"]), str(row.get("note", "")), cited_of(raw, raw.row)))
        else:
            notes[str(row["code"])] = CodeNote(
                int(row.get("series", 0)),
                frozenset(map(str, row.get("modules", ()))),
                frozenset(map(str, row.get("no_maker", ()))),
                {str(name): str(same) for name, same in (row.get("same_as") or {}).items()},
                {str(name): str(brand) for name, brand in (row.get("brands") or {}).items()},
                str(row.get("note", "")),
                cited_of(raw, raw.row),
            )
    return drone_table(rows, registries, notes, legacy)


def _declarations(path: Path, registry: str) -> Iterator[Declaration]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError("this table of a register cannot be read", where=str(path), why=str(error)[:160]) from None
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise KnowledgeError(
            "this table of a register has other columns",
            where=f"{path} line 1",
            remedy=f"its first line is {','.join(COLUMNS)}; `custodes drone registry` makes one",
        )
    for line, row in enumerate(reader, 2):
        if not row["first"] or None in row or None in row.values():
            raise KnowledgeError(
                "a row has too many or too few cells, or no serial number", where=f"{path} line {line}"
            )
        first, last, status, reference, make, model = (row[column] for column in COLUMNS)
        yield Declaration(first, last, status, reference, make, model, registry)
