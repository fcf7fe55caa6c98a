"""JSON tables: rows as bare lists of values, their headings in the first row or in a list elsewhere in the document."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from custodes.evidence.registers.containers import _json_scan as scan
from custodes.evidence.registers.containers._flatten import flatten

#: Keys under which documents keep the names of columns, and under which one column keeps its own.
_KEYS = ("columns", "fields", "headers", "header", "headings", "columnnames", "cols")
_NAMES = ("name", "label", "title", "field", "header", "id")
_MOST = 2_000


def names(value: Any, key: str = "") -> tuple[str, ...]:
    """The names of columns that a list tells: texts, or (under a key that says so) objects with a name; else none."""
    if not isinstance(value, list) or not 1 < len(value) <= _MOST:
        return ()
    if all(isinstance(one, str) for one in value):
        found = value
    elif _says_columns(key) and all(isinstance(one, dict) for one in value):
        found = [next((one[k] for k in _NAMES if isinstance(one.get(k), str)), "") for one in value]
    else:
        return ()
    return _distinct(found) if sum(any(ch.isalpha() for ch in one) for one in found) * 2 > len(found) else ()


def _distinct(found: Sequence[str]) -> tuple[str, ...]:
    taken: set[str] = set()
    kept = []
    for number, one in enumerate(found, 1):
        name = one.strip() or f"column {number}"
        kept.append(name if name not in taken else f"{name} ({number})")
        taken.add(name)
    return tuple(kept)


def row(heads: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """One row as an object; values beyond the headings keep their place."""
    found = dict(zip(heads, values, strict=False))
    found.update({f"column {n + 1}": values[n] for n in range(len(heads), len(values))})
    return found


def texts(values: Sequence[Any]) -> list[str]:
    """A row without headings as its cells."""
    return ["; ".join(flatten({"": value}, _MOST).values()) for value in values]


def first_lists(text: str, spans: Iterator[tuple[int, int]], bounds: scan.Bounds, most: int) -> list[list[Any]]:
    """The first values at `spans`, as far as they are lists and can be read."""
    found: list[list[Any]] = []
    with contextlib.suppress(scan.Cut, scan.TooBig):
        for start, end in itertools.islice(spans, most):
            value = scan.decode(text, start, end, bounds) if text[start] == "[" else None
            if not isinstance(value, list):
                break
            found.append(value)
    return found


def sequence(text: str, place: int, bounds: scan.Bounds) -> Iterator[tuple[int, int]]:
    """(start, end) of each value of such a document. Raises Cut or TooDeep."""
    place = scan.skip(text, place)
    while place < len(text):
        end = scan.extent(text, place, bounds)
        yield place, end
        place = scan.skip(text, end)


def told_heads(rows: Sequence[Sequence[Any]], told: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """The headings of rows among the lists of names in a document: one as long as a row, best one called so."""
    widths = {len(values) for values in rows}
    fitting = [(key, found) for key, found in told if len(found) in widths]
    called = [found for key, found in fitting or told if _says_columns(key)]
    kept = {*(called or [found for _, found in fitting])}
    return kept.pop() if len(kept) == 1 else ()


def _says_columns(key: str) -> bool:
    return key.casefold().replace("_", "") in _KEYS
