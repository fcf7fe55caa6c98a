"""Columns of results of which many rows share one, and rows that are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from custodes.scale.columns import flat

#: Rows with one answer share its texts: a column of a million answers is not a million copies.
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
    return flat(found.column("place_min"))


class Remembered:
    """Answers of several columns to keys, each worked out once, up to so many; then anew."""

    def __init__(self, columns: int, most: int, answer: Callable[[Any], Sequence[str | None]]) -> None:
        self._many, self._most, self._answer = columns, most, answer
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[Any, int] = {}
        self._texts: list[dict[str, int]] = [{} for _ in range(self._many)]
        self._codes: list[list[int | None]] = [[] for _ in range(self._many)]
        self._columns: list[tuple[Any, Any]] = []

    def columns(self, keys: Sequence[Any], places: Any) -> list[Any]:
        """The columns of rows. `places`: for each row, which of the keys is its own."""
        if len(self._numbers) + len(keys) > self._most:
            self._forget()
        numbers = self._numbers
        told = [numbers[key] if key in numbers else self._add(key) for key in keys]
        if not self._columns or len(self._columns[0][0]) < len(numbers):
            pairs = zip(self._codes, self._texts, strict=True)
            self._columns = [(pa.array(codes, pa.int32()), pa.array(texts, pa.string())) for codes, texts in pairs]
        own = pa.array(told, pa.int32()).take(places)
        return [pa.DictionaryArray.from_arrays(codes.take(own), texts) for codes, texts in self._columns]

    def _add(self, key: Any) -> int:
        """The number of a key that was not met before. Each text of a column is held once."""
        for texts, codes, text in zip(self._texts, self._codes, self._answer(key), strict=True):
            codes.append(None if text is None else texts.setdefault(text, len(texts)))
        return self._numbers.setdefault(key, len(self._numbers))


def one_text(text: str, rows: int) -> Any:
    """A column that says the same in every row."""
    places = pa.repeat(pa.scalar(0, pa.int32()), rows)
    return pa.DictionaryArray.from_arrays(places, pa.array([text], pa.string()))
