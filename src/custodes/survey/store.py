"""Answers kept as Parquet, sorted by question: read one question at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodes.model.errors import BadInput
from custodes.survey._arrow import Arrow, pc
from custodes.survey.answers import NO_ROW, Cell, Column, Frame, Held, led_by, read_held
from custodes.survey.questionnaire import Question
from custodes.survey.values import State

STORE, MANIFEST = "answers.parquet", "manifest.json"
#: Numbers are places in the lists of the manifest. `wave` null: of any; `lead` null: none.
_FIELDS: dict[str, pa.DataType] = {
    "question": pa.int32(),
    "body": pa.int32(),
    "wave": pa.int32(),
    "part": pa.string(),
    "state": pa.int8(),
    "value": pa.string(),
    "recorded_at": pa.date32(),
    "lead": pa.int32(),
}
SCHEMA = pa.schema(_FIELDS)
_STATES = tuple(State)
_LAST = pa.array([True], pa.bool_())
_ONE = pa.scalar(1, pa.int64())
#: Neighbouring questions share a file.
BUCKETS, BUCKETS_HELD = 32, 6


def bucket_of(question: int, questions: int) -> int:
    """The file that the rows of a question, by its place among the questions, stand in."""
    return question * BUCKETS // max(questions, 1)


def bucket_name(bucket: int) -> str:
    """The name of that file."""
    return f"{bucket:02d}.parquet"


def fingerprint(path: Path) -> dict[str, Any]:
    """What a file was when it was read: enough to see that it has changed since."""
    stat = path.stat()
    return {"name": path.name, "bytes": stat.st_size, "changed": stat.st_mtime_ns}


def shape(frame: Frame) -> list[str]:
    """What the reading of stored values hangs on: type, options and repeating of each question."""
    return [
        f"{question.type}|{question.repeats}|{','.join(sorted(question.options))}"
        for question in frame.questions.values()
    ]


def open_store(folder: Path, frame: Frame, source: Path) -> StoredAnswers:
    """The stored answers of a survey folder. Raises BadInput if what they were made from has changed."""
    path = folder / STORE
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput("the stored answers cannot be read", where=str(path), why=str(error)[:120]) from None
    lists = {"questions": list(frame.questions), "bodies": list(frame.bodies), "waves": list(frame.waves)}
    changed = next((name for name, words in lists.items() if manifest.get(name) != words), "")
    if not changed and manifest.get("shape") != shape(frame):
        changed = "questions"
    if source.is_file() and manifest.get("source") != fingerprint(source):
        changed = source.name
    if changed:
        why = f"the {changed} have changed since they were written" if changed in lists else f"{changed} has changed"
        raise BadInput(
            "the stored answers are out of date", where=str(path), why=why, remedy="`custodes survey import DIR` again"
        )
    return StoredAnswers(path, manifest, frame.questions)


class StoredAnswers:
    """Answers by question, from Parquet."""

    def __init__(self, path: Path, manifest: Mapping[str, Any], questions: Mapping[str, Question]) -> None:
        self._manifest = manifest
        self._questions = questions
        self._path = path
        self._place = {name: place for place, name in enumerate(manifest["questions"])}
        self._bodies: list[str] = manifest["bodies"]
        self._body_places = {name: place for place, name in enumerate(self._bodies)}
        self._waves: list[str] = manifest["waves"]
        self._wanted = lru_cache(maxsize=8)(self._body_array)
        self._bucket = lru_cache(maxsize=BUCKETS_HELD)(self._read)

    def latest(self) -> date | None:
        """The last day on which anything was recorded."""
        found = self._manifest["latest"]
        return date.fromisoformat(found) if found else None

    def synthetic(self) -> bool:
        """Whether the source of some row says that it is synthetic."""
        return bool(self._manifest["synthetic"])

    def returned(self, wave: str, cut: date | None) -> frozenset[str]:
        """Bodies with a return."""
        place = self._waves.index(wave)
        until = cut.isoformat() if cut is not None else "9999"
        some = {
            self._bodies[body]
            for row_wave, body, day in self._manifest["first_recorded"]
            if row_wave in (-1, place) and day <= until
        }
        missing = self._only_missing(wave, cut) if self._manifest["return_missing_rows"] else set()
        return frozenset(some - missing)

    def _only_missing(self, wave: str, cut: date | None) -> set[str]:
        """Bodies of which every row that holds says that the return is missing."""
        missing: set[int] = set()
        other: set[int] = set()
        code = _STATES.index(State.RETURN_MISSING)
        for question in self._place:
            table = self._holding(question, wave, cut)
            is_missing = pc.equal(table.column("state"), code)
            missing.update(table.filter(is_missing).column("body").to_pylist())
            other.update(table.filter(pc.invert(is_missing)).column("body").to_pylist())
        return {self._bodies[body] for body in missing - other}

    def column(self, question: str, wave: str, cut: date | None, bodies: Sequence[str]) -> Column:
        """What holds for a question, for bodies in order."""
        table = self._holding(question, wave, cut)
        plain = not self._questions[question].repeats and table.column("lead").null_count == table.num_rows
        return self._coded(question, table, bodies) if plain else self._pieced(question, table, bodies)

    def _read(self, bucket: int) -> tuple[Arrow, dict[int, tuple[int, int]]]:
        """The rows of a bucket, and where those of each question stand in it: first row, how many."""
        path = self._path / bucket_name(bucket)
        if not path.is_file():
            return SCHEMA.empty_table(), {}
        table = pq.read_table(path).combine_chunks()
        places, start = {}, 0
        for item in pc.value_counts(table.column("question").combine_chunks()).to_pylist():
            places[item["values"]] = (start, item["counts"])
            start += item["counts"]
        return table, places

    def _rows(self, question: str) -> Arrow:
        place = self._place[question]
        table, places = self._bucket(bucket_of(place, len(self._place)))
        return table.slice(*places.get(place, (0, 0)))

    def _holding(self, question: str, wave: str, cut: date | None) -> Arrow:
        """The rows that hold: of each body and part the last recorded, of the wave and up to the cut."""
        table = self._rows(question)
        wanted = pc.fill_null(pc.equal(table.column("wave"), pa.scalar(self._waves.index(wave), pa.int32())), True)
        if cut is not None:
            wanted = pc.and_(wanted, pc.less_equal(table.column("recorded_at"), pa.scalar(cut, pa.date32())))
        table = table.filter(wanted)
        if table.num_rows < 2:
            return table
        if table.column("wave").null_count not in (0, table.num_rows):
            table = table.sort_by([(key, "ascending") for key in ("body", "part", "recorded_at")])
        before, after = table.slice(0, table.num_rows - 1), table.slice(1)
        ends = pc.or_(
            pc.not_equal(before.column("body"), after.column("body")),
            pc.not_equal(before.column("part"), after.column("part")),
        )
        chunks = ends.chunks if isinstance(ends, pa.ChunkedArray) else [ends]
        last = pa.chunked_array([*chunks, _LAST])
        return table.filter(last)

    def _coded(self, question: str, table: Arrow, bodies: Sequence[str]) -> Column:
        """One row a body: states and values by code, each distinct pair read once."""
        value = table.column("value").combine_chunks().dictionary_encode()
        texts = value.dictionary.to_pylist()
        each = pa.scalar(len(texts) + 1, pa.int64())
        pair = pc.add(pc.multiply(table.column("state").cast(pa.int64()), each), value.indices.cast(pa.int64()))
        distinct = pc.unique(pair)
        codes = pc.index_in(pair, value_set=distinct)
        cells: list[Cell] = [NO_ROW]
        for number in distinct.to_pylist():
            state, text = divmod(number, len(texts) + 1)
            cells.append({"": read_held(self._questions[question], _STATES[state], texts[text])})
        places = pc.index_in(self._wanted(tuple(bodies)), value_set=table.column("body").combine_chunks())
        found = (
            pc.add(pc.take(codes, places).cast(pa.int64()), _ONE)
            if table.num_rows
            else pa.nulls(len(bodies), pa.int64())
        )
        return Column(pc.fill_null(found, 0).to_pylist(), cells)

    def _body_array(self, bodies: tuple[str, ...]) -> Arrow:
        return pa.array([self._body_places[body] for body in bodies], pa.int32())

    def _pieced(self, question: str, table: Arrow, bodies: Sequence[str]) -> Column:
        """Parts and pointers, row by row."""
        found: dict[int, dict[str, tuple[Held, int | None]]] = {}
        names = ("body", "part", "state", "value", "lead")
        for body, part, state, text, lead in zip(*(table.column(name).to_pylist() for name in names), strict=True):
            held = read_held(self._questions[question], _STATES[state], text, led=lead is not None)
            found.setdefault(body, {})[part] = (held, lead)
        cells: dict[str, Cell] = {}
        for body, parts in found.items():
            cells[self._bodies[body]] = {part: _followed(part, *told, found) for part, told in parts.items()}
        return Column.of([cells.get(body, NO_ROW) for body in bodies])


def _followed(
    part: str, held: Held, lead: int | None, found: Mapping[int, Mapping[str, tuple[Held, int | None]]]
) -> Held:
    """What a row says, or what the lead body it points to says."""
    if lead is None:
        return held
    led = found.get(lead, {}).get(part)
    return led_by(None if led is None or led[1] is not None else led[0])
