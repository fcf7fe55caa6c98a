"""Running a batch function by name: same answers for any number of workers; a worker that dies is refused."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from custodes.attribution.batch import INPUT_SCHEMA
from custodes.scale.run import BatchRefused, named, run

SHORT = "custodes.attribution.batch:attribute"
TEXTS = ["Hikvision", "bracket for Hikvision", "DJI Mavic 3T", "", "Axis P3245-LVE", "nothing"]
SOURCE = """
import os
import pyarrow as pa

def double(batches, knowledge):
    for batch in batches:
        yield pa.record_batch([pa.array([2 * n for n in batch.column("n").to_pylist()])], names=["n"])

def dies(batches, knowledge):
    for batch in batches:
        if 13 in batch.column("n").to_pylist():
            os._exit(9)
        yield batch

def raises(batches, knowledge):
    for batch in batches:
        raise ValueError("a fault of the function")
        yield batch
"""


def make(size: int, count: int = 60) -> Iterator[pa.RecordBatch]:
    texts = [TEXTS[i % len(TEXTS)] for i in range(count)]
    for start in range(0, count, size):
        piece = pa.array(texts[start : start + size], pa.string())
        yield pa.record_batch([piece, pa.nulls(len(piece), pa.string())], schema=INPUT_SCHEMA)


def rows(batches: Iterator[pa.RecordBatch]) -> list[dict[str, Any]]:
    return [row for batch in batches for row in batch.to_pylist()]


@pytest.fixture
def numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A module of small batch functions that worker processes can import too."""
    (tmp_path / "number_functions.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    yield "number_functions"
    sys.modules.pop("number_functions", None)


def counted(*groups: list[int]) -> Iterator[pa.RecordBatch]:
    return iter([pa.record_batch([pa.array(group)], names=["n"]) for group in groups])


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_batch_size_changes_nothing(size: int) -> None:
    assert rows(run(SHORT, make(size))) == rows(run(SHORT, make(60)))


def test_workers_change_nothing() -> None:
    assert rows(run(SHORT, make(7), workers=2)) == rows(run(SHORT, make(7)))


def test_order_is_kept_with_more_batches_than_workers(numbers: str) -> None:
    groups = [[n, n + 1] for n in range(0, 60, 2)]
    found = rows(run(f"{numbers}:double", counted(*groups), workers=2))
    assert [row["n"] for row in found] == [2 * n for n in range(60)]


def test_a_batch_that_kills_its_worker_is_refused_with_a_clear_error(numbers: str) -> None:
    with pytest.raises(BatchRefused, match="ended its worker process twice"):
        rows(run(f"{numbers}:dies", counted([1], [13], [2]), workers=2))


def test_an_error_of_the_function_is_not_hidden(numbers: str) -> None:
    for workers in (1, 2):
        with pytest.raises(ValueError, match="a fault of the function"):
            rows(run(f"{numbers}:raises", counted([1], [2]), workers=workers))


def test_no_batches_give_none() -> None:
    assert rows(run(SHORT, iter([]), workers=1)) == []
    assert rows(run(SHORT, iter([]), workers=2)) == []


def test_a_function_is_found_by_name() -> None:
    assert named(SHORT).__name__ == "attribute"
    with pytest.raises(AttributeError):
        named("custodes.attribution.batch:no_such_function")
