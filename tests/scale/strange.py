"""Batch functions that behave as hostile bytes would make real ones behave. They run in watched processes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

INPUT_SCHEMA = pa.schema([("text", pa.string())])
OUTPUT_SCHEMA = pa.schema([("upper", pa.string()), ("length", pa.int32())])


def upper(batches: Iterator[pa.RecordBatch], _knowledge: object) -> Iterator[pa.RecordBatch]:
    """Each text in capitals, and how long it is; or what the text says should happen."""
    for batch in batches:
        texts = batch.column("text")
        for text in texts.to_pylist():
            _obey(text)
        yield pa.record_batch([pc.utf8_upper(texts), pc.utf8_length(texts)], schema=OUTPUT_SCHEMA)


def _obey(text: str) -> None:
    word, _, rest = text.partition(" ")
    if word == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "die-once" and not Path(rest).exists():
        Path(rest).touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "fail":
        raise ValueError("as it was told")
    if word == "sleep":
        time.sleep(60)
    if word == "slow":
        time.sleep(0.4)
    if word == "print":
        os.write(1, b"noise of a library\n")


def shorter(batches: Iterator[pa.RecordBatch], _knowledge: object) -> Iterator[pa.RecordBatch]:
    """Gives fewer rows than it takes: a fault of a function."""
    for batch in upper(batches, None):
        yield batch.slice(1)
