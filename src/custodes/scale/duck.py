"""DuckDB within a process of ours: one thread, bounded memory, what does not fit on disk, nothing said."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def duck(megabytes: int) -> Iterator[Any]:
    """A connection to no database that lasts; it holds so much memory at most."""
    import duckdb  # a fifth of a second that most commands need not wait for

    with tempfile.TemporaryDirectory(prefix="custodes-") as spill:
        config: dict[str, Any] = {"threads": 1, "memory_limit": f"{megabytes}MB", "temp_directory": spill}
        with duckdb.connect(":memory:", config=config) as engine:
            engine.execute("SET enable_progress_bar = false")
            yield engine
