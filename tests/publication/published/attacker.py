"""An attacker: gathers all that a bundle tells in any format, and works out what it does not.

It imports nothing of custodes. Numbers: the tables by kind of body, joined over every format and edition, against what
figures and bodies tell; first by narrowing bounds until nothing moves, then by a whole-number programme of its own.
Texts: every needle is sought in every file, in what lies inside archives and documents, and in names of files.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from pypdf import PdfReader
from python_calamine import load_workbook
from scipy.optimize import Bounds, LinearConstraint, milp

Cell = tuple[str, str, str, str]  # edition, figure, kind, standing
INNER = ("counted", "not_counted", "outside", "open")


@dataclass
class Sum:
    """low <= sum of cells (times their numbers) <= high."""

    terms: dict[Cell, int]
    low: int
    high: int


@dataclass
class Puzzle:
    """Cells that are known, cells that are not, and what joins them."""

    known: dict[Cell, int] = field(default_factory=dict)
    hidden: set[Cell] = field(default_factory=set)
    sums: list[Sum] = field(default_factory=list)

    def bounds(self) -> dict[Cell, tuple[int, int]]:
        """What is left for each hidden cell."""
        narrowed = self._narrowed()
        open_ = {cell for cell, (low, high) in narrowed.items() if low < high}
        return narrowed | self._programmed(open_)

    def recovered(self) -> dict[Cell, int]:
        """The hidden cells that are worked out."""
        return {cell: low for cell, (low, high) in self.bounds().items() if low == high}

    def _narrowed(self) -> dict[Cell, tuple[int, int]]:
        found = {cell: (0, 10**9) for cell in self.hidden}
        moved = True
        while moved:
            moved = False
            for one in self.sums:
                for cell, times in one.terms.items():
                    if cell in found and self._tighten(found, one, cell, times):
                        moved = True
        return found

    def _tighten(self, found: dict[Cell, tuple[int, int]], one: Sum, cell: Cell, times: int) -> bool:
        rest_low = rest_high = 0
        for other, number in one.terms.items():
            if other == cell:
                continue
            low, high = found.get(other) or (self.known[other],) * 2
            ends = sorted((number * low, number * high))
            rest_low, rest_high = rest_low + ends[0], rest_high + ends[1]
        ends = sorted((one.low - rest_high, one.high - rest_low))
        if times < 0:
            ends = sorted(-end for end in ends)
        low, high = found[cell]
        new = (max(low, ends[0]), min(high, ends[1]))
        if new == (low, high) or new[0] > new[1]:
            return False
        found[cell] = new
        return True

    def _programmed(self, cells: set[Cell]) -> dict[Cell, tuple[int, int]]:
        names = sorted(self.hidden)
        place = {cell: column for column, cell in enumerate(names)}
        rows, lows, highs = [], [], []
        for one in self.sums:
            row, fixed = np.zeros(len(names)), 0
            for cell, times in one.terms.items():
                if cell in place:
                    row[place[cell]] += times
                else:
                    fixed += times * self.known[cell]
            rows.append(row)
            lows.append(one.low - fixed)
            highs.append(one.high - fixed)
        found = {}
        for cell in cells:
            ends = []
            for sign in (1, -1):
                goal = np.zeros(len(names))
                goal[place[cell]] = sign
                rule = LinearConstraint(np.array(rows), lows, highs)
                done = milp(goal, constraints=rule, integrality=np.ones(len(names)), bounds=Bounds(0, 10**6))
                ends.append(round(sign * done.fun))
            found[cell] = (ends[0], ends[1])
        return found


def gather(bundle: Path) -> Puzzle:
    """All numbers by kind that a bundle tells, in whatever format tells them, and what else is known."""
    puzzle = Puzzle()
    for told in (*_csv(bundle), *_json(bundle), *_parquet(bundle), *_books(bundle), *_store(bundle)):
        _take(puzzle, told)
    _pages(bundle, puzzle)
    puzzle.hidden -= set(puzzle.known)
    with (bundle / "data/bodies.csv").open(encoding="utf-8", newline="") as stream:
        bodies = list(csv.DictReader(stream))
    with (bundle / "data/figures.csv").open(encoding="utf-8", newline="") as stream:
        figures = {(row["edition"], row["id"]): row for row in csv.DictReader(stream)}
    join(puzzle, bodies, figures)
    return puzzle


def _take(puzzle: Puzzle, row: Mapping[str, str]) -> None:
    cell = (row["edition"], row["figure"], row["kind"], row["standing"])
    if str(row["bodies"]) == "[c]":
        puzzle.hidden.add(cell)
    else:
        puzzle.known[cell] = int(float(row["bodies"]))


def join(puzzle: Puzzle, bodies: list[dict[str, str]], figures: Mapping[tuple[str, str], Mapping[str, str]]) -> None:
    """What a reader knows besides: every cell of a kind adds up to what returned, every column to its total."""
    cells = {*puzzle.known, *puzzle.hidden}
    asked: dict[str, int] = {}
    for body in bodies:
        asked[body["kind"]] = asked.get(body["kind"], 0) + 1
    groups: dict[tuple[str, str, str], dict[Cell, int]] = {}
    for cell in cells:
        groups.setdefault(cell[:3], {})[cell] = 1
    for (_, _, kind), terms in groups.items():
        puzzle.sums.append(Sum(terms, asked[kind], asked[kind]))
    columns: dict[tuple[str, str, str], dict[Cell, int]] = {}
    for cell in cells:
        columns.setdefault((*cell[:2], cell[3]), {})[cell] = 1
    for (edition, figure, column), terms in columns.items():
        row = figures[edition, figure]
        counted = int(float(row["numerator"]))
        if column == "counted":
            puzzle.sums.append(Sum(terms, counted, counted))
        if column == "open" and (edition, figure, "outside") not in columns:
            # whoever may be counted besides is open or silent: the upper bound of the figure tells how many
            quiet = (edition, figure, "no_return")
            silent = sum(many for cell, many in puzzle.known.items() if (*cell[:2], cell[3]) == quiet)
            open_ = int(float(row["upper_silence_unknown"])) - counted - silent
            puzzle.sums.append(Sum(terms, open_, open_))
    _between_editions(puzzle, cells, figures)


def _between_editions(puzzle: Puzzle, cells: set[Cell], figures: Mapping[tuple[str, str], object]) -> None:
    """Late returns add to what was there: no cell falls, none grows by more than returned late."""
    editions = list(dict.fromkeys(edition for edition, _ in figures))
    for before, after in itertools.pairwise(editions):
        for cell in cells:
            old = (before, *cell[1:])
            silent = [(edition, cell[1], cell[2], "no_return") for edition in (before, after)]
            if cell[0] == after and cell[3] in INNER and old in cells and all(one in puzzle.known for one in silent):
                late = puzzle.known[silent[0]] - puzzle.known[silent[1]]
                puzzle.sums.append(Sum({cell: 1, old: -1}, 0, late))


def _csv(bundle: Path) -> Iterator[Mapping[str, str]]:
    with (bundle / "data/kinds.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _json(bundle: Path) -> Iterator[Mapping[str, str]]:
    yield from json.loads((bundle / "data/kinds.json").read_text(encoding="utf-8"))


def _parquet(bundle: Path) -> Iterator[Mapping[str, str]]:
    yield from pq.read_table(bundle / "data/kinds.parquet").to_pylist()


def _books(bundle: Path) -> Iterator[Mapping[str, str]]:
    for name in ("survey.xlsx", "survey.ods"):
        rows = load_workbook(bundle / "data" / name).get_sheet_by_name("kinds").to_python()
        head = rows[2]
        yield from (dict(zip(head, map(str, row), strict=True)) for row in rows[3:])


def _store(bundle: Path) -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.db"
        path.write_bytes((bundle / "data/data.db").read_bytes())
        with sqlite3.connect(path) as store:
            store.row_factory = sqlite3.Row
            yield from (dict(row) for row in store.execute("SELECT * FROM kinds"))


_WORDS = {"counted": "counted", "not counted": "not_counted", "the question is not about it": "outside",
          "its answers do not settle it": "open", "no return": "no_return"}  # fmt: skip


def _pages(bundle: Path, puzzle: Puzzle) -> None:
    """The tables on the pages of figures, which are of the newest edition."""
    last = list(dict.fromkeys(cell[0] for cell in [*puzzle.known, *puzzle.hidden]))
    if not last:
        return
    editions = [row["edition"] for row in csv.DictReader(io.StringIO((bundle / "data/figures.csv").read_text("utf-8")))]
    for page in (bundle / "figures").glob("*.html"):
        text = page.read_text(encoding="utf-8")
        table = re.search(r"<caption>By kind of body</caption>(.*?)</table>", text, re.S)
        if table is None:
            continue
        head = [_plain(cell) for cell in re.findall(r"<th[^>]*>(.*?)</th>", table[1].split("<tbody>")[0], re.S)][1:]
        for row in re.findall(r"<tr>(.*?)</tr>", table[1].split("<tbody>")[1], re.S):
            kind = _plain(re.findall(r"<th[^>]*>(.*?)</th>", row, re.S)[0])
            cells = [_plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
            for word, cell in zip(head, cells, strict=True):
                if word in _WORDS:
                    told = {"edition": editions[-1], "figure": page.stem, "kind": kind, "standing": _WORDS[word]}
                    _take(puzzle, {**told, "bodies": cell})


def _plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def seek(bundle: Path, needles: Mapping[str, str]) -> list[tuple[str, str]]:
    """File (or part of one) and the name of each needle that is in it."""
    found = []
    for path in sorted(one for one in bundle.rglob("*") if one.is_file()):
        name = path.relative_to(bundle).as_posix()
        for part, text in _texts(name, path.read_bytes()):
            plain = " ".join(text.casefold().split())
            for what, needle in needles.items():
                if " ".join(needle.casefold().split()) in plain:
                    found.append((part, what))
    return found


def _texts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """The name, the bytes as they are and unescaped, and all that lies inside."""
    yield f"name of {name}", name
    text = data.decode("utf-8", "replace")
    yield name, text
    yield name, unescape(text)
    yield name, data.decode("utf-16-le", "replace")
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.infolist():
                yield from _texts(f"{name}/{inner.filename}", archive.read(inner))
    if data[:5] == b"%PDF-":
        book = PdfReader(io.BytesIO(data))
        yield name, " ".join(page.extract_text() for page in book.pages)
        yield (
            name,
            str(dict(book.metadata or {}))
            + (book.xmp_metadata.stream.get_data().decode() if book.xmp_metadata else ""),
        )
        for piece in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.S):
            try:
                yield name, zlib.decompressobj().decompress(piece[1]).decode("latin-1")
            except zlib.error:
                continue
