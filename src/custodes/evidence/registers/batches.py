"""Records to Arrow batches: credentials out, identifiers checked, every row accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest
from typing import Any

import pyarrow as pa
import pyarrow.compute

from custodes.evidence.registers import credentials, damage
from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import Record, Table, Unreadable
from custodes.evidence.registers.columns import Column
from custodes.evidence.registers.headings import OTHER_HEADING, Sorter
from custodes.evidence.registers.plan import Plan
from custodes.evidence.registers.text import printable
from custodes.model.registers import DAMAGE_TYPE, OBSERVATION_SCHEMA, Account, Credentials, Limits, Skip
from custodes.model.vocab import Damage, Field

pc: Any = pyarrow.compute
ColumnText = Any  # a pyarrow string array

BATCH_ROWS = 8_192
BATCH_CELLS = 400_000
_SECRET_SET = 64
_CUT = "…"
_SHIFTED = "more cells than the heading, and the file has credential columns: left out, as cells may have moved"


class Emitter:
    """Turns the records of one table into batches while keeping `account` true."""

    def __init__(self, table: Table, plan: Plan, account: Account, limits: Limits, budget: Budget) -> None:
        self._table, self._plan, self._account = table, plan, account
        self._limits, self._budget = limits, budget
        self._sheet = account_sheet(table)
        self._width = len(plan.columns)
        self._surplus = 0
        self._guarded = plan.has_credentials
        self._values = 0
        self._zero_widths: dict[Field, int] = {}
        self._secrets: set[str] = set()
        self._emptied: set[int] = set()  # dropped columns that held something
        self._positions: dict[int, tuple[Any, Any]] = {}

    def run(self, records: Iterator[Record], sorter: Sorter) -> Iterator[pa.RecordBatch]:
        """Batches (OBSERVATION_SCHEMA) of the device rows among `records`."""
        size = max(64, min(BATCH_ROWS, BATCH_CELLS // max(1, self._width)))
        done = False
        while not done:
            with self._budget:
                rows: list[int] = []
                cells: list[list[str]] = []
                done = self._collect(records, sorter, rows, cells, size)
                batch = self._batch(rows, cells) if rows else None
                if done:
                    self._close()
            if batch is not None:
                yield batch

    def _collect(
        self, records: Iterator[Record], sorter: Sorter, rows: list[int], cells: list[list[str]], size: int
    ) -> bool:
        """Fill one batch. True when there is nothing more to read."""
        for row, record in records:
            if isinstance(record, Unreadable):
                self.skip(row, record.reason)
            elif reason := self._reason(record, sorter, row):
                if reason != "blank":
                    self.skip(row, reason)
            else:
                rows.append(row)
                cells.append(record)
                self._account.rows += 1
            if len(rows) >= size:
                return self._stopped(row)
            if row % 4096 == 0 and self._stopped(row):
                return True
        return True

    def _stopped(self, row: int) -> bool:
        if row >= self._limits.max_rows:
            self._table.gaps.append(f"stopped at record {row}: more than {self._limits.max_rows} records")
            return True
        if self._budget.spent_out:
            self._table.gaps.append(f"stopped at record {row}: {self._limits.seconds:g} s of work were used up")
            return True
        return False

    def _reason(self, cells: list[str], sorter: Sorter, row: int) -> str:
        filled = len(cells) - cells.count("")
        if filled == 0 or not "".join(cells).strip():
            return "blank"
        if row in self._table.merged_rows:
            return "a section heading over merged cells, not a device"
        reason = sorter.reason(cells, filled)
        if not reason and len(cells) > self._width:
            reason = self._too_long(cells)
        return reason or (_SHIFTED if self._guarded and len(cells) > self._plan.normal else "")

    def _too_long(self, cells: list[str]) -> str:
        if any(cell.strip() for cell in cells[self._width :]):
            if self._guarded:
                return _SHIFTED
            self._surplus += 1
        if not self._guarded:
            del cells[self._width :]
        return ""

    def skip(self, row: int, reason: str) -> None:
        """Count a data row that becomes no observation."""
        if reason == OTHER_HEADING:
            self._table.note(f"another table seems to begin at record {row}: put each in a file of its own")
        self._account.skipped.append(Skip(row, reason, self._sheet))
        self._account.rows += 1

    def _close(self) -> None:
        if not self._account.rows:
            self._table.note("there are headings, but no record under them")
        elif not any(column.field for column in self._plan.columns):
            self._table.note("no column is known by its heading or its values: say what they hold with `custodes map`")
        if self._surplus:
            self._table.gaps.append(f"{self._surplus} rows have more cells than the heading; the surplus was left out")
        self._secrets.clear()
        headers = tuple(
            column.header
            for column in self._plan.columns
            if column.dropped and (not column.surplus or column.index in self._emptied)
        )
        self._account.credentials = Credentials(headers, self._values)

    def _batch(self, rows: list[int], cells: list[list[str]]) -> pa.RecordBatch:
        columns: list[Sequence[str]] = []
        columns += list(zip_longest(*cells, fillvalue=""))[: self._width]
        columns += [[""] * len(rows)] * (self._width - len(columns))
        secrets = self._drop(columns)
        fields: dict[Field, ColumnText] = {}
        loose = [column for column in self._plan.columns if not column.dropped and column.field is None]
        known = [column for column in self._plan.columns if not column.dropped and column.field is not None]
        beside = list(chain.from_iterable(columns[one.index] for one in loose))
        extra, *texts = self._clean([beside, *(columns[column.index] for column in known)], secrets)
        damaged: list[list[dict[str, str]]] = [[] for _ in rows]
        for column, text in zip(known, texts, strict=True):
            if column.field is not None:
                fields[column.field] = self._identify(column, text, columns[column.index], damaged)
        size = len(rows)
        arrays: list[Any] = [pa.array(rows, pa.int64()), pa.array([self._sheet] * size, pa.string())]
        arrays += [fields.get(name, pa.nulls(size, pa.string())) for name in Field]
        arrays += [
            pa.array(damaged, pa.list_(DAMAGE_TYPE)),
            self._extras([one.header for one in loose], extra, size),
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=OBSERVATION_SCHEMA)

    def _drop(self, columns: Sequence[Sequence[str]]) -> list[str]:
        """Count the credentials of this batch; return those that are telling enough to look for elsewhere."""
        for column in self._plan.columns:
            if not column.dropped:
                continue
            held = [cell.strip() for cell in columns[column.index] if cell.strip()]
            self._values += len(held)
            if held:
                self._emptied.add(column.index)
            if len(self._secrets) < 4 * _SECRET_SET:
                self._secrets.update(cell for cell in held if _telling(cell))
        return sorted(self._secrets)

    def _clean(self, columns: Sequence[Sequence[str]], secrets: Sequence[str]) -> list[ColumnText]:
        """Trimmed texts of columns, empty ones as null, without credentials. All are looked through at once, and
        of texts that come again each once."""
        coded: list[Any] = [pa.array(cells, pa.string()).dictionary_encode() for cells in columns]
        distinct = pc.utf8_trim_whitespace(pa.concat_arrays([one.dictionary for one in coded]))
        distinct = pc.if_else(pc.equal(distinct, ""), pa.scalar(None, pa.string()), distinct)
        flagged = self._flagged(distinct, secrets)
        found, start = [], 0
        for one in coded:
            size = len(one.dictionary)
            text = distinct.slice(start, size).take(one.indices)
            marked = flagged.slice(start, size)
            held = pc.any(marked).as_py()
            found.append(self._scrubbed(text, marked.take(one.indices), secrets) if held else text)
            start += size
        return found

    def _flagged(self, text: ColumnText, secrets: Sequence[str]) -> Any:
        """Which texts may hold credentials, or are too long."""
        flagged = credentials.flagged(text)
        flagged = pc.or_(flagged, pc.greater(pc.utf8_length(text), self._limits.max_cell_chars))
        for start in range(0, len(secrets), _SECRET_SET):
            pattern = "|".join(_escaped(secret) for secret in secrets[start : start + _SECRET_SET])
            flagged = pc.or_(flagged, pc.match_substring_regex(text, pattern))
        return flagged

    def _scrubbed(self, text: ColumnText, flagged: Any, secrets: Sequence[str]) -> ColumnText:
        held = text.to_pylist()
        late = False
        for index in pc.indices_nonzero(flagged).to_pylist():
            value = held[index]
            late = late or self._budget.spent_out
            if late:
                held[index] = None
                self._table.note("time ran out: cells that might hold credentials were left out unread")
                continue
            if len(value) > self._limits.max_cell_chars:
                value = value[: self._limits.max_cell_chars] + _CUT
                self._table.note("a cell longer than the limit was cut")
            value, found = credentials.scrub(value)
            for secret in secrets:
                if secret in value:
                    value, found = value.replace(secret, credentials.REMOVED), found + 1
            self._values += found
            held[index] = value.strip() or None
        return pa.array(held, pa.string())

    def _identify(
        self, column: Column, text: ColumnText, raw: Sequence[str], damaged: list[list[dict[str, str]]]
    ) -> ColumnText:
        assert column.field is not None
        if column.translate:
            translate = column.translate
            return pa.array([None if v is None else translate(v) for v in text.to_pylist()], pa.string())
        if column.values:
            table = column.values
            return pa.array(
                [None if v is None else table.get(v, table.get("*", v)) for v in text.to_pylist()],
                pa.string(),
            )
        if column.field not in damage.IDENTIFIERS and column.field not in damage.NAMED:
            return text
        held = [None if v is None else damage.unwrap(v) for v in text.to_pylist()]
        if column.field in damage.IDENTIFIERS and column.field not in self._zero_widths:
            self._zero_widths[column.field] = damage.zero_width(held)
        width = self._zero_widths.get(column.field, 0)
        changed = False
        for index, value in enumerate(held):
            found = damage.find(column.field, value, width, type(raw[index])) if value else None
            if found and value:
                damaged[index].append(_damage(column.field, found, value))
                held[index], changed = None, True
        named = column.field in damage.NAMED
        return text if named and not changed else pa.array(held, pa.string())

    def _extras(self, heads: Sequence[str], cells: ColumnText, size: int) -> ColumnText:
        """Unmapped columns (`cells`: one after the other) as one map per row, without a loop over cells."""
        if not heads:
            return pa.array([[]] * size, pa.map_(pa.string(), pa.string()))
        count = len(heads)
        order, which = self._order(size, count)
        stacked = cells.take(order)
        keys = pa.array(heads, pa.string()).take(which)
        valid = stacked.is_valid()
        running = pc.cumulative_sum(valid.cast(pa.int32()))
        ends = running.take(pa.array(range(count - 1, size * count, count), pa.int32()))
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
        maps: Any = pa.MapArray
        return maps.from_arrays(offsets, keys.filter(valid), stacked.filter(valid))

    def _order(self, size: int, count: int) -> tuple[Any, Any]:
        if size not in self._positions:
            self._positions.clear()
            cell = pa.array(range(size * count), pa.int32())
            row = pc.divide(cell, count)
            which = pc.subtract(cell, pc.multiply(row, count))
            self._positions[size] = (pc.add(pc.multiply(which, size), row), which)
        return self._positions[size]


def account_sheet(table: Table) -> str:
    """The sheet's name as it may be stored and shown."""
    return printable(credentials.scrub(table.sheet)[0]) if table.sheet else ""


def _damage(field: Field, kind: Damage, shown: str) -> dict[str, str]:
    return {"field": field.value, "kind": kind.value, "shown": printable(shown, 60)}


def _telling(cell: str) -> bool:
    return len(cell) >= 6 and not cell.isalpha() and "\n" not in cell


def _escaped(secret: str) -> str:
    return "".join(ch if ch.isalnum() or ord(ch) > 127 else f"\\x{{{ord(ch):x}}}" for ch in secret)
