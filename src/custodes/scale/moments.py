"""Columns of times, however a table writes them, as microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: What a function asks for that wants a time.
MOMENT: Any = pa.timestamp("us", str(UTC))
#: From these sizes on a number counts milliseconds, microseconds, nanoseconds since 1970; below the first, seconds.
_MILLI, _MICRO, _NANO = (pa.scalar(10**power, pa.int64()) for power in (11, 14, 17))


def is_moment(kind: pa.DataType) -> bool:
    """Whether a function asks for a time."""
    return bool(kind == MOMENT)


def can_be(kind: pa.DataType) -> bool:
    """Whether a column of this type can tell times."""
    types = pa.types
    return any(
        test(kind) for test in (types.is_timestamp, types.is_date, types.is_integer, types.is_floating, types.is_null)
    ) or _is_text(kind)


def moments(column: Any) -> Any:
    """Times of a column: times and days as they are, numbers as seconds (or smaller parts, by their size) since 1970,
    texts as ISO 8601 has them; a text that is no time is missing. Times without a zone are taken as UTC."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return moments(column.cast(kind.value_type))
    if _is_text(kind):
        return _of_texts(column)
    if pa.types.is_floating(kind):
        return _of_floats(column)
    if pa.types.is_integer(kind):
        return _of_numbers(column.cast(pa.int64(), safe=False))
    told = column.cast(pa.timestamp("us", getattr(kind, "tz", None)), safe=False)
    return told.cast(pa.int64()).cast(MOMENT)


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


def _of_numbers(column: Any) -> Any:
    size: Any = pc.abs(column)
    parts = (
        (pc.less(size, _MILLI), lambda one: pc.multiply(one, 1_000_000)),
        (pc.less(size, _MICRO), lambda one: pc.multiply(one, 1_000)),
        (pc.less(size, _NANO), lambda one: one),
    )
    found: Any = pc.divide(column, 1_000)
    for small, scaled in reversed(parts):
        found = pc.if_else(small, scaled(pc.if_else(small, column, 0)), found)
    return found.cast(MOMENT)


def _of_floats(column: Any) -> Any:
    """Seconds with a fraction, as most logs have them; larger ones by their size."""
    column = column.cast(pa.float64())
    fine: Any = pc.less(pc.abs(column), pa.scalar(1e11))
    whole = _of_numbers(pc.if_else(pc.invert(fine), column, 0.0).cast(pa.int64(), safe=False))
    parts = pc.round(pc.multiply(pc.if_else(fine, column, 0.0), 1_000_000.0)).cast(pa.int64(), safe=False)
    return pc.if_else(fine, parts.cast(MOMENT), whole)


_ISO = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?$"
_NUMBER = r"^-?\d{1,19}(?:\.\d{1,9})?$"


def _of_texts(column: Any) -> Any:
    column = pc.utf8_trim_whitespace(column.cast(pa.string()))
    numbers: Any = pc.fill_null(pc.match_substring_regex(column, _NUMBER), False)
    if numbers.true_count:
        told = pc.if_else(numbers, column, pa.scalar(None, pa.string())).cast(pa.float64())
        rest = pc.if_else(numbers, pa.scalar(None, pa.string()), column)
        return pc.coalesce(_of_floats(told), _of_iso(rest))
    return _of_iso(column)


def _of_iso(column: Any) -> Any:
    """Distinct texts are read once: logs hold a day or a second over and over."""
    encoded = column.dictionary_encode()
    fits: Any = pc.match_substring_regex(encoded.dictionary, _ISO)
    texts = zip(encoded.dictionary.to_pylist(), fits.to_pylist(), strict=True)
    return pa.array([_read(text) if good else None for text, good in texts], MOMENT).take(encoded.indices)


def _read(text: str) -> Any:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told
