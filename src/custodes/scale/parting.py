"""Rows put into folders by what some of their columns hold: `body=NAME/day=DAY`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from custodes.model.errors import BadUsage
from custodes.scale.job import as_text

#: Folders that the rows of one piece may go into.
MOST_FOLDERS = 4_096
NULL = "__HIVE_DEFAULT_PARTITION__"


def parted(table: pa.Table, partition: Sequence[str]) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each folder, in the order of its name; the columns that name it are not in its files."""
    if not partition:
        yield "", table
        return
    texts: list[Any] = [_text(table.column(name)) for name in partition]
    key: Any = texts[0]
    for text in texts[1:]:
        key = pc.binary_join_element_wise(key, text, "\0")
    encoded: Any = key.combine_chunks().dictionary_encode()
    values: list[str] = encoded.dictionary.to_pylist()
    if len(values) > MOST_FOLDERS:
        raise BadUsage(
            f"the rows would go into {len(values):,} folders",
            where=", ".join(partition),
            remedy="part by columns of fewer values, such as a body and a day",
        )
    rest = table.drop_columns(list(partition))
    for value, place in sorted((value, place) for place, value in enumerate(values)):
        parts = value.split("\0")
        folder = "".join(f"{name}={quote(one, safe='')}/" for name, one in zip(partition, parts, strict=True))
        yield folder, rest.filter(pc.equal(encoded.indices, pa.scalar(place, pa.int32())))


def _text(column: Any) -> Any:
    """A column as texts, with a name for what is missing; no text holds the sign that parts them."""
    texts: Any = pa.chunked_array([as_text(chunk) for chunk in column.chunks], pa.string())
    return pc.replace_substring(pc.fill_null(texts, NULL), "\0", "")
