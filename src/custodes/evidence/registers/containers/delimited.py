"""Delimited text: comma, semicolon, tab or pipe, in any of the usual encodings, read as a stream."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from custodes.evidence.registers.budget import Budget
from custodes.evidence.registers.cells import Record, Table, Unreadable
from custodes.evidence.registers.containers._encoding import Encoding, detect
from custodes.model.registers import Limits

ORDER = 90
_DELIMITERS = ",;\t|"
_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".psv")
_MAGIC = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"MZ",
    b"\x7fELF",
    b"GIF8",
    b"7z\xbc\xaf",
)
_FIRST = 2
_SAMPLE_CHARS = 256 * 1024
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*\Z', re.IGNORECASE)


_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|table|svg|rss|!--|[a-z]+>)", re.IGNORECASE)


def sniff(head: bytes, name: str) -> float:
    """Text in general: low, so that JSON and workbooks come first whatever the name says."""
    if _MARKUP.match(head):
        return 0.0
    if not head.strip() or head.startswith(_MAGIC) or _binary(head):
        return 0.0
    return 0.5 if name.lower().endswith(_SUFFIXES) else 0.2


def _binary(head: bytes) -> bool:
    sample = head[:8192]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    nul = sample.count(0)
    wide = max(sample[0::2].count(0), sample[1::2].count(0)) > 0.3 * len(sample)
    odd = sum(1 for byte in sample if byte < 9 or 13 < byte < 32) - nul
    if nul > 0.05 * len(sample) and not (wide and nul < 0.6 * len(sample)):
        return True
    return odd > max(64, 0.08 * len(sample))


def read(path: Path, limits: Limits, budget: Budget) -> list[Table]:
    """The one table of a delimited file; its records are read while they are drained."""
    if budget.spent_out:
        return []
    encoding = detect(path)
    delimiter = _delimiter(path, encoding)
    kind = "tsv" if delimiter == "\t" else "csv"
    table = Table(kind, iter(()), encoding=encoding.shown, delimiter=delimiter)
    if encoding.bad:
        table.gaps.append(f"{encoding.bad} characters do not fit {encoding.shown} and are shown as a replacement mark")
    table.records = _records(path, encoding, delimiter, table, limits)
    return [table]


def _delimiter(path: Path, encoding: Encoding) -> str:
    """The delimiter that gives the most even table in the first records (comma if none does)."""
    with path.open(encoding=encoding.codec, errors="replace", newline="") as handle:
        text = handle.read(_SAMPLE_CHARS).replace("\0", "")
    lines = text.splitlines(keepends=True)[:200]
    told = _SEP_LINE.match(lines[0]) if lines else None
    if told:
        return told.group(1)
    if lines and max(map(len, lines)) > 60_000:
        return max(_DELIMITERS, key=lambda one: (text.count(one) > 0, one == ","))
    ranked = [(_evenness(lines, one), -index, one) for index, one in enumerate(_DELIMITERS)]
    best = max(ranked)
    return best[2] if best[0] > 0 else ","


def _evenness(lines: list[str], delimiter: str) -> float:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0.0
    wide = [width for width in widths if width > 1]
    if not wide:
        return 0.0
    common = max(set(wide), key=lambda width: (wide.count(width), width))
    widest = max(widths[:_FIRST])  # a heading is among the first records: a mark that never cuts them is in the cells
    return float(wide.count(common) / len(widths) * min(common, 12) ** 0.5) * (1.0 if widest > 1 else 0.5)


class _Lines:
    """The lines of a file, remembering those of the record that is being put together; some can be put back."""

    def __init__(self, handle: Iterator[str], table: Table, limits: Limits, delimiter: str) -> None:
        self._handle, self._table, self._limits, self._delimiter = handle, table, limits, delimiter
        self._back: list[str] = []  # the next one last
        self.pending: list[str] = []
        self.too_wide = False

    def __iter__(self) -> Iterator[str]:
        while True:
            line = self._back.pop() if self._back else next(self._handle, None)
            if line is None:
                return
            if "\0" in line:
                line = line.replace("\0", "")
                self._table.note("NUL bytes were taken out")
            if len(line) > 2 * self._limits.max_columns and line.count(self._delimiter) > 4 * self._limits.max_columns:
                self.too_wide = True
                line = "\n"
            self.pending.append(line)
            yield line

    def put_back(self, lines: list[str]) -> None:
        """These lines come again, before any other."""
        self._back += reversed(lines)


#: Quotes that are never closed, after which the rest of a file is not read again line by line.
_MOST_OPEN = 50


def _records(path: Path, encoding: Encoding, delimiter: str, table: Table, limits: Limits) -> Iterator[Record]:
    wide = Unreadable(f"more than {limits.max_columns} columns")
    with path.open(encoding=encoding.codec, errors="replace", newline="") as handle:
        lines = _Lines(iter(handle), table, limits, delimiter)
        reader = csv.reader(iter(lines), delimiter=delimiter)
        row = opened = usual = 0
        while True:
            lines.pending.clear()
            row += 1
            whole: list[str] | None
            try:
                whole = next(reader)
            except StopIteration:
                return
            except csv.Error:
                whole = None
            if lines.too_wide or (whole is not None and len(whole) > limits.max_columns):
                lines.too_wide = False
                table.note(f"record {row} has more than {limits.max_columns} columns and was not read")
                yield row, wide
            elif whole is None or (_suspicious(lines.pending) and _unclosed(lines.pending, delimiter, usual)):
                if not any('"' in line for line in lines.pending):
                    yield row, _too_long(table, row)
                    continue
                opened += 1
                if opened > _MOST_OPEN or len(lines.pending[0]) > csv.field_size_limit():
                    yield row, _lost(table, row, len(lines.pending))
                else:
                    yield row, _as_it_stands(table, row, lines.pending[0], delimiter)
                    lines.put_back(lines.pending[1:])
                    reader = csv.reader(iter(lines), delimiter=delimiter)
            elif row == 1 and _SEP_LINE.match(delimiter.join(whole) or " "):
                yield row, []
            else:
                usual = usual or len(whole) - 1
                yield row, whole


def _suspicious(lines: list[str]) -> bool:
    return len(lines) > 1 or lines[0].count('"') % 2 == 1


def _unclosed(lines: list[str], delimiter: str, usual: int) -> bool:
    """Whether a quote of a record is never closed, or only by the next one that is opened, whole records later.

    `usual`: how many delimiters a record of this table has.
    """
    try:
        for _ in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        whole = [line.count(delimiter) == usual for line in lines]
        swallowed = usual > 0 and len(lines) > 1 and (all(whole) or any(whole[1:-1]))
        return "unexpected end of data" in str(error) or swallowed
    return False


def _as_it_stands(table: Table, row: int, line: str, delimiter: str) -> list[str]:
    """The one line in which a quote is opened and never closed, its quotes read as plain signs."""
    table.note(
        f"a quote opened in record {row} is never closed: it was read as a plain sign, and the lines after it as usual"
    )
    (cells,) = csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return [cell.strip('"') for cell in cells]


def _too_long(table: Table, row: int) -> Unreadable:
    table.note(f"record {row} holds a cell of more than {csv.field_size_limit()} characters: it was not read")
    return Unreadable("a cell far too long")


def _lost(table: Table, row: int, lines: int) -> Unreadable:
    table.note(f"a quote opened in record {row} is never closed: {lines} lines from there on were not read")
    return Unreadable("a quote is opened here and never closed")
