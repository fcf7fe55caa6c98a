"""The 2022 example published once for all tests of this folder, and a made-up survey that hides what it can."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[2] / "bench"), str(HERE)]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from publishing_sample import EXAMPLE, published

    out = tmp_path_factory.mktemp("published") / "bundle"
    published(EXAMPLE, out)
    return out


@pytest.fixture(scope="session")
def hidden_survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from made_survey import make

    folder = tmp_path_factory.mktemp("survey") / "hidden"
    return make(folder, 60, 14, 5, policy=", answers: none, suppress_below: 3")


@pytest.fixture(scope="session")
def hidden(hidden_survey: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from publishing_sample import published

    out = tmp_path_factory.mktemp("published") / "hidden"
    published(hidden_survey, out)
    return out
