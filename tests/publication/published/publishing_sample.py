"""Publishes a survey for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

from custodes.knowledge import knowledge
from custodes.publication.proof.keys import Signer
from custodes.publication.publish import Done, publish_survey
from custodes.publication.redaction.policy import read_plan
from custodes.survey.folder import load

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples/survey-2022"
SIGNER = Signer("example.org/survey", bytes(range(32)))


def published(survey: Path, out: Path, signer: Signer | None = SIGNER) -> Done:
    """The bundle of a survey folder, written to `out`."""
    read = load(survey)
    return publish_survey(read, read_plan(read), knowledge(), out, signer)
