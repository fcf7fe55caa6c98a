"""Columns worked on by their distinct values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa


def each(column: Any, call: Callable[[Any], Any], kind: pa.DataType) -> Any:
    """A column of what a function makes of each value, asked once of each distinct one; what is missing stays so."""
    encoded = column.dictionary_encode()
    return pa.array([call(value) for value in encoded.dictionary.to_pylist()], kind).take(encoded.indices)


def flat(column: Any) -> Any:
    """A column of a table as one array."""
    held = column.combine_chunks()
    if not isinstance(held, pa.ChunkedArray):
        return held
    return held.chunk(0) if held.num_chunks else pa.array([], column.type)
