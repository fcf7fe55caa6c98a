"""Identification over batches: however rows are cut and whatever was remembered, a reply has the answer of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custodes.estate import wire
from custodes.estate.wire import INPUT_SCHEMA, LONGEST_KEPT, identify, identity_object
from custodes.evidence.wire.read import read_reply
from custodes.knowledge import knowledge

type_of = st.sampled_from(("http", "http.title", "rtsp.header.server", "a\0b", "a", ""))
how = st.sampled_from(("text", "text", "text", "json", "base64", "b\0text"))
said = st.sampled_from(
    (
        "HTTP/1.1 200 OK\r\nServer: App-webs/\r\n\r\n", "HTTP/1.1 200 OK\r\nDate: x\r\nserver: App-webs/\r\n\r\n",
        "HTTP/1.1 401 No\r\nServer: nginx\r\nX: y\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n<title>Lorex Web Viewer</title>",
        "Lorex Web Viewer", "Dahua Rtsp Server", "", "{}", "x" * (LONGEST_KEPT + 1), "Lorex " + "x" * LONGEST_KEPT,
    )
)  # fmt: skip
rows = st.lists(st.tuples(type_of, how, said), max_size=12)


def batch(told: Sequence[tuple[str | None, ...]]) -> pa.RecordBatch:
    columns = [pa.array([row[place] for row in told], pa.string()) for place in range(3)]
    return pa.record_batch(columns, schema=INPUT_SCHEMA)


def answers(told: Sequence[tuple[str | None, ...]], size: int) -> list[str]:
    cut = [batch(told[first : first + size]) for first in range(0, len(told), size)]
    return [text for one in identify(iter(cut), knowledge()) for text in one.column("identity").to_pylist()]


@given(rows, st.integers(1, 12))
def test_a_row_is_answered_as_it_is_alone(told: list[tuple[str, str, str]], size: int) -> None:
    wanted = []
    for protocol, encoding, raw in told:
        protocol, encoding, raw = f"{protocol}\0{encoding}\0{raw}".split("\0", 2)  # NUL is the sign between them
        (alone,) = wire.identities_of([read_reply(protocol, encoding, raw)], knowledge())
        wanted.append(identity_object(alone))
    assert [json.loads(text) for text in answers(told, size)] == wanted


def test_a_batch_without_rows() -> None:
    (found,) = identify(iter([batch([])]), knowledge())
    assert found.num_rows == 0


def test_cells_that_are_missing_are_no_replies() -> None:
    found = answers([(None, "text", "x"), ("http.title", "text", "Lorex Web Viewer"), ("http.title", "text", None)], 3)
    assert [json.loads(text)["brand"] for text in found] == [None, "lorex", None]


@pytest.mark.parametrize("room", [1, 3, 40])
def test_what_is_remembered_is_bounded_and_changes_nothing(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [("http.title", "text", f"Lorex Web Viewer {number % 29}") for number in range(200)]
    wanted = answers(told, 200)
    monkeypatch.setattr(wire, "CACHE_ROWS", room)
    memory = wire._memory_of(knowledge())
    memory.clear()
    for size in (1, 7):
        assert answers(told, size) == wanted
        assert len(memory.number_of) <= max(room, size)
        assert len(memory.answers) <= max(room, size)


def test_long_replies_do_not_fill_the_memory() -> None:
    memory = wire._memory_of(knowledge())
    memory.clear()
    answers([("http", "text", "x" * (LONGEST_KEPT + number)) for number in range(1, 50)], 7)
    assert not memory.number_of
    assert len(memory.answers) <= 49
