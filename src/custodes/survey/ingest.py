"""Answers too many to hold: a CSV streamed, checked and written as Parquet, sorted by question.

The check here is quick and strict: a row that it does not know to be right is looked at again by the same check
that small files get, which alone says what is wrong. The CSV stays the truth; the Parquet beside it is a copy that
says which files it was made from.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from custodes.model.errors import BadInput
from custodes.survey._arrow import Arrow, pc
from custodes.survey.answers import COLUMNS, SYNTHETIC_SOURCE, Frame, Row, check_leads, read_row
from custodes.survey.faults import MOST_OF_A_FILE, Faults
from custodes.survey.store import BUCKETS, MANIFEST, SCHEMA, STORE, bucket_name, bucket_of, fingerprint, shape
from custodes.survey.values import VALUED, State, Type, shown

BLOCK = 8 * 1024 * 1024
STATES = [str(state) for state in State]
_ROW = pa.field("row", pa.int64())
_DAY = r"^\d{4}-\d{2}-\d{2}$"


def ingest(source: Path, folder: Path, frame: Frame, faults: Faults, progress: Callable[[str], None]) -> int:
    """Write `source` into the store of a survey folder; returns how many rows. With a fault nothing is written."""
    staged = folder / f".{STORE}.part"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    try:
        spread = _spread(source, staged, frame, progress)
        again = _kept(_look_again(source, spread, frame, faults), frame)
        summary = _sort(staged, source, (again, len(frame.questions)), faults, progress)
        if faults.found:
            return 0
        manifest = {
            "rows": spread.rows,
            "synthetic": spread.synthetic,
            "source": fingerprint(source),
            "questions": list(frame.questions),
            "bodies": list(frame.bodies),
            "waves": list(frame.waves),
            "shape": shape(frame),
            **summary,
        }
        (staged / MANIFEST).write_text(json.dumps(manifest) + "\n", encoding="utf-8")
        shutil.rmtree(folder / STORE, ignore_errors=True)
        staged.rename(folder / STORE)
        return spread.rows
    finally:
        shutil.rmtree(staged, ignore_errors=True)


@dataclass(slots=True)
class _Spread:
    """What was read: rows, the ordinals of doubtful ones, and how many had another number of cells."""

    rows: int = 0
    doubtful: list[int] = field(default_factory=list)
    broken: int = 0
    synthetic: bool = False


def _spread(source: Path, staged: Path, frame: Frame, progress: Callable[[str], None]) -> _Spread:
    """Read block by block, into one file for each bucket of questions."""
    schema = pa.schema([*SCHEMA, _ROW])
    checker = _Checker(frame)
    found = _Spread()
    paths = [staged / f"{bucket}.arrow" for bucket in range(BUCKETS)]
    writers = [pa.ipc.new_file(str(path), schema) for path in paths]
    try:
        for batch in _batches(source, found):
            table, wrong = checker.check(batch, found.rows)
            found.doubtful += wrong
            found.rows += batch.num_rows
            found.synthetic |= bool(pc.any(pc.starts_with(batch.column("source"), SYNTHETIC_SOURCE)).as_py())
            _write(table, writers, len(frame.questions))
            progress(f"read {found.rows:,} answers")
    finally:
        for writer in writers:
            writer.close()
    return found


def _batches(source: Path, found: _Spread) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file, block by block, as texts. Raises BadInput where it cannot be read at all."""

    def broken(_row: Any) -> Literal["skip"]:
        found.broken += 1
        return "skip"

    try:
        with source.open("rb") as stream:
            names = [name.strip() for name in next(csv.reader([stream.readline().decode("utf-8-sig")]), [])]
        missing = [name for name in COLUMNS if name not in names]
        if len(set(names)) != len(names):
            raise BadInput("two columns have one name", where=f"{source.name}:1")
        if missing:
            raise BadInput("columns are missing", where=f"{source.name}:1", why=", ".join(missing))
        wanted = [name for name in (*COLUMNS, "wave", "lead") if name in names]
        yield from pyarrow.csv.open_csv(
            source,
            read_options=pyarrow.csv.ReadOptions(block_size=BLOCK, column_names=names, skip_rows=1, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=broken),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), include_columns=wanted, strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise BadInput("the answers cannot be read", where=source.name, why=str(error)[:160]) from None


def _write(table: Arrow, writers: list[Any], questions: int) -> None:
    """Rows to the writers of their buckets: neighbouring questions share one."""
    order = pc.sort_indices(table.column("question"))
    table = table.take(order)
    bucket = pc.divide(pc.multiply(table.column("question").cast(pa.int64()), BUCKETS), max(questions, 1))
    counts = {item["values"]: item["counts"] for item in pc.value_counts(bucket).to_pylist()}
    start = 0
    for number in sorted(counts):
        writers[number].write_table(table.slice(start, counts[number]))
        start += counts[number]


class _Checker:
    """Knows of a row, by columns, whether it is surely right."""

    def __init__(self, frame: Frame) -> None:
        self._bodies = pa.array(list(frame.bodies), pa.string())
        self._questions = pa.array(list(frame.questions), pa.string())
        self._waves = pa.array(list(frame.waves), pa.string())
        self._states = pa.array(STATES, pa.string())
        self._valued = pa.array([State(state) in VALUED for state in STATES])
        questions = list(frame.questions.values())
        self._repeats = pa.array([question.repeats for question in questions], pa.bool_())
        kinds = dict.fromkeys(question.type for question in questions)
        self._types = {kind: pa.array([question.type is kind for question in questions]) for kind in kinds}
        choices = [f"{place}\0{option}" for place, asked in enumerate(questions) for option in sorted(asked.options)]
        self._choices = pa.array(choices, pa.string())

    def check(self, batch: pa.RecordBatch, first: int) -> tuple[Arrow, list[int]]:
        """The rows that are surely right, coded; and the ordinals of the others. `first`: ordinal of row 0."""
        column = {name: pc.utf8_trim_whitespace(batch.column(name)) for name in batch.schema.names}
        body, question, state = (
            pc.index_in(column[name], value_set=known)
            for name, known in (("body", self._bodies), ("question", self._questions), ("state", self._states))
        )
        recorded, sure_day = _days(column["recorded_at"])
        empty = pc.equal(column["valid_at"], "")
        sure = [pc.is_valid(body), pc.is_valid(question), pc.is_valid(state), sure_day]
        sure.append(pc.or_(empty, _days(column["valid_at"])[1]))
        none = pa.nulls(batch.num_rows, pa.int32())
        wave, lead = none, none
        if "wave" in column:
            wave = pc.index_in(column["wave"], value_set=self._waves)
            sure.append(pc.or_(pc.equal(column["wave"], ""), pc.is_valid(wave)))
        if "lead" in column:
            lead = pc.index_in(column["lead"], value_set=self._bodies)
            sure.append(pc.equal(column["lead"], ""))  # pointers are rare: each is looked at again
        sure.append(self._fits(column, question, state))
        sure.append(pc.or_(pc.equal(column["part"], ""), pc.take(self._repeats, question)))
        good = sure[0]
        for other in sure[1:]:
            good = pc.and_(good, other)
        good = pc.fill_null(good, False)
        ordinals = pa.array(range(first, first + batch.num_rows), pa.int64())
        arrays = [
            question,
            body,
            wave,
            column["part"],
            state.cast(pa.int8()),
            column["value"],
            recorded,
            lead,
            ordinals,
        ]
        table = pa.Table.from_arrays(arrays, schema=pa.schema([*SCHEMA, _ROW]))
        return table.filter(good), pc.filter(ordinals, pc.invert(good)).to_pylist()

    def _fits(self, column: Mapping[str, Any], question: Any, state: Any) -> Any:
        """Whether state and value go together, and the value is of its type, as it is written most often."""
        value = column["value"]
        blank = pc.equal(value, "")
        valued = pc.take(self._valued, state)
        is_none = pc.equal(state, STATES.index(State.NONE))
        fits: Mapping[Type, Callable[[], Arrow]] = {
            Type.YES_NO: lambda: pc.is_in(pc.utf8_lower(value), value_set=pa.array(["yes", "no"])),
            Type.COUNT: lambda: pc.match_substring_regex(value, r"^\d{1,30}$"),
            Type.NUMBER: lambda: pc.match_substring_regex(value, r"^-?\d{1,15}(\.\d{1,15})?$"),
            Type.DATE: lambda: _days(value)[1],
            Type.TEXT: lambda: pc.invert(blank),
            Type.CHOICE: lambda: pc.is_in(
                pc.binary_join_element_wise(pc.cast(question, pa.string()), value, "\0"), value_set=self._choices
            ),
        }
        typed = pa.array([False] * len(value))
        for kind, asked in self._types.items():
            typed = pc.or_(typed, pc.and_(pc.take(asked, question), fits[kind]()))
        with_value = pc.and_(pc.and_(valued, pc.invert(is_none)), typed)
        without = pc.or_(pc.and_(pc.or_(pc.invert(valued), is_none), blank), pc.and_(is_none, pc.equal(value, "0")))
        return pc.or_(with_value, without)


def _days(texts: Arrow) -> tuple[Arrow, Arrow]:
    """Texts as days, and whether each surely is one. Each distinct text is read once."""
    coded = texts.dictionary_encode()
    distinct = coded.dictionary
    shaped = pc.match_substring_regex(distinct, _DAY)
    read = pc.strptime(pc.if_else(shaped, distinct, None), format="%Y-%m-%d", unit="s", error_is_null=True)
    days = read.cast(pa.date32())
    same = pc.fill_null(pc.equal(pc.strftime(days, format="%Y-%m-%d"), distinct), False)
    return days.take(coded.indices), same.take(coded.indices)


def _look_again(source: Path, spread: _Spread, frame: Frame, faults: Faults) -> list[tuple[int, Row]]:
    """Check doubtful rows one by one; each fault gets its line. Returns those that are right after all, by ordinal."""
    found: list[tuple[int, Row]] = []
    if not spread.doubtful and not spread.broken:
        return found
    wanted = set(spread.doubtful)
    for ordinal, line, cells, header in _lines(source):
        if len(cells) != len(header):
            faults.add(source.name, line, f"{len(cells)} cells where the header has {len(header)}")
        elif ordinal in wanted and any(map(str.strip, cells)):
            row = read_row(dict(zip(header, cells, strict=True)), line, source.name, frame, faults)
            if row is not None:
                found.append((ordinal, row))
    check_leads([row for _, row in found], source.name, faults)
    return found


def _kept(rows: list[tuple[int, Row]], frame: Frame) -> Arrow:
    """Rows looked at again, coded as the others are."""
    places = {
        kind: {name: place for place, name in enumerate(names)}
        for kind, names in (("question", frame.questions), ("body", frame.bodies), ("wave", frame.waves))
    }
    told = [row for _, row in rows]
    columns: dict[str, list[Any]] = {
        "question": [places["question"][row.question] for row in told],
        "body": [places["body"][row.body] for row in told],
        "wave": [places["wave"].get(row.wave) for row in told],
        "part": [row.part for row in told],
        "state": [STATES.index(row.held.state) for row in told],
        "value": [_text(row) for row in told],
        "recorded_at": [row.recorded_at for row in told],
        "lead": [places["body"].get(row.lead) for row in told],
        "row": [ordinal for ordinal, _ in rows],
    }
    return pa.table(columns, schema=pa.schema([*SCHEMA, _ROW]))


def _text(row: Row) -> str:
    return shown(row.held.value) if row.held.value is not None and row.held.state is not State.NONE else ""


def _lines(source: Path) -> Iterator[tuple[int, int, list[str], list[str]]]:
    """Ordinal, line, cells and header of each row. Rows of another length have none: -1."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = [name.strip() for name in next(reader)]
        line, ordinal = reader.line_num + 1, 0
        for cells in reader:
            if cells:
                yield ordinal if len(cells) == len(header) else -1, line, cells, header
                ordinal += len(cells) == len(header)
            line = reader.line_num + 1


def _sort(
    staged: Path, source: Path, again: tuple[Arrow, int], faults: Faults, progress: Callable[[str], None]
) -> dict[str, Any]:
    """Each bucket sorted into Parquet, with the rows looked at `again`, of so many questions. Returns a summary.

    Two rows of one day that say two things are faults.
    """
    latest = None
    missing = False
    first: dict[tuple[int, int], Any] = {}
    clashes: list[int] = []
    keys = ["question", "body", "part", "wave", "recorded_at", "row"]
    for bucket in range(BUCKETS):
        path = staged / f"{bucket}.arrow"
        with pa.ipc.open_file(pa.memory_map(str(path))) as reader:
            table = pa.concat_tables([reader.read_all(), _of_bucket(*again, bucket)])
        if table.num_rows:
            table = table.sort_by([(key, "ascending") for key in keys])
            clashes += _clashes(table)
            newest = pc.max(table.column("recorded_at")).as_py()
            latest = newest if latest is None or newest > latest else latest
            missing = missing or STATES.index(State.RETURN_MISSING) in pc.unique(table.column("state")).to_pylist()
            _earliest(table, first)
            pq.write_table(
                table.drop_columns(["row"]),
                staged / bucket_name(bucket),
                compression="zstd",
                row_group_size=65_536,
            )
        del table
        path.unlink()
        progress(f"sorted {bucket + 1} of {BUCKETS} parts")
    if clashes:
        _report_clashes(source, clashes, faults)
    returns = [[wave, body, day.isoformat()] for (wave, body), day in sorted(first.items())]
    day = latest.isoformat() if latest is not None else None
    return {"latest": day, "return_missing_rows": missing, "first_recorded": returns}


def _of_bucket(table: Arrow, questions: int, bucket: int) -> Arrow:
    wanted = [bucket_of(place, questions) == bucket for place in table.column("question").to_pylist()]
    return table.filter(pa.array(wanted, pa.bool_()))


def _clashes(table: Arrow) -> list[int]:
    """Ordinals of rows that say another thing than the row before, of the same place and day."""
    if table.num_rows < 2:
        return []
    before, after = table.slice(0, table.num_rows - 1), table.slice(1)

    def same(name: str) -> Any:
        left, right = before.column(name), after.column(name)
        if name in ("wave", "lead"):
            left, right = pc.fill_null(left, -1), pc.fill_null(right, -1)
        return pc.equal(left, right)

    alike = same("question")
    for name in ("body", "part", "wave", "recorded_at"):
        alike = pc.and_(alike, same(name))
    told = pc.and_(pc.and_(same("state"), same("value")), same("lead"))
    clashing: list[int] = pc.filter(after.column("row"), pc.and_(alike, pc.invert(told))).to_pylist()
    return clashing[:MOST_OF_A_FILE]


def _earliest(table: Arrow, first: dict[tuple[int, int], Any]) -> None:
    """The first day on which anything was recorded of a body, by wave (-1: of any)."""
    waves = pc.fill_null(table.column("wave"), -1)
    grouped = (
        pa.table({"wave": waves, "body": table.column("body"), "day": table.column("recorded_at")})
        .group_by(["wave", "body"])
        .aggregate([("day", "min")])
    )
    for row in grouped.to_pylist():
        key = (row["wave"], row["body"])
        first[key] = min(first.get(key, row["day_min"]), row["day_min"])


def _report_clashes(source: Path, ordinals: list[int], faults: Faults) -> None:
    wanted = set(ordinals)
    for ordinal, line, _, _ in _lines(source):
        if ordinal in wanted:
            faults.add(source.name, line, "says another thing than another line, recorded on the same day")
