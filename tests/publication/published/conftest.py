"""The 2022 example published once for all tests of this folder, and a made-up survey that hides what it can."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from custodes.knowledge import knowledge
from custodes.publication.proof.keys import Signer
from custodes.publication.publish import Done, publish_survey
from custodes.publication.redaction.policy import read_plan
from custodes.survey.folder import load

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "bench"), str(Path(__file__).parent)]
EXAMPLE = ROOT / "examples/survey-2022"
SIGNER = Signer("example.org/survey", bytes(range(32)))


def published(survey: Path, out: Path, signer: Signer | None = SIGNER) -> Done:
    read = load(survey)
    return publish_survey(read, read_plan(read), knowledge(), out, signer)


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
    out = tmp_path_factory.mktemp("published") / "hidden"
    published(hidden_survey, out)
    return out
