"""Shared by the tests of attribution: the bundled knowledge, loaded once, and the labelled texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodes.knowledge import Knowledge, knowledge

INPUT = Path(__file__).parent / "__input__"


@pytest.fixture(scope="session")
def bundled() -> Knowledge:
    return knowledge()


def labelled(name: str) -> list[tuple[str, str]]:
    """Rows `key|text` of an input file; lines that begin with # are left out."""
    lines = (INPUT / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("|", 1) for line in lines if line and not line.startswith("#")]
    return [(row[0], row[1]) for row in rows]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`group_rows`: the groups of not_asserted.txt; `label_rows`: the rows of asserted.txt."""
    if "group_rows" in metafunc.fixturenames:
        groups: dict[str, list[str]] = {}
        for group, text in labelled("not_asserted.txt"):
            groups.setdefault(group, []).append(text)
        metafunc.parametrize("group_rows", list(groups.values()), ids=list(groups))
    if "label_rows" in metafunc.fixturenames:
        metafunc.parametrize("label_rows", [labelled("asserted.txt")], ids=["asserted.txt"])
