"""Columns of results of which many rows share one, and rows that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: Rows with one answer share its texts.
SHARED: Any = pa.dictionary(pa.int32(), pa.string())


def inputs_of(columns: Mapping[str, tuple[pa.DataType, str | None]]) -> pa.Schema:
    """The columns that a function takes: of each its type, and what it holds where a table has none (None: it must)."""
    fields: list[pa.Field[Any]] = []
    for name, (kind, without) in columns.items():
        fields.append(pa.field(name, kind, metadata=None if without is None else {"otherwise": without}))
    return pa.schema(fields)


def whole(column: Any) -> Any:
    """A column of texts in which what is missing is empty."""
    return column.fill_null("") if column.null_count else column


def alike(columns: Iterable[Any]) -> tuple[list[tuple[Any, ...]], Any]:
    """The distinct rows over some columns, in the order in which they come, and for each row the place of its own."""
    encoded = [column.dictionary_encode() for column in columns]
    code: Any = encoded[0].indices.cast(pa.int64())
    for one in encoded[1:]:
        joined = pc.add(pc.multiply(code, max(1, len(one.dictionary))), one.indices.cast(pa.int64()))
        code = joined.dictionary_encode().indices.cast(pa.int64())  # numbers stay small, however many columns
    rows = code.dictionary_encode()
    firsts = firsts_of(rows)
    held = [one.dictionary.take(one.indices.take(firsts)).to_pylist() for one in encoded]
    return list(zip(*held, strict=True)), rows.indices


def firsts_of(encoded: Any) -> Any:
    """The first place of each value of an encoded column, in the order of its values, which is that of coming."""
    table = pa.table({"value": encoded.indices, "place": pa.array(range(len(encoded)), pa.int64())})
    found = table.group_by("value", use_threads=False).aggregate([("place", "min")]).sort_by("value")
    return found.column("place_min").combine_chunks()


class Answers:
    """Answers of several columns, each given once under a number; rows have the numbers of theirs."""

    def __init__(self, columns: int) -> None:
        self._texts: list[dict[str, int]] = [{} for _ in range(columns)]
        self._codes: list[list[int | None]] = [[] for _ in range(columns)]
        self._columns: list[tuple[Any, Any]] = []
        self.many = 0

    def add(self, answer: Sequence[str | None]) -> int:
        """The number of a new answer."""
        for texts, codes, text in zip(self._texts, self._codes, answer, strict=True):
            codes.append(None if text is None else texts.setdefault(text, len(texts)))
        self.many += 1
        return self.many - 1

    def columns(self, numbers: Any) -> list[Any]:
        """The columns of rows whose answers have these numbers."""
        if not self._columns or len(self._columns[0][0]) < self.many:
            pairs = zip(self._codes, self._texts, strict=True)
            self._columns = [(pa.array(codes, pa.int32()), pa.array(texts, pa.string())) for codes, texts in pairs]
        return [pa.DictionaryArray.from_arrays(codes.take(numbers), texts) for codes, texts in self._columns]


def one_text(text: str, rows: int) -> Any:
    """A column that says the same in every row."""
    places = pa.repeat(pa.scalar(0, pa.int32()), rows)
    return pa.DictionaryArray.from_arrays(places, pa.array([text], pa.string()))
