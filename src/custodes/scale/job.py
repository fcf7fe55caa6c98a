"""What is to be worked out: a batch function, given by name, over a large table."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from custodes.model.errors import BadInput, BadUsage, did_you_mean
from custodes.scale import moments
from custodes.scale.columns import each
from custodes.scale.pieces import ROWS, Piece, Seen, cut

Batches = Iterator[pa.RecordBatch]
#: The input into which names are joined, those that a row is joined by, and what the joined column is called.
TOLD, JOINED_BY, JOINED = "told", ("source", "target", "seen"), "\0told"


@dataclass(frozen=True, slots=True)
class Contract:
    """A batch function with the columns that it takes and gives: a row for each row, in the same order.

    `touched`: from two editions of the reference data, which rows the newer one may answer otherwise; None where the
    function does not say it.
    """

    call: Callable[..., Batches]
    takes: pa.Schema
    gives: pa.Schema
    touched: Callable[..., Any] | None = None


def contract(function: str) -> Contract:
    """The batch function behind `package.module:name`; its module says INPUT_SCHEMA and OUTPUT_SCHEMA."""
    held = importlib.import_module(function.partition(":")[0])
    return Contract(named(function), held.INPUT_SCHEMA, held.OUTPUT_SCHEMA, getattr(held, "touched", None))


def named(function: str) -> Callable[..., Batches]:
    """The function behind `package.module:name`."""
    module, _, name = function.partition(":")
    found: Callable[..., Batches] = getattr(importlib.import_module(module), name)
    return found


@dataclass(frozen=True)
class Job:
    """A function over a source, its results to a folder.

    `columns`: of the function's input to those of the source; `constants`: to one text for all rows, where no column
    tells them. `keep`: columns of the source that stand beside the results; `partition`: of these, those that name
    folders. `knowledge`: the hash of the file of the reference data, beside the results; `names`: that of the names
    which are joined to the rows (`scale/names.py`), if any, beside them too. `since`: a folder of earlier results that
    are carried over, if any.
    """

    function: str
    source: str
    out: str
    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    partition: tuple[str, ...] = ()
    knowledge: str = ""
    names: str = ""
    since: str = ""
    batch_rows: int = 32_768
    piece_rows: int = ROWS

    def asked(self) -> dict[str, Any]:
        """What is asked: the same for the same job wherever it lies."""
        return {key: value for key, value in asdict(self).items() if key not in ("source", "out", "since")}

    def line(self) -> str:
        """All of it, as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> Job:
        """From its line."""
        told = json.loads(line)
        return cls(**{**told, "keep": tuple(told["keep"]), "partition": tuple(told["partition"])})

    @property
    def wanted(self) -> list[str]:
        """The columns of the source that are read, each once."""
        return list(dict.fromkeys((*self.columns.values(), *self.keep)))


def planned(job: Job, files: Sequence[Seen]) -> tuple[Job, list[Piece]]:
    """A job with its input columns found in every file that holds rows, and its pieces. Raises BadInput, BadUsage."""
    held = [one for one in files if not one.empty]
    fit = fitted(job, held[0].columns)
    for one in held:
        fits(fit, one.columns, one.path)
    return fit, cut(files, fit.piece_rows)


def fitted(job: Job, there: pa.Schema) -> Job:
    """The job with every input column found: as told, by a constant, or under its own name. Raises BadUsage."""
    takes = contract(job.function).takes
    _look_twice(there)
    columns = {**{name: name for name in takes.names if name in there.names}, **job.columns}
    for name in (*columns, *job.constants):
        if name not in takes.names:
            hint = did_you_mean(name.lower(), takes.names) or f"they are {', '.join(takes.names)}"
            raise BadUsage(f"there is no input column {name!r}", why=hint)
    if job.names:
        columns.pop(TOLD, None)
        if TOLD not in takes.names or not all(name in columns for name in JOINED_BY):
            why = f"rows are joined to names by their {', '.join(JOINED_BY)}"
            raise BadUsage("names cannot be joined to this table", why=why, remedy="say with --column which they are")
    _look_for_inputs(job, takes, columns, there)
    _look_beside(job, there)
    extra = [name for name in job.partition if name not in job.keep]
    constants = {name: text for name, text in job.constants.items() if name not in columns}
    told: dict[str, Any] = asdict(job) | {"columns": columns, "constants": constants, "keep": (*job.keep, *extra)}
    return Job(**told)


def _look_for_inputs(job: Job, takes: pa.Schema, columns: Mapping[str, str], there: pa.Schema) -> None:
    """Raises BadUsage where a column is none of the table, one is missing, or none is there at all."""
    for name in columns.values():
        _is_there(name, there)
    for one in takes:
        if one.name not in columns and one.name not in job.constants and otherwise(one) is None:
            remedy = f"say which: --column {one.name}=NAME"
            raise BadUsage(f"no column of the table is the {one.name!r}", remedy=remedy)
    if not columns:
        why = f"the inputs are {', '.join(takes.names)}; the table has {', '.join(there.names[:20])}"
        raise BadUsage("no column of the table is an input", why=why, remedy="say which: --column INPUT=COLUMN")


def _look_beside(job: Job, there: pa.Schema) -> None:
    """Raises BadUsage for kept columns that the table does not have, or that are called as results are."""
    results = {name.lower() for name in contract(job.function).gives.names}
    for name in dict.fromkeys((*job.keep, *job.partition)):
        _is_there(name, there)
        if name.lower() in results:
            raise BadUsage(f"a kept column has the name of a result: {name!r}", remedy="give it another name")


def _is_there(name: str, there: pa.Schema) -> None:
    if name not in there.names:
        hint = did_you_mean(name, there.names) or f"there are {', '.join(there.names[:20])}"
        raise BadUsage(f"the table has no column {name!r}", why=hint)


def _look_twice(there: pa.Schema) -> None:
    """Raises BadUsage for two columns of one name."""
    twice = [name for name, many in Counter(there.names).items() if many > 1]
    if twice:
        raise BadUsage(f"two columns are called {twice[0]!r}", remedy="give one another name")


def fits(job: Job, there: pa.Schema, where: str) -> None:
    """Whether a job can read a file's columns. Raises BadInput, with the file."""
    takes = contract(job.function).takes
    for name in job.wanted:
        many = there.names.count(name)
        if many != 1:
            what = f"this file has {'no column' if not many else 'two columns'} {name!r}, as others have"
            raise BadInput(what, where=where, remedy="take it out of the folder, or give its columns the same names")
    for name, column in job.columns.items():
        kind = there.field(column).type
        if not can_be(kind, takes.field(name).type):
            what = f"the column {column!r} is of the type {kind}, which is no {takes.field(name).type}"
            raise BadInput(what, where=where)


def can_be(kind: Any, wanted: pa.DataType) -> bool:
    """Whether a column of one type can be read as another."""
    if moments.is_moment(wanted):
        return moments.can_be(kind)
    try:
        pa.nulls(0, kind).cast(wanted)
    except (pa.ArrowException, NotImplementedError):
        return False
    return True


def as_text(column: Any) -> Any:
    """A column as text; bytes that are no UTF-8 are replaced, as everywhere where devices are read."""
    try:
        told = column if column.type == pa.string() else column.cast(pa.string())
        told.validate(full=True)
        return told
    except pa.ArrowInvalid:
        raw = column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        raw = raw.cast(pa.binary())
        return pa.array(
            [None if one is None else one.decode("utf-8", "replace") for one in raw.to_pylist()], pa.string()
        )


def otherwise(one: pa.Field[Any]) -> str | None:
    """What a column holds that nobody told, as its metadata has it; None where it must be told."""
    held = (one.metadata or {}).get(b"otherwise")
    return held.decode() if held is not None else None


def inputs(job: Job, takes: pa.Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch of the source as the function takes it."""
    found = []
    for one in takes:
        if one.name in job.columns:
            found.append(_as(batch.column(job.columns[one.name]), one.type))
        elif job.names and one.name == TOLD:
            found.append(batch.column(JOINED))
        else:
            told = job.constants.get(one.name, otherwise(one) or "")
            found.append(pa.repeat(_scalar(told, one.type), batch.num_rows))
    return pa.record_batch(found, schema=takes)


def _as(column: Any, wanted: pa.DataType) -> Any:
    if pa.types.is_string(wanted):
        return as_text(column)
    if moments.is_moment(wanted):
        return moments.moments(column)
    try:
        return column.cast(wanted)
    except pa.ArrowInvalid:
        return _as_numbers(column, wanted)


def _as_numbers(column: Any, wanted: pa.DataType) -> Any:
    """A column in which what is none of these numbers is missing: a dash, or one too large."""

    def number(value: Any) -> Any:
        try:
            return pa.scalar(int(value), wanted).as_py()
        except (ValueError, OverflowError, pa.ArrowException):
            return None

    return each(column, number, wanted)


def _scalar(told: str, wanted: pa.DataType) -> Any:
    """One value for all rows; a time that nobody told is missing."""
    if moments.is_moment(wanted):
        return moments.moments(pa.array([told or None], pa.string()))[0]
    return pa.scalar(told).cast(wanted)
