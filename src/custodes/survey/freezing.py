"""Freezes an edition: its figures as they are, and a hash of all they rest on, so that anybody can rebuild them."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from custodes import __version__
from custodes.model.errors import BadInput, BadUsage
from custodes.model.names import file_word
from custodes.survey.answers import HeldAnswers
from custodes.survey.confirmations import Round
from custodes.survey.editions import Edition
from custodes.survey.folder import BODIES, FIGURES, QUESTIONNAIRE, SUFFIXES, WAVES, Survey
from custodes.survey.output import edition_figures, figure_object

FOLDER = "editions"
#: Under which the hash of the rows themselves stands.
ANSWERS_HASH = "answers up to the cut"


def frozen_path(survey: Survey, edition: Edition) -> Path:
    """Where an edition is kept once frozen."""
    return survey.path / FOLDER / f"{file_word(edition.id)}.json"


def freeze(survey: Survey, edition: Edition, confirmed: Round) -> Path:
    """Write the frozen edition. Raises BadUsage if it is frozen already."""
    path = frozen_path(survey, edition)
    if path.exists():
        raise BadUsage(
            f"edition '{edition.id}' is frozen", where=str(path), remedy="a change is a new edition that corrects it"
        )
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content(survey, edition, confirmed), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def content(survey: Survey, edition: Edition, confirmed: Round) -> dict[str, Any]:
    """What is frozen: no clock, no name of a machine."""
    return {
        "edition": edition.id,
        "title": edition.title,
        "cut": edition.cut.isoformat(),
        "published": edition.published.isoformat() if edition.published else None,
        "corrects": edition.corrects or None,
        "notice": dict(edition.notice),
        "program": f"custodes {__version__}",
        "rests_on": hashes(survey, edition),
        "confirmation": confirmed.sentence(),
        "figures": [figure_object(figure, edition.id) for figure in edition_figures(survey, edition)],
    }


def hashes(survey: Survey, edition: Edition) -> dict[str, str]:
    """File to the hash of what an edition rests on; of the answers, the rows recorded up to its cut."""
    found = {}
    for name in (QUESTIONNAIRE, WAVES, FIGURES):
        for path in (survey.path / f"{name}{end}" for end in SUFFIXES):
            if path.is_file():
                found[path.name] = sha256(path.read_bytes()).hexdigest()
    found[BODIES] = sha256((survey.path / BODIES).read_bytes()).hexdigest()
    if isinstance(survey.answers, HeldAnswers):
        rows = sorted(
            repr(
                (
                    row.wave,
                    row.body,
                    row.question,
                    row.part,
                    str(row.held.state),
                    str(row.held.value),
                    row.lead,
                    row.valid_at,
                    row.recorded_at.isoformat(),
                    row.source,
                )
            )
            for row in survey.answers.rows
            if row.recorded_at <= edition.cut
        )
        found[ANSWERS_HASH] = sha256("\n".join(rows).encode()).hexdigest()
    return found


def rebuilt(survey: Survey, edition: Edition) -> tuple[bool | None, list[str]]:
    """Whether a frozen edition comes out the same today, and what does not. None: it is not frozen."""
    path = frozen_path(survey, edition)
    if not path.is_file():
        return None, []
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        before = {item["id"]: item for item in kept["figures"]}
        rested = dict(kept["rests_on"])
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise BadInput("the frozen edition cannot be read", where=str(path), why=str(error)[:120]) from None
    now = {figure.definition.id: figure_object(figure, edition.id) for figure in edition_figures(survey, edition)}
    differ = sorted(name for name in {*before, *now} if before.get(name) != json.loads(json.dumps(now.get(name))))
    moved = sorted(name for name, digest in hashes(survey, edition).items() if rested.get(name) != digest)
    return not differ, [*(f"figure {name}" for name in differ), *(f"changed since: {name}" for name in moved)]
