"""From headings and a sample of rows to a plan: which column feeds which field, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from custodes.evidence.registers import flags, money, values
from custodes.evidence.registers.columns import Column
from custodes.evidence.registers.credentials import (
    are_secrets,
    is_credential_header,
    is_login_name,
    looks_like_password,
    may_be_credential_header,
    scrub,
)
from custodes.evidence.registers.formats import Format, Formats, generic_field
from custodes.evidence.registers.text import compact, printable
from custodes.model.vocab import Field, RowKind

FREE = frozenset({Field.NAME, Field.DESCRIPTION, Field.NOTES, Field.LOCATION, Field.SITE})


@dataclass(slots=True)
class Plan:
    """What is known of a table before its rows are handed on."""

    format: Format
    score: float
    row_kind: RowKind
    columns: list[Column]
    normal: int = 10**9  # cells that a whole record has; more may mean that cells have moved

    @property
    def has_credentials(self) -> bool:
        """Whether a credential column was found, so that a shifted row would be dangerous."""
        return any(column.dropped and not column.surplus for column in self.columns)


def build(
    heads: Sequence[str],
    sample: Sequence[Sequence[str]],
    formats: Formats,
    container: str,
    marks: frozenset[str],
) -> Plan:
    """The plan for a table with headings. `sample` are its first data rows (ragged is fine)."""
    form, score = formats.best(heads, container, marks)
    columns = [Column(index, _shown(head, index)) for index, head in enumerate(heads)]
    if not any(is_credential_header(head) or compact(head) in form.drop for head in heads):
        columns += [Column(i, f"column {i + 1}") for i in range(len(heads), max(map(len, sample), default=0))]
    taken: set[Field] = set()
    for column in columns:
        head = heads[column.index] if column.index < len(heads) else ""
        if compact(head) in form.drop or is_credential_header(head):
            column.dropped = True
        elif not head.strip():
            cells = _cells(sample, column.index)
            column.surplus = sum(map(bool, cells)) * 2 < len(sample)
            column.dropped = are_secrets(cells) if column.surplus else _nameless(cells)
        elif may_be_credential_header(head):
            column.dropped = are_secrets(_cells(sample, column.index))
    _logins_beside(columns, sample)
    if form is not formats.generic:
        _claim(columns, heads, taken, lambda head: form.fields.get(compact(head)), "format")
    kept = [column for column in columns if _head(heads, column) not in form.ignore or not _head(heads, column)]
    maps = frozenset(one.index for one in kept if values.are_coordinates(_cells(sample, one.index)))
    named = [column for column in kept if column.index not in maps]
    _claim(named, heads, taken, lambda head: generic_field(formats.generic, head), "heading")
    held = [_cells(sample, one.index) for one in columns]
    money.settle(named, heads, held, formats.generic, taken)
    flags.settle(named, heads, held, formats.generic, taken)
    _by_values(kept, sample, taken)
    for column in columns:
        if column.field is not None:
            column.values = form.values.get(column.field, {})
    return Plan(form, score, form.row_kind, columns)


def build_headless(sample: Sequence[Sequence[str]], formats: Formats) -> Plan:
    """The plan for a table without headings: values decide, and what could be a password is dropped."""
    width = max(map(len, sample), default=0)
    columns = [Column(index, f"column {index + 1}", how="values") for index in range(width)]
    taken: set[Field] = set()
    cells = [_cells(sample, index) for index in range(width)]
    for column in columns:
        found = values.headless_field(cells[column.index], taken)
        if found and not (found is Field.DESCRIPTION and values.may_hold_password(cells[column.index])):
            column.field = found
            taken.add(found)
    login = [values.share(one, is_login_name) >= 0.3 for one in cells]
    for column in columns:
        beside = any(login[near] for near in (column.index - 1, column.index) if near >= 0)
        if beside and column.field in (None, Field.DESCRIPTION, Field.MODEL, Field.CHANNEL, Field.SERIAL):
            column.field, column.dropped = None, True
        elif column.field is None:
            column.dropped = _unsafe(cells[column.index])
    found_fields = sum(1 for column in columns if column.field)
    score = round(0.4 * found_fields / width, 3) if width else 0.0
    return Plan(formats.generic, score, formats.generic.row_kind, columns)


def _unsafe(cells: Sequence[str]) -> bool:
    """Whether a column that nothing names could hold passwords: anything but wordy text or a short number."""
    harmless = values.share(cells, lambda cell: " " in cell or (cell.isdecimal() and len(cell) < 4) or not cell)
    return harmless < 0.9 and any(cell.strip() for cell in cells)


def _logins_beside(columns: Sequence[Column], sample: Sequence[Sequence[str]]) -> None:
    """A column of usual login names beside a credential column is one too, whatever its heading."""
    beside = {near for column in columns if column.dropped for near in (column.index - 1, column.index + 1)}
    for column in columns:
        if column.index in beside and values.share(_cells(sample, column.index), is_login_name) >= 0.5:
            column.dropped = True


def _nameless(cells: Sequence[str]) -> bool:
    """Whether a column without a heading may hold secrets."""
    return values.share(cells, is_login_name) >= 0.3 or values.share(cells, looks_like_password) >= 0.5


def _shown(head: str, index: int) -> str:
    return printable(scrub(head)[0]) or f"column {index + 1}"


def _head(heads: Sequence[str], column: Column) -> str:
    return compact(heads[column.index]) if column.index < len(heads) else ""


def _cells(sample: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index].strip() for row in sample if index < len(row)]


def _claim(
    columns: Sequence[Column],
    heads: Sequence[str],
    taken: set[Field],
    look: Callable[[str], tuple[Field, int] | None],
    how: str,
) -> None:
    """Give each field its surest column: smallest rank, then the leftmost."""
    offers: list[tuple[int, int, Field]] = []
    for column in columns:
        if column.dropped or column.field or column.index >= len(heads):
            continue
        found = look(heads[column.index])
        if found:
            offers.append((found[1], column.index, found[0]))
    by_index = {column.index: column for column in columns}
    for _, index, wanted in sorted(offers):
        if wanted not in taken:
            by_index[index].field, by_index[index].how = wanted, how
            taken.add(wanted)


def _by_values(columns: Sequence[Column], sample: Sequence[Sequence[str]], taken: set[Field]) -> None:
    for column in columns:
        cells = _cells(sample, column.index)
        if column.how == "heading" and column.field in (Field.ADDRESS, Field.LOCATION):
            _place_or_network(column, cells, taken)
    for column in columns:
        if column.dropped or column.field:
            continue
        found = values.field_of(column.header, _cells(sample, column.index))
        if found and found not in taken:
            column.field, column.how = found, "values"
            taken.add(found)


def _place_or_network(column: Column, cells: Sequence[str], taken: set[Field]) -> None:
    """`Address` is a street in one register and a network address in the next: the values say which."""
    if not any(cells):
        return
    networked = values.share(cells, values.is_address)
    wanted = column.field
    if column.field is Field.ADDRESS and networked < 0.3:
        wanted = Field.LOCATION
    elif column.field is Field.LOCATION and values.field_of(column.header, cells) is Field.ADDRESS:
        wanted = Field.ADDRESS
    if wanted is column.field or wanted is None:
        return
    column.turn_to(wanted, taken)
