"""Opening a register: limits, container, heading, plan; then batches with an honest account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import pyarrow as pa

from custodes.evidence.registers import containers, headings, mapping, plan
from custodes.evidence.registers.batches import Emitter, account_sheet
from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import Record, Table, Unreadable
from custodes.evidence.registers.credentials import scrub
from custodes.evidence.registers.formats import Formats, load
from custodes.evidence.registers.mapping import Heads
from custodes.evidence.registers.text import printable
from custodes.model.errors import BadInput
from custodes.model.registers import Account, Limits, RawTable, RegisterReading
from custodes.model.vocab import Field

SAMPLE_ROWS = 300
TITLE_SIGNS = 300
_SAMPLE_CELLS = 200_000
_SHARE = 0.85  # of the seconds; the rest is for what cannot be interrupted
_LOST_ROW = "above the heading, but as wide as the table"
_NO_LIMITS = Limits()


def open_register(
    path: Path,
    *,
    limits: Limits = _NO_LIMITS,
    mapping: Path | Heads | None = None,
    formats_dirs: Sequence[Path] = (),
) -> list[RegisterReading]:
    """One reading per sheet that holds rows (delimited text and JSON: exactly one).

    `mapping` is a person's own file (see `propose_mapping`) or a table of heading to field; `formats_dirs` are
    folders of format files that add to those of the pack or replace them by id. Drain `batches`, then trust
    `account`. `limits.seconds` counts work of the reader only. Raises BadInput if nothing can be read,
    KnowledgeError for a bad format.
    """
    return [_reading(one, limits) for one in prepare(path, limits, mapping, formats_dirs)]


def raw_tables(path: Path, *, limits: Limits = _NO_LIMITS) -> list[RawTable]:
    """Every table of a register as it stands, records counted as `open_register` counts them. Raises BadInput.

    Credentials are still in it: it is for the copy that goes back to the register's owner, and cleaned there.
    """
    budget = Budget(limits.seconds * _SHARE)
    with budget:
        return [_raw(table) for table in _tables(path, limits, budget)]


def _raw(table: Table) -> RawTable:
    records: list[list[str]] = [] if table.heads is None else [list(table.heads)]
    above = len(records)
    for row, record in table.records:
        while len(records) < row + above - 1:
            records.append([])
        records.append([str(cell) for cell in record] if isinstance(record, list) else [f"({record.reason})"])
    return RawTable(account_sheet(table), records, headed=table.heads is not None)


class Prepared:
    """A table with its heading found and its plan made, nothing handed on yet."""

    def __init__(self, path: Path, table: Table, budget: Budget) -> None:
        self.path, self.table, self.budget = path, table, budget
        self.head: list[tuple[int, list[str] | Unreadable]] = []
        self.heading: int | None = None
        self.heads: list[str] = []
        self.sample: list[list[str]] = []
        self.plan: plan.Plan | None = None
        self.known: frozenset[str] = frozenset()

    def look(self, formats: Formats, user: mapping.Mapping | None) -> bool:
        """Read the sample, find the heading, make the plan. False if the table holds no rows."""
        cells, self.known = 0, formats.heads
        for record in self.table.records:
            self.head.append(record)
            cells += len(record[1]) if isinstance(record[1], list) else 1
            if len(self.head) >= SAMPLE_ROWS or cells > _SAMPLE_CELLS:
                break
        rows = [record if isinstance(record, list) else [] for _, record in self.head]
        if not any(any(cell.strip() for cell in row) for row in rows):
            return any(isinstance(record, Unreadable) for _, record in self.head)
        self._find(rows, formats, user)
        return True

    def _find(self, rows: list[list[str]], formats: Formats, user: mapping.Mapping | None) -> None:
        table = self.table
        if table.heads is not None:
            self.heads, self.sample = table.heads, rows
        else:
            self.heading = self._told(user) if user else None
            if self.heading is None and not (user and user.headless):
                known = formats.knows if user is None else lambda head: user.knows(head) or formats.knows(head)
                self.heading = headings.find_heading(rows, known)
            below = 0 if self.heading is None else self.heading + 1
            self.heads = list(rows[self.heading]) if self.heading is not None else []
            while self.heads and not self.heads[-1].strip():
                self.heads.pop()
            self.sample = [row for row in rows[below:] if any(row)]
        if self.heads:
            self.plan = plan.build(self.heads, self.sample, formats, table.container, table.marks)
        else:
            self.plan = plan.build_headless(self.sample, formats)
        self.plan.normal = self._normal(rows)
        if self.plan.has_credentials:
            self.sample = [row for row in self.sample if len(row) <= self.plan.normal]
        if user:
            user.apply(self.plan)

    def _normal(self, rows: list[list[str]]) -> int:
        """Cells of a whole record in delimited text: those of the heading, or of most records."""
        if self.table.delimiter == "" or self.heading is None or not self.sample:
            return 10**9
        lengths = [len(row) for row in self.sample]
        common = max(set(lengths), key=lengths.count)
        usual = common if lengths.count(common) * 2 > len(lengths) else 0
        return max(len(rows[self.heading]), usual)

    def _told(self, user: mapping.Mapping) -> int | None:
        if user.header_row is None:
            return None
        return next((index for index, (row, _) in enumerate(self.head) if row == user.header_row), None)

    @property
    def header_row(self) -> int | None:
        """Record number of the heading."""
        return self.head[self.heading][0] if self.heading is not None else None

    def rows(self) -> Iterator[Record]:
        """The records under the heading, the sample first."""
        below = 0 if self.heading is None else self.heading + 1
        return chain(self.head[below:], self.table.records)

    def title(self) -> str:
        """What stands above the heading, as far as a title goes; passwords in it are taken out."""
        lost = {row for row, _ in self.above()}
        kept = [record for row, record in self.head[: self.heading or 0] if row not in lost]
        texts = [cell.strip() for record in kept if isinstance(record, list) for cell in record if cell.strip()]
        return scrub(printable(" ".join(texts), TITLE_SIGNS))[0]

    def above(self) -> Iterator[tuple[int, str]]:
        """Records over the heading that are no titles: as wide as the table, or unreadable."""
        width = sum(1 for head in self.heads if head.strip())
        for row, record in self.head[: self.heading or 0]:
            if isinstance(record, Unreadable):
                yield row, record.reason
            elif width >= 3 and sum(1 for cell in record if cell.strip()) >= 0.8 * width:
                yield row, _LOST_ROW


def prepare(path: Path, limits: Limits, own: Path | Heads | None, formats_dirs: Sequence[Path]) -> list[Prepared]:
    """The tables of a file that hold rows, each with its plan. Raises BadInput."""
    formats = load(formats_dirs)
    user = None
    if own:
        user = mapping.load(own) if isinstance(own, Path) else mapping.from_table(path.name, own)
    budget = Budget(limits.seconds * _SHARE)
    with budget:
        tables = _tables(path, limits, budget)
        found = []
        for table in tables:
            one = Prepared(path, table, budget)
            if one.look(formats, user):
                found.append(one)
        if user:
            user.check([one.plan for one in found if one.plan])
    if not found:
        raise _empty(path) if not any(table.gaps for table in tables) else _nothing(path, tables)
    if all(one.plan is None for one in found) or not any(_usable(one) for one in found):
        raise _nothing(path, [one.table for one in found])
    return [one for one in found if _usable(one)]


def _usable(one: Prepared) -> bool:
    """Whether a table is more than prose: a known heading, a told field, or at least two columns."""
    if one.plan is None:
        return False
    told = {column.field for column in one.plan.columns if column.field}
    bare = one.table.container == "csv" and not one.path.name.lower().endswith((".csv", ".tsv"))
    if one.heading is None and one.table.heads is None and bare:
        return bool(told - {Field.DESCRIPTION})
    if told or one.heading is not None:
        return True
    lengths = [len([cell for cell in row if cell.strip()]) for row in one.sample]
    return sum(1 for length in lengths if length >= 2) >= 0.5 * len(lengths)


def _tables(path: Path, limits: Limits, budget: Budget) -> list[Table]:
    head = _head(path, limits)
    chosen = containers.choose(head, path.name)
    if chosen is None:
        raise BadInput(
            _kind_of(head),
            where=printable(path.name),
            why="registers are read from CSV, TSV, XLSX, ODS, XLS, JSON and JSON lines",
            remedy="save or export the register in one of these forms",
        )
    return chosen.read(path, limits, budget)


def _head(path: Path, limits: Limits) -> bytes:
    why = ""
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            head = handle.read(containers.HEAD_BYTES)
    except OSError as error:
        why = error.strerror or "it cannot be opened"
    if why:
        raise BadInput("the file cannot be opened", where=printable(path.name), why=printable(why))
    if not size:
        raise _empty(path)
    if size > limits.max_bytes:
        raise BadInput(
            "the file is too large",
            where=printable(path.name),
            why=f"it holds {size // 2**20} MiB, the limit is {limits.max_bytes // 2**20} MiB",
            remedy="split it, or leave out the columns that are not needed",
        )
    return head


def _kind_of(head: bytes) -> str:
    known = {b"%PDF": "this is a PDF, not a table", b"\x1f\x8b": "this is a compressed archive, not a table"}
    for sign, words in known.items():
        if head.startswith(sign):
            return words
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return "this is a web page or XML, not a table"
    if not head.strip():
        return "the file holds only blank space"
    return "this is no table that can be read (it looks binary)"


def _empty(path: Path) -> BadInput:
    return BadInput("the file holds no rows", where=printable(path.name), remedy="check that the export has finished")


def _nothing(path: Path, tables: Sequence[Table]) -> BadInput:
    gaps = [gap for table in tables for gap in table.gaps]
    return BadInput(
        "no table of devices was found",
        where=printable(path.name),
        why=gaps[0] if gaps else "no heading or column could be recognised",
        remedy="check the file, or write a mapping with `custodes map`",
    )


def _reading(one: Prepared, limits: Limits) -> RegisterReading:
    table, made = one.table, one.plan
    assert made is not None
    account = Account(
        file=printable(one.path.name, 200),
        format_id=made.format.id,
        format_name=made.format.name,
        score=made.score,
        container=table.container,
        encoding=table.encoding,
        delimiter=table.delimiter,
        header_row=one.header_row,
        row_kind=made.row_kind,
        seen_on_network=made.format.seen_on_network,
        columns=[column.use for column in made.columns],
        gaps=table.gaps,
        title=one.title(),
    )
    return RegisterReading(account, _drain(one, made, account, limits))


def _drain(one: Prepared, made: plan.Plan, account: Account, limits: Limits) -> Iterator[pa.RecordBatch]:
    emitter = Emitter(one.table, made, account, limits, one.budget)
    for row, reason in one.above():
        emitter.skip(row, reason)
    sorter = headings.Sorter(one.heads, has_heading=one.heading is not None, known=one.known)
    yield from emitter.run(one.rows(), sorter)


__all__ = ["Prepared", "account_sheet", "open_register", "prepare", "raw_tables"]
