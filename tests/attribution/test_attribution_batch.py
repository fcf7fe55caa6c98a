"""The batch function: one answer a row, in order, whatever the batches; `custodes resolve` end to end."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodes.attribution.batch import INPUT_SCHEMA, OUTPUT_SCHEMA, attribute, attribute_with_evidence
from custodes.attribution.text import resolve_text
from custodes.knowledge import Knowledge, knowledge

TEXTS = (
    "Hikvision DS-2CD2143G2-I",
    "bracket for Hikvision",
    "DJI Mavic 3T",
    "海康威视",
    "",
    "n/a",
    "Axis, Hikvision",
    "Annke C800",
    "\x00\x1b[31mDahua",
    "ex-Dahua",
    "nothing of note",
)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
rows_of_text = st.lists(st.one_of(st.sampled_from(TEXTS), st.text(max_size=30), st.none()), max_size=40)


def batches(texts: Sequence[str | None], size: int, questions: Sequence[str | None] = ()) -> Iterator[pa.RecordBatch]:
    asked = list(questions) or [None] * len(texts)
    for start in range(0, len(texts), size):
        columns = [
            pa.array(list(texts[start : start + size]), pa.string()),
            pa.array(asked[start : start + size], pa.string()),
        ]
        yield pa.record_batch(columns, schema=INPUT_SCHEMA)


def answers(found: Iterator[pa.RecordBatch]) -> list[tuple[str, str | None]]:
    rows: list[tuple[str, str | None]] = []
    for batch in found:
        assert batch.schema == OUTPUT_SCHEMA
        rows += zip(batch.column("mentions").to_pylist(), batch.column("reason").to_pylist(), strict=True)
    return rows


def encodable(text: str | None) -> str | None:
    return text if text is None else text.encode("utf-8", "replace").decode()


@QUIET
@given(rows_of_text, st.integers(1, 50), st.randoms(use_true_random=False))
def test_answers_depend_on_their_own_row_only(texts: list[str | None], size: int, shuffled: random.Random) -> None:
    texts = [encodable(text) for text in texts]
    loaded = knowledge()
    whole = answers(attribute_with_evidence(batches(texts, 1000), loaded))
    assert len(whole) == len(texts)
    assert answers(attribute_with_evidence(batches(texts, size), loaded)) == whole
    order = list(range(len(texts)))
    shuffled.shuffle(order)
    turned = answers(attribute_with_evidence(batches([texts[i] for i in order], size), loaded))
    assert turned == [whole[i] for i in order]


@QUIET
@given(rows_of_text)
def test_a_question_column_without_questions_changes_nothing(texts: list[str | None]) -> None:
    texts = [encodable(text) for text in texts]
    loaded = knowledge()
    plain = answers(attribute(batches(texts, 7), loaded))
    asked = answers(attribute(batches(texts, 7, [""] * len(texts)), loaded))
    assert plain == asked


def test_every_row_carries_the_version(bundled: Knowledge) -> None:
    batch = next(iter(attribute(batches(list(TEXTS), 100), bundled)))
    assert set(batch.column("knowledge").to_pylist()) == {bundled.version}
    empty = next(iter(attribute(iter([pa.RecordBatch.from_pylist([], schema=INPUT_SCHEMA)]), bundled)))
    assert empty.num_rows == 0


def test_short_and_full_form_agree_with_the_text_function(bundled: Knowledge) -> None:
    texts = list(TEXTS)
    short = answers(attribute(batches(texts, 4), bundled))
    full = answers(attribute_with_evidence(batches(texts, 4), bundled))
    for text, (brief, reason), (long, same) in zip(texts, short, full, strict=True):
        found = resolve_text(text, bundled)
        assert reason == same == (found.reason.value if found.reason else None)
        expected = [(item.brand, item.status.value, item.confidence) for item in found.mentions]
        for rendered in (brief, long):
            got = [(m["brand"], m["status"], m["confidence"]) for m in json.loads(rendered)]
            assert got == expected


HOSTILE: tuple[bytes, ...] = (
    b'{"id":1,"text":"Hikvision"}',
    b"not json",
    b"[1,2]",
    b"null",
    b"12",
    b'{"id":2}',
    b'{"text":null,"id":{"a":[1]}}',
    b'{"text":["Hikvision"],"id":3}',
    b'{"text":12,"id":4}',
    b"[" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"id":5,"text":"' + b"Hikvision " * 90_000 + b'"}',
    b'{"id":6,"text":"' + b"(" * 500_000 + b'"}',
    b'{"id":7,"text":"' + b"A" * 1_200_000 + b'"}',
    b"\xff\xfe{\x00",
    b'{"id":8,"text":"\\ud800Hikvision"}',
    b'{"id":"\\udfff","text":"DJI"}',
    b'{"id":9,"text":"\\u0000\\u001b[2J Dahua"}',
    b'{"id":NaN,"text":"DJI"}',
    b'{"id":1e999,"text":"DJI"}',
    b'{"id":' + b"9" * 5000 + b',"text":"DJI"}',
    b'{"id":10,"text":"2","context":{"question":"How many Hikvision cameras?"}}',
    b'{"id":11,"text":"2","context":["x"]}',
    b'  {"id":12,"text":"DJI"}  \r',
    b'{"id":13,"text":"DJI"}',
)


def resolve(data: bytes, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "custodes.cli.main", "resolve", *options]
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)


def strictly(line: bytes) -> dict[str, object]:
    def refuse(word: str) -> object:
        raise ValueError(f"{word} is not JSON")

    found: dict[str, object] = json.loads(line, parse_constant=refuse)
    return found


def test_hostile_rows_are_each_answered_in_order() -> None:
    done = resolve(b"\n".join(HOSTILE))
    assert done.returncode == 0, done.stderr[:400]
    lines = done.stdout.splitlines()
    assert len(lines) == len(HOSTILE)
    found = [strictly(line) for line in lines]
    assert all(set(row) == {"id", "mentions", "reason"} for row in found)
    numbered = [row["id"] for row in found if isinstance(row["id"], int) and row["id"] < 100]
    assert numbered == sorted(numbered)
    assert found[0]["mentions"] and found[-1]["mentions"]
    assert b"\x1b" not in done.stdout and b"\x00" not in done.stdout


@pytest.mark.parametrize(
    "options", [("--batch-rows", "1"), ("--batch-rows", "3"), ("--workers", "2", "--batch-rows", "5")]
)
def test_batches_and_workers_give_the_same_bytes(options: tuple[str, ...]) -> None:
    rows = [json.dumps({"id": i, "text": TEXTS[i % len(TEXTS)]}).encode() for i in range(60)]
    data = b"\n".join(rows)
    assert resolve(data, *options).stdout == resolve(data).stdout


def test_no_input_gives_no_output() -> None:
    done = resolve(b"")
    assert (done.returncode, done.stdout) == (0, b"")
    assert json.loads(resolve(b"", "--format", "json").stdout) == []


def test_array_form_holds_the_same_objects() -> None:
    data = b"\n".join(HOSTILE[:9])
    lines = [json.loads(line) for line in resolve(data).stdout.splitlines()]
    assert json.loads(resolve(data, "--format", "json").stdout) == lines
