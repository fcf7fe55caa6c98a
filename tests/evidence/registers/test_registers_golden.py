"""Golden cases, discovered from folders; a format without a case or examples fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodes.evidence.registers import open_register
from custodes.evidence.registers.formats import load
from custodes.model.registers import OBSERVATION_SCHEMA, Account

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir())
FORMATS = load()


def shown(account: Account) -> dict[str, object]:
    return {
        "format_id": account.format_id,
        "row_kind": account.row_kind.value,
        "container": account.container,
        "encoding": account.encoding,
        "delimiter": account.delimiter,
        "header_row": account.header_row,
        "rows": account.rows,
        "skipped": [[skip.row, skip.reason] for skip in account.skipped],
        "credentials": {"columns": list(account.credentials.columns), "values": account.credentials.values},
        "gaps": account.gaps,
    }


@pytest.mark.parametrize("case", CASES)
def test_golden(case: str) -> None:
    (source,) = (GOLDEN / case / "__input__").iterdir()
    (reading,) = open_register(source)
    batches = list(reading.batches)
    assert all(batch.schema.equals(OBSERVATION_SCHEMA) for batch in batches)
    rows = []
    for batch in batches:
        batch.validate(full=True)
        for row in batch.to_pylist():
            row.pop("extra"), row.pop("sheet")
            rows.append({name: value for name, value in row.items() if value})
    expected = GOLDEN / case / "__expected__"
    wanted = [json.loads(line) for line in (expected / "observations.jsonl").read_text("utf-8").splitlines()]
    assert rows == wanted
    assert shown(reading.account) == json.loads((expected / "account.json").read_text("utf-8"))
    assert reading.account.rows == len(rows) + len(reading.account.skipped)


def test_every_format_has_a_golden_case() -> None:
    assert {one.id for one in FORMATS.known} | {"generic"} <= set(CASES)


@pytest.mark.parametrize("one", FORMATS.known, ids=lambda one: one.id)
def test_examples(one) -> None:
    marks = one.marks
    for heads in one.examples["match"]:
        best, score = FORMATS.best(heads, "", marks)
        assert best.id == one.id and score >= 0.6
    for heads in one.examples["near_miss"]:
        assert one.score(heads, "", marks) == 0.0


def test_generic_examples() -> None:
    for heads in FORMATS.generic.examples["match"]:
        best, score = FORMATS.best(heads, "csv")
        assert best.id == "generic" and score >= 0.3
    for heads in FORMATS.generic.examples["near_miss"]:
        assert FORMATS.best(heads, "csv")[1] < 0.2


def test_formats_from_memory_say_so() -> None:
    for one in FORMATS.known:
        assert one.certainty == "low" or "[MEM]" not in one.source
        assert one.source and one.date
