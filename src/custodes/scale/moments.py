"""Columns of times, however a table writes them, as microseconds since 1970 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: What a function asks for that wants a time.
MOMENT: Any = pa.timestamp("us", str(UTC))
#: From these sizes on a number counts milliseconds, microseconds, nanoseconds since 1970; below the first, seconds.
_MILLI, _MICRO, _NANO = 10**11, 10**14, 10**17
#: Smaller numbers are no times (a year, a number of seconds since something began): seconds of the year 1973.
_LEAST = 100_000_000
#: Times outside the years 1900 to 9998 are no times: a mistake, or a sign that there is none.
_FIRST, _LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000 for year in (1900, 9999))


def _int64(number: int) -> Any:
    """A number as columns are compared with: not made while modules are imported, before it is known by whom."""
    return pa.scalar(number, pa.int64())


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
    texts as ISO 8601 has them; what is no time is missing. Times without a zone are taken as UTC."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return moments(column.cast(kind.value_type))
    if _is_text(kind):
        return _within(_of_texts(column))
    if pa.types.is_floating(kind):
        return _within(_of_floats(column))
    if pa.types.is_integer(kind):
        return _within(_of_numbers(_as_int64(column)))
    return _within(_of_times(column))


def _within(numbers: Any) -> Any:
    """Microseconds as times, those that are none missing."""
    fits = pc.and_(pc.greater_equal(numbers, _int64(_FIRST)), pc.less(numbers, _int64(_LAST)))
    return pc.if_else(fits, numbers, pa.scalar(None, pa.int64())).cast(MOMENT)


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)


def _as_int64(column: Any) -> Any:
    """Whole numbers, those too large for a time missing."""
    if column.type != pa.uint64():
        return column.cast(pa.int64())
    small = pc.less(column, pa.scalar(1 << 63, pa.uint64()))
    return pc.if_else(small, column, pa.scalar(None, pa.uint64())).cast(pa.int64())


def _of_times(column: Any) -> Any:
    """Times and days, in microseconds; by their own unit, so that those far away do not come round."""
    kind = column.type
    if not pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("s")).cast(pa.timestamp("us")).cast(pa.int64())
    numbers, unit = column.cast(pa.int64()), kind.unit
    if unit == "ns":
        return pc.floor(pc.divide(numbers, 1_000)).cast(pa.int64())
    factor = {"s": 1_000_000, "ms": 1_000, "us": 1}[unit]
    limit = (1 << 62) // factor
    near = pc.and_(pc.less(numbers, pa.scalar(limit)), pc.greater(numbers, pa.scalar(-limit)))
    return pc.multiply(pc.if_else(near, numbers, pa.scalar(None, pa.int64())), factor)


def _of_numbers(column: Any) -> Any:
    """Microseconds of numbers since 1970."""
    column = pc.if_else(pc.greater_equal(column, _int64(_LEAST)), column, pa.scalar(None, pa.int64()))
    found: Any = pc.divide(column, 1_000)
    for least, factor in ((_NANO, 1), (_MICRO, 1_000), (_MILLI, 1_000_000)):
        small: Any = pc.less(column, _int64(least))
        found = pc.if_else(small, pc.multiply(pc.if_else(small, column, 0), factor), found)
    return found


def _of_floats(column: Any) -> Any:
    """Seconds with a fraction, as most logs have them; larger ones by their size."""
    column = column.cast(pa.float64())
    fits = pc.and_(pc.greater_equal(column, pa.scalar(1e8)), pc.less(column, pa.scalar(9e18)))
    column = pc.if_else(fits, column, pa.scalar(None, pa.float64()))
    fine: Any = pc.less(column, pa.scalar(1e11))
    whole = _of_numbers(pc.if_else(pc.invert(fine), column, 0.0).cast(pa.int64(), safe=False))
    parts = pc.round(pc.multiply(pc.if_else(fine, column, 0.0), 1_000_000.0)).cast(pa.int64(), safe=False)
    return pc.if_else(fine, parts, whole)


_ISO = r"^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$"
#: Twenty digits are none, eight a day without its dashes.
_NUMBER, _DAY = r"^\d{9,19}(?:\.\d{1,9})?$", r"^\d{8}$"


def _of_texts(column: Any) -> Any:
    """Microseconds of texts; distinct ones are read once: logs hold a day or a second over and over."""
    encoded = pc.utf8_trim_whitespace(column.cast(pa.string())).dictionary_encode()
    texts = encoded.dictionary
    numbers: Any = pc.match_substring_regex(texts, _NUMBER)
    told = _of_floats(pc.if_else(numbers, texts, pa.scalar(None, pa.string())).cast(pa.float64()))
    days: Any = pc.match_substring_regex(texts, _DAY)
    spelled: Any = pc.or_(days, pc.match_substring_regex(texts, _ISO))
    read = [_read(text) if good else None for text, good in zip(texts.to_pylist(), spelled.to_pylist(), strict=True)]
    return pc.coalesce(told, pa.array(read, pa.int64())).take(encoded.indices)


def _read(text: str) -> int | None:
    """Microseconds of a text; parts of one are left out."""
    whole, dot, rest = text.partition(".")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    try:
        told = datetime.fromisoformat(f"{whole}{dot}{digits[:6]}{rest[len(digits) :]}")
    except ValueError:
        return None
    told = told.replace(tzinfo=UTC) if told.tzinfo is None else told
    return (told - _BEGINNING) // timedelta(microseconds=1)


_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
